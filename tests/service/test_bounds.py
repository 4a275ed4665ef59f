"""What follows from how full it is: slow before the bound, nothing at it, and on again well below."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedmill.config import QueueOptions
from feedmill.store.gauge import Gauge
from service.bounds import Bounds, Judgement, gap, judge

BOUNDS = Bounds(pages=100, bytes=1000, age=60.0, memory=0.8)
OK = Judgement("ok")


@pytest.mark.parametrize(
    ("gauge", "expected"),
    [
        (Gauge(), OK),
        (Gauge(pages=49), OK),
        (Gauge(pages=50), Judgement("slow", "pages")),
        (Gauge(pages=100), Judgement("full", "pages")),
        (Gauge(pages=1, bytes=700), Judgement("slow", "bytes")),
        (Gauge(pages=1, bytes=1000), Judgement("full", "bytes")),
        (Gauge(pages=1, age=61.0), Judgement("full", "age")),
        (Gauge(used_memory=75, max_memory=100), OK),
        (Gauge(used_memory=77, max_memory=100), Judgement("slow", "memory")),
        (Gauge(used_memory=80, max_memory=100), Judgement("full", "memory")),
        (Gauge(used_memory=100, max_memory=100), Judgement("redis-full")),
        (Gauge(used_memory=10**9, max_memory=0), OK),
    ],
)
def test_the_states(gauge, expected):
    assert judge(gauge, BOUNDS, OK) == expected


def test_what_is_full_goes_on_well_below_the_bound_only():
    now, told = OK, []
    for pages in (40, 60, 99, 100, 99, 81, 80, 60, 46, 44, 46):
        now = judge(Gauge(pages=pages), BOUNDS, now)
        told.append(now.state)
    assert told == [
        *("ok", "slow", "slow", "full", "full", "full", "slow", "slow", "slow", "ok", "ok"),
    ]


def test_what_was_full_by_one_bound_is_so_by_another_when_that_is_reached():
    assert judge(Gauge(pages=90, age=70.0), BOUNDS, Judgement("full", "pages")).bound == "age"


def test_memory_that_is_free_again_is_enough_after_redis_was_full():
    full = Judgement("redis-full")
    assert judge(Gauge(used_memory=85, max_memory=100), BOUNDS, full) == ("full", "memory")
    assert judge(Gauge(used_memory=40, max_memory=100), BOUNDS, full) == OK


def test_pages_pass_ever_more_slowly_up_to_the_bound():
    gaps = [gap(Gauge(pages=pages), BOUNDS) for pages in (0, 50, 60, 75, 100, 300)]
    assert gaps == sorted(gaps)
    assert gaps[:2] == [0.0, 0.0]
    assert gaps[2] == pytest.approx(0.04)
    assert gaps[-2:] == [1.0, 1.0]


def test_a_bound_of_one_page_can_be_left():
    one = replace(BOUNDS, pages=1)
    full = judge(Gauge(pages=1), one, OK)
    assert full.state == "full"
    assert judge(Gauge(), one, full) == OK


def test_the_bounds_are_those_of_the_configuration():
    bounds = Bounds.of(QueueOptions())
    assert (bounds.pages, bounds.bytes, bounds.age, bounds.memory) == (
        10_000,
        256_000_000,
        3600,
        0.8,
    )
    assert bounds.limits == (10_000, 256_000_000)
