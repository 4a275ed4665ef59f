"""What a web's log tells about its client: polls, lanes, and what is known besides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from bench.fakeweb.exchange import Exchange
from bench.fakeweb.plan import DAY

REFUSALS = frozenset({429, 503})
GOOD = frozenset({200, 226})
NOT_MODIFIED = 304
_FOLLOWED_WITHIN = 3600.0  # seconds; a redirect may have to wait for the pace of another host
_LEARNED_WITHIN = 60.0  # seconds; what came so short before a stop may be lost


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that was broken, when, at which address, and how."""

    at: float
    place: str
    what: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What holds for the client and is not in the log. Times are Unix seconds.

    Attributes:
        user_agent: What it is to call itself.
        feeds: How many it was given.
        started: When it was started, each time.
        stopped: When it was stopped in the middle.
        ended: When the log ends.
        floor: Seconds that it leaves at least between two looks at a feed.
        cap: Seconds that it leaves at most, where nobody asks for more.
        failure_cap: The same for feeds that fail.
        delay: Seconds of pause that a lane has after each request.
        seconds: For a request in all.
        max_bytes: Of a body, on the wire and unpacked.
        connections: At the same time in all.
        redirects: That are followed.
        peak: Requests that were open at the same time, at most.
        unresolved: When DNS had no answer, and about which lane.
        intrusions: Connections to addresses that nobody may reach.
        due: When each source was due next, as stored when the client was stopped.
        failures: Failures in a row that the client counts at the end, for each source.
    """

    user_agent: str
    feeds: int
    started: tuple[float, ...]
    stopped: tuple[float, ...]
    ended: float
    floor: float = 900.0
    cap: float = DAY
    failure_cap: float = DAY
    delay: float = 2.0
    seconds: float = 30.0
    max_bytes: int = 300_000
    connections: int = 50
    redirects: int = 5
    peak: int = 0
    unresolved: Sequence[tuple[float, str]] = ()
    intrusions: int = 0
    due: Mapping[str, float] = field(default_factory=dict)
    failures: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Poll:
    """One look at a feed: its request and those that redirects led to."""

    hops: tuple[Exchange, ...]

    @property
    def at(self) -> float:
        """When it began."""
        return self.hops[0].at

    @property
    def last(self) -> Exchange:
        """Its last request."""
        return self.hops[-1]

    @property
    def is_good(self) -> bool:
        """Whether it brought the feed, or the word that nothing has changed."""
        last = self.last
        if last.status == NOT_MODIFIED:
            return True
        return last.status in GOOD and last.is_whole and not last.is_broken

    @property
    def is_refusal(self) -> bool:
        """Whether the host asked to be left alone."""
        return self.last.status in REFUSALS


@dataclass(frozen=True)
class History:
    """A log and what is known besides, with the groupings the rules need."""

    log: Sequence[Exchange]
    facts: Facts

    @cached_property
    def polls(self) -> dict[str, list[Poll]]:
        """The polls of each feed, in order."""
        return {feed: _grouped(part) for feed, part in self.by_feed.items()}

    @cached_property
    def by_feed(self) -> dict[str, list[Exchange]]:
        """The requests for each feed, those for its pages not."""
        parts: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.log:
            if exchange.feed is not None and exchange.role in {"feed", "hop"}:
                parts[exchange.feed].append(exchange)
        return parts

    @cached_property
    def by_lane(self) -> dict[str, list[Exchange]]:
        """The requests to each registrable domain."""
        parts: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.log:
            parts[exchange.lane].append(exchange)
        return parts

    @cached_property
    def by_place(self) -> dict[str, list[Exchange]]:
        """The requests to each address that is no redirect."""
        parts: dict[str, list[Exchange]] = defaultdict(list)
        for exchange in self.log:
            if exchange.role != "hop":
                parts[exchange.place].append(exchange)
        return parts

    @cached_property
    def refused_lanes(self) -> dict[str, list[float]]:
        """When each lane answered with a refusal, or could not be found."""
        times: dict[str, list[float]] = defaultdict(list)
        for exchange in self.log:
            if exchange.status in REFUSALS:
                times[exchange.lane].append(exchange.at)
        for at, lane in self.facts.unresolved:
            times[lane].append(at)
        return times

    def may_be_lost(self, exchange: Exchange) -> bool:
        """Whether the client may have been stopped before it could keep what it learned."""
        return any(
            exchange.at <= stop and exchange.ended + _LEARNED_WITHIN >= stop
            for stop in self.facts.stopped
        )

    def was_down(self, start: float, end: float) -> bool:
        """Whether the client was stopped in between."""
        return any(start <= stop <= end for stop in self.facts.stopped)

    def was_refused(self, lanes: Iterable[str], start: float, end: float) -> bool:
        """Whether one of the lanes asked to be left alone in between or up to a week before."""
        return any(
            start - 7 * DAY <= at <= end
            for lane in lanes
            for at in self.refused_lanes.get(lane, ())
        )


def _grouped(exchanges: Sequence[Exchange]) -> list[Poll]:
    polls: list[list[Exchange]] = []
    for exchange in exchanges:
        if polls and _follows(polls[-1][-1], exchange):
            polls[-1].append(exchange)
        else:
            polls.append([exchange])
    return [Poll(tuple(hops)) for hops in polls]


def _follows(before: Exchange, exchange: Exchange) -> bool:
    is_soon = exchange.at - before.at <= _FOLLOWED_WITHIN
    return before.location is not None and before.location == exchange.place and is_soon
