"""The rules of etiquette that the scheduler keeps, by their number in research/feeds.md, section 3."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.model import FeedHints
from service.schedule import why
from service.sources.item import Polled
from tests.service.schedule.support import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    URL,
    Timeline,
    every,
    failure,
    middle,
    source_of,
)

MOVED = "https://new.example/rss"


# 1 and 2: validators


def test_rule_1_validators_are_sent_as_they_were_received():
    etag, date = 'W/"a b;\xe9"', "Thursday-ish, 31 Feb 2026"
    asked = Timeline().look(etag=etag, last_modified=date).when_due().begin()
    assert (asked.etag, asked.last_modified, asked.delta) == (etag, date, True)


def test_rule_1_a_first_question_has_no_validators_and_asks_for_no_delta():
    assert Timeline().begin() == schedule.Question()


def test_rule_2_both_validators_are_replaced_even_if_one_is_unchanged():
    state = Timeline().look(etag='"1"', last_modified="mon").look(etag='"2"', last_modified="mon")
    assert (state.state.etag, state.state.last_modified) == ('"2"', "mon")


def test_rule_2_a_validator_that_is_no_longer_sent_is_dropped():
    line = Timeline().look(etag='"1"', last_modified="mon").look(last_modified="tue")
    assert (line.state.etag, line.state.last_modified) == (None, "tue")


def test_rule_2_not_modified_keeps_validators_and_updates_those_it_names():
    line = Timeline().look(etag='"1"', last_modified="mon").look(not_modified=True, etag='"1b"')
    assert (line.state.etag, line.state.last_modified) == ('"1b"', "mon")


def test_rule_2_nothing_is_kept_from_an_answer_that_could_not_be_parsed():
    line = Timeline().look(etag='"1"').fail(failure("not-a-feed"))
    assert line.state.etag == '"1"'
    assert Timeline().fail(failure("not-a-feed")).state.etag is None


def test_rule_6_validators_do_not_vouch_for_another_address():
    line = Timeline().look(etag='"1"', final_url="https://a.example/rss")
    line.when_due().look(not_modified=True, final_url="https://b.example/rss")
    assert line.begin() == schedule.Question()


# 3: liars


def daily_feed(**answer) -> Timeline:
    dates = tuple(NOW - DAY * number for number in range(20))
    return Timeline().look(new=20, etag='"1"', published=dates, window=20, **answer)


def quiet(line: Timeline, days: float) -> Timeline:
    end = line.now + days * DAY
    while line.now < end:
        line.when_due().look(not_modified=True)
    return line


def test_rule_3_a_silent_feed_is_asked_in_whole_once_a_week_at_most():
    line, full = daily_feed(), []
    for _ in range(200):
        if line.when_due().begin() == schedule.Question():
            full.append(line.now)
        line.look(not_modified=True)
    assert full[0] - NOW > 4 * DAY
    gaps = [later - earlier for earlier, later in pairwise(full)]
    assert len(gaps) > 3
    assert min(gaps) >= 7 * DAY


def test_rule_3_a_feed_that_keeps_its_rhythm_is_never_asked_in_whole():
    line = daily_feed()
    for day in range(1, 40):
        line.now = max(line.now, NOW + day * DAY)
        assert line.begin().etag
        line.look(new=1, etag=f'"{day}"', published=(line.now - MINUTE,), window=20)
        line.when_due()
        assert line.begin().etag
        line.look(not_modified=True)


def test_rule_3_news_under_the_same_etag_proves_a_liar():
    line = quiet(daily_feed(), 5)
    while line.when_due().begin().etag:
        line.look(not_modified=True)
    line.look(new=3, etag='"1"', published=(line.now - DAY,), window=20)
    assert line.state.is_liar
    assert line.begin() == schedule.Question()
    line.look(new=1, etag='"1"', published=(line.now - MINUTE,), window=20)
    assert line.wait >= HOUR
    assert line.begin() == schedule.Question()


def test_rule_3_news_older_than_the_last_not_modified_proves_a_liar_too():
    line = quiet(daily_feed(), 5)
    while line.when_due().begin().etag:
        line.look(not_modified=True)
    line.look(new=3, etag='"2"', published=(NOW + DAY,), window=20)
    assert line.state.is_liar


def test_rule_3_without_dates_the_etag_alone_proves_it():
    line = quiet(daily_feed(), 5)
    while line.when_due().begin().etag:
        line.look(not_modified=True)
    line.look(new=3, etag='"1"', window=20)
    assert line.state.is_liar


def test_rule_3_a_feed_that_wakes_up_is_no_liar():
    line = quiet(daily_feed(), 5)
    while line.when_due().begin().etag:
        line.look(not_modified=True)
    line.look(new=1, etag='"2"', published=(line.now - MINUTE,), window=20)
    assert not line.state.is_liar
    assert line.when_due().begin().etag == '"2"'


# 5: not modified


def test_rule_5_not_modified_is_success():
    line = Timeline().look(etag='"1"').fail(failure("timeout")).when_due().look(not_modified=True)
    assert (line.state.failures, line.state.error, line.state.error_kind) == (0, None, None)
    assert line.state.succeeded_at == line.now


# 6: redirects


def moved_for(days: float, looks: int, to: str = MOVED, source=None) -> Timeline:
    line = Timeline(source or source_of())
    for _ in range(looks):
        line.look(moved_to=to, final_url=to, etag='"1"').later(days * DAY / max(looks - 1, 1))
    return line


def test_rule_6_a_permanent_redirect_is_kept_once_it_is_stable():
    line = moved_for(days=4, looks=6)
    assert schedule.address(line.state, line.source) == MOVED
    line.look(final_url=MOVED).look(not_modified=True, final_url=MOVED)
    assert schedule.address(line.state, line.source) == MOVED


@pytest.mark.parametrize(("days", "looks"), [(1, 20), (30, 3)])
def test_rule_6_it_is_not_kept_before_it_is(days, looks):
    line = moved_for(days, looks)
    assert schedule.address(line.state, line.source) == URL


def test_rule_6_a_temporary_redirect_is_never_kept():
    line = Timeline()
    for _ in range(30):
        line.look(final_url=MOVED).later(DAY)
    assert schedule.address(line.state, line.source) == URL


def test_rule_6_a_redirect_that_changes_starts_anew():
    line = moved_for(days=4, looks=4).look(moved_to="https://other.example/").later(DAY)
    line.look(moved_to=MOVED).look(moved_to=MOVED)
    assert schedule.address(line.state, line.source) == URL


def test_rule_6_a_redirect_away_from_https_is_not_kept():
    line = moved_for(days=9, looks=9, to="http://new.example/rss")
    assert schedule.address(line.state, line.source) == URL


@pytest.mark.parametrize("error", [failure("http-status", 410), failure("dns")])
def test_rule_6_a_kept_address_that_fails_hard_is_given_up_for_the_configured_one(error):
    line = moved_for(days=4, looks=6).look(final_url=MOVED).fail(error)
    assert schedule.address(line.state, line.source) == URL
    assert not line.state.is_gone
    assert line.begin() == schedule.Question()


def test_rule_6_a_kept_address_that_fails_for_a_moment_stays():
    line = moved_for(days=4, looks=6).look(final_url=MOVED).fail(failure("timeout"))
    assert schedule.address(line.state, line.source) == MOVED


def test_rule_6_another_configured_address_starts_anew():
    line = moved_for(days=4, looks=6)
    other = source_of(url="https://other.example/rss")
    assert schedule.address(line.state, other) == "https://other.example/rss"
    state = schedule.begun(line.state, other, now=line.now)
    assert schedule.question(state, now=line.now) == schedule.Question()
    assert schedule.of_address(line.state, other) == SourceState(url=other.url)


# 7: gone


def test_rule_7_gone_ends_at_once():
    line = Timeline().look(etag='"1"').fail(failure("http-status", 410))
    assert line.state.is_gone
    assert line.wait > 365 * DAY
    assert schedule.health(line.state, line.source, now=line.now) == "gone"
    assert schedule.begun(line.state, line.source, now=line.now) == line.state
    assert schedule.earliest(line.state) > line.now + 365 * DAY
    planned = schedule.plan([line.state], now=line.now, random=middle)
    assert planned[0] > line.now + 365 * DAY


def test_rule_7_gone_comes_back_with_another_address_or_when_a_person_asks():
    state = Timeline().fail(failure("http-status", 410)).state
    other = source_of(url="https://other.example/rss")
    assert not schedule.begun(state, other, now=NOW).is_gone
    revived = schedule.revived(state, now=NOW)
    assert (revived.is_gone, revived.next_at) == (False, NOW)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_rule_7_missing_backs_off_and_comes_back_to_life(status):
    line, waits = Timeline().look(etag='"1"'), []
    for _ in range(20):
        line.fail(failure("http-status", status))
        waits.append(line.wait)
        line.when_due()
    assert waits[0] >= HOUR
    assert waits == sorted(waits)
    assert DAY <= waits[-1] <= 1.1 * DAY
    assert schedule.health(line.state, line.source, now=line.now) == "failing"
    line.look(not_modified=True)
    assert schedule.health(line.state, line.source, now=line.now) == "ok"
    assert line.state.etag == '"1"'


# 8: asked to wait


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("seconds", [5.0, 3 * HOUR, 3 * DAY])
def test_rule_8_retry_after_is_kept_with_jitter(status, seconds):
    error = failure("http-status", status, retry_after=seconds)
    line = Timeline().look().fail(error)
    assert line.wait >= seconds
    assert schedule.earliest(line.state) >= NOW + seconds
    assert schedule.health(line.state, line.source, now=line.now) == "waits"
    early = schedule.after_failure(line.state, error, line.source, now=NOW, random=lambda: 0.0)
    late = schedule.after_failure(line.state, error, line.source, now=NOW, random=lambda: 0.99)
    assert early.next_at < late.next_at


def test_rule_8_retry_after_holds_over_a_restart():
    state = SourceState(url=URL, polled_at=NOW - HOUR, not_before=NOW + HOUR)
    started = schedule.first(state, crowd=1, now=NOW, random=middle)
    assert (started.next_at, started.why) == (NOW + HOUR, why.RETRY_AFTER)


def test_rule_8_retry_after_ends_after_a_week():
    line = Timeline().fail(failure("http-status", 503, retry_after=1e9))
    assert line.wait <= 7 * DAY * 1.1


@pytest.mark.parametrize("status", [429, 503])
def test_rule_8_without_retry_after_it_is_an_hour_and_doubles(status):
    line, waits = Timeline(), []
    for _ in range(4):
        waits.append(line.fail(failure("http-status", status)).wait)
        line.when_due()
    for wait, hours in zip(waits, (1, 2, 4, 8), strict=True):
        assert hours * HOUR <= wait <= hours * HOUR * 1.1


@pytest.mark.parametrize("kind", ["host-waits", "robots-waits"])
def test_rule_8_waiting_for_the_host_is_no_failure_of_the_source(kind):
    line = Timeline().look(etag='"1"')
    before = line.state
    line.when_due().fail(failure(kind, retry_after=2 * HOUR))
    assert line.state.failures == 0
    assert line.state.error_kind is None
    assert line.state.polled_at == before.polled_at
    assert 2 * HOUR <= line.wait <= 2.2 * HOUR
    assert line.state.why == kind


# 9: least waits

HINTS = [
    ({"feed": FeedHints(ttl=180)}, 3 * HOUR, why.TTL),
    ({"max_age": 5 * HOUR}, 5 * HOUR, why.CACHE),
    ({"feed": FeedHints(update_period="daily", update_frequency=4)}, 6 * HOUR, why.PERIOD),
    ({"feed": FeedHints(update_period="hourly")}, HOUR, why.PERIOD),
    ({"feed": FeedHints(ttl=10**9)}, DAY, why.TTL),
    ({"max_age": float("inf")}, DAY, why.CACHE),
    ({"feed": FeedHints(update_period="yearly")}, DAY, why.PERIOD),
    ({"feed": FeedHints(ttl=120, update_period="hourly"), "max_age": 60.0}, 2 * HOUR, why.TTL),
]


@pytest.mark.parametrize(("answer", "least", "reason"), HINTS)
def test_rule_9_no_look_comes_earlier_than_the_answers_ask(answer, least, reason):
    line = Timeline(every(minutes=10)).look(**answer)
    assert least <= line.wait <= 1.1 * least
    assert line.state.why == reason
    assert schedule.earliest(line.state) == NOW + least


def test_rule_9_a_minute_is_the_least_and_nonsense_is_nothing():
    assert Timeline(every(seconds=1)).look(max_age=2.0).wait >= MINUTE
    for nonsense in (0.0, -5.0, float("nan")):
        assert Timeline(every(seconds=1)).look(max_age=nonsense).wait < 2


def test_rule_9_what_not_modified_does_not_say_still_holds():
    line = Timeline(every(minutes=10)).look(feed=FeedHints(ttl=120), max_age=HOUR, etag='"1"')
    assert line.when_due().look(not_modified=True).wait >= 2 * HOUR
    line = Timeline(every(minutes=10)).look(max_age=3 * HOUR, etag='"1"')
    assert line.when_due().look(not_modified=True).wait >= 3 * HOUR
    assert line.when_due().look(not_modified=True, max_age=HOUR).wait <= 1.1 * HOUR


def test_rule_9_it_holds_after_failures_too():
    line = Timeline(every(minutes=10)).look(feed=FeedHints(ttl=300)).when_due()
    assert line.fail(failure("timeout")).wait >= 5 * HOUR


def test_rule_9_skipped_hours_and_days_are_left_out():
    line = Timeline(every(minutes=10)).look(feed=FeedHints(skip_hours=tuple(range(7))))
    assert 7 * HOUR <= line.wait < 8 * HOUR  # it is midnight in Greenwich
    assert line.state.why == why.SKIP
    line = Timeline(every(minutes=10)).look(feed=FeedHints(skip_days=(5, 6)))
    assert 2 * DAY <= line.wait < 2 * DAY + HOUR  # it is Saturday
    assert schedule.first(line.state, crowd=9, now=line.state.next_at, random=middle).next_at


def test_rule_9_a_feed_that_skips_everything_is_asked_all_the_same():
    for hints in (FeedHints(skip_hours=tuple(range(24))), FeedHints(skip_days=tuple(range(7)))):
        assert Timeline(every(minutes=10)).look(feed=hints).wait <= 11 * MINUTE


# 10: starts


def test_rule_10_a_crash_in_the_middle_of_a_look_asks_nothing_again_at_once():
    line = Timeline()
    line.begin()
    assert line.wait >= 15 * MINUTE
    line.look(feed=FeedHints(ttl=600)).when_due().begin()
    assert line.wait >= 10 * HOUR


def test_rule_10_sources_that_are_not_due_stay_where_they_are():
    state = SourceState(next_at=NOW + 5, why="rhythm")
    assert schedule.first(state, crowd=10_000, now=NOW, random=middle) is state


@pytest.mark.parametrize(("count", "spread"), [(3, 6.0), (400, 800.0), (10_000, 3600.0)])
@pytest.mark.parametrize("state", [SourceState(), SourceState(polled_at=1.0, next_at=2.0)])
def test_rule_10_there_is_no_burst_at_a_start_and_none_after_a_downtime(count, spread, state):
    chances = iter(number / count for number in range(count))
    times = schedule.plan([state] * count, now=NOW, random=lambda: next(chances))
    assert min(times) >= NOW
    assert NOW + 0.6 * spread < max(times) < NOW + spread
    assert max(Counter(map(int, times)).values()) <= 5


def test_rule_10_a_long_downtime_is_caught_up_with_one_look():
    line = Timeline().look().later(300 * DAY).look(new=5)
    assert line.wait >= 15 * MINUTE


def test_rule_10_sources_do_not_fall_into_step():
    for chance, least, most in ((0.0, 1.0, 1.0), (0.999, 1.09, 1.1)):
        line = Timeline(every(minutes=10))
        line.begin()
        after = schedule.after_success(
            line.state, Polled(), line.source, new=0, now=NOW, random=lambda c=chance: c
        )
        assert least * 600 <= after.next_at - NOW <= most * 600


# 12: failures


@pytest.mark.parametrize(
    ("error", "weight"),
    [
        (failure("dns", retryable=True), 0.25),
        (failure("dns", retryable=False), 1.0),
        (failure("timeout"), 0.5),
        (failure("connect"), 0.5),
        (failure("http-status", 500), 0.5),
        (failure("http-status", 404), 1.0),
        (failure("http-status", 429, retry_after=10), 0.5),
        (failure("address-refused"), 1.0),
        (failure("something-new", retryable=True), 0.5),
        (failure("something-new", retryable=False), 1.0),
    ],
)
def test_rule_12_failures_weigh_by_what_they_are(error, weight):
    assert Timeline().fail(error).state.failures == weight


def test_rule_12_each_hard_failure_doubles_the_wait_up_to_the_maximum():
    source = every(minutes=10).model_copy(update={"max": timedelta(hours=1)})
    line = Timeline(source)
    waits = [line.fail(failure("too-big")).wait for _ in range(40)]
    for wait, least in zip(waits, (600, 1200, 2400, 3600, 3600), strict=False):
        assert least <= wait <= least * 1.1
    assert all(3600 <= wait <= 3600 * 1.1 for wait in waits[3:])


def test_rule_12_a_very_long_row_of_failures_is_a_number_still():
    line = Timeline(state=SourceState(url=URL, failures=1e12)).fail(failure("timeout"))
    assert DAY <= line.wait <= 1.1 * DAY


def test_rule_12_a_name_that_cannot_be_resolved_for_a_moment_does_little():
    line = Timeline().look()
    for _ in range(3):
        line.when_due().fail(failure("dns", retryable=True))
    assert line.wait <= 17 * MINUTE
    assert schedule.health(line.state, line.source, now=line.now) == "ok"


# 14: hubs


def test_rule_14_a_feed_whose_hub_is_relied_on_is_polled_once_a_day():
    line = daily_feed()
    line.state = schedule.after_push(line.state, (NOW,), new=1, now=NOW)
    assert line.state.pushed_at == NOW
    line.state = pushed(line.state)
    line.when_due().look(not_modified=True)
    assert (line.state.why, line.wait >= DAY) == (why.PUSH, True)


def pushed(state: SourceState) -> SourceState:
    return replace(state, push_until=NOW + 40 * DAY)


def test_rule_14_a_hub_that_kept_news_back_is_relied_on_no_longer():
    line = daily_feed()
    line.state = pushed(line.state)
    line.later(DAY).look(new=1, etag='"2"', published=(line.now - 5 * HOUR,), window=20)
    assert line.state.push_until == 0
    assert line.state.why != why.PUSH


def test_rule_14_a_hub_may_be_a_moment_late():
    line = daily_feed()
    line.state = pushed(line.state)
    line.later(DAY).look(new=1, etag='"2"', published=(line.now - MINUTE,), window=20)
    assert line.state.push_until > line.now
