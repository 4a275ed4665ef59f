"""Scores of an extraction against the truth, and of a line filter against its labels.

Defined as in `score_extraction.py` and `score_lines.py` of the development data; a test compares them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

_WORD = re.compile(r"\w+")
_N = 4  # words of a shingle
_RESAMPLES = 2000


@dataclass(frozen=True, slots=True)
class PageScore:
    """How one text agrees with the truth; nan where there is nothing to divide by.

    Attributes:
        precision: Share of the text's shingles that are in the truth; nan for an empty text.
        recall: Share of the truth's shingles that are in the text; nan for an empty truth.
        words: F1 of the two bags of words, in lower case.
    """

    precision: float
    recall: float
    words: float

    @property
    def f1(self) -> float:
        """Of this page alone."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both > 0 else 0.0


@dataclass(frozen=True, slots=True)
class SetScore:
    """Means over the pages of a set. `f1` is that of the mean precision and the mean recall."""

    pages: int
    precision: float
    recall: float
    f1: float
    words: float


@dataclass(frozen=True, slots=True)
class LineScore:
    """A line filter on a set of documents; lines that are neither content nor boilerplate left out."""

    documents: int
    content: tuple[float, float, float]  # P, R, F1
    boilerplate: tuple[float, float, float]
    mean_document_f1: float


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """The runs of four words of a text, each as often as it occurs; case is kept."""
    words = _WORD.findall(text)
    if not words:
        return Counter()
    return Counter(tuple(words[i : i + _N]) for i in range(max(1, len(words) - _N + 1)))


def score_page(truth: str, text: str) -> PageScore:
    """Compare the text of one page with the truth."""
    wanted, found = shingles(truth), shingles(text)
    right = (wanted & found).total()
    return PageScore(
        precision=right / found.total() if found else float("nan"),
        recall=right / wanted.total() if wanted else float("nan"),
        words=_word_f1(truth, text),
    )


def score_set(scores: Sequence[PageScore]) -> SetScore:
    """The score of a set from those of its pages."""
    precision = _mean(score.precision for score in scores)
    recall = _mean(score.recall for score in scores)
    return SetScore(
        pages=len(scores),
        precision=precision,
        recall=recall,
        f1=_f1(precision, recall),
        words=_mean(score.words for score in scores),
    )


def f1_gain(ours: Sequence[PageScore], theirs: Sequence[PageScore]) -> tuple[float, float, float]:
    """By how much our F1 over a set is higher, and its 95 % interval.

    Paired bootstrap: the same pages are drawn with replacement for both.
    """
    draws = np.random.default_rng(1).integers(0, len(ours), (_RESAMPLES, len(ours)))
    gains = _drawn_f1(ours, draws) - _drawn_f1(theirs, draws)
    low, high = np.quantile(gains, (0.025, 0.975))
    return score_set(ours).f1 - score_set(theirs).f1, float(low), float(high)


def score_lines(labels: Sequence[Sequence[int]], flags: Sequence[Sequence[bool]]) -> LineScore:
    """The score of a line filter.

    Args:
        labels: For each document and line, 1 content, 0 boilerplate, anything else not counted.
        flags: For each document and line, whether it was kept.
    """
    total: Counter[tuple[int, bool]] = Counter()
    each = []
    for wanted, kept in zip(labels, flags, strict=True):
        counts = Counter((label, bool(flag)) for label, flag in zip(wanted, kept, strict=True))
        total += counts
        each.append(_prf(counts[1, True], counts[0, True], counts[1, False])[2])
    return LineScore(
        documents=len(each),
        content=_prf(total[1, True], total[0, True], total[1, False]),
        boilerplate=_prf(total[0, False], total[1, False], total[0, True]),
        mean_document_f1=_mean(each),
    )


def _drawn_f1(scores: Sequence[PageScore], draws: np.ndarray) -> np.ndarray:
    precision = _drawn_mean([score.precision for score in scores], draws)
    recall = _drawn_mean([score.recall for score in scores], draws)
    return np.asarray(2 * precision * recall / np.maximum(precision + recall, 1e-12))


def _drawn_mean(values: Sequence[float], draws: np.ndarray) -> np.ndarray:
    """The mean of each draw, of what is a number."""
    drawn = np.array(values)[draws]
    return np.asarray(np.nansum(drawn, axis=1) / np.maximum((~np.isnan(drawn)).sum(axis=1), 1))


def _word_f1(truth: str, text: str) -> float:
    wanted, found = (Counter(_WORD.findall(part.lower())) for part in (truth, text))
    if not wanted or not found:
        return float(not wanted and not found)
    right = (wanted & found).total()
    return _f1(right / found.total(), right / wanted.total())


def _prf(right: int, wrong: int, missed: int) -> tuple[float, float, float]:
    precision = right / (right + wrong) if right + wrong else 0.0
    recall = right / (right + missed) if right + missed else 0.0
    return precision, recall, _f1(precision, recall)


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _mean(values: Iterable[float]) -> float:
    """The mean of what is a number; 0 of none."""
    numbers = [value for value in values if value == value]  # noqa: PLR0124 - nan is not itself
    return sum(numbers) / len(numbers) if numbers else 0.0
