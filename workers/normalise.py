"""From an extraction and what the feed says to one article of schema `article/1`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime

import feedmill
from feedmill import urls
from feedmill.article import (
    Article,
    Author,
    DedupInfo,
    Enclosure,
    ExtractionInfo,
    HttpInfo,
    Language,
    Published,
    Removed,
    SourceRef,
)
from feedmill.identity import Names
from feedmill.page import Page
from workers import identity
from workers.dedup.fingerprint import content_hash
from workers.extract import Extraction

_MAX_REMOVED = 100  # lines
_MAX_REMOVED_LINE = 300  # characters
_WORD = re.compile(r"\w+")


def normalise(page: Page, found: Extraction, *, now: datetime, milliseconds: int) -> Article:
    """Make the article.

    The page is believed before the feed, except for a derived title, a date that the feed gives more
    exactly for the same day, and the language of a text too short to tell.

    Args:
        page: The page and what its source says.
        found: What was extracted from it.
        now: The time of storing.
        milliseconds: How long the extraction took.
    """
    title, title_from = _title(page, found)
    keys = _keys(page, found.canonical_url)
    url = page.url if page.kind == "file" else keys.address
    url_key = keys.strong[0]
    return Article(
        schema_="article/1",
        id=urls.digest(url_key),
        rev=1,
        status="usable",
        url=url,
        canonical_url=found.canonical_url,
        url_key=url_key,
        guid=page.hints.guid,
        source=_source(page, url),
        title=title,
        title_from=title_from,
        description=found.description or _short(page.hints.summary),
        text=found.text,
        html=found.html,
        lang=found.lang or _feed_language(page),
        authors=found.authors or tuple(Author(name=name) for name in page.hints.authors),
        published=_published(page, found),
        modified_at=found.modified_at or page.hints.updated_at,
        fetched_at=page.fetched_at,
        stored_at=now.astimezone(UTC),
        section=found.section,
        tags=tuple(dict.fromkeys((*page.tags, *page.hints.tags, *found.tags))),
        images=found.images,
        enclosures=tuple(
            Enclosure(url=address, type=kind, bytes=size)
            for address, kind, size in page.hints.enclosures
        ),
        access=found.access,
        word_count=len(_WORD.findall(found.text)),
        dedup=DedupInfo(content_hash=content_hash(found.text, title), kind="none"),
        extraction=ExtractionInfo(
            method=found.method,
            version=feedmill.__version__,
            ms=milliseconds,
            quality=found.quality,
            removed=_bounded(found.removed),
            provenance=dict(found.provenance),
        ),
        http=_http(page),
        raw_ref=page.raw_ref,
    )


def names_of(page: Page, article: Article) -> Names:
    """All that the page's article may be known by: its addresses, what it claims, its identifier in the feed."""
    keys = _keys(page, article.canonical_url)
    guid = page.hints.guid
    named = [f"guid\n{page.source_id}\n{guid}"] if guid else []
    return Names.of([*keys.strong], [*keys.weak, *named])


def _keys(page: Page, claimed: str | None) -> identity.Keys:
    final = page.final_url if page.kind == "page" else None
    return identity.url_keys(page.identity, final=final, canonical=claimed)


def _title(page: Page, found: Extraction) -> tuple[str | None, str | None]:
    stated = found.title if found.title_from == "page" else None
    told = page.hints.title
    if told and (stated is None or told in stated):
        return told, "feed"  # pages put the site's name before or after it
    return found.title, found.title_from


def _source(page: Page, url: str) -> SourceRef:
    return SourceRef(
        id=page.source_id,
        kind="files" if page.kind == "file" else "feed",
        name=page.source_name,
        domain=urls.host(url),
        feed_url=page.feed_url,
    )


def _published(page: Page, found: Extraction) -> Published | None:
    stated = found.published
    if page.hints.published_at is None:
        return stated
    from_feed = Published(
        at=page.hints.published_at,
        precision="second",
        from_="feed",
        raw=page.hints.published_raw,
    )
    if stated is None:
        return from_feed
    same_day = stated.at.date() == from_feed.at.date()
    return from_feed if stated.precision == "day" and same_day else stated


def _feed_language(page: Page) -> Language | None:
    return Language(code=page.hints.lang) if page.hints.lang else None


def _short(summary: str | None) -> str | None:
    return summary if summary and "<" not in summary else None


def _bounded(removed: Iterable[Removed]) -> tuple[Removed, ...]:
    """The first of the lines that were left out: enough to see why, not a second copy of the page."""
    left = _MAX_REMOVED
    parts = []
    for part in removed:
        lines = tuple(line[:_MAX_REMOVED_LINE] for line in part.lines[:left])
        left -= len(lines)
        if lines:
            parts.append(Removed(reason=part.reason, lines=lines))
    return tuple(parts)


def _http(page: Page) -> HttpInfo | None:
    if page.kind == "file":
        return None
    return HttpInfo(status=page.status, final_url=page.final_url, error=page.error)
