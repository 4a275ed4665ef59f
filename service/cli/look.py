"""What a test looks at: a page or a feed, from a file or over HTTP with the trace of the request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from feedmill.errors import FetchError
from service.cli.inputs import Input
from service.feeds.model import ParsedEntry, ParsedFeed
from service.feeds.pool import FeedParsers
from service.http import Fetched, Fetcher, FetchPolicy
from service.http.pacing import Pace

_FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|urlset)[\s>]", re.IGNORECASE)
_JSON_FEED = re.compile(rb"^\s*\{.*jsonfeed\.org/version/1", re.DOTALL)
_HTML = re.compile(rb"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_HEAD = 4_000  # bytes in which a feed shows itself


@dataclass(frozen=True, slots=True)
class Trace:
    """How a page was had."""

    hops: tuple[str, ...]
    status: int
    bytes: int
    content_type: str | None
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "hops": list(self.hops),
            "status": self.status,
            "bytes": self.bytes,
            "content_type": self.content_type,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class Subject:
    """One page to be tested.

    `error` says why it could not be had; then `content`, where there is some, is the feed entry's own.
    """

    name: str
    url: str | None
    content: bytes = field(default=b"", repr=False)
    content_type: str | None = None
    hints: dict[str, Any] | None = None
    trace: Trace | None = None
    error: FetchError | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """The pages to be tested, and the feed that lists them, if it was one."""

    name: str
    subjects: tuple[Subject, ...]
    feed: ParsedFeed | None = None
    trace: Trace | None = None

    def to_json(self) -> dict[str, Any]:
        """For `--json`, without the pages."""
        told: dict[str, Any] = {"subject": self.name}
        if self.feed:
            entries = [_entry(entry) for entry in self.feed.entries]
            told["feed"] = {
                "format": self.feed.format,
                "title": self.feed.title,
                "entries": entries,
                **({"fetch": self.trace.to_json()} if self.trace else {}),
            }
        return told


@dataclass(frozen=True, slots=True)
class Manners:
    """How anything may be fetched, and how often a host may be asked."""

    policy: FetchPolicy
    pace: Pace


async def at_url(url: str, manners: Manners, *, pages: int) -> Look:
    """Fetch an address; of a feed the first pages too.

    Raises:
        FetchError: It could not be had.
        FeedParseError: It is a feed that cannot be read.
    """
    async with Fetcher(manners.policy) as fetcher:
        answer, trace = await _fetch(fetcher, url, manners.pace)
        if not is_feed(answer.body):
            return Look(url, (_subject(url, answer, trace, None),))
        feed = await _parse(answer.body, answer.final_url, answer.content_type)
        return Look(url, await _first_pages(fetcher, feed, pages, manners.pace), feed, trace)


async def at_file(
    file: Input, url: str | None, content_type: str | None, manners: Manners, *, pages: int
) -> Look:
    """Take a file that was read; of a feed the first pages are fetched.

    Raises:
        FeedParseError: It is a feed that cannot be read.
    """
    if not is_feed(file.content):
        return Look(file.name, (Subject(file.name, url, file.content, content_type),))
    feed = await _parse(file.content, url, content_type)
    async with Fetcher(manners.policy) as fetcher:
        return Look(file.name, await _first_pages(fetcher, feed, pages, manners.pace), feed)


def is_feed(content: bytes) -> bool:
    """Whether bytes begin like RSS, RDF, Atom, a sitemap or JSON Feed, and not like HTML."""
    head = content[:_HEAD]
    if _JSON_FEED.search(head):
        return True
    return bool(_FEED.search(head)) and not _HTML.search(head)


async def _parse(body: bytes, url: str | None, content_type: str | None) -> ParsedFeed:
    with FeedParsers(processes=1) as parsers:
        return await parsers.parse(body, url, content_type)


async def _first_pages(
    fetcher: Fetcher, feed: ParsedFeed, count: int, pace: Pace
) -> tuple[Subject, ...]:
    subjects = []
    for entry in [entry for entry in feed.entries if entry.link][:count]:
        url = str(entry.link)
        try:
            answer, trace = await _fetch(fetcher, url, pace)
        except FetchError as error:
            content = (entry.hints.content or "").encode()
            kind = "text/html; charset=utf-8"
            subjects.append(Subject(url, url, content, kind, _hints(entry), error=error))
        else:
            subjects.append(_subject(url, answer, trace, entry))
    return tuple(subjects)


async def _fetch(fetcher: Fetcher, url: str, pace: Pace) -> tuple[Fetched, Trace]:
    answer = await fetcher.fetch(url, pace=pace)
    hops = tuple(hop.url for hop in answer.hops)
    size, kind = len(answer.body), answer.content_type
    return answer, Trace(hops, answer.status, size, kind, answer.seconds)


def _subject(url: str, answer: Fetched, trace: Trace, entry: ParsedEntry | None) -> Subject:
    hints = _hints(entry) if entry else None
    return Subject(url, answer.final_url, answer.body, answer.content_type, hints, trace)


def _hints(entry: ParsedEntry) -> dict[str, Any]:
    hints = entry.hints
    return {
        "title": hints.title,
        "summary": hints.summary,
        "content": hints.content,
        "authors": list(hints.authors),
        "published_at": _time(hints.published_at),
        "lang": hints.lang,
    }


def _entry(entry: ParsedEntry) -> dict[str, Any]:
    hints = entry.hints
    return {"title": hints.title, "link": entry.link, "published_at": _time(hints.published_at)}


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
