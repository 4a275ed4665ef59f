"""From what a reader found to a `ParsedFeed`: addresses made absolute, times read, everything within its bounds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin

from feedmill.page import EntryHints
from service.feeds import dates, limits, links, markup
from service.feeds.model import FeedHints, ParsedEntry, ParsedFeed, Way
from service.feeds.raw import Enclosure, RawEntry, RawFeed, RawHints

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8}){0,4}")
_SHORT = 200  # characters; what is plain and short needs no care
_MAX_DIGITS = 15  # petabytes


def finish(feed: RawFeed, url: str | None, *, now: datetime, encoding: str, way: Way) -> ParsedFeed:
    """Make the result of what was found.

    Args:
        feed: What was found.
        url: Where the feed came from; relative addresses are resolved against it, or else against what the feed says
            about itself.
        now: Times of publication cannot be after it.
        encoding: Of the bytes.
        way: How it was read.
    """
    base = _base(feed, url)
    raws = [raw for entry in feed.entries for raw in entry.published if "/" in raw]
    lang = _language(feed.lang)
    finisher = _Finisher(
        base, lang, now, month_first=bool(raws) and dates.month_first(raws, feed.lang)
    )
    return ParsedFeed(
        format=feed.format,
        title=feed.title,
        entries=tuple(finisher.entry(entry) for entry in feed.entries),
        hints=_hints(feed.hints, base),
        children=feed.children,
        total=feed.total,
        link=links.absolute(feed.link, base),
        lang=lang,
        base=base,
        encoding=encoding,
        way=way,
    )


def _base(feed: RawFeed, url: str | None) -> str | None:
    known = url or links.absolute(feed.hints.self_url, None) or links.absolute(feed.link, None)
    if not feed.base:
        return known
    try:
        return links.absolute(urljoin(known or "", feed.base), None) or known
    except ValueError:
        return known


class _Finisher:
    """Finishes the entries of one feed."""

    def __init__(
        self, base: str | None, lang: str | None, now: datetime, *, month_first: bool
    ) -> None:
        self._base = base
        self._lang = lang
        self._now = now
        self._month_first = month_first
        self._room = limits.MAX_TEXT

    def entry(self, raw: RawEntry) -> ParsedEntry:
        base = self._base
        if raw.base:
            base = links.absolute(raw.base, base) or base
        link = None
        for one in raw.links:
            if link := links.absolute(one, base):
                break
        published, published_raw = self._time(raw.published)
        updated, updated_raw = self._time(raw.updated)
        summary, content = self._texts(raw)
        hints = EntryHints(
            guid=_line(raw.guid),
            title=raw.title[: limits.MAX_LINE] if raw.title else None,
            summary=summary,
            content=content,
            authors=_names(raw.authors) if raw.authors else (),
            # Many feeds have one date only, whatever they call it.
            published_at=min(first, self._now) if (first := published or updated) else None,
            published_raw=published_raw or updated_raw,
            updated_at=updated if published else None,
            tags=_names(raw.tags) if raw.tags else (),
            lang=(_language(raw.lang) if raw.lang else None) or self._lang,
            enclosures=tuple(_enclosures(raw.enclosures, base)) if raw.enclosures else (),
        )
        unread = None if link else _line(next(filter(None, raw.links), None))
        return ParsedEntry(link, hints, base if raw.base else None, unread)

    def _time(self, raws: tuple[str, ...]) -> tuple[datetime | None, str | None]:
        """The first time that can be read, and how it is written; else how the first is."""
        if not raws:
            return None, None
        for raw in raws:
            at = dates.parse(raw, month_first=self._month_first)
            if (at := dates.sensible(at, self._now)) is not None:
                return at, _line(raw)
        return None, _line(raws[0])

    def _texts(self, raw: RawEntry) -> tuple[str | None, str | None]:
        """Summary and content. What is too long for a summary is content."""
        summary = markup.undoubled(raw.summary) if raw.summary else None
        content = markup.undoubled(raw.content) if raw.content else None
        if summary and not content and len(summary) > limits.MAX_SUMMARY:
            content = summary
        summary = summary[: limits.MAX_SUMMARY] if summary else None
        content = content[: limits.MAX_CONTENT] if content else None
        self._room -= len(summary or "") + len(content or "")
        return (summary, content) if self._room >= 0 else (None, None)


def _line(value: str | None) -> str | None:
    if not value or (len(value) < _SHORT and value.isascii() and value.isprintable()):
        return value or None
    return markup.line(value) or None


def _language(value: str | None) -> str | None:
    """A language code, if it has the form of one (RFC 5646, and with the low line that many write)."""
    value = (value or "").strip()
    return value if _LANGUAGE.fullmatch(value) else None


def _names(values: tuple[str, ...]) -> tuple[str, ...]:
    if len(values) <= limits.MAX_MANY and sum(map(len, values)) <= limits.MAX_NAME:
        return values  # nearly always
    return tuple(value[: limits.MAX_NAME] for value in values[: limits.MAX_MANY])


def _enclosures(
    found: tuple[Enclosure, ...], base: str | None
) -> Iterator[tuple[str, str | None, int | None]]:
    seen = set[str]()
    for raw, kind, length in found[: limits.MAX_MANY]:
        address = links.absolute(raw, base)
        if address and address not in seen:
            seen.add(address)
            yield address, _line(kind), _number(length)


def _number(text: str | None) -> int | None:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS else None


def _hints(raw: RawHints, base: str | None) -> FeedHints:
    hours = {_number(hour) for hour in raw.skip_hours}
    days = {day.strip().lower() for day in raw.skip_days}
    return FeedHints(
        ttl=_number(raw.ttl),
        skip_hours=tuple(sorted({hour % 24 for hour in hours if hour is not None and hour <= 24})),  # noqa: PLR2004
        skip_days=tuple(number for number, day in enumerate(_DAYS) if day in days),
        update_period=(_line(raw.update_period) or "")[:40].lower() or None,
        update_frequency=_number(raw.update_frequency),
        hub=links.absolute(raw.hub, base),
        self_url=links.absolute(raw.self_url, base),
        next_url=links.absolute(raw.next_url, base),
    )


def utc_now() -> datetime:
    """The time."""
    return datetime.now(UTC)
