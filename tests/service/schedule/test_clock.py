"""A clock that was ahead and has been set back: waits keep their length."""

from __future__ import annotations

from dataclasses import replace

from feedmill.store.sources import SourceState
from service import schedule

NOW = 1_800_000_000.0
HOUR = 3600.0


def test_a_state_of_the_past_stays_as_it_is():
    state = SourceState(asked_at=NOW - 5, polled_at=NOW - 4, next_at=NOW + HOUR, not_before=NOW + 9)
    assert schedule.set_back(state, now=NOW) == state
    barely = replace(state, asked_at=NOW + 30, polled_at=NOW + 31)
    assert schedule.set_back(barely, now=NOW) == barely


def test_a_state_of_the_future_waits_as_long_as_it_was_to():
    state = SourceState(
        asked_at=NOW + HOUR - 1,
        polled_at=NOW + HOUR,
        succeeded_at=NOW + HOUR,
        next_at=NOW + HOUR + 900,
        not_before=NOW + HOUR + 600,
    )
    found = schedule.set_back(state, now=NOW)
    assert (found.next_at, found.not_before) == (NOW + 900, NOW + 600)
    assert (found.polled_at, found.succeeded_at) == (NOW, NOW)


def test_what_was_never_stays_never():
    state = SourceState(asked_at=NOW + HOUR)
    assert schedule.set_back(state, now=NOW) == SourceState(asked_at=NOW)
