"""One `item` or `entry` element, whatever mixture of RSS, Atom and their modules it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from service.feeds import markup, places
from service.feeds.layout import AUTHORS, TITLES, Layout, Layouts, Read, picked
from service.feeds.names import RDF_ABOUT, XML_BASE, XML_LANG, Fields, Names, fields, first
from service.feeds.raw import RawEntry
from service.feeds.tree import Element

_MAIL_AND_NAME = re.compile(r"(\S{1,100}@\S{1,100})\s*\((.{1,200})\)")
_NAME_AND_MAIL = re.compile(r"(.{1,200}?)\s*[<(](\S{1,100}@[^<>()\s]{1,100})[>)]")
_MAX_MANY = 50  # authors that are looked at
_MAX_LIST = 4000  # characters of a list of tags


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
        self._layouts = Layouts(names)
        # Entry after entry has the same authors and tags.
        self._authors = _Remembered(author)
        self._tags = _Remembered(markup.plain)

    def read(self, element: Element) -> RawEntry:
        """Read an `item` or `entry`."""
        children = element[:]
        layout = self._layouts[tuple([child.tag for child in children])]
        own = dict(element.items())
        base = places.joined(self._base, own.get(XML_BASE)) if own else self._base
        return RawEntry(
            _links(element, children, layout, base),
            base,
            _guid(own, children, layout),
            _first(children, layout.titles),
            _first(children, layout.summaries),
            _longest(children, layout.contents) if layout.contents else None,
            self._authors_of(children, layout),
            _texts(children, layout.published),
            _texts(children, layout.updated),
            self._tags_of(children, layout) if layout.tags or layout.listed_tags else (),
            own.get(XML_LANG) or _first_text(children, layout.languages),
            places.enclosures(picked(children, layout.enclosures), self._names)
            if layout.enclosures
            else (),
        )

    def _authors_of(self, children: list[Element], layout: Layout) -> tuple[str, ...]:
        people = self._people(children, layout.authors) if layout.authors else ()
        if not people and layout.sources:
            source = fields(children[layout.sources[0]], self._names)
            people = tuple(persons(source, self._names))
        if not people and layout.other_authors:
            people = self._people(children, layout.other_authors)
        if not people:
            return self._feed_authors
        if len(people) == 1:
            return people
        return tuple(dict.fromkeys([name for name in people if "@" not in name] or people))

    def _people(self, children: list[Element], numbers: Iterable[int]) -> tuple[str, ...]:
        people = [
            _nested(child, self._names) if len(child) else self._authors[child.text or ""]
            for child in map(children.__getitem__, numbers)
        ]
        return tuple(filter(None, people))

    def _tags_of(self, children: list[Element], layout: Layout) -> tuple[str, ...]:
        tags = [
            self._tags[
                markup.text(one) or one.get("label") or one.get("term") or one.get("text") or ""
            ]
            for one in map(children.__getitem__, layout.tags)
        ]
        for number in layout.listed_tags:
            listed = markup.text(one := children[number]) or one.get("text") or ""
            tags += [self._tags[word] for word in listed[:_MAX_LIST].split(",")]
        return tuple(filter(None, dict.fromkeys(tags)))


class _Remembered(dict[str, str]):
    """What a function makes of each text, worked out once."""

    def __init__(self, function: Callable[[str], str]) -> None:
        super().__init__()
        self._function = function

    def __missing__(self, raw: str) -> str:
        made = self[raw] = self._function(raw)
        return made


def _links(
    element: Element, children: list[Element], layout: Layout, base: str | None
) -> tuple[str, ...]:
    if layout.link is not None and (whole := places.whole(children[layout.link].text)):
        return (whole,)
    return places.articles(element, picked(children, layout.links), base)


def _guid(own: dict[str, str], children: list[Element], layout: Layout) -> str | None:
    return (
        _first_text(children, layout.guids)
        or own.get(RDF_ABOUT)
        or _first_text(children, layout.identifiers)
    )


def _first(children: list[Element], found: Iterable[Read]) -> str | None:
    """The first that is not blank."""
    for as_text, number in found:
        if value := as_text(children[number]).strip():
            return value
    return None


def _longest(children: list[Element], found: Iterable[Read]) -> str | None:
    values = [as_text(children[number]).strip() for as_text, number in found]
    return max(values, key=len) or None


def _first_text(children: list[Element], numbers: Iterable[int]) -> str | None:
    for number in numbers:
        if value := markup.text(children[number]).strip():
            return value
    return None


def _texts(children: list[Element], numbers: tuple[int, ...]) -> tuple[str, ...]:
    if not numbers:
        return ()
    return tuple(filter(None, [markup.text(children[number]).strip() for number in numbers]))


def title(found: Fields) -> str | None:
    """The title of a feed as plain text; that of its media only where it has no other."""
    for name, as_text in TITLES.items():
        for element in found.get(name, ()):
            if words := as_text(element):
                return words
    return None


def persons(found: Fields, names: Names) -> Iterator[str]:
    """The authors that a feed names."""
    for key in AUTHORS:
        for one in found.get(key, ())[:_MAX_MANY]:
            if name := _nested(one, names) if len(one) else author(one.text or ""):
                yield name


def _nested(element: Element, names: Names) -> str:
    """The name of a person with a name and more; else the address, which says who it is too."""
    parts = fields(element, names)
    name = first(parts, "atom:name", "name", "itunes:name")
    return markup.plain(name or first(parts, "atom:email", "email") or "")


def author(raw: str) -> str:
    """The name in `mail (Name)` or `Name <mail>`."""
    name = markup.plain(raw[:500])
    if "@" in name:
        if found := _MAIL_AND_NAME.fullmatch(name):
            return found[2].strip()
        if found := _NAME_AND_MAIL.fullmatch(name):
            return found[1].strip(" \"'")
    return name
