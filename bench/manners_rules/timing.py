"""Rules 9, 10, 11 and 14: when requests are made. And what a restart repeats."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from statistics import median

from bench.fakeweb.plan import DAY, HOUR
from bench.manners_rules.history import History, Poll, Violation

_SLACK = 1.0  # seconds
_PAUSE_SLACK = 0.01
_GENTLE = 0.5  # polls a second that are no burst, however few the feeds
_LOCKSTEP = 4  # equal gaps in a row
_SAME = 0.5  # seconds within which two gaps are equal
_ENOUGH = 20  # feeds of a kind, to compare their medians
_BUSY, _QUIET = 10, 0.1  # items a day


def rule_9(history: History) -> list[Violation]:
    """No look at a feed before the time its last answer asks to leave, 24 hours at most."""
    found = []
    for polls in history.polls.values():
        for before, poll in pairwise(polls):
            told = before.last
            if not before.is_good or history.may_be_lost(told):
                continue  # what could not be read has asked for nothing
            gap = poll.at - told.at
            if gap < told.wait - _SLACK:
                what = f"after {gap:.0f} s of {told.wait:.0f} s"
                found.append(Violation(poll.at, poll.last.place, what))
            elif gap < DAY and _is_skipped(poll.at, told.skip_hours, told.skip_days):
                found.append(Violation(poll.at, poll.last.place, "in an hour or day to skip"))
    return found


def rule_10(history: History) -> list[Violation]:
    """No burst at the start or after a restart, no lockstep, and quiet feeds are asked less often.

    The first hour may bring what evenly spread feeds bring, one every two seconds at least, and what chance adds.
    """
    found = []
    for start in history.facts.started:
        found.extend(_bursts(history, start, seconds=1))
        found.extend(_bursts(history, start, seconds=60))
    for polls in history.polls.values():
        found.extend(_lockstep(polls))
    found.extend(_unadaptive(history))
    return found


def rule_11(history: History) -> list[Violation]:
    """One request of a lane at a time and a pause after each; a bound on all requests together."""
    facts = history.facts
    found = []
    for lane in history.by_lane.values():
        free_at = -math.inf
        for exchange in lane:
            pause = exchange.at - free_at
            if pause < facts.delay - _PAUSE_SLACK and not history.was_down(
                free_at - 1, exchange.at
            ):
                found.append(Violation(exchange.at, exchange.place, f"after {pause:.2f} s"))
            free_at = max(free_at, exchange.ended or math.inf)
    if facts.peak > facts.connections:
        found.append(Violation(0, "all hosts", f"{facts.peak} requests at once"))
    return found


def rule_14(history: History) -> list[Violation]:
    """With the subscriber switched off no hub is asked, and no feed more often than the floor allows.

    Subscriptions themselves are tested elsewhere.
    """
    found = [
        Violation(exchange.at, exchange.place, "hub asked")
        for exchange in history.log
        if exchange.role == "hub"
    ]
    for polls in history.polls.values():
        found.extend(
            Violation(poll.at, poll.last.place, f"after {poll.at - before.at:.0f} s")
            for before, poll in pairwise(polls)
            if poll.at - before.at < history.facts.floor - _SLACK
            and not history.was_down(before.at, poll.at)
        )
    return found


def repeated(history: History) -> list[Violation]:
    """Polls after a restart of feeds that were not due, or less than the floor after the last poll.

    Due is what the client itself had stored when it was stopped; a poll that was just on its way counts as
    made.
    """
    found = []
    facts = history.facts
    for feed, polls in history.polls.items():
        for before, poll in pairwise(polls):
            if not history.was_down(before.at, poll.at):
                continue
            if poll.at - before.at < facts.floor - _SLACK:
                what = f"polled again after {poll.at - before.at:.0f} s"
                found.append(Violation(poll.at, poll.last.place, what))
            elif poll.at < facts.due.get(feed, 0) - _SLACK:
                found.append(Violation(poll.at, poll.last.place, "polled before it was due"))
    return found


def _is_skipped(at: float, hours: tuple[int, ...], days: tuple[int, ...]) -> bool:
    when = datetime.fromtimestamp(at, UTC)
    return when.hour in hours or when.weekday() in days


def _bursts(history: History, start: float, *, seconds: int) -> list[Violation]:
    """Stretches of the first hour that hold far more polls than their share of the feeds."""
    counts = Counter(
        int((poll.at - start) // seconds)
        for polls in history.polls.values()
        for poll in polls
        if start <= poll.at < start + HOUR
    )
    share = max(history.facts.feeds / HOUR, _GENTLE) * seconds
    most = 2 * share + 6 * math.sqrt(share) + 3  # six deviations: chance does not reach them
    return [
        Violation(start + number * seconds, "all hosts", f"{count} polls in {seconds} s")
        for number, count in counts.items()
        if count > most
    ]


def _lockstep(polls: Sequence[Poll]) -> list[Violation]:
    """A feed that is asked at equal distances, as a cron job does."""
    gaps = [poll.at - before.at for before, poll in pairwise(polls)]
    for first in range(len(gaps) - _LOCKSTEP + 1):
        part = gaps[first : first + _LOCKSTEP]
        if max(part) - min(part) < _SAME:
            poll = polls[first]
            return [Violation(poll.at, poll.last.place, f"every {part[0]:.0f} s")]
    return []


def _unadaptive(history: History) -> list[Violation]:
    """Busy feeds and quiet ones are asked equally often."""
    busy, quiet = [], []
    for polls in history.polls.values():
        days = (polls[-1].at - polls[0].at) / DAY
        if days < 1:
            continue
        first = next((poll.last.items[1] for poll in polls if poll.last.items[1]), 0)
        rate = (max(poll.last.items[1] for poll in polls) - first) / days
        if rate > _BUSY:
            busy.append(len(polls) / days)
        elif rate < _QUIET:
            quiet.append(len(polls) / days)
    if min(len(busy), len(quiet)) < _ENOUGH or median(busy) > 2 * median(quiet):
        return []
    what = f"{median(busy):.1f} polls a day of busy feeds, {median(quiet):.1f} of quiet ones"
    return [Violation(0, "all hosts", what)]
