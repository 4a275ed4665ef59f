"""The adaptive rule."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from feedmill.store.sources import SourceState
from service import schedule
from service.schedule import rhythm, waves, why
from tests.service.schedule.support import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    Timeline,
    every,
    middle,
    source_of,
)


def steady(gap: float, *, window: int = 30, **timing) -> Timeline:
    """A feed that publishes at equal distances, after a first look."""
    dates = tuple(NOW - gap * (number + 0.5) for number in range(window))
    return Timeline(source_of(**timing)).look(new=window, published=dates, window=window)


def test_a_fixed_interval_is_what_is_written():
    assert schedule.interval(every(minutes=10)) == 600
    assert schedule.interval(source_of(min=timedelta(minutes=20))) == 1200
    assert schedule.interval(source_of(path="a.txt")) == 30
    line = Timeline(every(minutes=10)).look(new=99)
    assert (line.state.why, line.wait) == (why.EVERY, pytest.approx(630))


def test_files_are_looked_at_every_half_minute():
    line = Timeline(source_of(path="a.txt")).look()
    assert (line.state.why, 30 <= line.wait <= 33) == (why.FILES, True)


@pytest.mark.parametrize(
    ("gap", "hours"), [(30 * MINUTE, 0.88), (HOUR, 1.25), (3 * HOUR, 2.06), (8 * HOUR, 2.61)]
)
def test_the_first_look_already_tells_the_rhythm(gap, hours):
    assert 0.75 * hours * HOUR < steady(gap).wait < 1.35 * hours * HOUR


def plain(gap: float) -> float:
    """Seconds to the next look at a feed whose every hour is alike."""
    seconds = 1e9
    state = SourceState(
        learned_at=NOW, newest_at=NOW, items=seconds / gap, seconds=seconds, window=30
    )
    return rhythm.interval(state, now=NOW, most=DAY)


def test_a_feed_four_times_as_busy_is_looked_at_twice_as_often():
    assert plain(HOUR) == pytest.approx(rhythm.HOURS * HOUR, rel=0.01)
    assert plain(HOUR / 4) == pytest.approx(plain(HOUR) / 2, rel=0.01)


def test_delays_of_two_to_three_hours_count_more():
    root = {hours: rhythm.HOURS * hours**0.5 for hours in (2, 4, 8, 48)}
    shares = [plain(hours * HOUR) / HOUR / by_root for hours, by_root in root.items()]
    assert shares[0] == pytest.approx(1, rel=0.01)
    assert shares[2] < 0.85 < shares[1] < 0.97
    assert shares[3] > 0.9


def test_a_busier_feed_is_looked_at_more_often():
    waits = [steady(gap).wait for gap in (5 * MINUTE, HOUR, 6 * HOUR, 2 * DAY, 30 * DAY)]
    assert waits == sorted(waits)
    assert waits[0] < waits[-1] / 20


def test_min_and_max_bound_it():
    fast, slow = steady(20.0, window=2000), steady(400 * DAY)
    assert (fast.state.why, fast.wait) == (why.MIN, pytest.approx(15 * MINUTE * 1.05))
    assert (slow.state.why, slow.wait) == (why.MAX, pytest.approx(DAY * 1.05))


def test_no_more_than_half_of_the_window_is_expected_to_be_new():
    line = steady(10 * MINUTE, window=6)
    for _ in range(30):
        line.now += 30 * MINUTE
        line.look(new=3, published=tuple(line.now - 600 * n - 1 for n in range(6)), window=6)
    assert line.state.why == why.WINDOW
    assert line.wait <= 3 * 10 * MINUTE * 1.4


def test_hardly_a_second_is_lost_where_the_window_fills_before_the_next_look_is_allowed():
    line = Timeline()
    for _ in range(5):
        dates = tuple(line.now - 2 * MINUTE * number - 1 for number in range(30))
        line.look(new=30, published=dates, window=30, max_age=90 * MINUTE)
        assert line.state.why == why.CACHE
        # None at all would be lockstep: half of a thousandth, as chance is in these tests.
        assert line.wait == pytest.approx(90 * MINUTE * 1.0005, abs=0.01)
        line.when_due()
    calm = Timeline().look(new=1, published=(NOW - DAY,), window=30, max_age=23 * HOUR)
    assert calm.wait == pytest.approx(1.05 * 23 * HOUR)


def test_a_burst_shortens_the_wait_and_silence_lengthens_it():
    line = steady(6 * HOUR)
    usual = line.wait
    line.when_due().look(new=8, published=(), window=30)
    assert line.wait < 0.8 * usual
    for _ in range(300):
        line.when_due().look()
    assert line.wait > 2 * usual


def test_a_burst_counts_for_some_hours_and_then_no_more():
    line = steady(6 * HOUR)
    calm = rhythm.outlook(line.state, now=NOW)
    state = line.later(HOUR).look(new=8, window=30).state
    busy = rhythm.outlook(state, now=line.now)
    assert busy.surge > 1.7 * calm.surge
    assert busy.rate(0.0) > 1.5 * busy.rate(DAY) * calm.rate(0.0) / calm.rate(DAY)


def test_a_flood_that_ends_is_forgotten_within_days():
    line = steady(4.0, window=500)
    assert line.state.why == why.MIN
    line.look()
    while line.now < NOW + 3 * DAY:
        line.when_due().look()
    assert line.wait > 1.5 * HOUR


def test_a_feed_without_dates_is_followed_by_what_is_found():
    line = Timeline().look(new=30, window=30)
    for _ in range(200):
        line.now += HOUR
        line.look(new=1, window=30)
    assert 0.8 * HOUR < line.wait < 1.5 * HOUR


def test_the_night_is_left_alone_where_nothing_comes_at_night():
    chance = random.Random(3)
    line = Timeline()
    entries = [
        NOW + day * DAY + hour * HOUR + chance.random() * HOUR
        for day in range(30)
        for hour in range(8, 20)
        for _ in range(2)
    ]
    seen = 0
    for end in range(int(NOW), int(NOW + 30 * DAY), int(HOUR)):
        line.now = float(end)
        count = sum(at <= end for at in entries)
        dates = tuple(entries[max(0, count - 30) : count])
        line.look(new=count - seen, published=dates, window=30)
        seen = count
    day, night = (replace(line, now=line.now + hours * HOUR).look().wait for hours in (13, 22))
    assert night > 2 * day


def test_dates_that_cannot_be_true_do_no_harm():
    line = Timeline().look(new=4, published=(NOW + DAY, float("nan"), -5.0, 1e300), window=4)
    assert 15 * MINUTE <= line.wait <= 1.1 * DAY
    same = Timeline().look(new=30, published=(NOW - 1,) * 30, window=30)
    for _ in range(40):
        same.when_due().look()
    assert same.wait > HOUR


def test_a_clock_that_is_set_back_does_no_harm():
    line = steady(HOUR)
    line.now -= 30 * DAY
    line.look(new=3, published=(line.now - HOUR,), window=30)
    assert 15 * MINUTE <= line.wait <= 1.1 * DAY


def test_what_a_hub_brings_counts():
    line = steady(DAY)
    state = line.state
    for hour in range(1, 13):
        at = NOW + hour * HOUR
        state = schedule.after_push(state, (at - 5,), new=1, now=at)
    assert state.next_at == line.state.next_at
    ahead = rhythm.interval(state, now=NOW + 12 * HOUR, most=DAY)
    assert ahead < 0.7 * rhythm.interval(line.state, now=NOW + HOUR, most=DAY)


def test_new_settings_hold_from_the_last_look_on():
    line = steady(30 * DAY)
    changed = every(hours=2)
    state = schedule.reconfigured(line.state, changed, now=NOW + HOUR, random=middle)
    assert state.next_at == pytest.approx(NOW + 2.1 * HOUR)
    failing = replace(line.state, failures=1.0)
    assert schedule.reconfigured(failing, changed, now=NOW, random=middle) == failing


def test_waves_are_coded_and_read_again():
    some = waves.Waves().with_entries([NOW, NOW + HOUR], [1.0, 0.5], 1.0)
    again = waves.decoded(some.placed, waves.coded(some))
    for hour in range(48):
        at = NOW + hour * HOUR
        assert again.profile(9 * DAY).level(at) == pytest.approx(
            some.profile(9 * DAY).level(at), rel=1e-3
        )


@pytest.mark.parametrize("text", ["", "1,2", "a,b,c,d,e,f", "nan,1,1,1,1,1", "1,2,3,4,5,6,7"])
def test_waves_that_cannot_be_read_are_none(text):
    assert waves.decoded(5.0, text) == waves.Waves()


def test_a_state_of_an_unknown_feed_has_an_outlook():
    assert 0 < rhythm.interval(SourceState(), now=NOW, most=DAY) <= DAY
