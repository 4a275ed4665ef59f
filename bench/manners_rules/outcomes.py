"""Rules 5, 6, 7, 8 and 12: what is made of an answer."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from bench.fakeweb.exchange import Exchange
from bench.fakeweb.plan import DAY, HOUR
from bench.manners_rules.history import NOT_MODIFIED, REFUSALS, History, Poll, Violation
from bench.manners_rules.validators import foreign_validators

_SLACK = 1.0  # seconds
_PERMANENT = frozenset({301, 308})
_ABSENT = frozenset({401, 403, 404})
_GONE = 410
_CONFIGURED = "/feeds/"  # where the addresses lie that sources are configured with
_STABLE_SECONDS, _STABLE_POLLS = DAY, 3
_FAILURES = 5  # in a row, in which the wait has to grow; those that may pass soon may count little
_GROWTH = 1.25  # of the wait in them
_LONG = 16 * HOUR  # a wait that need not grow
_CEILING = 7 * DAY  # of Retry-After
_JITTER = 1.1
_LATE = 3 * HOUR  # that a lane's queue, a skipped hour or a restart may add


def rule_5(history: History) -> list[Violation]:
    """After a 304 a feed is asked again in time, and counts as well.

    The second is told by the state the client itself has stored.
    """
    found = _forgotten(history, lambda poll: poll.last.status == NOT_MODIFIED, history.facts.cap)
    found.extend(
        Violation(polls[-1].at, polls[-1].last.place, "304 counted as failure")
        for feed, polls in history.polls.items()
        if polls[-1].last.status == NOT_MODIFIED
        and history.facts.failures.get(feed)
        and not history.may_be_lost(polls[-1].last)
        and not history.was_refused({polls[-1].last.lane}, polls[-1].at, history.facts.ended)
    )
    return found


def rule_6(history: History) -> list[Violation]:
    """Redirects are followed at once and kept only when they are permanent and stable.

    Stable is: for a day and three polls at least. Validators go to the address that issued them.
    """
    found = foreign_validators(history)
    for polls in history.polls.values():
        for number, poll in enumerate(polls):
            first = poll.hops[0]
            if first.asked.target.startswith(_CONFIGURED) or history.was_down(
                poll.at - HOUR, poll.at
            ):
                continue
            before = [p for p in polls[:number] if p.hops[0].asked.target.startswith(_CONFIGURED)]
            if not _is_stable(before, first.place):
                what = "asked directly after redirects that were not stable"
                found.append(Violation(poll.at, first.place, what))
    return found


def rule_7(history: History) -> list[Violation]:
    """A feed that is gone (410) is not asked again; one that is absent less and less, but for ever."""
    found: list[Violation] = []
    for polls in history.polls.values():
        gone = False
        for poll in polls:
            if gone:
                found.append(Violation(poll.at, poll.last.place, "asked again after 410"))
            gone = gone or (poll.last.status == _GONE and not history.may_be_lost(poll.last))
        found.extend(_no_back_off(history, polls, lambda poll: poll.last.status in _ABSENT))
    found.extend(
        _forgotten(history, lambda poll: poll.last.status in _ABSENT, history.facts.failure_cap)
    )
    return found


def rule_8(history: History) -> list[Violation]:
    """A host that refuses (429, 503) is left alone, all of it, for as long as it asks.

    For an hour at least where it does not say, twice as long for each time in a row. What was on its way already is no
    violation. That a group of feeds does not return at once is a matter of rule 11.
    """
    return [found for lane in history.by_lane.values() for found in _pestered(history, lane)]


def rule_12(history: History) -> list[Violation]:
    """Errors make the waits longer, up to a cap: no feed is forgotten.

    Errors of DNS never reach a server and are not seen here.
    """
    found: list[Violation] = []
    for polls in history.polls.values():
        found.extend(_no_back_off(history, polls, _has_failed))
    found.extend(_forgotten(history, _has_failed, history.facts.failure_cap))
    return found


def _has_failed(poll: Poll) -> bool:
    is_other = poll.is_refusal or poll.last.status in {*_ABSENT, _GONE}
    return not (poll.is_good or is_other)


def _pestered(history: History, lane: Sequence[Exchange]) -> Iterator[Violation]:
    until, said_at, row = -math.inf, -math.inf, 0
    for exchange in lane:
        if said_at < exchange.at < until - _SLACK:
            what = f"{until - exchange.at:.0f} s earlier than asked"
            yield Violation(exchange.at, exchange.place, what)
        if exchange.status not in REFUSALS:
            row = 0
        elif not history.may_be_lost(exchange):
            until = max(until, _left_alone(exchange, row))
            said_at, row = exchange.ended or exchange.at, row + 1


def _left_alone(exchange: Exchange, row: int) -> float:
    """Until when, where so many refusals in a row came before."""
    if exchange.retry_at is None:
        return exchange.at + min(HOUR * 2.0**row, DAY)
    return min(exchange.retry_at, exchange.at + _CEILING)


def _is_stable(polls: Sequence[Poll], place: str) -> bool:
    """Whether the last polls have led to the place by permanent redirects only, for long enough."""
    since: float | None = None
    count = 0
    for poll in reversed(polls):
        if not _leads_to(poll, place):
            break
        since, count = poll.at, count + 1
    if since is None or count < _STABLE_POLLS:
        return False
    return polls[-1].at - since >= _STABLE_SECONDS


def _leads_to(poll: Poll, place: str) -> bool:
    for hop in poll.hops:
        if hop.status not in _PERMANENT:
            return False
        if hop.location == place:
            return True
    return False


def _no_back_off(
    history: History, polls: Sequence[Poll], fails: Callable[[Poll], bool]
) -> Iterator[Violation]:
    """Waits that have not grown after many failures in a row, though they are short.

    Where the host has asked to be left alone, or the client was stopped, the waits tell nothing.
    """
    row: list[Poll] = []
    for poll in polls:
        if row and history.was_down(row[-1].at, poll.at):
            row.clear()
        row.append(poll)
        if len(row) > _FAILURES + 1:
            before, after = row[1].at - row[0].at, row[-1].at - row[-2].at
            is_own = not history.was_refused({poll.last.lane}, row[0].at, poll.at)
            if after < _GROWTH * before and after < _LONG and is_own:
                what = f"waits {after:.0f} s after waiting {before:.0f} s"
                yield Violation(poll.at, poll.last.place, what)
            del row[0]
        if not fails(poll):
            row.clear()


def _skipped(polls: Sequence[Poll]) -> float:
    """How much later a look may be because the feed has named hours and days in which not to come."""
    return max(len(poll.last.skip_hours) * HOUR + len(poll.last.skip_days) * DAY for poll in polls)


def _forgotten(history: History, concerns: Callable[[Poll], bool], cap: float) -> list[Violation]:
    """Feeds not asked again in time after polls of a kind, though nobody has asked to wait."""
    found = []
    for polls in history.polls.values():
        ends = [*(poll.at for poll in polls[1:]), history.facts.ended]
        for poll, end in zip(polls, ends, strict=True):
            wait = max(cap, poll.last.wait) * _JITTER + _skipped(polls) + _LATE
            if not concerns(poll) or end - poll.at <= wait:
                continue
            lanes = {hop.lane for hop in poll.hops}
            if history.was_refused(lanes, poll.at, end) or history.was_down(poll.at, end):
                continue
            what = f"not asked again for {(end - poll.at) / HOUR:.0f} hours"
            found.append(Violation(poll.at, poll.last.place, what))
    return found
