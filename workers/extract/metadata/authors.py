"""Who wrote the article: persons before newsrooms, what the page states before what can be guessed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from feedmill.article import Author
from workers.extract.metadata import byline, names
from workers.extract.metadata.canonical import absolute
from workers.extract.metadata.jsonld import Graph, Node, is_a
from workers.extract.metadata.microdata import Items
from workers.extract.metadata.names import Rank
from workers.extract.metadata.near import Surroundings
from workers.extract.metadata.page import Page
from workers.extract.metadata.text import line, squashed

MAX_AUTHORS = 20
_MAX_DEPTH = 3
_META_WORDS = (
    "author article:author article:author_name byl parsely-author sailthru.author dcsext.author"
    " cxenseparse:author dcterms.creator og:article:author articleauthor citation_author dc.creator"
)
_META = tuple(_META_WORDS.split())
_FAMILY_FIRST = frozenset({"citation_author", "dc.creator", "dcterms.creator"})


Named = tuple[str, str, bool]  # text, address, whether it is an organisation


@dataclass(frozen=True, slots=True)
class Found:
    """Authors from one source, and how good the best of them is."""

    authors: tuple[Author, ...]
    provenance: str
    rank: Rank


def choose(
    page: Page,
    articles: Iterable[Node],
    items: Items,
    *,
    url: str | None,
    site: Collection[str],
    feed: Collection[str] = (),
    near: Surroundings,
) -> tuple[tuple[Author, ...], str]:
    """The authors and their provenance.

    The first source that names a person wins; without any, the first that names a newsroom, then a handle.

    Args:
        page: The page.
        articles: Its JSON-LD about the article, the likeliest first.
        items: Its microdata.
        url: Its address.
        site: Names of the site: an author of that name is the site itself.
        feed: Authors of the feed entry.
        near: What stands around the heading: bylines do.
    """
    names_of_site = frozenset(filter(None, map(squashed, site)))
    best = Found((), "", Rank.NOTHING)
    for named, where in _sources(
        page=page, articles=articles, items=items, site=names_of_site, feed=feed, near=near
    ):
        found = _judged(named, where, url, names_of_site)
        if found.rank > best.rank:
            best = found
        if best.rank is Rank.PERSON:
            break
    return best.authors, best.provenance


def _sources(
    *,
    page: Page,
    articles: Iterable[Node],
    items: Items,
    site: Collection[str],
    feed: Collection[str],
    near: Surroundings,
) -> Iterator[tuple[Iterable[Named], str]]:
    is_stated = False
    for node in articles:
        named = list(_linked(node.get("author") or node.get("creator"), page.linked))
        is_stated = is_stated or bool(named)
        yield named, "json-ld"
    for name in _META:
        stated = [_turned(text) if name in _FAMILY_FIRST else text for text in page.all(name)]
        is_stated = is_stated or bool(stated)
        yield _unmarked(stated), "meta"
    yield _unmarked(items.authors()), "microdata"
    yield _unmarked(byline.near(near, site)), "byline"
    if not is_stated:  # a newsroom that signs itself is believed before a name far from the heading
        yield _unmarked(byline.anywhere(page, site)), "byline"
    yield _unmarked(feed), "feed"
    handles = page.all("twitter:creator")
    yield _unmarked(each for each in handles if each not in page.all("twitter:site")), "meta"


def _unmarked(stated: Iterable[str]) -> list[Named]:
    return [(text, "", False) for text in stated]


def _judged(
    named: Iterable[Named], provenance: str, url: str | None, site: Collection[str]
) -> Found:
    """Stated names (text, address, is an organisation) as authors, without worthless ones."""
    ranked: dict[str, tuple[Rank, Author]] = {}
    for text, address, is_group in named:
        for name in names.split(text):
            rank = names.rank(name, site)
            rank = min(rank, Rank.GROUP) if is_group else rank
            author = Author(name=name, url=absolute(address, url))
            if rank and name.casefold() not in ranked:
                ranked[name.casefold()] = (rank, author)
    best = max((rank for rank, _ in ranked.values()), default=Rank.NOTHING)
    kept = tuple(
        author
        for rank, author in ranked.values()
        if not _is_needless(rank, best, author.name, site)
    )
    return Found(kept[:MAX_AUTHORS], provenance, best)


def _is_needless(rank: Rank, best: Rank, name: str, site: Collection[str]) -> bool:
    """Whether a name says nothing beside a better one: the site's own, a role, a handle."""
    if rank is best:
        return False
    return rank is Rank.HANDLE or squashed(name) in site or names.is_role(name)


def _linked(value: Any, graph: Graph, depth: int = 0) -> Iterator[Named]:
    value = graph.resolved(value)
    if isinstance(value, str):
        yield value[: names.MAX_NAME * 10], "", False
    elif isinstance(value, list) and depth < _MAX_DEPTH:
        for item in value[:MAX_AUTHORS]:
            yield from _linked(item, graph, depth + 1)
    elif isinstance(value, dict):
        address = value.get("url")
        name = value.get("name") or " ".join(
            filter(None, (line(value.get("givenName")), line(value.get("familyName"))))
        )
        for text in name[:MAX_AUTHORS] if isinstance(name, list) else [name]:
            if isinstance(text, str) and text.strip():
                is_group = is_a(value, ("organization", "organisation"))
                yield line(text), address if isinstance(address, str) else "", is_group


def _turned(text: str) -> str:
    """`You, Xiaoying`, as libraries write it, in the order it is spoken."""
    family, comma, given = text.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else text
