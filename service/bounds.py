"""What may wait for the workers at most, and what follows from how much does. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from feedmill.config import QueueOptions
from feedmill.store.gauge import Gauge
from feedmill.store.intake import Limits

_LONGEST_GAP = 1.0  # seconds between two pages, at the bound


class Judgement(NamedTuple):
    """What follows: a state of `feedmill.store.gauge.Standing`, and the bound that it is because of."""

    state: str
    bound: str = ""


class _Marks(NamedTuple):
    """Parts of a bound: where it begins to be slow, and where it goes on after it was full."""

    slow: float
    go_on: float


# Memory is not given back by working: articles stay. It is short only shortly before its bound.
_MARKS = {
    "pages": _Marks(0.5, 0.8),
    "bytes": _Marks(0.5, 0.8),
    "age": _Marks(0.5, 0.8),
    "memory": _Marks(0.95, 0.98),
}
_SLOW_ENDS = 0.9  # of where it begins


@dataclass(frozen=True, slots=True)
class Bounds:
    """What may wait at most.

    Attributes:
        pages: How many pages.
        bytes: How many bytes of them, as they are stored.
        age: How long the oldest may have waited, seconds.
        memory: The part of the server's maxmemory that may be in use.
    """

    pages: int
    bytes: int
    age: float
    memory: float

    @classmethod
    def of(cls, queue: QueueOptions) -> Bounds:
        """What the configuration says."""
        return cls(queue.max_pages, queue.max_bytes, queue.max_age.total_seconds(), queue.memory)

    @property
    def limits(self) -> Limits:
        """Those of them that Redis itself holds."""
        return Limits(self.pages, self.bytes)


def fill(gauge: Gauge, bounds: Bounds) -> dict[str, float]:
    """How much of each bound is used: 0 for nothing, 1 and more at it."""
    memory = gauge.used_memory / gauge.max_memory / bounds.memory if gauge.max_memory else 0.0
    return {
        "pages": gauge.pages / bounds.pages,
        "bytes": gauge.bytes / bounds.bytes,
        "age": gauge.age / bounds.age,
        "memory": memory,
    }


def judge(gauge: Gauge, bounds: Bounds, before: Judgement) -> Judgement:
    """What follows from how full it is. What is full stays so until it is well below the bound.

    Args:
        gauge: How full it is.
        bounds: What may wait at most.
        before: What followed the last time.
    """
    if gauge.max_memory and gauge.used_memory >= gauge.max_memory:
        return Judgement("redis-full")
    used = fill(gauge, bounds)
    worst = max(used, key=lambda name: used[name])
    if used[worst] >= 1:
        return Judgement("full", worst)
    if before.state == "full" and used[before.bound] > _MARKS[before.bound].go_on:
        return before
    near = max(used, key=lambda name: _nearness(name, used[name]))
    begins = _SLOW_ENDS if before.state == "slow" else 1.0
    if used[near] >= begins * _MARKS[near].slow:
        return Judgement("slow", near)
    return Judgement("ok")


def gap(gauge: Gauge, bounds: Bounds) -> float:
    """Seconds between two pages that are asked for, by how full it is: none far from every bound."""
    nearness = max(_nearness(name, used) for name, used in fill(gauge, bounds).items())
    return _LONGEST_GAP * min(max(nearness, 0.0), 1.0) ** 2


def _nearness(name: str, used: float) -> float:
    """How far it is from where it begins to be slow (0) to the bound (1)."""
    slow = _MARKS[name].slow
    return (used - slow) / (1 - slow)
