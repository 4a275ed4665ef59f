"""Candidates as witnesses: how much of each block stands in a text that somebody else took for the article.

A candidate is never taken whole. Its vote on each block is one feature among others, so that what it
misses or takes in too much can be mended by what else is known of the block.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from workers.extract.trees import Floats

_WORD = re.compile(r"\w+")
_SHINGLE = 4  # words
_ABSENT = -1.0
_IN_PASSING = 0.5  # a few words that stand inside a line of the candidate, not as a line


@dataclass(frozen=True, slots=True)
class Ballot:
    """The words of a page's blocks, against which candidates are held."""

    blocks: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Ballot:
        """The ballot for blocks of these texts."""
        return cls(tuple(tuple(_WORD.findall(text)) for text in texts))

    @property
    def sizes(self) -> npt.NDArray[np.int_]:
        """Number of words of each block."""
        return np.array([len(words) for words in self.blocks], np.int_)

    def cast(self, text: str) -> Floats:
        """The share of each block's shingles of four words that are in `text`, 0 to 1."""
        words = _WORD.findall(text)
        shingles = set(zip(*(words[i:] for i in range(_SHINGLE)), strict=False))
        lines = {tuple(_WORD.findall(line)) for line in text.split("\n")}
        running = f" {' '.join(words)} "
        return np.array(
            [_vote(block, shingles, lines, running) for block in self.blocks], np.float32
        )


def _vote(
    block: tuple[str, ...],
    shingles: set[tuple[str, ...]],
    lines: set[tuple[str, ...]],
    running: str,
) -> float:
    if len(block) >= _SHINGLE:
        number = len(block) - _SHINGLE + 1
        return sum(block[i : i + _SHINGLE] in shingles for i in range(number)) / number
    if not block:
        return _ABSENT
    if block in lines:
        return 1.0
    return _IN_PASSING if f" {' '.join(block)} " in running else 0.0


def measure(
    ballot: Ballot, candidates: Sequence[tuple[str, str | None]]
) -> tuple[tuple[str, ...], Floats]:
    """Votes as features: of each candidate on the block and its neighbours, and how the candidates agree.

    Args:
        ballot: The blocks.
        candidates: Name and text of each; a text is None where the candidate has none.

    Returns:
        The names of the columns, and an array of shape (blocks, columns).
    """
    number, sizes = len(ballot.blocks), ballot.sizes
    votes = {
        name: ballot.cast(text) if text else np.full(number, _ABSENT, np.float32)
        for name, text in candidates
    }
    columns: dict[str, Floats] = {}
    for name, vote in votes.items():
        mass = float(np.maximum(vote, 0) @ sizes) / max(float(sizes.sum()), 1.0)
        columns |= {
            name: vote,
            f"{name}_size": np.full(number, mass, np.float32),
            f"{name}-1": np.concatenate([[_ABSENT], vote[:-1]]),
            f"{name}+1": np.concatenate([vote[1:], [_ABSENT]]),
        }
    names = list(votes)
    for i, one in enumerate(names):
        for other in names[:i]:
            columns[f"{one}~{other}"] = np.full(number, _agreement(votes[one], votes[other], sizes))
    return tuple(columns), np.array(list(columns.values()), np.float32).T


def _agreement(one: Floats, other: Floats, sizes: npt.NDArray[np.int_]) -> float:
    """Share of the words of both that both took (Dice)."""
    mine, theirs = np.maximum(one, 0) * sizes, np.maximum(other, 0) * sizes
    both = float(mine.sum() + theirs.sum())
    return 2 * float(np.minimum(mine, theirs).sum()) / both if both else 0.0
