"""From an interval to the time of the next look: bounds, waits, jitter, skipped hours, in this order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from feedmill.config import Source
from feedmill.store.sources import SourceState
from service.schedule import liars, rhythm, waits, why
from service.schedule.waits import Wait

NEVER = 4_102_444_800.0  # the year 2100: nothing asks again by itself
_FILES_EVERY = 30.0  # seconds; looking at a folder costs nobody anything
_PUSHED_EVERY = 86_400.0  # a feed whose hub brings what is new
_JITTER = 0.1  # of an interval
_HURRIED = 60.0  # seconds of it, where entries may leave the feed unseen
_LATE = 0.01  # of the jitter, where we are asked to wait for longer than we should
_FIRST_HOUR, _APART = 3600.0, 2.0  # seconds


def interval(source: Source) -> float:
    """The shortest time between two looks at a source that works, seconds, before what its answers ask for."""
    if isinstance(source.every, timedelta):
        return source.every.total_seconds()
    return source.min.total_seconds() if source.url else _FILES_EVERY


def longest(source: Source) -> float:
    """The longest time between two looks, seconds, before what its answers ask for."""
    return max(source.max.total_seconds(), interval(source))


def after(
    state: SourceState,
    source: Source,
    *,
    now: float,
    random: Callable[[], float],
    hours: float = rhythm.HOURS,
) -> SourceState:
    """With the time of the next look, after one that succeeded just now."""
    chosen = _chosen(state, source, now=now, hours=hours)
    wait = max(chosen, asked(state), key=lambda one: one.seconds)
    jitter = wait.seconds * _JITTER
    if rhythm.before_half_is_new(state, now=now) < wait.seconds:
        # Where we are asked to wait for longer than we should, hardly a second is to be lost; but looks at
        # equal distances are what cron jobs do.
        share = 1.0 if wait == chosen else _LATE
        jitter = min(jitter * share, _HURRIED)
    return at(state, now + wait.seconds + jitter * random(), wait.why, random)


def asked(state: SourceState) -> Wait:
    """The least time between two looks that the source's answers allow."""
    if state.is_liar:
        return max(Wait(liars.LEAST, why.LIAR), waits.least(state), key=lambda one: one.seconds)
    return waits.least(state)


def at(state: SourceState, due: float, reason: str, random: Callable[[], float]) -> SourceState:
    """Due then, or after the hours in which the source is not to be asked."""
    if state.not_before > due:
        due, reason = state.not_before, why.RETRY_AFTER
    allowed = waits.after_skipped(state, due, random)
    return replace(state, next_at=allowed, why=why.SKIP if allowed > due else reason)


def earliest(state: SourceState) -> float:
    """Before when the source's answers allow no look at all, Unix seconds; 0 if they say nothing."""
    if state.is_gone:
        return NEVER
    seconds = asked(state).seconds
    allowed = state.polled_at + seconds if seconds and state.polled_at else 0.0
    return max(allowed, state.not_before)


def first(
    state: SourceState, *, crowd: int, now: float, random: Callable[[], float]
) -> SourceState:
    """A source never looked at, or overdue, gets a random place: no burst at a start, none after a downtime.

    Args:
        state: Of the source; one that is due later stays as it is.
        crowd: How many such sources there are; they are spread over two seconds each, an hour at most.
        now: Unix seconds.
        random: A random number in [0, 1).
    """
    if state.next_at > now or state.is_gone:
        return state
    spread = min(_FIRST_HOUR, _APART * max(crowd, 1))
    reason = why.SPREAD if state.polled_at else why.FIRST
    return at(state, now + random() * spread, reason, random)


def plan(
    states: Iterable[SourceState], *, now: float, random: Callable[[], float]
) -> tuple[float, ...]:
    """When to look at each of many sources at a start, Unix seconds, in their order; see `first`."""
    listed = tuple(states)
    crowd = sum(state.next_at <= now for state in listed)
    return tuple(first(state, crowd=crowd, now=now, random=random).next_at for state in listed)


def _chosen(state: SourceState, source: Source, *, now: float, hours: float) -> Wait:
    """What the configuration says, or the rhythm within its bounds."""
    if state.push_until > now and source.url:
        return Wait(max(interval(source), min(_PUSHED_EVERY, longest(source))), why.PUSH)
    if isinstance(source.every, timedelta):
        return Wait(interval(source), why.EVERY)
    if not source.url:
        return Wait(interval(source), why.FILES)
    least, most = interval(source), longest(source)
    ahead = Wait(rhythm.interval(state, now=now, most=most, hours=hours), why.RHYTHM)
    half = Wait(rhythm.before_half_is_new(state, now=now), why.WINDOW)
    chosen = min(ahead, half, key=lambda one: one.seconds)
    if chosen.seconds <= least:
        return Wait(least, why.MIN)
    return chosen if chosen.seconds < most else Wait(most, why.MAX)
