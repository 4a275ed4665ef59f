"""Description, section, tags and pictures, from JSON-LD and meta tags."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from feedmill.article import Image
from workers.extract.metadata.canonical import absolute
from workers.extract.metadata.jsonld import Graph, Node
from workers.extract.metadata.microdata import Items
from workers.extract.metadata.page import Page
from workers.extract.metadata.text import line

MAX_TAGS = 50
MAX_IMAGES = 20
_MAX_PIXELS = 100_000


def stated(articles: Iterable[Node], name: str) -> str:
    """The first text that one of the objects gives for a field."""
    return next(filter(None, (line(node.get(name)) for node in articles)), "")


def first(*sources: tuple[str, str]) -> tuple[str, str]:
    """The first of (text, provenance) that has a text."""
    return next((each for each in sources if each[0]), ("", ""))


def description(page: Page, articles: Iterable[Node], items: Items) -> tuple[str, str]:
    """The summary the page gives."""
    return first(
        (stated(articles, "description"), "json-ld"),
        (
            page.first("og:description", "description", "twitter:description", "dc.description"),
            "meta",
        ),
        (items.first("description"), "microdata"),
    )


def section(page: Page, articles: Iterable[Node], items: Items) -> tuple[str, str]:
    """The section of the site the article is in."""
    return first(
        (stated(articles, "articleSection"), "json-ld"),
        (page.first("article:section", "parsely-section", "dcterms.subject"), "meta"),
        (items.first("articlesection"), "microdata"),
    )


def keywords(page: Page, articles: Iterable[Node], items: Items) -> tuple[tuple[str, ...], str]:
    """The words the article is filed under."""
    sources: list[tuple[Any, str]] = [
        *((node.get("keywords"), "json-ld") for node in articles),
        (list(page.all("article:tag")), "meta"),
        (page.first("news_keywords", "keywords", "parsely-tags"), "meta"),
        (items.first("keywords"), "microdata"),
    ]
    for value, where in sources:
        if found := _split(value):
            return found, where
    return (), ""


def _split(value: Any) -> tuple[str, ...]:
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if isinstance(value, str):
        value = value[:5000].split("," if "," in value else ";")
    if not isinstance(value, list):
        return ()
    names = (line(tag.get("name") if isinstance(tag, dict) else tag) for tag in value[:MAX_TAGS])
    return tuple(dict.fromkeys(name for name in names if name and "://" not in name))


def images(page: Page, articles: Iterable[Node], url: str | None) -> tuple[tuple[Image, ...], str]:
    """The pictures the page states for its article, each address once."""
    found: dict[str, Image] = {}
    source = ""
    readers: list[tuple[str, Callable[[], Iterator[Image]]]] = [
        ("json-ld", lambda: _linked(articles, page.linked, url)),
        ("meta", lambda: _tagged(page, url)),
    ]
    for where, read in readers:
        for image in read():
            if len(found) < MAX_IMAGES and found.setdefault(image.url, image) is image:
                source = source or where
    return tuple(found.values()), source


def _linked(articles: Iterable[Node], graph: Graph, url: str | None) -> Iterator[Image]:
    for node in articles:
        value = node.get("image") or node.get("primaryImageOfPage")
        for item in value[:MAX_IMAGES] if isinstance(value, list) else [value]:
            parts = _picture(item, graph)
            address = absolute(parts.get("url") or parts.get("contentUrl"), url)
            if address:
                yield Image(
                    url=address,
                    width=_pixels(parts.get("width")),
                    height=_pixels(parts.get("height")),
                    caption=line(parts.get("caption")) or None,
                    credit=line(parts.get("creditText")) or None,
                )


def _picture(item: Any, graph: Graph) -> Node:
    """The object that describes a picture; an address alone makes one."""
    if not isinstance(item, dict):
        return {"url": item}
    name = item.get("@id")
    return graph.by_id.get(name, item) if isinstance(name, str) and "url" not in item else item


def _tagged(page: Page, url: str | None) -> Iterator[Image]:
    addresses = page.all("og:image") or page.all("og:image:url") or page.all("twitter:image")
    widths, heights = page.all("og:image:width"), page.all("og:image:height")
    captions = page.all("og:image:alt") or page.all("twitter:image:alt")
    for number, stated_address in enumerate(addresses[:MAX_IMAGES]):
        if address := absolute(stated_address, url):
            yield Image(
                url=address,
                width=_pixels(widths[number]) if len(widths) == len(addresses) else None,
                height=_pixels(heights[number]) if len(heights) == len(addresses) else None,
                caption=captions[number] if len(captions) == len(addresses) else None,
            )


def _pixels(value: Any) -> int | None:
    if isinstance(value, dict):
        value = value.get("value")
    if isinstance(value, str):
        value = value.strip().removesuffix("px")[:12]
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 0 < number < _MAX_PIXELS else None
