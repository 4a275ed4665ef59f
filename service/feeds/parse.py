"""From the bytes of an RSS or Atom feed to its entries, by feedparser.

Runs in the processes of `pool`, never on the event loop: feedparser can take seconds, gigabytes, or
the process. It is given bytes only; a string it would take for a path or an address.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser

from feedmill import urls
from feedmill.errors import FeedParseError
from feedmill.page import EntryHints
from service.feeds.model import ParsedEntry, ParsedFeed

MAX_ENTRIES = 5000
_MAX_CONTENT = 500_000  # characters of one entry's content
_MAX_TEXT = 20_000  # characters of any other field
_ENCODED_CHARACTER = re.compile(rb"&#([xX][0-9a-fA-F]{1,8}|[0-9]{1,10});")
# XML 1.0, section 2.2
_XML_CHARACTERS = ({0x9, 0xA, 0xD}, range(0x20, 0xD800), range(0xE000, 0x110000))
_MAX_MANY = 50  # authors, tags, enclosures of an entry


def parse(body: bytes, url: str, content_type: str | None) -> ParsedFeed:
    """Parse a feed.

    Args:
        body: The bytes as they were served.
        url: Where they came from; relative links are resolved against it.
        content_type: As served; it may name the encoding.

    Raises:
        FeedParseError: kind `not-a-feed`, or `feed-parse` if feedparser itself fails.
    """
    body = _ENCODED_CHARACTER.sub(_allowed_character, body)
    headers = {"content-location": url, "content-type": content_type or "application/xml"}
    try:
        feed = feedparser.parse(BytesIO(body), response_headers=headers, sanitize_html=False)
    except Exception as error:
        raise FeedParseError(f"feedparser failed on the feed: {type(error).__name__}") from error
    if not feed.get("version") and not feed.entries:
        raise FeedParseError(
            "the answer is no feed that feedparser knows (RSS, RDF or Atom)", kind="not-a-feed"
        )
    lang = _line(feed.feed.get("language"))
    return ParsedFeed(
        format=feed.get("version") or "unknown",
        title=_line(feed.feed.get("title")),
        entries=tuple(_entry(entry, url, lang) for entry in feed.entries[:MAX_ENTRIES]),
    )


def _allowed_character(encoded: re.Match[bytes]) -> bytes:
    """A numeric reference, unless it is to what XML does not allow, on which feedparser fails."""
    digits = encoded[1].lower()
    code = int(digits[1:], 16) if digits.startswith(b"x") else int(digits)
    return encoded[0] if any(code in part for part in _XML_CHARACTERS) else b"&#xFFFD;"


def _entry(entry: Any, url: str, lang: str | None) -> ParsedEntry:
    published_at = _time(entry.get("published_parsed"))
    # Not entry.get, which gives the date of publication where there is no other.
    updated_at = _time(dict.get(entry, "updated_parsed"))
    return ParsedEntry(
        link=_absolute(entry.get("link"), url),
        hints=EntryHints(
            guid=_line(entry.get("id")),
            title=_line(entry.get("title")),
            summary=_text(entry.get("summary"), _MAX_TEXT),
            content=_content(entry),
            authors=_authors(entry),
            # RSS 1.0 has one date, dc:date, which feedparser calls updated; so have many Atom feeds.
            published_at=published_at or updated_at,
            published_raw=_line(entry.get("published")) or _line(entry.get("updated")),
            updated_at=updated_at if published_at else None,
            tags=_terms(entry.get("tags") or []),
            lang=lang,
            enclosures=_enclosures(entry.get("enclosures") or [], url),
        ),
    )


def _line(value: Any) -> str | None:
    text = _text(value, _MAX_TEXT)
    return " ".join(text.split()) or None if text else None


def _text(value: Any, limit: int) -> str | None:
    # A lone surrogate cannot be written as UTF-8; feeds hold them as numeric references.
    if not isinstance(value, str):
        return None
    return value[:limit].encode("utf-8", "replace").decode().replace("\x00", "") or None


def _content(entry: Any) -> str | None:
    parts = [part.get("value") for part in entry.get("content") or []]
    texts = [part for part in parts if isinstance(part, str)]
    return _text(max(texts, key=len), _MAX_CONTENT) if texts else None


def _authors(entry: Any) -> tuple[str, ...]:
    named = [_line(author.get("name")) for author in entry.get("authors") or []]
    names = named if any(named) else [_line(entry.get("author"))]
    return tuple(dict.fromkeys(name for name in names if name))[:_MAX_MANY]


def _terms(tags: list[Any]) -> tuple[str, ...]:
    terms = (_line(tag.get("label") or tag.get("term")) for tag in tags[:_MAX_MANY])
    return tuple(dict.fromkeys(term for term in terms if term))


def _enclosures(enclosures: list[Any], url: str) -> tuple[tuple[str, str | None, int | None], ...]:
    found = []
    for enclosure in enclosures[:_MAX_MANY]:
        address = _absolute(enclosure.get("href"), url)
        size = str(enclosure.get("length") or "")
        if address:
            found.append(
                (address, _line(enclosure.get("type")), int(size) if _is_size(size) else None)
            )
    return tuple(found)


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15  # noqa: PLR2004 - petabytes


def _absolute(link: Any, url: str) -> str | None:
    text = _text(link, _MAX_TEXT)
    if not text or not text.strip():
        return None
    try:
        address = urljoin(url, text.strip())
        urls.key(address)
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def _time(parsed: Any) -> datetime | None:
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        at = datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return at if at.year > 1990 else None  # noqa: PLR2004 - before there were feeds
