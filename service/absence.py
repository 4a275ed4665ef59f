"""After a time in which no hub could reach the service: what hubs may have wanted to bring is looked for. Pure.

Hubs try again for some minutes, and then no more. A source whose hub is relied on is polled once a day, so that
after a downtime it could be a day late.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from feedmill.config import Source
from feedmill.store.sources import SourceState
from service import schedule

PATIENCE = 300.0
"""Seconds of an absence that hubs bridge by trying again."""


def may_have_missed(state: SourceState, *, since: float) -> bool:
    """Whether a source's hub may have called in vain in an absence that was longer than `PATIENCE`.

    Not where the source has been looked at after it: to ask again and again changes nothing.

    Args:
        state: Of the source.
        since: When hubs could last reach the service, Unix seconds, to some minutes.
    """
    was_relied_on = state.push_until > since and not state.is_gone
    return was_relied_on and state.polled_at < since + PATIENCE


def made_up(
    state: SourceState, source: Source, *, crowd: int, now: float, random: Callable[[], float]
) -> SourceState:
    """Due soon, at a random time, but not before its answers and its configuration allow; or as it is, if that is earlier.

    Args:
        state: Of a source that `may_have_missed` something.
        source: The source.
        crowd: How many of them there are.
        now: Unix seconds.
        random: A random number in [0, 1).
    """
    allowed = max(now, schedule.earliest(state), state.polled_at + schedule.interval(source))
    soon = schedule.first(replace(state, next_at=allowed), crowd=crowd, now=allowed, random=random)
    return soon if soon.next_at < state.next_at else state
