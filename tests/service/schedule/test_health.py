"""How a source is doing."""

from __future__ import annotations

import pytest

from feedmill.store.sources import SourceState
from service import schedule
from service.schedule.condition import is_silent
from tests.service.schedule.support import DAY, HOUR, NOW, Timeline, failure, source_of


def health(line: Timeline, after: float = 0.0) -> str:
    return schedule.health(line.state, line.source, now=line.now + after)


def feed_of(gaps: list[float]) -> Timeline:
    """A feed whose newest entry came just now, after these times."""
    at, dates = NOW, [NOW]
    for gap in reversed(gaps):
        at -= gap
        dates.append(at)
    return Timeline().look(new=len(dates), published=tuple(dates), window=len(dates))


def test_a_source_is_new_until_the_first_look_has_ended():
    assert health(Timeline()) == "new"
    assert health(Timeline().look()) == "ok"


def test_one_that_is_not_enabled_is_off():
    assert health(Timeline(source_of(enabled=False))) == "off"


def test_one_that_fails_is_failing_at_once_if_it_has_never_worked():
    assert health(Timeline().fail(failure("timeout"))) == "failing"


def test_one_that_worked_is_failing_after_a_hard_failure_or_several_others():
    line = Timeline().look().fail(failure("timeout"))
    assert health(line) == "ok"
    assert health(line.fail(failure("timeout"))) == "failing"
    assert health(Timeline().look().fail(failure("http-status", 404))) == "failing"


def test_one_that_was_asked_to_wait_waits():
    line = Timeline().look().fail(failure("http-status", 429, retry_after=HOUR))
    assert (health(line), health(line, after=2 * HOUR)) == ("waits", "ok")


@pytest.mark.parametrize(
    ("gaps", "fine", "silent"),
    [
        ([HOUR] * 30, 2 * DAY, 4 * DAY),  # an agency
        ([DAY] * 30, 4 * DAY, 8 * DAY),  # a daily, over a long weekend
        ([7 * DAY] * 20, 13 * DAY, 40 * DAY),  # a weekly that misses one issue
        ([60.0, 60.0, 20 * DAY] * 8, 30 * DAY, 60 * DAY),  # bursts
        ([DAY, DAY, DAY, DAY, 3 * DAY] * 6, 7 * DAY, 12 * DAY),  # not at weekends
        ([30 * DAY] * 12, 45 * DAY, 150 * DAY),  # a monthly
    ],
)
def test_a_feed_is_silent_by_its_own_rhythm(gaps, fine, silent):
    line = feed_of(gaps)
    assert not is_silent(line.state, now=NOW + fine)
    assert is_silent(line.state, now=NOW + silent)
    assert health(line, after=silent) == "silent"


def test_a_feed_that_died_long_ago_is_silent_at_the_first_look():
    dates = tuple(NOW - 5 * 365 * DAY - DAY * number for number in range(10))
    assert health(Timeline().look(new=10, published=dates, window=10)) == "silent"


def test_of_a_feed_with_one_entry_nothing_is_known():
    line = Timeline().look(new=1, published=(NOW - DAY,), window=1)
    assert health(line, after=900 * DAY) == "ok"
    assert not is_silent(SourceState(), now=NOW)


def test_files_are_never_silent():
    line = Timeline(source_of(path="a.txt")).look()
    assert health(line, after=900 * DAY) == "ok"
