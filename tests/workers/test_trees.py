"""Small trained models, evaluated with numpy."""

from __future__ import annotations

import math

import numpy as np
import pytest

from workers.extract import trees

TREES = trees.Trees(
    names=("a", "b"),
    columns=np.array([[0, 1], [1, 1]], np.int16),
    borders=np.array([[0.5, 0.0], [10.0, np.inf]], np.float32),
    values=np.array([[0, 1, 2, 3], [0, 100, 0, 0]], np.float32),
    bias=0.25,
)


@pytest.mark.parametrize(
    ("row", "added"),
    [((0, -1), 0), ((1, -1), 1), ((0, 1), 2), ((1, 1), 3), ((0.5, 0.0), 0), ((0, 11), 102)],
)
def test_each_tree_adds_the_value_of_its_answers(row, added):
    (probability,) = TREES.probabilities(np.array([row], np.float32))
    assert probability == pytest.approx(1 / (1 + math.exp(-(added + 0.25))), abs=1e-6)


def test_many_rows_are_answered_as_one_by_one():
    rows = np.random.default_rng(0).normal(size=(2_500, 2)).astype(np.float32)
    together = TREES.probabilities(rows)
    assert together.tolist() == [float(TREES.probabilities(row[None])[0]) for row in rows]


def test_no_rows():
    assert TREES.probabilities(np.zeros((0, 2), np.float32)).tolist() == []


def test_a_model_of_other_features_is_refused():
    with pytest.raises(ValueError, match="train it anew"):
        trees.load("blocks", ("no", "such", "features"))
