"""Which validators a feed of the fake web issues, and when it calls a copy current."""

from __future__ import annotations

from datetime import UTC, datetime

from bench.fakeweb.documents import http_date
from bench.fakeweb.exchange import Asked
from bench.fakeweb.plan import DAY, EPOCH, Feed

_STOPS_AFTER = 0.4  # of the days
_HUGE = 2000  # characters


def issue(feed: Feed, variant: str, now: float, days: float) -> tuple[str | None, str | None]:
    """The ETag and the Last-Modified of the feed at this time.

    Args:
        feed: The feed.
        variant: Names the mirror, each of which has ETags of its own.
        now: Unix seconds.
        days: How long the whole lasts.
    """
    version = f"{variant}{feed.version(now)}"
    match feed.validators:
        case "none":
            return None, None
        case "etag":
            return _etag(feed, version), None
        case "date":
            return None, _date(feed, now)
        case "same-date":
            return _etag(feed, version), http_date(EPOCH - 30 * DAY)
        case "liar":
            return f'"{feed.id}"', None
        case "stops" if now > EPOCH + _STOPS_AFTER * days * DAY:
            return None, _date(feed, now)
        case "huge":
            return f'"{version:x>{_HUGE}}"', _date(feed, now)
        case "delta":
            return f'"{version}"', None
    return _etag(feed, version), _date(feed, now)


def is_current(asked: Asked, etag: str | None, last_modified: str | None) -> bool:
    """Whether the copy that was asked about is the one described; an ETag decides alone (RFC 9110).

    Dates are compared as texts, as many servers do.
    """
    if etag is not None and (known := asked.headers.get("if-none-match")) is not None:
        return known == etag
    since = asked.headers.get("if-modified-since")
    return last_modified is not None and since == last_modified


def known_version(asked: Asked) -> int | None:
    """The version that a client knows of a feed that serves differences."""
    text = (asked.headers.get("if-none-match") or "").strip('"')
    return int(text) if text.isdecimal() else None


def _etag(feed: Feed, version: str) -> str:
    """Servers write them in many ways, and all are to be sent back as they are."""
    forms = (
        f'"{feed.id}-{version}"',
        f'"{feed.id}:{version}-gzip"',
        f'W/"{version}/{feed.id}"',
        f"{feed.id}.{version}",
        f'"{{{feed.id}}},{version}; ~"',
    )
    return forms[feed.style % len(forms)]


def _date(feed: Feed, now: float) -> str:
    version = feed.version(now)
    # A feed changes when an item is published or changed; the later of the two is the date.
    at = max((time for time in (*feed.items, *feed.updates) if time <= now), default=EPOCH)
    when = datetime.fromtimestamp(at, UTC)
    forms = (
        http_date(at),
        http_date(at),
        http_date(at),
        when.isoformat(),
        http_date(at).lower(),
        f"{when:%a, %d %b %Y %H:%M:%S} +0000 ({version})",
    )
    return forms[feed.style % len(forms)]
