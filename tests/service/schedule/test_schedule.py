"""When a source is due next."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.errors import FetchError
from feedmill.store.sources import SourceState
from service import schedule
from service.sources.item import Answer, Polled
from tests.service.support import make_source

NOW = 1_800_000_000.0
URL = "https://news.example/rss"
ERROR = FetchError("gone", kind="http-status", status=404)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def test_the_interval_is_what_is_written():
    assert schedule.interval(make_source(url=URL, every=minutes(10))) == 600
    assert schedule.interval(make_source(url=URL, min=minutes(20))) == 1200
    assert schedule.interval(make_source(path="a.txt")) == 30
    assert schedule.interval(make_source(path="a.txt", every=minutes(10))) == 600


@settings(database=None, deadline=None)
@given(st.integers(1, 100_000), st.integers(0, 50))
def test_success_is_followed_by_the_interval_and_up_to_a_tenth(seconds, failures):
    source = make_source(url=URL, every=timedelta(seconds=seconds))
    before = SourceState(etag='"1"', failures=failures, error_kind="dns", error="no", next_at=1)
    polled = Polled(answer=Answer(etag='"2"', last_modified="monday"))
    after = schedule.after_success(before, polled, source, now=NOW)
    assert NOW + seconds <= after.next_at <= NOW + seconds * 1.1
    assert after.polled_at == NOW
    assert (after.etag, after.last_modified) == ('"2"', "monday")
    assert (after.failures, after.error_kind, after.error) == (0, None, None)


def test_sources_do_not_fall_into_step():
    source = make_source(url=URL, every=minutes(10))
    times = {
        schedule.after_success(SourceState(), Polled(), source, now=NOW).next_at for _ in range(20)
    }
    assert len(times) == 20
    times = {
        schedule.after_failure(SourceState(), ERROR, source, now=NOW).next_at for _ in range(20)
    }
    assert len(times) == 20


def test_each_failure_doubles_the_wait_up_to_the_maximum():
    source = make_source(url=URL, every=minutes(10), max=minutes(60))
    state = SourceState(etag='"1"', last_modified="monday")
    waits = []
    for count in range(1, 40):
        state = schedule.after_failure(state, ERROR, source, now=NOW)
        assert (state.failures, state.error_kind, state.error) == (count, "http-status", "gone")
        waits.append(state.next_at - NOW)
    for wait, least in zip(waits, (600, 1200, 2400, 3600, 3600), strict=False):
        assert least <= wait <= least * 1.1
    assert all(3600 <= wait <= 3600 * 1.1 for wait in waits[3:])
    assert (state.etag, state.last_modified) == ('"1"', "monday")


def test_a_source_that_is_asked_less_often_than_the_maximum_keeps_its_interval():
    source = make_source(url=URL, every=minutes(600), max=minutes(60))
    state = schedule.after_failure(SourceState(), ERROR, source, now=NOW)
    assert 36_000 <= state.next_at - NOW <= 39_600


def test_success_forgets_the_failures():
    source = make_source(url=URL, every=minutes(10))
    state = SourceState(failures=9)
    state = schedule.after_success(state, Polled(), source, now=NOW)
    state = schedule.after_failure(state, ERROR, source, now=NOW)
    assert state.next_at - NOW <= 660


def test_a_very_long_row_of_failures_is_a_number_still():
    source = make_source(url=URL, every=minutes(10))
    state = schedule.after_failure(SourceState(failures=10**9), ERROR, source, now=NOW)
    assert state.next_at - NOW <= timedelta(hours=24).total_seconds() * 1.1
