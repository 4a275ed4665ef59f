"""What there is in the fake web. Plain values, no behaviour."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

EPOCH = 1_772_409_600.0  # Monday 2 March 2026, 00:00 GMT
DAY = 86_400.0
HOUR = 3600.0
_PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY}
UPDATED = 4  # every fourth item of some feeds is changed
UPDATE_AFTER = 12 * HOUR

Validators = Literal["none", "etag", "date", "both", "same-date", "liar", "stops", "huge", "delta"]
"""What a feed's answers carry: `same-date` is a new ETag with the old date, `liar` the same ETag for ever,
`stops` no ETag any more after some days, `huge` an ETag that is too long to be sent, `delta` RFC 3229."""

Route = Literal["plain", "moved", "found", "mirrors", "parked", "loop", "inside"]
"""How the address of a feed leads to it: `moved` over two 301, `found` over a 302, `mirrors` over a 302 that
changes every day, `parked` over a 301 to somebody's advertisement for two days, `loop` never, `inside` to
addresses that nobody outside should reach."""

Trouble = Literal[
    "403", "404", "410", "500", "silent", "slow", "endless", "bomb", "broken", "reset"
]
"""What a feed answers instead: `silent` nothing, `slow` a byte now and then, `endless` a body without end,
`bomb` the same compressed, `broken` no feed, `reset` half an answer."""

Refusal = Literal["429-seconds", "429-date", "503-seconds", "503-date", "429", "503", "dns"]
"""What a whole host says: the status and the form of `Retry-After`; `dns` says nothing at all."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which something is the case."""

    start: float
    end: float

    def holds(self, now: float) -> bool:
        """Whether it is now."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class Host:
    """A host.

    Attributes:
        name: Its name in DNS.
        lane: The registrable domain, for which one pace holds.
        refusal: What it answers to everything in the spans.
        refusals: When.
        robots: The kind of its robots.txt: `none` (404), `open`, `private`, `slow`, `closed`, `down` (503).
        latency: Seconds until it answers.
    """

    name: str
    lane: str
    refusal: Refusal = "429-seconds"
    refusals: tuple[Span, ...] = ()
    robots: Literal["none", "open", "private", "slow", "closed", "down"] = "none"
    latency: float = 0.1


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed says about when to come again; see `service.feeds.model.FeedHints`."""

    ttl: int | None = None
    max_age: int | None = None
    expires: int | None = None
    period: tuple[str, int] | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()

    @property
    def seconds(self) -> float:
        """How long to wait until the next look, at most 24 hours (rule 9)."""
        waits = [60.0 * (self.ttl or 0), float(self.max_age or 0), float(self.expires or 0)]
        if self.period:
            waits.append(_PERIODS[self.period[0]] / self.period[1])
        return min(max(waits), DAY)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed.

    Attributes:
        id: Its name, that of the source too.
        host: Where it is.
        items: When its items are published, in order.
        window: How many items it shows.
        backlog: How many of the items are there at the beginning.
        style: Which of the ways to write validators and bodies it has.
        trouble: What it answers in the span.
        pages: Whether its items have pages to fetch.
        has_hub: Whether it names a WebSub hub.
        sets_cookies: Whether its answers try to set some.
        is_bursty: Whether it publishes more at once than it shows.
        updates: When items are changed, in order: of feeds with pages every fourth, half a day later.
    """

    id: str
    host: Host
    items: tuple[float, ...]
    window: int
    backlog: int
    style: int
    validators: Validators = "both"
    route: Route = "plain"
    trouble: Trouble | None = None
    trouble_in: Span = Span(0, 0)
    hints: Hints = field(default_factory=Hints)
    pages: bool = False
    has_hub: bool = False
    sets_cookies: bool = False
    is_bursty: bool = False
    updates: tuple[float, ...] = ()

    @property
    def path(self) -> str:
        """The path that is configured as the source's address."""
        return f"/feeds/{self.id}.xml"

    def published(self, now: float) -> int:
        """How many items have been published."""
        return bisect_right(self.items, now)

    def version(self, now: float) -> int:
        """Counts everything that has changed the feed."""
        return self.published(now) + bisect_right(self.updates, now)

    def is_updated(self, number: int, now: float) -> bool:
        """Whether an item has been changed since it was published."""
        return (
            bool(self.updates) and not number % UPDATED and self.items[number] + UPDATE_AFTER <= now
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole web."""

    feeds: tuple[Feed, ...]
    hosts: tuple[Host, ...]
    days: float
