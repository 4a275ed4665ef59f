"""How well groups agree with the truth, over pairs and for each article."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and F1 over pairs; F1 of B-cubed; number of groups."""

    precision: float
    recall: float
    f1: float
    bcubed: float
    groups: int


def score(truth: Mapping[str, Hashable], found: Mapping[str, Hashable]) -> Score:
    """Score groups: article -> event beside article -> group. Articles of `truth` alone count."""
    events = Counter(truth.values())
    groups = Counter(found[one] for one in truth)
    both = Counter((event, found[one]) for one, event in truth.items())
    right, said, true = (_pairs(count) for count in (both, groups, events))
    precision, recall = (right / said if said else 1.0), (right / true if true else 1.0)
    count = len(truth)
    pure = sum(n * n / groups[group] for (_, group), n in both.items()) / count
    whole = sum(n * n / events[event] for (event, _), n in both.items()) / count
    return Score(precision, recall, _f1(precision, recall), _f1(pure, whole), len(groups))


def mean(scores: Sequence[Score]) -> Score:
    """The mean of each figure, over the orders in which articles came."""
    count = len(scores)
    return Score(
        *(sum(getattr(s, name) for s in scores) / count for name in ("precision", "recall", "f1")),
        bcubed=sum(s.bcubed for s in scores) / count,
        groups=round(sum(s.groups for s in scores) / count),
    )


@dataclass(frozen=True, slots=True)
class Curve:
    """Pairs by falling likeness: precision and recall at each threshold."""

    thresholds: NDArray[Any]
    precision: NDArray[Any]
    recall: NDArray[Any]

    @property
    def f1(self) -> NDArray[Any]:
        """F1 at each threshold."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / np.maximum(both, 1e-9)

    def strict(self, precision: float) -> tuple[float, float]:
        """The lowest threshold with such a precision, and the recall there."""
        right = np.flatnonzero(self.precision >= precision)
        return (
            (float(self.thresholds[right[-1]]), float(self.recall[right[-1]]))
            if len(right)
            else (1.0, 0.0)
        )

    def at(self, threshold: float) -> tuple[float, float, float]:
        """Precision, recall and F1 when pairs from a threshold on are taken."""
        last = int(np.searchsorted(-self.thresholds, -threshold, side="right")) - 1
        if last < 0:
            return 1.0, 0.0, 0.0
        return float(self.precision[last]), float(self.recall[last]), float(self.f1[last])


def curve(alike: NDArray[Any], events: Sequence[Hashable]) -> Curve:
    """The curve of a matrix of likenesses."""
    rows, columns = np.triu_indices(len(events), 1)
    names = {event: i for i, event in enumerate(dict.fromkeys(events))}
    numbers = np.array([names[event] for event in events])
    order = np.argsort(-alike[rows, columns], kind="stable")
    right = np.cumsum((numbers[rows] == numbers[columns])[order])
    return Curve(
        alike[rows, columns][order], right / np.arange(1, len(order) + 1), right / right[-1]
    )


def _pairs(counts: Counter[Any]) -> int:
    return sum(n * (n - 1) // 2 for n in counts.values())


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
