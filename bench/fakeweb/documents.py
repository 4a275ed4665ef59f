"""The bytes the fake web serves: feeds, article pages, robots.txt. Small, because there are many."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import formatdate
from xml.sax.saxutils import escape

from bench.fakeweb.plan import UPDATE_AFTER, Feed

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PRIVATE = 5  # every fifth article lies where some robots.txt forbid
BROKEN = b"<!doctype html><title>Error</title><p>Cannot connect to the database."


def http_date(at: float) -> str:
    """A time as HTTP writes it."""
    return formatdate(at, usegmt=True)


def feed_body(feed: Feed, first: int, last: int, now: float, base: str) -> bytes:
    """The feed with its items from `first` up to but not including `last`.

    Args:
        feed: The feed.
        first: Number of the oldest item.
        last: One more than the number of the newest item.
        now: Unix seconds.
        base: Root address of the feed's host.
    """
    numbers = range(last - 1, first - 1, -1)
    if is_atom(feed):
        entries = "".join(_entry(feed, number, now, base) for number in numbers)
        hub = f'<link rel="hub" href="{base}/hub"/>' if feed.has_hub else ""
        return (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">'
            f"<title>Feed {feed.id}</title><id>urn:{feed.id}</id>{hub}"
            f'<link rel="self" href="{base}{feed.path}"/>'
            f"<updated>{_iso(now)}</updated>{entries}</feed>"
        ).encode()
    items = "".join(_item(feed, number) for number in numbers)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/">'
        f"<channel><title>Feed {feed.id}</title><link>{base}/</link>"
        f"<description>Of the fake web</description>{_hints(feed, base)}{items}</channel></rss>"
    ).encode()


def is_atom(feed: Feed) -> bool:
    """Whether the feed is Atom; hints in the body are RSS."""
    hints = feed.hints
    has_own = hints.ttl or hints.period or hints.skip_hours or hints.skip_days
    return feed.pages or (not has_own and not feed.style % 3)


def page_path(feed: Feed, number: int) -> str:
    """The path of an item's page."""
    folder = "a" if number % _PRIVATE else "private"
    return f"/{folder}/{feed.id}/{number}.html"


def page_body(feed: Feed, number: int) -> bytes:
    """An article page."""
    text = f"Paragraph of article {number} of feed {feed.id}. " * 8
    return f"<!doctype html><title>Article {number}</title><article><p>{text}</article>".encode()


def robots_body(kind: str) -> tuple[bytes, tuple[str, ...], float]:
    """A robots.txt, the paths it disallows, and the crawl-delay it asks for."""
    match kind:
        case "private":
            return b"User-agent: *\nDisallow: /private/\n", ("/private/",), 0
        case "slow":
            return b"User-agent: *\nCrawl-delay: 9\nDisallow:\n", (), 9
        case "closed":
            return b"User-agent: *\nDisallow: /\n", ("/",), 0
    return b"User-agent: *\nDisallow:\n", (), 0


def _hints(feed: Feed, base: str) -> str:
    hints = feed.hints
    parts = [f"<ttl>{hints.ttl}</ttl>" if hints.ttl else ""]
    if hints.period:
        parts.append(f"<sy:updatePeriod>{hints.period[0]}</sy:updatePeriod>")
        parts.append(f"<sy:updateFrequency>{hints.period[1]}</sy:updateFrequency>")
    if hints.skip_hours:
        hours = "".join(f"<hour>{hour}</hour>" for hour in hints.skip_hours)
        parts.append(f"<skipHours>{hours}</skipHours>")
    if hints.skip_days:
        days = "".join(f"<day>{_DAYS[day]}</day>" for day in hints.skip_days)
        parts.append(f"<skipDays>{days}</skipDays>")
    if feed.has_hub:
        parts.append(f'<atom:link rel="hub" href="{base}/hub"/>')
        parts.append(f'<atom:link rel="self" href="{base}{feed.path}"/>')
    return "".join(parts)


def _item(feed: Feed, number: int) -> str:
    return (
        f'<item><title>Item {number} of {feed.id}</title><guid isPermaLink="false">'
        f"{feed.id}-{number}</guid><pubDate>{http_date(feed.items[number])}</pubDate></item>"
    )


def _entry(feed: Feed, number: int, now: float, base: str) -> str:
    published = feed.items[number]
    updated = published + UPDATE_AFTER if feed.is_updated(number, now) else published
    link = f'<link href="{escape(base + page_path(feed, number))}"/>' if feed.pages else ""
    return (
        f"<entry><title>Item {number} of {feed.id}</title><id>{feed.id}-{number}</id>{link}"
        f"<published>{_iso(published)}</published><updated>{_iso(updated)}</updated></entry>"
    )


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
