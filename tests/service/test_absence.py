"""What is made up for after a time in which no hub could reach the service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from feedmill.store.sources import SourceState
from service.absence import PATIENCE, made_up, may_have_missed
from tests.service.support import make_source

HOUR, DAY = 3600.0, 86_400.0
NOW = 1_772_366_400.0  # 2026-03-01, 12:00 in GMT
SINCE = NOW - 2 * HOUR
SOURCE = make_source(url="https://news.example/feed")
STATE = SourceState(
    url=SOURCE.url,
    polled_at=SINCE - HOUR,
    succeeded_at=SINCE - HOUR,
    next_at=SINCE + 23 * HOUR,
    push_until=SINCE + 9 * DAY,
)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, True),
        ({"push_until": 0.0}, False),
        ({"push_until": SINCE - 1}, False),
        ({"push_until": SINCE + HOUR}, True),  # the lease has ended while nobody was there
        ({"is_gone": True}, False),
        ({"polled_at": SINCE + 60}, True),  # the mark is a minute old at most
        ({"polled_at": SINCE + PATIENCE + 1}, False),  # looked at after the start already
    ],
)
def test_where_a_hub_may_have_called_in_vain(more, expected):
    assert may_have_missed(replace(STATE, **more), since=SINCE) is expected


def due(state: SourceState, *, crowd: int = 1, chance: float = 0.0, source=SOURCE) -> float:
    return made_up(state, source, crowd=crowd, now=NOW, random=lambda: chance).next_at - NOW


def test_it_is_looked_at_soon_and_many_not_at_once():
    assert due(STATE) == 0
    assert due(STATE, crowd=100, chance=0.5) == 100
    assert due(STATE, crowd=10**6, chance=0.5) == HOUR / 2


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ({"not_before": NOW + 500}, 500),
        ({"fresh": 4 * HOUR}, HOUR),
        ({"wait": 4 * HOUR, "wait_from": "ttl"}, HOUR),
        ({"polled_at": NOW - 100, "succeeded_at": NOW - 100}, 15 * 60 - 100),
        ({"skip_hours": "12,13"}, 2 * HOUR),
        ({"next_at": NOW + 5}, 5),
        ({"next_at": NOW - 5}, -5),
    ],
)
def test_no_sooner_than_is_allowed_and_no_later_than_it_would_be_anyway(more, seconds):
    state = replace(STATE, **more)
    after = due(state, chance=0.0 if more.get("next_at") is None else 0.99, crowd=10)
    assert after == pytest.approx(seconds)


def test_no_sooner_than_its_own_interval():
    seldom = make_source(url=SOURCE.url, every=timedelta(hours=6))
    assert due(STATE, source=seldom) == 3 * HOUR


def test_what_is_not_sooner_changes_nothing():
    state = replace(STATE, next_at=NOW + 1, why="push")
    assert made_up(state, SOURCE, crowd=9, now=NOW, random=lambda: 0.9) == state
