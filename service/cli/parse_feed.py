"""`feedmill parse-feed`: what is in feeds, as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import FeedmillError, FeedParseError

if TYPE_CHECKING:
    from service.feeds.model import FeedHints, ParsedEntry, ParsedFeed
    from service.feeds.pool import FeedParsers

_AT_A_TIME = 2
_AHEAD = 8  # files that are read before their turn
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@click.command("parse-feed")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--url", help="Where the feed comes from: what relative addresses are relative to.")
@click.option("--content-type", help="As the server said it; it may name the encoding.")
def parse_feed(files: Sequence[str], url: str | None, content_type: str | None) -> None:
    """Parse feeds and print one line of JSON for each file, in their order.

    FILE may be RSS, RDF, Atom, JSON Feed, a sitemap or a sitemap index, `-` for standard input, a glob, or
    gzipped. A file that is no feed or cannot be read gives {"file": ..., "error": {"kind": ..., "message": ...}}
    with no entries, and the exit status 1; the others are parsed all the same.

    Every entry has id, url, title, published_at, updated_at, authors, summary, content, enclosures and tags;
    what the feed does not say is null or []. Titles are plain text, summary and content sanitised HTML, times
    UTC as RFC 3339; published_raw is the time as the feed wrote it. An address that is relative to nothing
    known gives url null, and url_raw as it stands.

    \b
    Examples:
      feedmill parse-feed rss.xml --url https://news.example/rss.xml
      feedmill parse-feed 'feeds/**/*.xml.gz' | jq -r '.entries[] | [.published_at, .title] | @tsv'
      curl -s https://news.example/rss.xml | feedmill parse-feed -
    """  # noqa: D301 - click wants the sign itself
    from service.cli import inputs

    names = inputs.expand(files)
    if url and len(names) > 1:
        raise click.UsageError("--url belongs to one file; there are several")
    failed = asyncio.run(_all(names, url, content_type))
    if failed and len(names) > 1:
        click.echo(f"feedmill: {failed} of {len(names)} files could not be parsed", err=True)
    sys.exit(1 if failed else 0)


async def _all(names: list[str], url: str | None, content_type: str | None) -> int:
    """Parse all, some at a time, print them in order, and count those that failed."""
    from service.feeds.pool import FeedParsers

    failed = 0
    with FeedParsers(min(_AT_A_TIME, len(names))) as parsers:
        waiting: list[asyncio.Task[dict[str, Any]]] = []
        for number in range(len(names) + _AHEAD):
            if number < len(names):
                one = _one(names[number], url, content_type, parsers)
                waiting.append(asyncio.create_task(one))
            if waiting and (len(waiting) > _AHEAD or number >= len(names)):
                found = await waiting.pop(0)
                failed += found["error"] is not None
                line = json.dumps(found, ensure_ascii=False)
                click.echo(line.encode("utf-8", "replace"))
    return failed


async def _one(
    name: str, url: str | None, content_type: str | None, parsers: FeedParsers
) -> dict[str, Any]:
    """The object that is printed for a file."""
    from service.cli import inputs
    from service.feeds import clean

    try:
        file = inputs.read(name)
        parsed = await parsers.run(clean.parse_clean, file.content, url, content_type)
    except FeedmillError as error:
        return _failure(inputs.shown(name), error)
    except Exception as error:  # noqa: BLE001 - a bug must cost this file only, and be seen
        fault = FeedParseError(f"feedmill itself failed: {type(error).__name__}: {error}")
        return _failure(inputs.shown(name), fault)
    return {"file": file.name, **_feed(parsed), "error": None}


def _failure(name: str, error: FeedmillError) -> dict[str, Any]:
    from service.feeds.model import FeedHints

    return {
        "file": name,
        "format": None,
        "title": None,
        "entries": [],
        "hints": _hints(FeedHints()),
        "error": {"kind": error.kind, "message": error.message},
    }


def _feed(feed: ParsedFeed) -> dict[str, Any]:
    told: dict[str, Any] = {
        "format": feed.format,
        "title": feed.title,
        "url": feed.link,
        "url_base": feed.base,
        "lang": feed.lang,
        "encoding": feed.encoding,
        "way": feed.way,
        "total": feed.total,
        "entries": [_entry(entry) for entry in feed.entries],
        "hints": _hints(feed.hints),
    }
    if feed.format == "sitemap-index":
        told["children"] = [
            {"url": child.url, "modified_at": _time(child.modified_at)} for child in feed.children
        ]
    return told


def _entry(entry: ParsedEntry) -> dict[str, Any]:
    hints = entry.hints
    told: dict[str, Any] = {
        "id": hints.guid or entry.link,
        "url": entry.link,
        "title": hints.title,
        "published_at": _time(hints.published_at),
        "published_raw": hints.published_raw,
        "updated_at": _time(hints.updated_at),
        "authors": list(hints.authors),
        "summary": hints.summary,
        "content": hints.content,
        "enclosures": [
            {"url": url, "type": kind, "length": length} for url, kind, length in hints.enclosures
        ],
        "tags": list(hints.tags),
        "lang": hints.lang,
    }
    if entry.link_raw:
        told["url_raw"] = entry.link_raw
    return told


def _hints(hints: FeedHints) -> dict[str, Any]:
    return {
        "ttl": hints.ttl,
        "skip_hours": list(hints.skip_hours),
        "skip_days": [_DAYS[day] for day in hints.skip_days],
        "update_period": hints.update_period,
        "update_frequency": hints.update_frequency,
        "hub": hints.hub,
        "self": hints.self_url,
        "next": hints.next_url,
    }


def _time(at: datetime | None) -> str | None:
    """RFC 3339 with Z; fractions of a second only where there are some."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None
