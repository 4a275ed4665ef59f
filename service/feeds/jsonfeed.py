"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/). Whatever has the wrong type is as if it were not there."""

from __future__ import annotations

import json
from typing import Any

from feedmill.errors import FeedParseError
from service.feeds import markup
from service.feeds.limits import MAX_ENTRIES, MAX_MANY
from service.feeds.raw import Enclosure, RawEntry, RawFeed, RawHints

_VERSION = "jsonfeed.org/version/1"
_MAX_DIGITS = 18


def looks_like_json(text: str) -> bool:
    """Whether a text begins like a JSON object."""
    return text[:100].lstrip("\ufeff \t\r\n").startswith("{")


def read(text: str) -> RawFeed:
    """Read a JSON Feed.

    Raises:
        FeedParseError: kind `not-a-feed`.
    """
    try:
        feed = json.loads(text.lstrip("\ufeff"), parse_int=_integer, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise _no_feed("JSON that cannot be read") from error
    version = _text(feed, "version") if isinstance(feed, dict) else None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(feed, dict) or not (_VERSION in (version or "") or isinstance(items, list)):
        raise _no_feed("JSON, but no JSON Feed")
    found = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    authors = _authors(feed)
    return RawFeed(
        format="json11" if (version or "").rstrip("/").endswith("1.1") else "json1",
        entries=[_entry(item, authors) for item in found[:MAX_ENTRIES]],
        total=len(found),
        title=_line(feed, "title"),
        link=_text(feed, "home_page_url"),
        lang=_line(feed, "language"),
        hints=RawHints(
            hub=next((url for hub in _dicts(feed, "hubs") if (url := _text(hub, "url"))), None),
            self_url=_text(feed, "feed_url"),
            next_url=_text(feed, "next_url"),
        ),
    )


def _no_feed(what: str) -> FeedParseError:
    return FeedParseError(f"the answer is {what}", kind="not-a-feed")


def _integer(digits: str) -> int | None:
    """Without the great ones, which take long and mean nothing."""
    return int(digits) if len(digits) <= _MAX_DIGITS else None


def _entry(item: dict[str, Any], authors: tuple[str, ...]) -> RawEntry:
    identifier = _scalar(item, "id")
    plain = _text(item, "content_text")
    summary = _text(item, "summary")
    places = [_text(item, "url"), _text(item, "external_url")]
    published, updated = _scalar(item, "date_published"), _scalar(item, "date_modified")
    if identifier and identifier.startswith(("http://", "https://")):
        places.append(identifier)
    return RawEntry(
        links=tuple(filter(None, places)),
        guid=identifier,
        title=_line(item, "title"),
        summary=markup.from_plain(summary) if summary else None,
        content=_text(item, "content_html") or (markup.from_plain(plain) if plain else None),
        authors=_authors(item) or authors,
        published=(published,) if published else (),
        updated=(updated,) if updated else (),
        tags=tuple(dict.fromkeys(filter(None, map(_as_line, _list(item, "tags"))))),
        lang=_line(item, "language"),
        enclosures=tuple(_enclosures(item)),
    )


def _text(owner: dict[str, Any], key: str) -> str | None:
    value = owner.get(key)
    # Half a surrogate pair, which JSON can name, has no place in UTF-8.
    return (
        value.encode("utf-8", "replace").decode().replace("\x00", "")
        if isinstance(value, str)
        else None
    )


def _scalar(owner: dict[str, Any], key: str) -> str | None:
    """Text, or a number as text: identifiers and times that should be texts."""
    value = owner.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:.0f}"
    return (_text(owner, key) or "").strip() or None


def _line(owner: dict[str, Any], key: str) -> str | None:
    return _as_line(owner.get(key))


def _as_line(value: Any) -> str | None:
    return (markup.plain_atom(value) or None) if isinstance(value, str) else None


def _list(owner: dict[str, Any], key: str) -> list[Any]:
    value = owner.get(key)
    return value[:MAX_MANY] if isinstance(value, list) else []


def _dicts(owner: dict[str, Any], key: str) -> list[dict[str, Any]]:
    return [value for value in _list(owner, key) if isinstance(value, dict)]


def _authors(owner: dict[str, Any]) -> tuple[str, ...]:
    """`authors` of version 1.1, else `author` of version 1."""
    single = owner.get("author")
    people = _dicts(owner, "authors") or ([single] if isinstance(single, dict) else [])
    names = [_line(person, "name") for person in people]
    return tuple(dict.fromkeys(name for name in names if name))


def _enclosures(item: dict[str, Any]) -> list[Enclosure]:
    return [
        (url, _text(attachment, "mime_type"), _scalar(attachment, "size_in_bytes"))
        for attachment in _dicts(item, "attachments")
        if (url := _text(attachment, "url"))
    ]
