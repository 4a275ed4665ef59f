"""How often a feed publishes, and when it is worth looking next. The adaptive rule.

Three things are followed: the mean rate over weeks, the waves of day and week, and whether just now more or less
comes than these say (a Gamma-Poisson estimate over the last hours, with the mean rate as its prior). Together
they say how many entries an hour are to be expected at any time ahead.

The next look comes when what is to be expected is worth its cost. At a steady rate `r`, with the bad of a delay
counted as `B(d)` and a look as `c`, the interval `t` costs `(c + r * integral of B) / t`, and the best one is where
`r * (integral of s * B'(s) from 0 to t)` equals `c`. Where a minute counts the same at any time, that is the square-root
rule, `t` proportional to `r ** -0.5` (Cho and Garcia-Molina 2003, and research/feeds.md, section 5). Here the minutes
between the second and the third hour count three times: an article late by that much is what readers notice, and
the feeds with some entries a day, from which most of those come, are looked at a little more often for it. Where the
rate changes, the looks are as dense at any time as they would be if it stayed (`1 / t` adds up to one).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedmill.store.sources import SourceState
from service.schedule import waves
from service.schedule.waves import Profile

HOURS = 1.25
"""Hours between two looks at a feed with one entry an hour. The one knob: looks against delay."""

_LATE, _VERY_LATE, _LATE_WEIGHT = 2.0, 3.0, 3.0  # hours of delay between which a minute counts more
_HOUR = 3600.0
_DAY = 86_400.0
_LONG, _RECENT, _PLACED = 10 * _DAY, 4 * _HOUR, 28 * _DAY  # half-lives
_GAP = 180 * _DAY  # half-life of the longest gap
_PRIOR = 4.0  # entries that the mean rate counts for beside those of the last hours
_SILENCE = 10.0  # entries that could have come since the last one; more, and the rate has fallen
_FEW, _LITTLE = 0.005, 0.05 * _DAY  # the prior of the mean rate: entries, seconds
_UNKNOWN_ITEMS, _UNKNOWN_SECONDS = 0.5, _DAY  # of a feed without dates, at first
_SAMPLES = (0.1, 0.4, 0.8, 1.4, 2.2)  # in half-lives: where the waves' recent level is taken


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is to be expected of a feed from a time on.

    Attributes:
        now: That time, Unix seconds.
        mean: Entries a second over weeks.
        surge: How many times as much as the mean and the waves say comes just now.
        profile: Of day and week.
    """

    now: float
    mean: float
    surge: float
    profile: Profile

    def rate(self, ahead: float) -> float:
        """Entries a second, so many seconds from now."""
        surge = 1 + (self.surge - 1) * math.exp2(-ahead / _RECENT)
        return self.mean * surge * self.profile.level(self.now + ahead)


def outlook(state: SourceState, *, now: float) -> Outlook:
    """What the rhythm says about the time from now on."""
    seen = waves.decoded(state.placed, state.waves).profile(state.seconds)
    mean = (state.items + _FEW) / (state.seconds + _LITTLE)
    silence = max(now - state.newest_at, 1.0)
    mean = min(mean, _SILENCE / silence)
    level = sum(seen.level(now - share * _RECENT) for share in _SAMPLES) / len(_SAMPLES)
    surge = (_PRIOR + state.recent_items) / (_PRIOR + mean * state.recent_seconds * level)
    return Outlook(now, mean, surge, seen)


def interval(state: SourceState, *, now: float, most: float, hours: float = HOURS) -> float:
    """Seconds until the next look is worth its cost.

    Args:
        state: Of the source, with what the look that has just ended found.
        now: Unix seconds.
        most: Longest interval of interest, seconds.
        hours: See `HOURS`.
    """
    ahead, step, reached = 0.0, _HOUR / 2, 0.0
    view = outlook(state, now=now)
    while ahead < most:
        apart = _apart(view.rate(ahead + step / 2) * _HOUR, hours) * _HOUR
        if reached + step / apart >= 1:
            return min(ahead + (1 - reached) * apart, most)
        reached += step / apart
        ahead += step
        step = min(step * 1.3, 2 * _HOUR)
    return most


