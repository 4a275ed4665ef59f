"""The set of blocks with the highest expected F-measure."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.html.choice import choose


def f_of(keep: tuple[bool, ...], likely: list[float], words: list[int], beta: float) -> float:
    """The expected F-measure of a set, by its definition."""
    right = sum(p * w for k, p, w in zip(keep, likely, words, strict=True) if k)
    chosen = sum(w for k, w in zip(keep, words, strict=True) if k)
    everything = sum(p * w for p, w in zip(likely, words, strict=True))
    denominator = chosen + beta**2 * everything
    return (1 + beta**2) * right / denominator if denominator else 0.0


@given(
    st.lists(st.tuples(st.floats(0.0625, 1, width=32), st.integers(1, 50)), min_size=1, max_size=7),
    st.sampled_from([0.5, 0.85, 1.0, 1.3]),
)
def test_no_other_set_is_better(blocks, beta):
    likely, words = [p for p, _ in blocks], [w for _, w in blocks]
    keep, _ = choose(np.array(likely, np.float32), np.array(words), care=beta)
    best = max(
        f_of(each, likely, words, beta) for each in product((False, True), repeat=len(words))
    )
    assert f_of(tuple(keep), likely, words, beta) == pytest.approx(best, abs=1e-4)


def test_the_expected_f1_is_that_of_the_choice():
    keep, expected = choose(np.array([0.9, 0.8, 0.1], np.float32), np.array([10, 20, 30]))
    assert keep.tolist() == [True, True, False]
    assert expected == pytest.approx(2 * 25 / (30 + 28), abs=1e-4)


def test_caring_for_precision_keeps_less():
    likely, words = np.linspace(0.05, 0.95, 19, dtype=np.float32), np.full(19, 10)
    kept = [int(choose(likely, words, care=care)[0].sum()) for care in (0.5, 0.85, 1.3)]
    assert kept == sorted(kept)
    assert kept[0] < kept[-1]


def test_no_blocks():
    keep, expected = choose(np.zeros(0, np.float32), np.zeros(0, int))
    assert (len(keep), expected) == (0, 0.0)
