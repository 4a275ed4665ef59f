"""What a page says about its article: title, authors, dates, section, access.

The cascade measured best in our research: JSON-LD of an article type, then meta tags, then trafilatura's
readers for a title, author or date that is in neither.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any, Literal
from urllib.parse import urljoin

from lxml.html import HtmlElement
from trafilatura.metadata import extract_metadata

from feedmill.article import Author, Image, Published
from workers.extract import dates

_MAX_JSON_LD = 1_000_000  # characters of one script
_MAX_TEXT = 2000  # characters of one field
_MAX_NODES = 500  # objects looked at in all JSON-LD of a page
_MAX_AUTHORS = 20
_MAX_TAGS = 50
_FOLLOWED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart")
_PUBLISHED_META = (
    *("article:published_time", "og:published_time", "datepublished", "pubdate", "date"),
    *("dc.date", "dc.date.issued", "parsely-pub-date"),
)


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the page states. `canonical_url` is its claim, not checked."""

    title: str | None = None
    canonical_url: str | None = None
    description: str | None = None
    authors: tuple[Author, ...] = ()
    published: Published | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    access: Literal["free", "metered", "paywalled", "unknown"] = "unknown"


def read(tree: HtmlElement, url: str | None) -> Metadata:
    """Read the metadata of a parsed page. The tree is not changed.

    Args:
        tree: The page.
        url: Its address, to make relative addresses absolute.
    """
    linked = _article_object(tree)
    meta = _meta_tags(tree)
    guess = extract_metadata(tree, default_url=url, extensive=True)
    published = (
        _published(linked.get("datePublished"))
        or _first_published(meta)
        or _first_time(tree)
        or _published(guess.date)
    )
    return Metadata(
        title=_text(linked.get("headline"))
        or _first(meta, "og:title", "twitter:title")
        or _text(guess.title),
        canonical_url=_canonical(tree, url),
        description=_text(linked.get("description"))
        or _first(meta, "og:description", "description", "twitter:description"),
        authors=_authors(linked.get("author"), meta, guess.author),
        published=published,
        modified_at=dates.instant(_text(linked.get("dateModified")))
        or dates.instant(_first(meta, "article:modified_time")),
        section=_text(linked.get("articleSection")) or _first(meta, "article:section"),
        tags=_tags(linked.get("keywords")),
        images=_images(linked.get("image"), _first(meta, "og:image"), url),
        access=_access(linked.get("isAccessibleForFree")),
    )


def _article_object(tree: HtmlElement) -> dict[str, Any]:
    """The first JSON-LD object of an article type, or an empty one."""
    for node in _linked_objects(tree):
        types = node.get("@type")
        for name in types if isinstance(types, list) else [types]:
            kind = str(name).rsplit("/", 1)[-1].lower()
            if kind.endswith(("article", "posting")):
                return node
    return {}


def _linked_objects(tree: HtmlElement) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = []
    for script in tree.iter("script"):
        if not (script.get("type") or "").lower().endswith("ld+json"):
            continue
        text = (script.text or "")[:_MAX_JSON_LD]
        try:
            waiting.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            continue  # a broken script says nothing; the meta tags still may
    for _ in range(_MAX_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        if isinstance(node, list):
            waiting[:0] = node[:_MAX_NODES]
        elif isinstance(node, dict):
            yield node
            waiting += [node[name] for name in _FOLLOWED if name in node]


def _meta_tags(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (
            element.get("property") or element.get("name") or element.get("itemprop") or ""
        ).lower()
        content = _clean(element.get("content") or "")
        if name and content:
            found.setdefault(name, content)
    return found


def _first(meta: dict[str, str], *names: str) -> str | None:
    return next((meta[name] for name in names if name in meta), None)


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    return _clean(value) or None if isinstance(value, str) else None


def _clean(text: str) -> str:
    """Strangers' text as one line of bounded length, character references carried out."""
    whole = unescape(text[:_MAX_TEXT]).encode("utf-8", "replace").decode()
    return " ".join(whole.split())


def _first_published(meta: dict[str, str]) -> Published | None:
    return next(filter(None, (_published(meta.get(name)) for name in _PUBLISHED_META)), None)


def _published(raw: Any) -> Published | None:
    text = _text(raw)
    stamp = dates.parse(text)
    if text is None or stamp is None:
        return None
    return Published(at=stamp.at, precision=stamp.precision, from_="page", raw=text)


def _first_time(tree: HtmlElement) -> Published | None:
    element = next(iter(tree.xpath("//time[@datetime]")), None)
    return _published(element.get("datetime")) if element is not None else None


def _canonical(tree: HtmlElement, url: str | None) -> str | None:
    for link in tree.iter("link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return _absolute(link.get("href"), url)
    return None


def _absolute(href: Any, base: str | None) -> str | None:
    if not isinstance(href, str) or not href.strip():
        return None
    try:
        address = urljoin(base or "", href.strip())
    except ValueError:
        return None
    return address if address.startswith(("http://", "https://")) else None


def _authors(linked: Any, meta: dict[str, str], guess: str | None) -> tuple[Author, ...]:
    names = list(_names(linked))
    if not names:
        stated = _first(meta, "author", "article:author", "byl", "parsely-author")
        names = [stated] if stated else _clean(guess or "").split("; ")
    clean = dict.fromkeys(name.removeprefix("By ").strip() for name in names)
    return tuple(
        Author(name=name) for name in clean if name and not name.startswith(("http://", "https://"))
    )[:_MAX_AUTHORS]


def _names(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield _clean(value)
    elif isinstance(value, list):
        for item in value[:_MAX_AUTHORS]:
            yield from _names(item if not isinstance(item, list) else None)
    elif isinstance(value, dict):
        yield from _names(_text(value.get("name")))


def _tags(keywords: Any) -> tuple[str, ...]:
    if isinstance(keywords, str):
        keywords = keywords.split(",")
    if not isinstance(keywords, list):
        return ()
    return tuple(filter(None, (_text(tag) for tag in keywords[:_MAX_TAGS])))


def _images(linked: Any, og_image: str | None, url: str | None) -> tuple[Image, ...]:
    first = linked[0] if isinstance(linked, list) and linked else linked
    address = first.get("url") if isinstance(first, dict) else first
    found = _absolute(address, url) or _absolute(og_image, url)
    return (Image(url=found),) if found else ()


def _access(is_free: Any) -> Literal["free", "paywalled", "unknown"]:
    match str(is_free).lower():
        case "true":
            return "free"
        case "false":
            return "paywalled"
        case _:
            return "unknown"
