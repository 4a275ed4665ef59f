"""What of a page may hold metadata, gathered in one pass over its elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml.html import HtmlElement

from workers.extract.metadata import jsonld
from workers.extract.metadata.text import line, words_of

_MAX_METAS = 2000
_MAX_SCRIPTS = 60  # of linked data; pages of shops and news sites have up to 20
_MAX_HEADINGS = 20
_MAX_TIMES = 100
_WITH_TITLES = frozenset({"svg", "g", "symbol", "path", "a"})
_MAX_VALUES = 50  # of one meta name


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of a page that metadata is read from.

    Attributes:
        tree: The page.
        language: What `<html lang>` says.
        meta: Contents of the meta tags by name (property, name or itemprop, in lower case), in order.
        canonical: Addresses of `<link rel=canonical>`.
        title: Text of the first `<title>`.
        headings: The `<h1>` elements with text, and their texts.
        times: `<time datetime>` elements.
        linked: Objects of the page's JSON-LD.
    """

    tree: HtmlElement
    language: str = ""
    meta: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    canonical: tuple[str, ...] = ()
    title: str = ""
    headings: tuple[tuple[HtmlElement, str], ...] = ()
    times: tuple[HtmlElement, ...] = ()
    linked: jsonld.Graph = field(default_factory=jsonld.Graph)

    def first(self, *names: str) -> str:
        """The first content of the first of these meta tags that is there, or an empty text."""
        return next((self.meta[name][0] for name in names if name in self.meta), "")

    def all(self, name: str) -> tuple[str, ...]:
        """All contents of a meta tag."""
        return self.meta.get(name, ())


def survey(tree: HtmlElement) -> Page:
    """Look once over a page. The tree is not changed."""
    found = _Survey()
    looks: Mapping[Any, Callable[[HtmlElement], None]] = {
        "meta": found.meta_tag,
        "link": found.link,
        "script": found.script,
        "title": found.title,
        "h1": found.heading,
        "time": found.time,
    }
    for element in tree.iter(*looks):
        looks[element.tag](element)
    return Page(
        tree=tree,
        language=line(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")),
        meta={name: tuple(values) for name, values in found.metas.items()},
        canonical=tuple(found.links),
        title=found.titles[0] if found.titles else "",
        headings=tuple(found.headings),
        times=tuple(found.times),
        linked=jsonld.parse(found.scripts),
    )


class _Survey:
    """What was seen so far; dropped when the pass is over."""

    def __init__(self) -> None:
        self.metas: dict[str, list[str]] = {}
        self.links: list[str] = []
        self.titles: list[str] = []
        self.headings: list[tuple[HtmlElement, str]] = []
        self.times: list[HtmlElement] = []
        self.scripts: list[str] = []
        self._metas_seen = 0

    def meta_tag(self, element: HtmlElement) -> None:
        self._metas_seen += 1
        content = element.get("content")
        if not content or self._metas_seen > _MAX_METAS:
            return
        names = element.get("property") or element.get("name") or element.get("itemprop") or ""
        text = line(content)
        for name in names[:200].lower().split()[:4] if text else ():
            values = self.metas.setdefault(name, [])
            if len(values) < _MAX_VALUES:
                values.append(text)

    def link(self, element: HtmlElement) -> None:
        if len(self.links) < _MAX_VALUES and "canonical" in (element.get("rel") or "").lower():
            self.links.append(element.get("href") or "")

    def script(self, element: HtmlElement) -> None:
        if "ld+json" in (element.get("type") or "").lower() and len(self.scripts) < _MAX_SCRIPTS:
            self.scripts.append(element.text or "")

    def title(self, element: HtmlElement) -> None:
        # Drawings have titles too.
        parent = element.getparent()
        is_ours = not self.titles and parent is not None and parent.tag not in _WITH_TITLES
        if is_ours and (text := words_of(element)):
            self.titles.append(text)

    def heading(self, element: HtmlElement) -> None:
        if len(self.headings) < _MAX_HEADINGS and (text := words_of(element)):
            self.headings.append((element, text))

    def time(self, element: HtmlElement) -> None:
        if len(self.times) < _MAX_TIMES and element.get("datetime"):
            self.times.append(element)
