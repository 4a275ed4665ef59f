"""The feeds that a web page names, the main one first.

Only what the page itself names is found: `Link` headers (RFC 8288), `<link rel="alternate">`
(https://blog.whatwg.org/feed-autodiscovery), and links that say they lead to a feed. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from feedmill import urls
from service.feeds import webpage
from service.feeds.webpage import Element, WebPage

MAX_FEEDS = 50

_FORMATS = {
    "application/rss+xml": "rss",
    "application/x-rss+xml": "rss",
    "text/rss+xml": "rss",
    "text/rss": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "text/atom+xml": "atom",
    "application/feed+json": "json",
}
_VAGUE = {"application/xml": None, "text/xml": None, "application/json": "json"}
_MAX_TITLE = 300
_MAX_LINK_TEXT = 60  # characters; a longer one is a sentence about feeds
_MAX_ELEMENTS = 20_000  # links of a page that are looked at

_NAMES_FEED = re.compile(r"\b(?:rss|atom|rdf|json ?feed)\b", re.IGNORECASE)
_MAY_NAME_FEED = re.compile(r"\b(?:feeds?|xml|syndication|subscribe)\b", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:^|/)(?:rss|atom|rdf|feeds?)\d?(?:[./?&]|$)|\.(?:rss|atom|rdf|xml)(?:[?&]|$)|[?&=](?:rss|atom|rdf|feed)\d?(?:[=&]|$)",
    re.IGNORECASE,
)
_JSON_NOT_FEED = re.compile(r"wp-json|oembed", re.IGNORECASE)
_COMMENTS = re.compile(
    r"\b(?:comments?|kommentare?|commentaires?|comentarios|comentários|commenti|reacties|comentarii)\b"
    r"|комментари|komentarz|评论|評論|コメント|댓글",
    re.IGNORECASE,
)
_PART = re.compile(
    r"/(?:category|categories|tag|tags|topic|topics|author|authors|section)/", re.IGNORECASE
)
_READERS = frozenset(
    """feedly.com inoreader.com newsblur.com netvibes.com theoldreader.com bloglovin.com yahoo.com google.com
    feedbin.com facebook.com twitter.com x.com wikipedia.org whatis.com""".split()
)


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed that a page names.

    Attributes:
        url: Absolute.
        title: What the page calls it.
        format: What the page says it is: `rss`, `atom`, `json`; None if it does not say.
        is_comments: Whether it seems to hold comments and not articles.
    """

    url: str
    title: str | None = None
    format: str | None = None
    is_comments: bool = False


def discover(
    body: bytes,
    url: str,
    content_type: str | None,
    header_links: Sequence[tuple[str, str | None]] = (),
) -> tuple[FoundFeed, ...]:
    """Find the feeds that a page names, best first.

    Args:
        body: The page's bytes.
        url: Where they came from.
        content_type: As served.
        header_links: Of its `Link` headers with `rel=alternate`: addresses and types.

    Raises:
        SourceError: kind `not-a-page` or `too-big`.
    """
    page = webpage.parse(body, url, content_type)
    found: dict[str, FoundFeed] = {}
    for feed in (*_of_headers(header_links), *_of_elements(page), *_of_links(page)):
        if urls.canonical(feed.url) != urls.canonical(url):
            found.setdefault(urls.key(feed.url), feed)
    return tuple(sorted(found.values(), key=lambda feed: _rank(feed, page))[:MAX_FEEDS])


def _rank(feed: FoundFeed, page: WebPage) -> tuple[bool, ...]:
    """Sorts first what is most likely the feed that somebody means who names the page."""
    return (
        feed.is_comments,
        feed.format == "json",
        not _is_below(feed.url, page.url),
        bool(_PART.search(urlsplit(feed.url).path)),
        not page.is_own(feed.url),
    )


def _is_below(feed_url: str, page_url: str) -> bool:
    """Whether the page is a part of a site and the feed is that of this part."""
    part = urlsplit(page_url).path.rstrip("/") + "/"
    return part != "/" and urlsplit(feed_url).path.startswith(part)


def _of_headers(header_links: Iterable[tuple[str, str | None]]) -> Iterator[FoundFeed]:
    for url, kind in header_links:
        if _is_feed_type(kind, url):
            yield _feed(url, None, kind)


def _of_elements(page: WebPage) -> Iterator[FoundFeed]:
    """Of `<link>` elements."""
    for element in _some(page.root.iter("link")):
        rels = (element.get("rel") or "").lower().split()
        if not {"alternate", "feed"} & set(rels) or "stylesheet" in rels:
            continue
        title, kind = element.get("title"), element.get("type")
        url = page.absolute(element.get("href"))
        if url and (_is_feed_type(kind, f"{url} {title or ''}") or ("feed" in rels and not kind)):
            yield _feed(url, title, kind)


def _of_links(page: WebPage) -> Iterator[FoundFeed]:
    """Of `<a>` elements whose type or words say that they lead to a feed."""
    for element in _some(page.root.iter("a", "area")):
        href = element.get("href")
        if not href:
            continue
        kind = element.get("type")
        words = _said(element)
        if not (_media_type(kind) in _FORMATS or _says_feed(words, href)):
            continue
        url = page.absolute(href)
        if url and webpage.site_of(url) not in _READERS and (page.is_own(url) or _looks(url)):
            yield _feed(url, words, kind)


def _says_feed(words: str, href: str) -> bool:
    """Whether words name a feed outright, or may do so and the address as well; a picture has only its address."""
    if len(words) > _MAX_LINK_TEXT:
        return False
    if not words:
        return _looks(href)
    if _NAMES_FEED.search(words):
        return True
    return bool(_MAY_NAME_FEED.search(words)) and _looks(href)


def _looks(url: str) -> bool:
    """Whether an address looks like that of a feed."""
    plain = unquote(url[:2000])
    _, _, rest = plain.partition("://")
    return bool(_ADDRESS.search(rest or plain))


def _said(element: Element) -> str:
    """Everything that a link says: its text, its title, its label, its picture's."""
    said = [webpage.words_of(element), element.get("title"), element.get("aria-label")]
    return " ".join(dict.fromkeys(part for part in said if part))[:_MAX_TITLE]


def _is_feed_type(kind: str | None, words: str) -> bool:
    """Whether a media type is that of a feed, or a vague one and the words say so."""
    media = _media_type(kind)
    if media in _FORMATS:
        return True
    if media not in _VAGUE or _JSON_NOT_FEED.search(words):
        return False
    return _looks(words) or bool(_NAMES_FEED.search(words))


def _feed(url: str, title: str | None, kind: str | None) -> FoundFeed:
    title = " ".join((title or "").split())[:_MAX_TITLE] or None
    media = _media_type(kind)
    kind = _FORMATS.get(media) or _VAGUE.get(media)
    is_comments = bool(_COMMENTS.search(title or "") or _COMMENTS.search(urlsplit(url).path))
    return FoundFeed(url, title, kind, is_comments)


def _media_type(kind: str | None) -> str:
    return (kind or "").partition(";")[0].strip().lower()


def _some(elements: Iterable[Element]) -> Iterator[Element]:
    return (element for _, element in zip(range(_MAX_ELEMENTS), elements, strict=False))
