"""What an address has that could be a source: its feed, the feeds that it names, a sitemap, or a list of articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from feedmill.errors import FeedParseError, SourceError
from service.feeds.discover import FoundFeed, discover
from service.feeds.listing import ListedLink, listed
from service.feeds.model import ParsedFeed
from service.http import Fetched
from service.sources.means import Means
from service.sources.site import looks_like_page
from service.sources.sitemap import is_sitemap

MAX_LOOKED_AT = 5  # feeds of a page that are fetched to tell what is in them
_ACCEPT = "*/*"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be a source.

    Attributes:
        url: Its address, where it leads for good.
        kind: `feed`, `sitemap`, `page` or `site`.
        title: What it is called.
        format: Of a feed or sitemap.
        entries: How many it holds; None if it was not looked at.
        newest: When the newest was published, if it says so.
        is_comments: Whether it seems to hold comments.
        error: Why it cannot be read.
    """

    url: str
    kind: str
    title: str | None = None
    format: str | None = None
    entries: int | None = None
    newest: datetime | None = None
    is_comments: bool = False
    error: str | None = None

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        newest = (
            self.newest.astimezone(UTC).isoformat().replace("+00:00", "Z") if self.newest else None
        )
        return {
            "url": self.url,
            "kind": self.kind,
            "title": self.title,
            "format": self.format,
            "entries": self.entries,
            "newest": newest,
            "is_comments": self.is_comments,
            "error": self.error,
        }


async def find(
    url: str,
    kind: str,
    means: Means,
    *,
    select: str | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Candidate]:
    """Look at an address and find what it has, best first.

    Args:
        url: The address.
        kind: What is wanted: `auto` for anything.
        means: What to look with.
        select: Of a list page, which links are meant.
        tell: Is told what takes time.

    Raises:
        SourceError: It has nothing; kind `no-feed` if it is a page that names no feed and lists no articles.
    """
    fetched = await means.fetch(url, _ACCEPT)
    if kind == "page" or select:
        return [_of_links(fetched, await _links(fetched, means, select))]
    if kind in {"feed", "sitemap"} or not looks_like_page(fetched.body):
        try:
            return [_of_feed(fetched, await means.parse(fetched))]
        except FeedParseError as error:
            if error.kind != "not-a-feed" or kind in {"feed", "sitemap"}:
                raise
    return await _of_page(fetched, kind, means, tell)


async def _of_page(
    fetched: Fetched, kind: str, means: Means, tell: Callable[[str], None]
) -> list[Candidate]:
    """The feeds that a page names, or the page as a list."""
    named = [(link.url, link.type) for link in fetched.links if "alternate" in link.rels]
    found = await means.parsers.run(
        discover, fetched.body, fetched.final_url, fetched.content_type, named
    )
    if found:
        tell(f"looking at {min(len(found), MAX_LOOKED_AT)} of {len(found)} feeds, politely ...")
    feeds = [await _looked_at(one, means) for one in found[:MAX_LOOKED_AT]]
    feeds += [_unseen(one) for one in found[MAX_LOOKED_AT:]]
    if kind == "site" and any(one.error is None and not one.is_comments for one in feeds):
        return [replace(feeds[0], url=_lasting(fetched), kind="site")]
    if feeds and kind != "site":
        return feeds
    if kind == "auto":
        try:
            return [_of_links(fetched, await _links(fetched, means, None))]
        except SourceError as error:
            if error.kind != "no-links":
                raise
    raise SourceError(
        "the page names no feed and lists no articles that can be told; give the address of a feed or a "
        "sitemap, or say with --select which links lead to articles",
        kind="no-feed",
    )


async def _looked_at(one: FoundFeed, means: Means) -> Candidate:
    try:
        fetched = await means.fetch(one.url, _ACCEPT)
        feed = _of_feed(fetched, await means.parse(fetched))
    except SourceError as error:
        return replace(_unseen(one), error=error.message)
    return replace(feed, title=feed.title or one.title, is_comments=one.is_comments)


def _unseen(one: FoundFeed) -> Candidate:
    return Candidate(
        one.url, "feed", title=one.title, format=one.format, is_comments=one.is_comments
    )


async def _links(fetched: Fetched, means: Means, select: str | None) -> tuple[ListedLink, ...]:
    return await means.parsers.run(
        listed, fetched.body, fetched.final_url, fetched.content_type, select
    )


def _of_links(fetched: Fetched, links: tuple[ListedLink, ...]) -> Candidate:
    newest = _newest(link.published_at for link in links)
    title = links[0].title
    return Candidate(
        _lasting(fetched), "page", title=title, entries=len(links), newest=newest, format="page"
    )


def _of_feed(fetched: Fetched, feed: ParsedFeed) -> Candidate:
    dates = (entry.hints.updated_at or entry.hints.published_at for entry in feed.entries)
    changes = (child.modified_at for child in feed.children)
    return Candidate(
        _lasting(fetched),
        "sitemap" if is_sitemap(feed) else "feed",
        title=feed.title,
        format=feed.format,
        entries=len(feed.entries) + len(feed.children),
        newest=_newest((*dates, *changes)),
    )


def _newest(dates: Iterable[datetime | None]) -> datetime | None:
    return max((date for date in dates if date), default=None)


def _lasting(fetched: Fetched) -> str:
    """The address that was asked, or where permanent redirects lead from it."""
    return fetched.moved_to or fetched.url
