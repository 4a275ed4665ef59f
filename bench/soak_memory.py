"""Whether memory stays flat: samples over time, and what they grow by in the second half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """What was in use at a moment.

    Attributes:
        at: Seconds since the start.
        service: Bytes of the service.
        workers: Bytes of the largest worker, without what it has forked.
        server: Bytes in use in the server.
        stored: Articles that it holds.
    """

    at: float
    service: int
    workers: int
    server: int
    stored: int


@dataclass(frozen=True, slots=True)
class Growth:
    """What memory did in the second half.

    Attributes:
        service: Growth of the service between the third and the last quarter, as a share.
        workers: The same of the workers.
        per_article: Bytes that the server took for each further article in the second half.
        per_article_before: The same in the first half.
        service_mb, workers_mb, server_mb: Most of each, in megabytes.
    """

    service: float
    workers: float
    per_article: float
    per_article_before: float
    service_mb: float
    workers_mb: float
    server_mb: float


def growth(samples: Sequence[Sample]) -> Growth:
    """What the samples say. There must be some in every quarter."""
    half, quarter = len(samples) // 2, len(samples) * 3 // 4
    third, last = samples[half:quarter], samples[quarter:]
    return Growth(
        service=_share([s.service for s in third], [s.service for s in last]),
        workers=_share([s.workers for s in third], [s.workers for s in last]),
        per_article=_slope(samples[half:]),
        per_article_before=_slope(samples[:half]),
        service_mb=_most([s.service for s in samples]),
        workers_mb=_most([s.workers for s in samples]),
        server_mb=_most([s.server for s in samples]),
    )


def _share(before: Sequence[int], after: Sequence[int]) -> float:
    """Growth of the median: kills make the values jump down, and a leak moves all of them up."""
    return round(median(after) / max(median(before), 1) - 1, 3)


def _slope(samples: Sequence[Sample]) -> float:
    """Bytes of the server to an article more, by least squares."""
    across = fmean(s.stored for s in samples)
    up = fmean(s.server for s in samples)
    spread = sum((s.stored - across) ** 2 for s in samples)
    if not spread:
        return 0.0
    return round(sum((s.stored - across) * (s.server - up) for s in samples) / spread)


def _most(values: Sequence[int]) -> float:
    return round(max(values) / _MEGABYTE, 1)
