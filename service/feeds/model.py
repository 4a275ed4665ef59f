"""What parsing yields: one shape for every format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedmill.page import EntryHints


@dataclass(frozen=True, slots=True)
class FeedHints:
    """What a feed says about itself that bears on when and how to ask for it.

    Attributes:
        ttl: Minutes for which it may be kept (RSS `ttl`).
        skip_hours: Hours of the day in GMT, 0 to 23, in which nobody should ask (RSS `skipHours`).
        skip_days: Days of the week in which nobody should ask, Monday is 0 (RSS `skipDays`).
        update_period: `hourly`, `daily`, `weekly`, `monthly` or `yearly` (`sy:updatePeriod`).
        update_frequency: How often in that period (`sy:updateFrequency`).
        hub: The WebSub hub it names, absolute.
        self_url: Its own address (`rel=self`), absolute; the topic for the hub.
        next_url: Where older entries are (RFC 5005), absolute.
    """

    ttl: int | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    update_period: str | None = None
    update_frequency: int | None = None
    hub: str | None = None
    self_url: str | None = None
    next_url: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """One entry of a feed. `link` is absolute, or None."""

    link: str | None
    hints: EntryHints


@dataclass(frozen=True, slots=True)
class ParsedChild:
    """A sitemap that a sitemap index names, and when it changed last, where it says."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed, a sitemap or a sitemap index.

    Attributes:
        format: `rss20`, `atom10`, ... as feedparser names them; `json1`, `sitemap`, `sitemap-index`.
        title: Its title.
        entries: In its order.
        hints: What it says about itself.
        children: Of a sitemap index.
        total: How many entries it holds, those beyond the bound too.
    """

    format: str
    title: str | None
    entries: tuple[ParsedEntry, ...]
    hints: FeedHints = field(default_factory=FeedHints)
    children: tuple[ParsedChild, ...] = ()
    total: int = 0
