"""What a reader of one format found: as it stands there, nothing resolved, nothing bounded. `finish` makes a `ParsedFeed` of it."""

from __future__ import annotations

from typing import NamedTuple

from service.feeds.model import ParsedChild

Enclosure = tuple[str, str | None, str | None]
"""Address, media type and size, as the feed has them."""


class RawEntry(NamedTuple):
    """One entry. Tuples, not data classes: a poll makes thousands, most of which are known already.

    Attributes:
        links: Where the article may be, the likeliest first.
        base: What relative addresses in it are relative to, if it says (`xml:base`, resolved among themselves).
        guid: Its identifier.
        title: Plain text.
        summary: HTML.
        content: HTML.
        authors: Their names.
        published: When it was published, in each way that it says so, the most credible first.
        updated: When it was changed, likewise.
        tags: What it is about.
        lang: A language code.
        enclosures: What belongs to it.
    """

    links: tuple[str, ...] = ()
    base: str | None = None
    guid: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lang: str | None = None
    enclosures: tuple[Enclosure, ...] = ()


class RawHints(NamedTuple):
    """What a feed says about when and where to ask for it, as text; see `model.FeedHints`."""

    ttl: str | None = None
    skip_hours: tuple[str, ...] = ()
    skip_days: tuple[str, ...] = ()
    update_period: str | None = None
    update_frequency: str | None = None
    hub: str | None = None
    self_url: str | None = None
    next_url: str | None = None


class RawFeed(NamedTuple):
    """A feed. `total` counts the entries that were left out because there are too many, too."""

    format: str
    entries: list[RawEntry]
    total: int
    title: str | None = None
    link: str | None = None
    base: str | None = None
    lang: str | None = None
    hints: RawHints = RawHints()
    children: tuple[ParsedChild, ...] = ()
