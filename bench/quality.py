"""Is `quality` what it says: the F1 over words that the text really has?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.plot import PLOTS, Axis, Point, scatter
from bench.scoring import PageScore

_BINS = 10
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How the quality that was said goes with the F1 that was found.

    Attributes:
        rows: Pages in the order of their quality, in ten equal parts: pages, said and found.
        gap: Mean distance of said and found over the parts.
        rank: Spearman's correlation over the pages: does a higher quality mean a better text?
        pages: How many.
    """

    rows: list[dict[str, float]]
    gap: float
    rank: float
    pages: int


def calibrate(said: Sequence[float], found: Sequence[PageScore]) -> Calibration | None:
    """Compare with the F1 over words, which quality is an estimate of; None for too few pages."""
    if len(said) < _BINS:
        return None
    qualities = np.array(said)
    truths = np.array([score.words for score in found])
    shingles = np.array([score.f1 for score in found])
    order = np.argsort(qualities, kind="stable")
    rows = []
    for number, part in enumerate(np.array_split(order, _BINS)):
        rows.append(
            {
                "tenth": number + 1,
                "pages": len(part),
                "quality from": round(float(qualities[part].min()), 3),
                "to": round(float(qualities[part].max()), 3),
                "mean quality": round(float(qualities[part].mean()), 3),
                "mean F1": round(float(truths[part].mean()), 3),
                "worst F1": round(float(truths[part].min()), 3),
                "shingle F1": round(float(shingles[part].mean()), 3),
            }
        )
    gap = float(np.mean([abs(row["mean quality"] - row["mean F1"]) for row in rows]))
    return Calibration(rows, round(gap, 4), round(_spearman(qualities, truths), 3), len(said))


def draw(calibration: Calibration, note: str) -> None:
    """Write the plot."""
    low = min(row[name] for row in calibration.rows for name in ("mean quality", "mean F1"))
    start = next(tick for tick in reversed(_TICKS[:-2]) if tick <= low)
    ticks = tuple(tick for tick in _TICKS if tick >= start)
    scatter(
        PLOTS / "quality.svg",
        [Point("", row["mean quality"], row["mean F1"], ours=True) for row in calibration.rows],
        Axis("quality that feedmill gives", start, 1.0, ticks),
        Axis("F1 over words that the text has", start, 1.0, ticks),
        title="What quality means: pages in ten parts by their quality",
        note=note,
        diagonal=True,
    )


def _spearman(a: np.ndarray, b: np.ndarray) -> float:
    first, second = _ranks(a), _ranks(b)
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0; equal values share the mean of theirs."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(((ends - counts) + (ends - 1))[places] / 2)
