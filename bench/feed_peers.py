"""Feed parsers side by side: each takes bytes and gives its entries as title, link and time."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedmill.errors import FeedParseError
from service.feeds import clean
from service.feeds.model import ParsedFeed
from service.feeds.parse import parse

OURS = "feedmill"
FEEDPARSER = "feedparser"


@dataclass(frozen=True, slots=True)
class Found:
    """One entry. `date` is UTC without a zone, to the second."""

    title: str | None
    link: str | None
    date: str | None


@dataclass(frozen=True, slots=True)
class Parser:
    """A parser.

    Attributes:
        name: For the table.
        run: Parses bytes that came from an address.
        entries: Reads the entries of what `run` gave.
        refusals: What it raises where it says on purpose that it was given no feed.
    """

    name: str
    run: Callable[[bytes, str], Any]
    entries: Callable[[Any], list[Found]]
    refusals: tuple[type[Exception], ...] = ()


def parsers() -> list[Parser]:
    """Feedmill first, then what a user would pick instead."""
    import fastfeedparser  # noqa: PLC0415
    import feedparser  # noqa: PLC0415

    def by_feedparser(body: bytes, url: str, **options: bool) -> Any:
        headers = {"content-location": url}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return feedparser.parse(io.BytesIO(body), response_headers=headers, **options)

    return [
        Parser(OURS, lambda body, url: parse(body, url, None), _ours, (FeedParseError,)),
        Parser(
            "feedmill, HTML sanitised",
            lambda body, url: clean.parse_clean(body, url, None),
            _ours,
            (FeedParseError,),
        ),
        Parser(FEEDPARSER, by_feedparser, _of_feedparser),
        Parser(
            "feedparser, not sanitising",
            lambda body, url: by_feedparser(
                body, url, sanitize_html=False, resolve_relative_uris=False
            ),
            _of_feedparser,
        ),
        Parser("fastfeedparser", lambda body, _url: fastfeedparser.parse(body), _of_fast),
        Parser("lxml, recovering (count only)", lambda body, _url: _count(body), _placeholders),
    ]


def _ours(feed: ParsedFeed) -> list[Found]:
    return [
        Found(entry.hints.title, entry.link, _second(entry.hints.published_at))
        for entry in feed.entries
    ]


def _second(at: datetime | None) -> str | None:
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() if at else None


def _of_feedparser(feed: Any) -> list[Found]:
    found = []
    for entry in feed.entries:
        parsed = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
        date = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*parsed[:6]) if parsed else None
        found.append(Found(dict.get(entry, "title"), dict.get(entry, "link"), date))
    return found


def _of_fast(feed: Any) -> list[Found]:
    return [
        Found(entry.get("title"), entry.get("link"), (entry.get("published") or "")[:19] or None)
        for entry in feed.entries
    ]


def _count(body: bytes) -> int:
    from lxml import etree  # noqa: PLC0415

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    root = etree.fromstring(body, parser)
    return 0 if root is None else sum(1 for _ in root.iter("{*}item", "{*}entry"))


def _placeholders(count: int) -> list[Found]:
    return [Found(None, None, None)] * count
