"""Polls feeds by a policy on a virtual clock, and scores it."""

from __future__ import annotations

import bisect
import random
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from bench.polling_world import DAY, START, WINDOW, Feed

WARM_UP = 7  # days that are not scored
_HUB_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a poll sees.

    Attributes:
        now: Unix seconds.
        new: How many entries it has not seen before; no more than the window holds.
        count: How many entries the feed has ever had.
        feed: The feed. A policy may know what its window shows: `feed.times[count - 30:count]`.
    """

    now: float
    new: int
    count: int
    feed: Feed

    @property
    def window(self) -> list[float]:
        """When the entries that the feed holds were published."""
        return self.feed.times[max(self.count - WINDOW, 0) : self.count]

    def since(self, seconds: float) -> int:
        """How many entries came in the last so many seconds, which an aggregator knows from its database."""
        return self.count - bisect.bisect_left(self.feed.times, self.now - seconds, hi=self.count)


class Policy(Protocol):
    """Decides when one feed is polled."""

    def first(self) -> float:
        """Seconds from the start to the first poll."""

    def next(self, look: Look) -> float:
        """When to poll next, Unix seconds."""


Make = Callable[[Feed, random.Random, int], Policy]
"""A policy for a feed, with random numbers, and how many feeds start together."""


@dataclass(slots=True)
class Score:
    """What a policy did after the warm-up.

    Attributes:
        feeds: How many feeds there are.
        days: How many days are scored.
        polls: How many polls were made.
        useful: How many of them found something.
        missed: Entries that left their feed unseen, though a poll could have seen them.
        unseeable: Those that left it before their feed's `ttl` or `max-age` allowed the next poll.
        early: Polls earlier than these allow.
        delays: From publishing to being seen, seconds.
        seconds: Polls in each second.
        host_seconds: Those of each host.
    """

    feeds: int
    days: int
    polls: int = 0
    useful: int = 0
    missed: int = 0
    unseeable: int = 0
    early: int = 0
    delays: list[float] = field(default_factory=list, repr=False)
    seconds: Counter[int] = field(default_factory=Counter, repr=False)
    host_seconds: Counter[tuple[int, int]] = field(default_factory=Counter, repr=False)

    @property
    def polls_a_day(self) -> float:
        """Polls per feed and day."""
        return self.polls / self.feeds / self.days

    @property
    def mean(self) -> float:
        """Mean delay, minutes."""
        return sum(self.delays) / max(len(self.delays), 1) / 60

    @property
    def peak(self) -> int:
        """The most polls in one second."""
        return max(self.seconds.values(), default=0)

    @property
    def host_peak(self) -> int:
        """The most polls of one host in one second."""
        return max(self.host_seconds.values(), default=0)

    def quantile(self, share: float) -> float:
        """The delay that so many of the entries do not exceed, minutes."""
        ordered = sorted(self.delays)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] / 60 if ordered else 0.0


def simulate(
    feeds: Iterable[Feed], make: Make, *, days: int, seed: int, pushes: bool = False
) -> Score:
    """Poll feeds for so many days.

    Args:
        feeds: The feeds.
        make: The policy.
        days: How long, the warm-up included.
        seed: Of the policies' random numbers.
        pushes: Whether hubs bring the entries of the feeds that have one.
    """
    listed, chance = list(feeds), random.Random(seed)
    score = Score(len(listed), days - WARM_UP)
    for feed in listed:
        _poll(feed, make(feed, chance, len(listed)), score, days, pushed=pushes and feed.has_hub)
    return score


def _poll(feed: Feed, policy: Policy, score: Score, days: int, *, pushed: bool) -> None:
    """Poll one feed from the start to the end. Feeds do not know of each other."""
    times, seen, last = feed.times, 0, float("-inf")
    at, end = START + policy.first(), START + days * DAY
    scored = START + WARM_UP * DAY
    while at < end:
        count = bisect.bisect_right(times, at, seen)
        visible = max(seen, count - WINDOW)
        if at >= scored:
            _count(score, feed, at, last, found=count > seen)
            fresh = bisect.bisect_left(times, scored)
            if not pushed:
                _count_missed(score, feed, range(max(seen, fresh), visible), last)
            unseen = times[max(visible, fresh) : count]
            score.delays += [_HUB_SECONDS if pushed else at - time for time in unseen]
        new, seen, last = count - visible, count, at
        at = policy.next(Look(at, 0 if pushed else new, count, feed))


def _count_missed(score: Score, feed: Feed, missed: range, last: float) -> None:
    for number in missed:
        left_at = feed.times[number + WINDOW]
        if left_at <= last + feed.hint:
            score.unseeable += 1
        else:
            score.missed += 1


def _count(score: Score, feed: Feed, at: float, last: float, *, found: bool) -> None:
    score.polls += 1
    score.useful += found
    score.early += at - last < feed.hint - 1
    score.seconds[int(at)] += 1
    score.host_seconds[feed.host, int(at)] += 1
