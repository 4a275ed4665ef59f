"""What the answers of a source ask to leave between two looks: least waits, never intervals of their own.

Feeds say `ttl`, `sy:updatePeriod`, `skipHours` and `skipDays` (RSS 2.0 and its syndication module), servers
`Cache-Control: max-age` and `Expires` (RFC 9111). All are strangers' numbers: taken between a minute and a day.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from feedmill.store.sources import SourceState
from service.feeds.model import FeedHints
from service.schedule import why
from service.sources.item import Answer

LEAST, MOST = 60.0, 86_400.0
"""Seconds; nobody can ask for less or for more, except with `Retry-After`."""

MOST_RETRY_AFTER = 7 * 86_400.0
"""Seconds that a server may ask for with `Retry-After`."""

_HOUR, _DAY = 3600.0, 86_400.0
_PERIODS = {
    "hourly": _HOUR,
    "daily": _DAY,
    "weekly": 7 * _DAY,
    "monthly": 30 * _DAY,
    "yearly": 365 * _DAY,
}
_LONGEST_SKIP = 72  # hours: a long weekend; a feed that wants more is taken for misconfigured
_THURSDAY = 3  # the day on which Unix time begins
_ALL_HOURS, _ALL_DAYS = 24, 7


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds to leave, and who asks for it; see `service.schedule.why`."""

    seconds: float
    why: str


def heard(state: SourceState, answer: Answer) -> SourceState:
    """With what an answer asks for. After "not modified", what it does not say is as it was."""
    if answer.not_modified:
        known = answer.max_age is not None
        return replace(state, fresh=_clamped(answer.max_age)) if known else state
    ttl = Wait(_clamped(None if answer.feed.ttl is None else answer.feed.ttl * 60.0), why.TTL)
    wait = max(ttl, Wait(_period(answer.feed), why.PERIOD), key=lambda one: one.seconds)
    return replace(
        state,
        fresh=_clamped(answer.max_age),
        wait=wait.seconds,
        wait_from=wait.why if wait.seconds else None,
        skip_hours=_listed(answer.feed.skip_hours, _ALL_HOURS),
        skip_days=_listed(answer.feed.skip_days, _ALL_DAYS),
    )


def least(state: SourceState) -> Wait:
    """The longest of the waits that were asked for."""
    feed = Wait(_clamped(state.wait), state.wait_from or why.TTL)
    return max(feed, Wait(_clamped(state.fresh), why.CACHE), key=lambda one: one.seconds)


def after_skipped(state: SourceState, at: float, random: Callable[[], float]) -> float:
    """The time itself, or one in the first hour after it in which the source may be asked.

    Args:
        state: Of the source.
        at: Unix seconds.
        random: Spreads what waits for the same hour.
    """
    hours, days = _numbers(state.skip_hours), _numbers(state.skip_days)
    if len(hours) >= _ALL_HOURS or len(days) >= _ALL_DAYS or not (hours or days):
        return at
    for ahead in range(_LONGEST_SKIP + 1):
        begins = at if ahead == 0 else (at // _HOUR + ahead) * _HOUR
        if _may_ask(begins, hours, days):
            return begins if ahead == 0 else begins + random() * (_HOUR - 1)
    return at


def _may_ask(at: float, hours: frozenset[int], days: frozenset[int]) -> bool:
    hour, day = int(at // _HOUR) % _ALL_HOURS, (int(at // _DAY) + _THURSDAY) % _ALL_DAYS
    return hour not in hours and day not in days


def _period(feed: FeedHints) -> float:
    period = _PERIODS.get((feed.update_period or "").strip().lower())
    return 0.0 if period is None else _clamped(period / max(feed.update_frequency or 1, 1))


def _clamped(seconds: float | None) -> float:
    """Between a minute and a day; none for what says nothing or nonsense."""
    if seconds is None or math.isnan(seconds) or seconds <= 0:
        return 0.0
    return min(max(seconds, LEAST), MOST)


def _listed(numbers: tuple[int, ...], count: int) -> str:
    return ",".join(str(number) for number in sorted({n for n in numbers if 0 <= n < count}))


def _numbers(text: str) -> frozenset[int]:
    return frozenset(int(part) for part in text.split(",") if part.isdigit())
