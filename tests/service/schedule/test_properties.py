"""Whatever a source answers: the next look is never too early, and always at a time that exists."""

from __future__ import annotations

import math
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.model import FeedHints
from service.schedule import why
from service.sources.item import Answer, Polled
from tests.service.schedule.support import DAY, HOUR, MINUTE, NOW, failure, source_of

DATES = st.floats() | st.floats(NOW - 60 * DAY, NOW + 60 * DAY)
HINTS = st.builds(
    FeedHints,
    ttl=st.none() | st.integers(-(10**12), 10**12),
    skip_hours=st.lists(st.integers(-3, 30), max_size=26).map(tuple),
    skip_days=st.lists(st.integers(-3, 9), max_size=9).map(tuple),
    update_period=st.none() | st.sampled_from(["hourly", "DAILY ", "weekly", "yearly", "never"]),
    update_frequency=st.none() | st.integers(-5, 10**12),
)
ANSWERS = st.builds(
    Answer,
    not_modified=st.booleans(),
    etag=st.none() | st.sampled_from(['"1"', '"2"']),
    moved_to=st.none() | st.sampled_from(["https://a.example/", "http://b.example/"]),
    max_age=st.none() | st.floats(allow_nan=True, allow_infinity=True),
    feed=HINTS,
    published=st.lists(DATES, max_size=40).map(tuple),
    window=st.none() | st.integers(0, 5000),
)
ERRORS = st.builds(
    failure,
    st.sampled_from(["dns", "timeout", "http-status", "host-waits", "robots-waits", "bug"]),
    st.none() | st.sampled_from([403, 404, 429, 500, 503]),
    st.none() | st.floats(allow_nan=True, allow_infinity=True),
)
STEPS = st.lists(
    st.tuples(
        st.floats(0, 40 * DAY),
        st.integers(0, 10**6),
        ANSWERS | ERRORS,
        st.floats(0, 1, exclude_max=True),
    ),
    min_size=1,
    max_size=8,
)
DURATIONS = st.floats(1, 3 * DAY).map(lambda seconds: timedelta(seconds=seconds))
MOST = 24 * HOUR


@settings(database=None, deadline=None, max_examples=60)
@given(STEPS, st.none() | DURATIONS, DURATIONS, DURATIONS)
def test_the_next_look_is_never_too_early_and_always_within_bounds(steps, every, least, more):
    timing = {"min": least, "max": least + more, "every": every or "adaptive"}
    source, state, now = source_of(**timing), SourceState(), NOW
    longest = max((least + more).total_seconds(), (every or least).total_seconds())
    for passed, new, outcome, chance in steps:
        now += passed
        state = schedule.begun(state, source, now=now)
        assert state.next_at > now
        schedule.question(state, now=now)
        state = after(state, source, outcome, new=new, now=now, chance=chance)
        assert_sound(state)
        check_bounds(state, source, outcome, now, longest)
        allowed = schedule.earliest(state)
        assert state.next_at >= allowed
        assert schedule.health(state, source, now=now) in {
            "new",
            "ok",
            "silent",
            "failing",
            "waits",
        }


def after(state, source, outcome, *, new, now, chance):
    if isinstance(outcome, Answer):
        polled = Polled(answer=outcome)
        return schedule.after_success(
            state, polled, source, new=new, now=now, random=lambda: chance
        )
    return schedule.after_failure(state, outcome, source, now=now, random=lambda: chance)


def check_bounds(state, source, outcome, now, longest):
    wait = state.next_at - now
    shortest = schedule.interval(source)
    if isinstance(outcome, Answer):
        assert wait >= shortest * 0.999999
        ttl, age = outcome.feed.ttl, outcome.max_age
        if ttl is not None and ttl > 0 and not outcome.not_modified:
            assert wait >= min(ttl * MINUTE, MOST) * 0.999999
        if age is not None and age > 0:
            assert wait >= min(age, MOST) * 0.999999
        skip = 73 * HOUR if state.why == why.SKIP else 0
        assert wait <= max(longest, MOST) * 1.1 + skip + 1
    else:
        asked = outcome.retry_after
        if asked is not None and asked > 0:
            assert wait >= min(asked, 7 * DAY) * 0.999999
        assert wait <= max(longest, 7 * DAY) * 1.1 + 73 * HOUR + 1


def assert_sound(state: SourceState):
    for name in SourceState.__slots__:
        value = getattr(state, name)
        if isinstance(value, float):
            assert math.isfinite(value), name
    assert state.why in why.IN_WORDS


@settings(database=None, deadline=None, max_examples=100)
@given(
    st.lists(st.integers(0, 23), max_size=24), st.lists(st.integers(0, 6), max_size=7), DURATIONS
)
def test_no_look_falls_into_hours_that_are_skipped(hours, days, every):
    feed = FeedHints(skip_hours=tuple(hours), skip_days=tuple(days))
    source = source_of(every=every)
    state = schedule.begun(SourceState(), source, now=NOW)
    polled = Polled(answer=Answer(feed=feed))
    after = schedule.after_success(
        state, polled, source, new=0, now=NOW, random=lambda: 0.99
    ).next_at
    hour, day = int(after // HOUR) % 24, (int(after // DAY) + 3) % 7
    allowed = hour not in hours and day not in days
    assert allowed or len(set(hours)) == 24 or len(set(days)) >= 3
