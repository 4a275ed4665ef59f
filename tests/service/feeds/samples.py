"""Small feeds for tests, written out."""

from __future__ import annotations

from service.feeds.model import ParsedEntry, ParsedFeed
from service.feeds.parse import parse

URL = "https://news.example/feeds/rss.xml"
ATOM = "http://www.w3.org/2005/Atom"


def rss_of(
    item: str, *, head: str = '<?xml version="1.0" encoding="UTF-8"?>', more: str = ""
) -> str:
    """An RSS feed with one item."""
    return (
        f'{head}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        f' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        f' xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="{ATOM}">'
        f"<channel><title>The feed</title><link>https://news.example/</link>{more}"
        f"<item>{item}</item></channel></rss>"
    )


def atom_of(entry: str, *, more: str = "", attributes: str = "") -> str:
    """An Atom feed with one entry."""
    return (
        f'<?xml version="1.0"?><feed xmlns="{ATOM}"{attributes}><title>The feed</title>{more}'
        f"<entry>{entry}</entry></feed>"
    )


def parsed(body: str | bytes, url: str | None = URL, content_type: str | None = None) -> ParsedFeed:
    """A feed from the text or the bytes of it."""
    return parse(body.encode() if isinstance(body, str) else body, url, content_type)


def only(body: str | bytes, url: str | None = URL, content_type: str | None = None) -> ParsedEntry:
    """The one entry of a feed."""
    [entry] = parsed(body, url, content_type).entries
    return entry


def item(fields: str, **kwargs: str) -> ParsedEntry:
    """The entry of an RSS feed with these elements in its item."""
    return only(rss_of(fields, **kwargs))
