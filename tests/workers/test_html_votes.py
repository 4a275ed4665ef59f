"""Votes of other texts on the blocks of a page."""

from __future__ import annotations

import numpy as np
import pytest

from workers.extract.html.votes import Ballot, measure

BLOCKS = ("one two three four five", "six seven", "", "eight nine ten eleven")


def test_a_vote_is_the_share_of_a_block_that_is_in_the_text():
    votes = Ballot.of(BLOCKS).cast("one two three four\nsix seven\nother words")
    assert votes.tolist() == [pytest.approx(0.5), 1.0, -1.0, 0.0]


def test_a_few_words_in_passing_are_worth_less_than_as_a_line():
    assert Ballot.of(["six seven"]).cast("it was six seven or eight").tolist() == [0.5]


def test_candidates_without_a_text_abstain():
    names, votes = measure(Ballot.of(BLOCKS), [("body", None)])
    assert names == ("body", "body_size", "body-1", "body+1")
    assert set(votes[:, names.index("body")]) == {-1.0}
    assert set(votes[:, names.index("body_size")]) == {0.0}


def test_neighbours_and_agreement_are_told():
    names, votes = measure(
        Ballot.of(BLOCKS), [("body", BLOCKS[0]), ("trafilatura", "\n".join(BLOCKS))]
    )
    assert votes[:, names.index("trafilatura+1")].tolist() == [1.0, -1.0, 1.0, -1.0]
    agreement = votes[:, names.index("trafilatura~body")]
    assert np.allclose(agreement, 2 * 5 / (5 + 11))


def test_sizes_are_words():
    assert Ballot.of(BLOCKS).sizes.tolist() == [5, 2, 0, 4]
