"""How likely each block of a page belongs to its article.

Two models share the work. The first knows the page alone (and a text that its structured data or its feed brings
along). Where it is not sure of its choice, trafilatura is asked for a second opinion, and the mean of
both models decides, of which the second was trained with that opinion.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from workers.extract import trees
from workers.extract.html import choice, features
from workers.extract.html.outline import Outline
from workers.extract.html.votes import Ballot, measure
from workers.extract.trees import Floats

SURE = 0.972  # expected F1 above which no second opinion is asked for: about 70 of 100 pages
_ALL = 0.95  # of the words of a page
_WORD = re.compile(r"\w+")
MAX_VOTED = 5_000  # blocks; trafilatura's time grows faster than their number


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found out about the blocks of an outline.

    Attributes:
        probabilities: How likely each belongs to the article.
        words: How many words each has.
        expected: Expected F1 over words of the best choice.
        asked: Whether a second opinion was asked for.
    """

    probabilities: Floats
    words: npt.NDArray[np.int_]
    expected: float
    asked: bool


class Opinion(NamedTuple):
    """What a closer look at a page brings.

    Attributes:
        body: The text of the article, where one came along outside the markup.
        trafilatura: What trafilatura takes for the article.
    """

    body: str | None
    trafilatura: str | None


def judge(
    outline: Outline,
    *,
    title: str | None,
    told: str | None,
    body: str | None = None,
    second_opinion: Callable[[], Opinion] | None = None,
) -> Judgement:
    """Judge the blocks of an outline that has at least one.

    Args:
        outline: The page.
        title: What it is called.
        told: What it is said to be about.
        body: The text of the article, where one came along outside the markup.
        second_opinion: Looks closer. Called only where it is needed.
    """
    ballot = Ballot.of([block.text for block in outline.blocks])
    names, measured = features.measure(outline, ballot, title=title, told=told)
    first = _probabilities("blocks", names, measured, ballot, [("body", body)])
    words = ballot.sizes
    _, expected = choice.choose(first, words)
    if second_opinion is None or expected >= SURE or len(outline.blocks) > MAX_VOTED:
        return Judgement(first, words, expected, asked=False)
    opinion = second_opinion()
    if _is_everything(opinion.trafilatura, words):
        return Judgement(first, words, expected, asked=True)
    candidates = [("body", opinion.body), ("trafilatura", opinion.trafilatura)]
    second = _probabilities("blocks_voted", names, measured, ballot, candidates)
    # Each is better on some pages; the mean of both is seldom far off.
    both = ((first + second) / 2).astype(np.float32)
    _, expected = choice.choose(both, words)
    return Judgement(both, words, expected, asked=True)


def _is_everything(text: str | None, words: npt.NDArray[np.int_]) -> bool:
    """Whether a text holds all of a page: then it chose nothing, and tells nothing."""
    return text is not None and len(_WORD.findall(text)) >= _ALL * int(words.sum())


def _probabilities(
    model: str,
    names: tuple[str, ...],
    measured: Floats,
    ballot: Ballot,
    candidates: Sequence[tuple[str, str | None]],
) -> Floats:
    vote_names, votes = measure(ballot, candidates)
    rows = np.concatenate([measured, votes], axis=1)
    return trees.load(model, (*names, *vote_names)).probabilities(rows)
