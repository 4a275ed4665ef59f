"""What is no XML, by feedparser: it reads on through unclosed and crossing tags, at fifty times the cost.

It never sees the bytes of a stranger as they came, but text that was decoded, freed of its DTD and mended, and of that no more
than the entries that are taken. Its dates, its sanitising and its resolving of addresses are not used.
"""

from __future__ import annotations

import contextlib
import re
import signal
import threading
import warnings
from collections.abc import Iterator
from io import BytesIO
from types import FrameType
from typing import Any

import feedparser

from service.feeds import entry, markup
from service.feeds.limits import MAX_ENTRIES, MAX_MANY
from service.feeds.raw import Enclosure, RawEntry, RawFeed, RawHints

_DECLARATION = b'<?xml version="1.0" encoding="utf-8"?>\n'
_HEADERS = {"content-type": "application/xml; charset=utf-8"}
_ENTRY = re.compile(r"<(?:[\w.-]{1,40}:)?(?:item|entry)\b", re.IGNORECASE)
# feedparser looks for the address in an author in the square of its length.
_LONG_AUTHOR = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:author|creator|name|email|managingEditor|webMaster)\b[^<]{0,1000})[^<]*",
    re.IGNORECASE,
)
_SECONDS = 5.0  # then what the XML parser recovered has to do
_FORMATS = {
    "rss091u": "rss091",
    "rss091n": "rss091",
    "rss": "rss",
    "atom": "atom10",
    "atom01": "atom03",
    "atom02": "atom03",
    "": "unknown",
}
_PLAIN = frozenset({"text/plain"})


def read(text: str) -> RawFeed | None:
    """Read a feed. None if feedparser finds none or fails.

    Args:
        text: From the first element on.
    """
    starts = [found.start() for found in _ENTRY.finditer(text)]
    total = len(starts)
    if total > MAX_ENTRIES:
        text = text[: starts[MAX_ENTRIES]]
    try:
        with _time_limit(_SECONDS):
            feed = _parsed(_LONG_AUTHOR.sub(r"\1", text))
    except Exception:  # noqa: BLE001 - it raises whatever the text provokes in it
        return None
    except _TooSlow:
        return None
    if not feed.get("version") and not feed.entries:
        return None
    about = feed.feed
    version = feed.get("version") or ""
    return RawFeed(
        format=_FORMATS.get(version, version),
        entries=[_entry(one) for one in feed.entries[:MAX_ENTRIES]],
        total=max(total if total > MAX_ENTRIES else 0, len(feed.entries)),
        title=_line(about.get("title")),
        link=_string(about.get("link")),
        lang=_line(about.get("language")),
        hints=_hints(about),
    )


def _parsed(text: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(
            BytesIO(_DECLARATION + text.encode("utf-8", "replace")),
            response_headers=_HEADERS,
            sanitize_html=False,
            resolve_relative_uris=False,
        )


class _TooSlow(BaseException):
    """Raised where feedparser stands when its time is over. No `Exception`: feedparser catches those."""


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Interrupt what runs within after some seconds. Works in the main thread only, as in the processes of `pool`."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _hints(about: Any) -> RawHints:
    return RawHints(
        ttl=_string(about.get("ttl")),
        update_period=_string(about.get("sy_updateperiod")),
        update_frequency=_string(about.get("sy_updatefrequency")),
        hub=_related(about, "hub"),
        self_url=_related(about, "self"),
        next_url=_related(about, "next"),
    )


def _related(about: Any, relation: str) -> str | None:
    links = about.get("links") or []
    return next((_string(link.get("href")) for link in links if link.get("rel") == relation), None)


def _entry(one: Any) -> RawEntry:
    guid = _string(one.get("id"))
    places = [_string(one.get("link"))]
    if guid and guid.startswith(("http://", "https://")):
        places.append(guid)
    return RawEntry(
        links=tuple(place for place in places if place),
        guid=guid,
        title=_line(one.get("title")),
        summary=_html(one.get("summary_detail")),
        content=_content(one),
        authors=_authors(one),
        published=_dates(one, "published", "created"),
        # Not one.get, which gives the date of publication where there is no other.
        updated=_dates(one, "updated"),
        tags=_tags(one),
        lang=None,
        enclosures=tuple(_enclosures(one)),
    )


def _string(value: Any) -> str | None:
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode().replace("\x00", "").strip() or None


def _line(value: Any) -> str | None:
    text = _string(value)
    return (markup.plain(text) or None) if text else None


def _html(detail: Any) -> str | None:
    value = _string(detail.get("value")) if isinstance(detail, dict) else None
    if not value:
        return None
    is_plain = detail.get("type") in _PLAIN and "<" not in value
    return markup.from_plain(value) if is_plain else value


def _content(one: Any) -> str | None:
    values = [_html(part) or "" for part in (one.get("content") or [])[:MAX_MANY]]
    return max(values, key=len, default="") or None


def _dates(one: Any, *names: str) -> tuple[str, ...]:
    return tuple(value for name in names if (value := _string(dict.get(one, name))))


def _authors(one: Any) -> tuple[str, ...]:
    people = [_line(person.get("name")) for person in (one.get("authors") or [])[:MAX_MANY]]
    if not any(people):
        people = [entry.author(_string(one.get("author")) or "")]
    return tuple(dict.fromkeys(name for name in people if name))


def _tags(one: Any) -> tuple[str, ...]:
    terms = (
        _line(tag.get("label") or tag.get("term")) for tag in (one.get("tags") or [])[:MAX_MANY]
    )
    return tuple(dict.fromkeys(term for term in terms if term))


def _enclosures(one: Any) -> list[Enclosure]:
    parts = [
        *(one.get("enclosures") or [])[:MAX_MANY],
        *(one.get("media_content") or [])[:MAX_MANY],
    ]
    found = []
    for part in parts:
        if address := _string(part.get("href") or part.get("url")):
            size = part.get("length") or part.get("filesize")
            found.append((address, _string(part.get("type")), _string(size)))
    return found
