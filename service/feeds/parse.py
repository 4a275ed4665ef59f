"""From the bytes of a feed to its entries: which reader, in which order.

1. JSON goes to `jsonfeed`. What is gzipped is unzipped first.
2. Bytes that are surely UTF-8 and have no DOCTYPE go to the XML parser as they are. Nearly all do, and are done.
3. Everything else is decoded (`text`), freed of its DTD (`prolog`), mended if need be (`mend`), and given to it again.
4. Of what only ends too early, everything before the end is taken.
5. What is no XML even then is read twice: by the XML parser through its errors, and by feedparser (`loose`). The one that
   finds more entries is believed, and feedparser if both find as many.

Runs in the processes of `pool`, never on the event loop.
"""

from __future__ import annotations

import re
import zlib

from feedmill.errors import FeedParseError
from service.feeds import jsonfeed, loose, mend, prolog, sitemap, text, tree, xmlfeed
from service.feeds.finish import finish, utc_now
from service.feeds.limits import MAX_BYTES
from service.feeds.model import ParsedFeed, Way
from service.feeds.raw import RawFeed
from service.feeds.tree import Element

_GZIP = b"\x1f\x8b"
_HEAD = 8192  # characters in which a feed shows itself
# Declarations and comments, and then the first element: no DOCTYPE, and nothing that does not belong there.
_PLAIN_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?[^>]{0,1000}\?>\s*|<!--(?:(?!-->).){0,4000}-->\s*){0,20}<[A-Za-z_]",
    re.DOTALL,
)
_FEED = re.compile(
    r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|urlset|sitemapindex|item|entry)[\s/>:]",
    re.IGNORECASE,
)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)[\s/>]", re.IGNORECASE)
_LEFT = re.compile(
    r"<(?:\?xml\b|!DOCTYPE\b|!--|(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel|urlset|sitemapindex)\b)",
    re.IGNORECASE,
)


def parse(body: bytes, url: str | None, content_type: str | None) -> ParsedFeed:
    """Parse a feed, a sitemap or a sitemap index.

    Args:
        body: The bytes as they were served.
        url: Where they came from, or what `Content-Location` says; None if that is not known.
        content_type: As served; it may name the encoding.

    Raises:
        FeedParseError: kind `not-a-feed`, `too-big`, `entities` (it declares such as attacks do), `truncated` (its gzip
            ends too early), or `feed-parse` if a reader fails.
    """
    try:
        return _parse(_plain(body), url, content_type)
    except RecursionError as error:
        raise FeedParseError("the feed is nested too deeply to be read") from error


def _plain(body: bytes) -> bytes:
    """The bytes, unzipped if they are gzipped, as sitemaps often are."""
    if body.startswith(_GZIP):
        unzip = zlib.decompressobj(wbits=31)
        try:
            body = unzip.decompress(body, MAX_BYTES + 1)
        except zlib.error as error:
            raise FeedParseError("the feed is gzipped, and broken") from error
        if not unzip.eof and len(body) <= MAX_BYTES:
            raise FeedParseError("the feed is gzipped, and ends too early", kind="truncated")
    if len(body) > MAX_BYTES:
        raise FeedParseError(f"the feed has more than {MAX_BYTES} bytes", kind="too-big")
    return body


def _parse(body: bytes, url: str | None, content_type: str | None) -> ParsedFeed:
    is_plain = _PLAIN_START.match(body) is not None and text.is_surely_utf8(body, content_type)
    if is_plain:
        found = tree.parse(body.lstrip() if body[:1].isspace() else body)
        if found and found.is_sound and (feed := _read(found.root, url)):
            return finish(feed, url, now=utc_now(), encoding="utf-8", way="strict")
    decoded = text.decode(body, content_type)
    if jsonfeed.looks_like_json(decoded.text):
        feed = jsonfeed.read(decoded.text)
        return finish(feed, url, now=utc_now(), encoding=decoded.encoding, way="json")
    feed, way = _from_text(decoded.text, url, has_failed=is_plain)
    return finish(feed, url, now=utc_now(), encoding=decoded.encoding, way=way)


def _from_text(decoded: str, url: str | None, *, has_failed: bool) -> tuple[RawFeed, Way]:
    """Read a document that may be dangerous, or is no UTF-8, or no XML as it stands (`has_failed`)."""
    if left := _LEFT.search(decoded[:_HEAD]):
        decoded = decoded[left.start() :]
    document = prolog.cut(decoded)
    if not _FEED.search(document.text[:_HEAD]):
        raise _no_feed(decoded)
    if not has_failed and not document.entities:
        found = tree.parse(document.text.encode("utf-8", "replace"))
        if found and found.is_sound and (feed := _read(found.root, url)):
            return feed, "strict"
    mended = mend.mend(document.text, document.entities)
    found = tree.parse(mended.encode("utf-8", "replace"))
    feed = _read(found.root, url) if found else None
    if feed and found and (found.is_sound or (found.is_cut_off and feed.entries)):
        return feed, "mended" if found.is_sound else "recovered"
    other = loose.read(mended)
    if other and len(other.entries) >= (len(feed.entries) if feed else 1):
        return other, "loose"
    if feed is None:
        raise _no_feed(decoded)
    return feed, "recovered"


def _read(root: Element, url: str | None) -> RawFeed | None:
    return sitemap.read(root, url) or xmlfeed.read(root)


def _no_feed(decoded: str) -> FeedParseError:
    if _HTML.search(decoded[:_HEAD]):
        return FeedParseError("the answer is an HTML page and no feed", kind="not-a-feed")
    return FeedParseError(
        "the answer is no feed that is known (RSS, RDF, Atom, JSON Feed, sitemap)",
        kind="not-a-feed",
    )
