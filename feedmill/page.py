"""A page on its way from the service to a worker, and its form in Redis.

A page is the bytes that were fetched (or read, or found in a feed entry) and what is known about
them from elsewhere. In Redis it is one zstd-compressed string: a JSON object on the first line, the
bytes from the second line on, so that any language can take it apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, NamedTuple

from feedmill.errors import StoreError

Kind = Literal["page", "entry", "file"]


class EntryHints(NamedTuple):
    """What the feed entry says about the article. The title is plain text; summary and content are HTML as written.

    A tuple and no data class: every poll makes one of each entry, most of which are known already.
    """

    guid: str | None = None
    title: str | None = None
    summary: str | None = None
    content: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_raw: str | None = None
    updated_at: datetime | None = None
    tags: tuple[str, ...] = ()
    lang: str | None = None
    enclosures: tuple[tuple[str, str | None, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """Raw bytes and where they came from.

    Attributes:
        id: Identifies this version of this page of this source.
        kind: `page` fetched over HTTP, `entry` the feed entry's own content, `file` from the disk.
        source_id: The source that brought it.
        source_name: The source's name, if it has one.
        feed_url: The feed that lists it.
        url: The address that was asked for, or the file's `file:` address.
        identity: The text that `url_key` is made from; differs from `url` for local files only.
        fetched_at: When the bytes were had, UTC.
        content: The bytes.
        content_type: Media type with parameters, as served or guessed from the file name.
        status: HTTP status.
        final_url: The address that answered, after redirects.
        error: Kind of the fetch error that made the feed's content stand in for the page.
        hints: What the feed entry says.
        tags: Tags of the source.
        drop: Patterns of lines that the operator never wants in the text.
        precision: Whether to prefer leaving out over taking in; `None` for the default.
        mode: Whether to spend more time on pages that are hard to judge (`default`) or not (`fast`).
        html: Whether the article is wanted as HTML as well.
        raw_ref: Where the page is kept (`feedmill.raw`), if it is.
    """

    id: str
    kind: Kind
    source_id: str
    url: str
    identity: str
    fetched_at: datetime
    content: bytes
    content_type: str | None = None
    source_name: str | None = None
    feed_url: str | None = None
    status: int | None = None
    final_url: str | None = None
    error: str | None = None
    hints: EntryHints = field(default_factory=EntryHints)
    tags: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    precision: bool | None = None
    mode: Literal["default", "fast"] = "default"
    html: bool = False
    raw_ref: str | None = None


def encode(page: Page) -> bytes:
    """The page as one line of JSON followed by its bytes."""
    return encode_head(page) + b"\n" + page.content


def encode_head(page: Page) -> bytes:
    """All of a page but its bytes, as one line of JSON."""
    head = {one.name: getattr(page, one.name) for one in fields(page) if one.name != "content"}
    head["hints"] = page.hints._asdict()
    line = json.dumps(head, default=_encode_time, ensure_ascii=False)
    # Half a surrogate pair, which strangers write, has no place in UTF-8.
    return line.encode("utf-8", "replace")


def decode(data: bytes) -> Page:
    """Take apart what `encode` made.

    Raises:
        StoreError: kind `page-format`, if `data` was not made by `encode`.
    """
    head, _, content = data.partition(b"\n")
    try:
        told: dict[str, Any] = json.loads(head)
        hints: dict[str, Any] = told.pop("hints")
        return Page(
            content=content,
            fetched_at=datetime.fromisoformat(told.pop("fetched_at")),
            hints=_decode_hints(hints),
            tags=tuple(told.pop("tags")),
            drop=tuple(told.pop("drop")),
            **told,
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise StoreError(
            "a stored page has a form that this version does not know; was it written by "
            "another version of feedmill?",
            kind="page-format",
        ) from error


def _encode_time(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"cannot encode {type(value).__name__}")


def _decode_hints(fields: dict[str, Any]) -> EntryHints:
    for name in ("published_at", "updated_at"):
        if fields[name] is not None:
            fields[name] = datetime.fromisoformat(fields[name])
    for name in ("authors", "tags"):
        fields[name] = tuple(fields[name])
    fields["enclosures"] = tuple(tuple(enclosure) for enclosure in fields["enclosures"])
    return EntryHints(**fields)
