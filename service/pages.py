"""Pages of items: from a file, from an answer, from a feed entry's own content. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from feedmill import urls
from feedmill.config import Source
from feedmill.errors import FetchError
from feedmill.page import Kind, Page
from service.http import Fetched
from service.sources.item import Item


def blank(source: Source, item: Item, kind: Kind, *, now: float) -> Page:
    """The page of an item before its bytes are there.

    Args:
        source: Where the item is from.
        item: The item.
        kind: What the bytes will be.
        now: Unix seconds.
    """
    return Page(
        # A stand-in and the page that comes later are two pages of the same version.
        id=urls.digest(f"{source.id}\n{item.key}\n{item.fingerprint}\n{kind}"),
        kind=kind,
        source_id=source.id,
        source_name=source.name,
        feed_url=item.feed_url or source.url,
        url=item.url,
        identity=item.identity,
        fetched_at=datetime.fromtimestamp(now, UTC),
        content=b"",
        hints=item.hints,
        tags=tuple(source.tags),
        drop=tuple(source.extract.drop),
        precision=source.extract.precision,
        mode=source.extract.mode,
        html=source.extract.html,
    )


def of_content(source: Source, item: Item, content: bytes, *, now: float) -> Page:
    """The page of an item whose bytes its source has: a local file, a record of an archive."""
    page = blank(source, item, "file" if item.fetched_at is None else "page", now=now)
    page = replace(page, content=content, content_type=item.content_type)
    return replace(page, fetched_at=item.fetched_at) if item.fetched_at else page


def of_answer(page: Page, answer: Fetched, *, now: float) -> Page:
    """A blank page filled with what was fetched for it."""
    return replace(
        page,
        content=answer.body,
        content_type=answer.content_type,
        status=answer.status,
        final_url=answer.final_url,
        fetched_at=datetime.fromtimestamp(now, UTC),
    )


def of_entry(source: Source, item: Item, content: str, error: FetchError, *, now: float) -> Page:
    """The feed entry's own content in place of a page that could not be had, and why."""
    return replace(
        blank(source, item, "entry", now=now),
        content=content.encode(),
        content_type="text/html; charset=utf-8",
        status=error.status,
        error=error.kind,
        hints=item.hints._replace(content=None),
    )
