"""Pages of items: from a file, from an answer, from a feed entry's own content. Pure but for the clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from feedmill import urls
from feedmill.config import Source
from feedmill.errors import FetchError
from feedmill.page import Kind, Page
from service.http import Fetched
from service.sources.item import Item


def of_file(source: Source, item: Item, content: bytes) -> Page:
    """The page of a local file."""
    blank = _blank(source, item, "file")
    return replace(blank, content=content, content_type=item.content_type)


def of_answer(source: Source, item: Item, answer: Fetched) -> Page:
    """The page that was fetched for a feed entry."""
    return replace(
        _blank(source, item, "page"),
        content=answer.body,
        content_type=answer.content_type,
        status=answer.status,
        final_url=answer.final_url,
    )


def of_entry(source: Source, item: Item, content: str, error: FetchError) -> Page:
    """The feed entry's own content in place of a page that could not be had, and why."""
    return replace(
        _blank(source, item, "entry"),
        content=content.encode(),
        content_type="text/html; charset=utf-8",
        status=error.status,
        error=error.kind,
        hints=replace(item.hints, content=None),
    )


def _blank(source: Source, item: Item, kind: Kind) -> Page:
    return Page(
        # A stand-in and the page that comes later are two pages of the same version.
        id=urls.digest(f"{source.id}\n{item.key}\n{item.fingerprint}\n{kind}"),
        kind=kind,
        source_id=source.id,
        source_name=source.name,
        feed_url=source.url,
        url=item.url,
        identity=item.identity,
        fetched_at=datetime.now(UTC),
        content=b"",
        hints=item.hints,
        tags=tuple(source.tags),
        drop=tuple(source.extract.drop),
        precision=source.extract.precision,
        mode=source.extract.mode,
        html=source.extract.html,
    )
