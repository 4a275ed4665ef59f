"""States that were written while the machine's clock was ahead of what it says now. Pure."""

from __future__ import annotations

from dataclasses import replace

from feedmill.store.sources import SourceState

TOLERANCE = 60.0
"""Seconds that a clock may be set back without anything following from it."""


def set_back(state: SourceState, *, now: float) -> SourceState:
    """The state as it would be if the clock had always been the one of now.

    A look that began in the future tells that the clock has been set back since. Waits are kept at their
    length; without this a source would wait until the clock has caught up.

    Args:
        state: As it is stored.
        now: Unix seconds.
    """
    ahead = max(state.asked_at, state.polled_at) - now
    if ahead <= TOLERANCE:
        return state
    return replace(
        state,
        next_at=_earlier(state.next_at, ahead),
        not_before=_earlier(state.not_before, ahead),
        asked_at=min(state.asked_at, now),
        polled_at=min(state.polled_at, now),
        succeeded_at=min(state.succeeded_at, now),
        new_at=min(state.new_at, now),
        learned_at=min(state.learned_at, now),
    )


def _earlier(at: float, seconds: float) -> float:
    return at - seconds if at else at
