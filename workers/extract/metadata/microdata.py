"""Microdata: what elements with `itemprop` say of the article."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree
from lxml.html import HtmlElement

from workers.extract.metadata.text import line, lines_of, words_of

_WANTED_WORDS = (
    "headline datepublished datemodified datecreated author articlesection keywords description"
    " isaccessibleforfree"
)
_WANTED = frozenset(_WANTED_WORDS.split())
_MAX_ELEMENTS = 3000
_MAX_VALUES = 30  # of one property
_MAX_UP = 12
_MAX_NAME = 200
_WITH_PROPERTY = etree.XPath("//*[@itemprop]")
_FOREIGN = ("comment", "imageobject", "videoobject", "product", "offer", "rating")


@dataclass(frozen=True, slots=True)
class Items:
    """Elements by the property they give, in lower case, in the order of the page."""

    elements: Mapping[str, tuple[HtmlElement, ...]] = field(default_factory=dict)

    def first(self, *properties: str) -> str:
        """The first value of the first of these properties that is there, or an empty text."""
        for name in properties:
            for element in self.elements.get(name, ()):
                if text := value(element):
                    return text
        return ""

    def authors(self) -> list[str]:
        """Names of the authors of the first item that has some; lists of articles hold others."""
        elements = self.elements.get("author", ())
        scope = _scope(elements[0]) if elements else None
        ours = [element for element in elements if _scope(element) is scope]
        return [text for element in ours if (text := _name(element))]


def read(tree: HtmlElement) -> Items:
    """Find the elements of the properties that are read."""
    found: dict[str, list[HtmlElement]] = {}
    for element in islice(_WITH_PROPERTY(tree), _MAX_ELEMENTS):
        for name in (element.get("itemprop") or "")[:200].lower().split()[:4]:
            if name in _WANTED and len(found.setdefault(name, [])) < _MAX_VALUES:
                found[name].append(element)
    return Items(
        {
            name: tuple(each for each in all_ if not _is_foreign(each))
            for name, all_ in found.items()
        }
    )


def value(element: HtmlElement) -> str:
    """The value of a property by the rules of HTML (section 5.2.4), for text and dates."""
    for attribute in ("content", "datetime"):
        if text := line(element.get(attribute)):
            return text
    return words_of(element) if isinstance(element.tag, str) and element.tag != "meta" else ""


def _name(element: HtmlElement) -> str:
    if element.get("itemscope") is None:
        return value(element)
    named = (each for each in islice(element.iter(), 100) if each.get("itemprop") == "name")
    inner = next((text for each in named if (text := value(each))), "")
    return inner or "\n".join(lines_of(element, _MAX_NAME))


def _scope(element: HtmlElement) -> HtmlElement | None:
    """The item that a property belongs to, or the element around it where there is none."""
    parents = list(islice(element.iterancestors(), _MAX_UP))
    items = (each for each in parents if each.get("itemscope") is not None)
    return next(items, parents[0] if parents else None)


def _is_foreign(element: HtmlElement) -> bool:
    """Whether the property is that of a comment or a picture inside the article."""
    scope = _scope(element)
    return scope is not None and (scope.get("itemtype") or "").lower().endswith(_FOREIGN)
