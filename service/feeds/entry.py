"""One `item` or `entry` element, whatever mixture of RSS, Atom and their modules it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from service.feeds import markup, places
from service.feeds.names import RDF_ABOUT, XML_BASE, XML_LANG, Fields, Names, fields, first
from service.feeds.raw import RawEntry
from service.feeds.tree import Element

_PUBLISHED = (
    *("pubdate", "atom:published", "atom:issued", "dc:date", "dcterms:issued", "dcterms:created"),
    *("dc:issued", "dc:created", "atom:created", "published", "issued", "date", "dcterms:date"),
    *("prism:publicationdate", "created"),
)
_UPDATED = (
    *("atom:updated", "atom:modified", "dcterms:modified", "dc:modified", "updated", "modified"),
    "lastbuilddate",
)
_MAIL_AND_NAME = re.compile(r"(\S{1,100}@\S{1,100})\s*\((.{1,200})\)")
_NAME_AND_MAIL = re.compile(r"(.{1,200}?)\s*[<(](\S{1,100}@[^<>()\s]{1,100})[>)]")
_MAX_MANY = 50  # authors and tags that are looked at


class Shape(NamedTuple):
    """Which of the elements that are looked for there are, by what they are looked for."""

    titles: tuple[str, ...]
    summaries: tuple[str, ...]
    contents: tuple[str, ...]
    published: tuple[str, ...]
    updated: tuple[str, ...]
    authors: tuple[str, ...]
    tags: tuple[str, ...]
    enclosures: tuple[str, ...]


class Shapes(dict[tuple[str, ...], Shape]):
    """The shape by the names of the children. The entries of a feed are nearly all of one."""

    def __missing__(self, present: tuple[str, ...]) -> Shape:
        """Work a shape out and remember it."""
        shape = self[present] = Shape(
            *(tuple(name for name in wanted if name in present) for wanted in _WANTED)
        )
        return shape


class EntryReader:
    """Reads the entries of one document.

    Args:
        names: Short names of this document.
        base: The `xml:base` that holds around them.
        authors: Of the feed, which are those of an entry that names none (RFC 4287, section 4.2.1).
    """

    def __init__(self, names: Names, base: str | None, authors: tuple[str, ...]) -> None:
        self._names = names
        self._base = base
        self._feed_authors = authors
        self._shapes = Shapes()

    def read(self, element: Element) -> RawEntry:
        """Read an `item` or `entry`."""
        found = fields(element, self._names)
        shape = self._shapes[tuple(found)]
        base = places.joined(self._base, element.get(XML_BASE))
        return RawEntry(
            links=places.articles(element, found, base),
            base=base,
            guid=_guid(element, found),
            title=title(found, shape.titles),
            summary=_summary(found, shape.summaries),
            content=_content(found, shape.contents) if shape.contents else None,
            authors=self._authors(found, shape.authors),
            published=_texts(found, shape.published),
            updated=_texts(found, shape.updated) if shape.updated else (),
            tags=_tags(found, shape.tags) if shape.tags else (),
            lang=element.get(XML_LANG)
            or (first(found, "dc:language") if "dc:language" in found else None),
            enclosures=places.enclosures(found, self._names) if shape.enclosures else (),
        )

    def _authors(self, found: Fields, present: tuple[str, ...]) -> tuple[str, ...]:
        if not present:
            return self._feed_authors
        people = list(persons(found, self._names))
        if not people and "atom:source" in found:
            source = fields(found["atom:source"][0], self._names)
            people = list(persons(source, self._names))
        if not people:
            people = list(persons(found, self._names, _OTHER_AUTHORS))
        named = [name for name in people if "@" not in name]
        return tuple(dict.fromkeys(named or people)) or self._feed_authors


def _texts(found: Fields, names: tuple[str, ...]) -> tuple[str, ...]:
    values = [markup.text(element).strip() for name in names for element in found[name][:3]]
    return tuple(filter(None, values))


def title(found: Fields, names: Iterable[str]) -> str | None:
    """The title of an entry or a feed as plain text; that of its media only where it has no other."""
    for name in names:
        as_text = TITLES[name]
        for element in found.get(name, ()):
            if words := as_text(element):
                return words
    return None


def _plain(element: Element) -> str:
    return markup.line(markup.text(element)) if len(element) else markup.plain(element.text or "")


def atom_title(element: Element) -> str:
    """A title of Atom as plain text."""
    kind = (element.get("type") or "").strip().lower()
    if len(element):
        return markup.plain(markup.inner(element), every_tag=True)
    if element.get("mode") == "base64" or "/" in kind:
        return markup.plain(markup.construct(element), every_tag=True)
    if kind == "html" or element.get("mode") == "escaped":
        return markup.plain(element.text or "", every_tag=True)
    return markup.plain_atom(element.text or "")


TITLES: dict[str, Callable[[Element], str]] = {
    "title": _plain,
    "atom:title": atom_title,
    "dc:title": _plain,
    "dcterms:title": _plain,
    "itunes:title": _plain,
    "media:title": _plain,
    "xhtml:title": _plain,
}


def _guid(element: Element, found: Fields) -> str | None:
    return (
        first(found, "guid", "atom:id", "id")
        or element.get(RDF_ABOUT)
        or first(found, "dc:identifier")
    )


def _summary(found: Fields, names: tuple[str, ...]) -> str | None:
    for name in names:
        as_html = _SUMMARIES[name]
        for element in found[name]:
            if value := as_html(element).strip():
                return value
    return None


def _content(found: Fields, names: tuple[str, ...]) -> str | None:
    """The longest of what may be the whole text."""
    values = [_CONTENTS[name](one).strip() for name in names for one in found[name]]
    return max(values, key=len, default="") or None


_SUMMARIES: dict[str, Callable[[Element], str]] = {
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
_CONTENTS: dict[str, Callable[[Element], str]] = {
    "content:encoded": markup.html,
    "atom:content": markup.construct,
    "content": markup.html,
    "encoded": markup.html,
    "body": markup.html,
    "fullitem": markup.html,
    "xhtml:body": markup.inner,
    "xhtml:div": markup.inner,
}
_AUTHORS = ("atom:author", "author", "dc:creator", "dc:author")
_OTHER_AUTHORS = ("itunes:author", "dcterms:creator", "media:credit", "atom:contributor")
_NAMED_TAGS = ("category", "atom:category", "dc:subject", "itunes:category")
_LISTED_TAGS = ("itunes:keywords", "media:keywords", "keywords")
_WANTED: tuple[tuple[str, ...], ...] = (
    tuple(TITLES),
    tuple(_SUMMARIES),
    tuple(_CONTENTS),
    _PUBLISHED,
    _UPDATED,
    (*_AUTHORS, *_OTHER_AUTHORS, "atom:source"),
    _NAMED_TAGS + _LISTED_TAGS,
    ("enclosure", "atom:link", "media:content", "media:group"),
)


def persons(found: Fields, names: Names, keys: tuple[str, ...] = _AUTHORS) -> Iterator[str]:
    """The authors that an entry or a feed names."""
    for key in keys:
        for one in found.get(key, ())[:_MAX_MANY]:
            if name := _person(one, names):
                yield name


def _person(element: Element, names: Names) -> str:
    """The name of a person; else the address, which says who it is too."""
    if len(element):
        parts = fields(element, names)
        name = first(parts, "atom:name", "name", "itunes:name")
        return markup.plain(name or first(parts, "atom:email", "email") or "")
    return author(element.text or "")


def author(raw: str) -> str:
    """The name in `mail (Name)` or `Name <mail>`."""
    name = markup.plain(raw[:500])
    if "@" in name:
        if found := _MAIL_AND_NAME.fullmatch(name):
            return found[2].strip()
        if found := _NAME_AND_MAIL.fullmatch(name):
            return found[1].strip(" \"'")
    return name


def _tags(found: Fields, names: tuple[str, ...]) -> tuple[str, ...]:
    tags: list[str] = []
    for name in names:
        for one in found[name][:_MAX_MANY]:
            value = markup.text(one) or one.get("label") or one.get("term") or one.get("text") or ""
            if name in _LISTED_TAGS:
                tags += [markup.plain(word) for word in value[:4000].split(",")]
            else:
                tags.append(markup.plain(value))
    return tuple(dict.fromkeys(filter(None, tags)))
