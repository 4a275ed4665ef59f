"""When the article was published and changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from htmldate import find_date
from lxml import etree
from lxml.html import HtmlElement

from feedmill.article import Published
from workers.extract import dates
from workers.extract.metadata.byline import is_foreign
from workers.extract.metadata.jsonld import Node
from workers.extract.metadata.microdata import Items
from workers.extract.metadata.near import Surroundings
from workers.extract.metadata.page import Page
from workers.extract.metadata.text import line, marked, words_of

_PUBLISHED = (
    *("article:published_time", "og:published_time", "datepublished", "publisheddate", "pubdate"),
    *(
        "publish-date",
        "publishdate",
        "publication_date",
        "date",
        "dc.date.issued",
        "dcterms.issued",
    ),
    *("dcterms.created", "dcterms.date", "dc.date", "dc.date.created", "parsely-pub-date"),
    *(
        "sailthru.date",
        "citation_publication_date",
        "citation_date",
        "article.published",
        "cxenseparse:recs:publishtime",
    ),
    *(
        "originalpublicationdate",
        "article_date_original",
        "date.created",
        "datecreated",
        "uploaddate",
    ),
)
_PUBLISHED_LIKE = re.compile(
    r"publi(?:sh|cation).*(?:date|time|on|at)|(?:date|time).*publi(?:sh|cation)"
)
_MODIFIED = (
    *("article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified"),
    *("dcterms.modified", "dc.date.modified", "revised"),
)
_IN_ADDRESS = re.compile(
    r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?=[/_.-]|\Z)"
)
_DATED = re.compile(r"[Dd]ate|ublish|time")
_DATED_ID = re.compile(r"date")
_SEPARATED = re.compile(r"\s[|\u2013\u2014-]\s")
_MAX_DATED = 40
_MAX_DATE_TEXT = 90
_SHARE = 5  # a date is at least a fifth of a date line; in a sentence it is less, and that of something else
_MAX_ELEMENTS = 2500  # htmldate copies the page and searches all its text
_MAX_NAMES = 200  # attributes of one element: copying takes the square of their number
_MAX_PAGE = 1_500_000
_PUBLISHING = re.compile(r"pub|post|entry|created|issued", re.IGNORECASE)
_CHANGING = re.compile(
    r"updat|modif|edited|revised|reviewed|aktualis|stand:|mis à jour|actuali|atuali|aggiorn|обновл|更新|günce",
    re.IGNORECASE,
)


def published(
    page: Page,
    articles: Iterable[Node],
    items: Items,
    *,
    url: str | None,
    feed: datetime | None,
    near: Surroundings,
) -> tuple[Published | None, str]:
    """When the article was first published, and where that is said."""
    for raw, where in _stated(page, articles, items, url, near):
        if found := _published(raw):
            return found, where
    if feed is not None:
        return Published(at=feed, precision="second", from_="feed"), "feed"
    return (found, "htmldate") if (found := _searched(page.tree, url)) else (None, "")


def modified(page: Page, articles: Iterable[Node], items: Items) -> tuple[datetime | None, str]:
    """When the article was last changed, and where that is said."""
    sources = [
        *((line(node.get("dateModified")), "json-ld") for node in articles),
        *((page.first(name), "meta") for name in _MODIFIED if name in page.meta),
        (items.first("datemodified"), "microdata"),
    ]
    return next(((at, where) for raw, where in sources if (at := dates.instant(raw))), (None, ""))


def _stated(
    page: Page,
    articles: Iterable[Node],
    items: Items,
    url: str | None,
    near: Surroundings,
) -> Iterator[tuple[str, str]]:
    for name in ("datePublished", "dateCreated", "uploadDate"):
        yield from ((line(node.get(name)), "json-ld") for node in articles)
    yield from ((page.first(name), "meta") for name in _PUBLISHED if name in page.meta)
    yield from ((page.first(name), "meta") for name in page.meta if _PUBLISHED_LIKE.search(name))
    yield items.first("datepublished", "datecreated"), "microdata"
    yield from ((text, "time") for text in _times(page, near))
    if in_address := _IN_ADDRESS.search(url or ""):
        yield "-".join(in_address.groups()), "url"
    yield from ((text, "text") for text in _written(page, near))


def _times(page: Page, near: Surroundings) -> Iterator[str]:
    """`<time>` elements, those that speak of publishing first, those of teasers and comments last."""
    ours = [each for each in page.times[:_MAX_DATED] if not is_foreign(each, near.ours)]
    said = [each for each in ours if each.get("pubdate") is not None or _says(each, _PUBLISHING)]
    rest = [each for each in ours if each not in said and not _says(each, _CHANGING)]
    yield from (line(each.get("datetime")) for each in (*said, *rest, *ours, *page.times[:1]))


def _says(element: HtmlElement, what: re.Pattern[str]) -> bool:
    marks = (
        f"{element.get('class') or ''} {element.get('itemprop') or ''} {element.get('id') or ''}"
    )
    return what.search(marks[:300]) is not None


def _written(page: Page, near: Surroundings) -> Iterator[str]:
    """Dates written out around the heading, those of changes last; then in elements marked as dates."""
    yield _SEPARATED.split(page.title)[-1]
    later: list[str] = []
    for element in near.elements:
        for text in (line(element.text), line(element.tail)):
            if not text or len(text) > _MAX_DATE_TEXT or not any(map(str.isdigit, text)):
                continue
            found = dates.found_in(text) or ""
            if len(found) * _SHARE >= len(text) and not is_foreign(element, near.ours):
                if _CHANGING.search(text):
                    later.append(found)
                else:
                    yield found
    yield from later
    for element in islice(marked(page.tree, _DATED, _DATED_ID), _MAX_DATED):
        text = words_of(element)
        if text and len(text) <= _MAX_DATE_TEXT and not is_foreign(element):
            yield dates.found_in(text) or ""


def _published(raw: str) -> Published | None:
    stamp = dates.parse(raw) if raw else None
    if stamp is None:
        return None
    return Published(at=stamp.at, precision=stamp.precision, from_="page", raw=raw)


def _searched(tree: HtmlElement, url: str | None) -> Published | None:
    """The date htmldate finds in the text of a page of bounded size."""
    elements = list(islice(tree.iter("*"), _MAX_ELEMENTS + 1))
    if len(elements) > _MAX_ELEMENTS or any(len(each.attrib) > _MAX_NAMES for each in elements):
        return None
    if sum(map(len, tree.itertext())) > _MAX_PAGE:
        return None
    try:
        found = find_date(tree, original_date=True, extensive_search=False, url=url)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, etree.LxmlError):
        return None  # a stranger's page met a mistake in a library; the article is still an article
    return _published(found) if found else None
