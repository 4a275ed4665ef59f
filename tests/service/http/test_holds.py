"""For how long a host is left alone that asks for it."""

from __future__ import annotations

import pytest

from service.http.holds import HoldPolicy, Holds, hold_seconds, is_hold
from tests.service.http.names import Clock

HOUR, DAY = 3600.0, 86400.0
EXACT = HoldPolicy(jitter=0.0)


def seconds(retry_after: float | None, *, row: int = 0, chance: float = 0.0) -> float:
    return hold_seconds(retry_after, row=row, chance=chance, policy=HoldPolicy())


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (429, None, True),
        (429, 5.0, True),
        (503, None, True),
        (503, 5.0, True),
        (403, 5.0, True),
        (403, None, False),
        (200, 5.0, False),
        (301, 5.0, False),
        (404, None, False),
        (500, 5.0, False),
    ],
)
def test_which_answers_hold(status, retry_after, expected):
    assert is_hold(status, retry_after) is expected


@pytest.mark.parametrize(
    ("retry_after", "expected"),
    [
        (120.0, 120.0),
        (DAY, DAY),
        (3 * DAY, 3 * DAY),
        (7 * DAY, 7 * DAY),
        (1e15, 7 * DAY),
        (0.0, 60.0),
        (-5.0, 60.0),
        (1.0, 60.0),
        (None, HOUR),
        (float("nan"), HOUR),
        (float("inf"), HOUR),
    ],
)
def test_what_is_asked_is_kept_within_bounds(retry_after, expected):
    assert seconds(retry_after) == expected


def test_without_a_time_the_wait_doubles_up_to_a_day():
    waits = [seconds(None, row=row) for row in range(8)]
    assert [wait / HOUR for wait in waits] == [1, 2, 4, 8, 16, 24, 24, 24]
    assert seconds(None, row=10**6) == DAY


@pytest.mark.parametrize("asked", [None, 0.0, 100.0, 1e15])
def test_chance_only_adds(asked):
    waits = [seconds(asked, chance=chance / 10) for chance in range(11)]
    assert waits == sorted(waits)
    assert waits[0] == seconds(asked)
    assert waits[-1] == pytest.approx(1.1 * waits[0])


def test_refusals_in_a_row_are_counted_and_a_success_forgets_them():
    clock = Clock()
    holds = Holds(EXACT, clock=clock)
    for hours in (1, 2, 4):
        assert holds.answered("e.org", 429, None) == {"e.org": clock.now + hours * HOUR}
        clock.now = holds.until("e.org")
    holds.answered("e.org", 500, None)  # says nothing about it
    assert holds.answered("e.org", 429, None) == {"e.org": clock.now + 8 * HOUR}
    clock.now = holds.until("e.org")
    holds.answered("www.e.org", 304, None)
    assert holds.answered("e.org", 429, None) == {"e.org": clock.now + HOUR}


def test_refusals_of_requests_on_their_way_are_one_refusal():
    clock = Clock()
    holds = Holds(EXACT, clock=clock)
    for _ in range(8):
        holds.answered("e.org", 429, None)
    assert holds.until("e.org") == clock.now + HOUR
    holds.answered("e.org", 200, None)  # was on its way too
    assert holds.until("e.org") == clock.now + HOUR
    clock.now = holds.until("e.org")
    assert holds.answered("e.org", 429, None) == {"e.org": clock.now + 2 * HOUR}


def test_the_longer_of_two_wishes_holds():
    clock = Clock()
    holds = Holds(EXACT, clock=clock)
    holds.answered("e.org", 429, 5000.0)
    assert holds.answered("e.org", 429, 100.0) == {}
    assert holds.until("e.org") == clock.now + 5000
    assert holds.answered("e.org", 503, 6000.0) == {"e.org": clock.now + 6000}


def test_what_is_remembered_is_bounded():
    clock = Clock()
    holds = Holds(EXACT, clock=clock)
    holds.answered("longest.example", 429, 5 * DAY)
    for number in range(10_050):
        holds.answered(f"{number}.example", 429, 2 * DAY)
    assert len(holds._holds) == 10_000
    assert holds.until("longest.example")
    clock.now += 3 * DAY
    holds.answered("one-more.example", 429, None)
    assert len(holds._holds) == 2
