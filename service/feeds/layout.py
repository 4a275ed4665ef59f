"""Where in an entry what is looked for stands: worked out once for every sequence of elements, not for every entry.

The entries of a feed are nearly all made alike, so that a few layouts serve thousands of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

from service.feeds import markup
from service.feeds.names import Fields, Names
from service.feeds.tree import Element

AsText = Callable[[Element], str]
Read = tuple[AsText, int]
"""How an element is read, and which child it is."""

_MAX_MANY = 50  # authors and tags that are looked at
_MAX_DATES = 3  # of one name


def _plain(element: Element) -> str:
    return markup.line(markup.text(element)) if len(element) else markup.plain(element.text or "")


def _atom_title(element: Element) -> str:
    """A title of Atom as plain text."""
    kind = (element.get("type") or "").strip().lower()
    if len(element):
        return markup.plain(markup.inner(element), every_tag=True)
    if element.get("mode") == "base64" or "/" in kind:
        return markup.plain(markup.construct(element), every_tag=True)
    if kind == "html" or element.get("mode") == "escaped":
        return markup.plain(element.text or "", every_tag=True)
    return markup.plain_atom(element.text or "")


# Each the most credible first.
TITLES: Final[Mapping[str, AsText]] = {
    "title": _plain,
    "atom:title": _atom_title,
    "dc:title": _plain,
    "dcterms:title": _plain,
    "itunes:title": _plain,
    "media:title": _plain,
    "xhtml:title": _plain,
}
_SUMMARIES: Final[Mapping[str, AsText]] = {
    "description": markup.html,
    "atom:summary": markup.construct,
    "summary": markup.html,
    "abstract": markup.html,
    "dc:description": markup.html,
    "dcterms:abstract": markup.html,
    "itunes:summary": markup.html,
    "media:description": markup.html,
    "itunes:subtitle": markup.html,
}
_CONTENTS: Final[Mapping[str, AsText]] = {
    "content:encoded": markup.html,
    "atom:content": markup.construct,
    "content": markup.html,
    "encoded": markup.html,
    "body": markup.html,
    "fullitem": markup.html,
    "xhtml:body": markup.inner,
    "xhtml:div": markup.inner,
}
_GUIDS = ("guid", "atom:id", "id")
_PUBLISHED = (
    *("pubdate", "atom:published", "atom:issued", "dc:date", "dcterms:issued", "dcterms:created"),
    *("dc:issued", "dc:created", "atom:created", "published", "issued", "date", "dcterms:date"),
    *("prism:publicationdate", "created"),
)
_UPDATED = (
    *("atom:updated", "atom:modified", "dcterms:modified", "dc:modified", "updated", "modified"),
    "lastbuilddate",
)
AUTHORS = ("atom:author", "author", "dc:creator", "dc:author")
_OTHER_AUTHORS = ("itunes:author", "dcterms:creator", "media:credit", "atom:contributor")
_NAMED_TAGS = ("category", "atom:category", "dc:subject", "itunes:category")
_LISTED_TAGS = ("itunes:keywords", "media:keywords", "keywords")
_LINKS = ("link", "url", "atom:link", "guid", "atom:content", "atom:id", "id")
_ENCLOSURES = ("enclosure", "atom:link", "media:content", "media:group")


class Layout(NamedTuple):
    """Which child of an entry is what, by its number.

    Attributes:
        titles: How each is read, and which it is. Likewise:
        summaries: What says it in short.
        contents: What may be the whole text.
        guids: Identifiers.
        identifiers: Those of Dublin Core, which are worth less.
        published: Times of publication.
        updated: Times of change.
        authors: Those who wrote it.
        other_authors: Those that may have.
        sources: Where it was taken from, which may name them too.
        tags: What it is about.
        listed_tags: The same, in lists with commas.
        languages: Its language.
        link: The only `link`, if there is one only.
        links: What may lead to the article, by name.
        enclosures: What it encloses, by name.
    """

    titles: tuple[Read, ...]
    summaries: tuple[Read, ...]
    contents: tuple[Read, ...]
    guids: tuple[int, ...]
    identifiers: tuple[int, ...]
    published: tuple[int, ...]
    updated: tuple[int, ...]
    authors: tuple[int, ...]
    other_authors: tuple[int, ...]
    sources: tuple[int, ...]
    tags: tuple[int, ...]
    listed_tags: tuple[int, ...]
    languages: tuple[int, ...]
    link: int | None
    links: Mapping[str, list[int]]
    enclosures: Mapping[str, list[int]]


class Layouts(dict[tuple[object, ...], Layout]):
    """The layout by the tags of the children, as lxml has them.

    Args:
        names: Short names of this document.
    """

    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def __missing__(self, tags: tuple[object, ...]) -> Layout:
        """Work a layout out and remember it."""
        places: dict[str, list[int]] = {}
        for number, tag in enumerate(tags):
            places.setdefault(self._names[tag], []).append(number)
        made = self[tags] = _layout(places)
        return made


def _layout(places: Mapping[str, list[int]]) -> Layout:
    links = places.get("link", [])
    return Layout(
        titles=_read(places, TITLES),
        summaries=_read(places, _SUMMARIES),
        contents=_read(places, _CONTENTS),
        guids=_numbers(places, _GUIDS),
        identifiers=_numbers(places, ("dc:identifier",)),
        published=_numbers(places, _PUBLISHED, most=_MAX_DATES),
        updated=_numbers(places, _UPDATED, most=_MAX_DATES),
        authors=_numbers(places, AUTHORS, most=_MAX_MANY),
        other_authors=_numbers(places, _OTHER_AUTHORS, most=_MAX_MANY),
        sources=_numbers(places, ("atom:source",)),
        tags=_numbers(places, _NAMED_TAGS, most=_MAX_MANY),
        listed_tags=_numbers(places, _LISTED_TAGS, most=_MAX_MANY),
        languages=_numbers(places, ("dc:language",)),
        link=links[0] if len(links) == 1 else None,
        links={name: places[name] for name in _LINKS if name in places},
        enclosures={name: places[name] for name in _ENCLOSURES if name in places},
    )


def _read(places: Mapping[str, list[int]], wanted: Mapping[str, AsText]) -> tuple[Read, ...]:
    return tuple((wanted[name], number) for name in wanted for number in places.get(name, ()))


def _numbers(
    places: Mapping[str, list[int]], wanted: Iterable[str], *, most: int | None = None
) -> tuple[int, ...]:
    return tuple(number for name in wanted for number in places.get(name, ())[:most])


def picked(children: list[Element], places: Mapping[str, list[int]]) -> Fields:
    """The children at these places, by name."""
    return {name: [children[number] for number in numbers] for name, numbers in places.items()}