def _apart(rate: float, hours: float) -> float:
    """Hours between two looks that a steady rate (entries an hour) is worth.

    The square of the interval grows with `1 / rate`: slower where a delay of that length counts more, as fast as
    before it and after.
    """
    square = hours**2 / rate
    weighed = _LATE**2 + (square - _LATE**2) / _LATE_WEIGHT
    beyond = square - (_LATE_WEIGHT - 1) * (_VERY_LATE**2 - _LATE**2)
    return math.sqrt(min(square, max(weighed, beyond)))


def before_half_is_new(state: SourceState, *, now: float) -> float:
    """Seconds in which half of the entries that the feed holds are expected to be new; infinite if unknown."""
    view = outlook(state, now=now)
    rate = view.mean * max(view.surge, 1.0) * view.profile.level(now)
    return state.window / 2 / rate if state.window else math.inf


def followed(
    state: SourceState, *, published: Sequence[float], new: int, window: int | None, now: float
) -> SourceState:
    """The state after more has been seen of the feed.

    Args:
        state: The state before.
        published: When the entries it holds now were published, Unix seconds, those that say so.
        new: How many entries were new.
        window: How many entries it holds; None if it was not read in whole.
        now: Unix seconds.
    """
    dates = sorted(at for at in published if 0 < at <= now)
    since, times = _observed(state, dates, new, window, now)
    passed = max(now - since, 0.0)
    ages = [now - at for at in times]
    seen = waves.decoded(state.placed, state.waves).with_entries(
        times, [_kept(age, _PLACED) for age in ages], _kept(passed, _PLACED)
    )
    return replace(
        state,
        learned_at=now,
        newest_at=max([state.newest_at, *times[-1:], *dates[-1:]]) or now,
        longest_gap=_longest(state, times, passed),
        window=state.window if window is None else window,
        items=_count(state.items if state.learned_at else _UNKNOWN_ITEMS, passed, ages, _LONG),
        seconds=_time(state.seconds, passed, _LONG),
        recent_items=_count(state.recent_items, passed, ages, _RECENT),
        recent_seconds=_time(state.recent_seconds, passed, _RECENT),
        placed=seen.placed,
        waves=waves.coded(seen),
    )


def _observed(
    state: SourceState, dates: list[float], new: int, window: int | None, now: float
) -> tuple[float, list[float]]:
    """Since when the feed is followed, and when the new entries came; their dates, where they can be true."""
    last = state.learned_at
    if not last:
        return (dates[0], dates[1:]) if len(dates) > 1 else (now - _UNKNOWN_SECONDS, dates)
    if dates and window and new >= window:
        # All of it is new, and more may have come and gone: nothing is known before the oldest entry.
        return max(last, dates[0]), dates
    fresh = [at for at in dates if at > last][-new:] if new else []
    return last, sorted([*_spread(last, now, new - len(fresh)), *fresh])


def _spread(start: float, end: float, count: int) -> list[float]:
    """Entries without a date: as if they had come at equal distances."""
    count = min(count, 1000)
    return [start + (end - start) * (number + 0.5) / count for number in range(count)]


def _longest(state: SourceState, times: list[float], passed: float) -> float:
    """The longest time between two entries, slowly forgotten."""
    marks = [state.newest_at, *times] if state.newest_at else times
    gaps = (later - earlier for earlier, later in itertools.pairwise(marks))
    return max([state.longest_gap * _kept(passed, _GAP), *gaps])


def _kept(age: float, half_life: float) -> float:
    """What is left after so many seconds."""
    return math.exp2(-min(max(age, 0.0) / half_life, 1000.0))


def _count(before: float, passed: float, ages: list[float], half_life: float) -> float:
    """A decayed count, with entries of these ages added."""
    return before * _kept(passed, half_life) + sum(_kept(age, half_life) for age in ages)


def _time(before: float, passed: float, half_life: float) -> float:
    """A decayed time, with what has passed until now added."""
    kept = _kept(passed, half_life)
    return before * kept + (1 - kept) * half_life / math.log(2)
