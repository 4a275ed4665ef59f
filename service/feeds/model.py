"""What parsing yields: one shape for every format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from feedmill.page import EntryHints

Way = Literal["strict", "mended", "recovered", "loose", "json"]


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


class ParsedEntry(NamedTuple):
    """One entry of a feed; a tuple as `EntryHints` is.

    Attributes:
        link: Where the article is, absolute, http or https; None if the entry names no such address.
        hints: What the entry says. `summary` and `content` are HTML as the feed wrote it, not sanitised: see `clean`.
        base: What relative addresses in its HTML are relative to, if the feed says so (`xml:base`).
        link_raw: What stands for a link where no address could be made of it.
    """

    link: str | None
    hints: EntryHints
    base: str | None = None
    link_raw: str | None = None


@dataclass(frozen=True, slots=True)
class ParsedChild:
    """A sitemap that a sitemap index names, and when it changed last, where it says."""

    url: str
    modified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A feed, a sitemap or a sitemap index.

    Attributes:
        format: `rss20`, `rss` (no version that is known), `rss090` to `rss094`, `rss10` (RDF), `atom10`, `atom03`, `json1`,
            `json11`, `cdf`, `sitemap`, `news-sitemap`, `sitemap-index`; `unknown` where only feedparser could read it.
        title: Its title.
        entries: In its order.
        hints: What it says about itself.
        children: Of a sitemap index.
        total: How many entries it holds, those beyond the bound too.
        link: The site it belongs to.
        lang: Its language code.
        base: What its relative addresses were resolved against; None where nothing was known.
        encoding: Of its bytes, as it was found to be.
        way: How it was read: `strict` as it stood, `mended` after repairs, `recovered` by the XML parser through errors,
            `loose` by feedparser, or `json`.
    """

    format: str
    title: str | None
    entries: tuple[ParsedEntry, ...]
    hints: FeedHints = field(default_factory=FeedHints)
    children: tuple[ParsedChild, ...] = ()
    total: int = 0
    link: str | None = None
    lang: str | None = None
    base: str | None = None
    encoding: str = "utf-8"
    way: Way = "strict"
