"""Authors named in the page itself: in elements marked as bylines, or behind a `By` near the heading."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from lxml.html import HtmlElement

from workers.extract.metadata import names
from workers.extract.metadata.names import Rank
from workers.extract.metadata.near import Surroundings
from workers.extract.metadata.page import Page
from workers.extract.metadata.text import line, lines_of

_MAX_MARKED = 60  # elements looked at in the whole page
_MAX_TEXT = 300  # characters of a byline
_MAX_UP = 12
_MARKS = re.compile(
    r"author|byline|autor|auteur|verfasser|redactor|(?:^|[\s_-])writer", re.IGNORECASE
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|profile|redaktion|journalists?|reporter)/",
    re.IGNORECASE,
)
_MARKED = re.compile(r"[Aa]uthor|[Bb]yline|aut(?:o|eu)r")
_NOT_OURS = re.compile(
    r"comment|related|teaser|card|sidebar|promo|recommend|caption|image|img|photo|picture|figure|quote|popular|"
    r"trending|widget__|bio|news?letter|social|share|follow|avatar|footer|nav(?:bar|igation|-|_|$)|menu|position|role",
    re.IGNORECASE,
)
_FOREIGN_TAGS = frozenset(
    {"aside", "figure", "figcaption", "footer", "nav", "blockquote", "cite", "form"}
)
_OPENING = re.compile(
    r"\A(?:(?:[\w]{4,11}\s)?(?:by|von|par|por|di|door|av|af)\b|text(?:o|e)?:|author:|autor(?:in|a)?:|auteur:|автор:|"
    r"作者[:：]|文[:：/]|記者)\s*:?\s*",
    re.IGNORECASE,
)


def near(surroundings: Surroundings, site: Collection[str]) -> list[str]:
    """The persons in the first byline around the heading."""
    for element in surroundings.elements:
        if found := _named(element, site, surroundings.ours):
            return found
    return []


def anywhere(page: Page, site: Collection[str]) -> list[str]:
    """The names in the first element marked as a byline, persons before others."""
    others: list[str] = []
    for element in islice(_marked(page.tree), _MAX_MARKED):
        if is_foreign(element):
            continue
        found = _names(lines_of(element, _MAX_TEXT))
        if persons := _persons(found, site):
            return persons
        is_sure = element.get("rel") == "author" and len(found) == 1
        if is_sure and not names.has_role(found[0]) and not found[0][-1].isdigit():
            others = others or found
    return others


def _marked(tree: HtmlElement) -> Iterator[HtmlElement]:
    for element in tree.iter("*"):
        names = element.get("class")
        if (names and _MARKED.search(names)) or element.get("rel") == "author":
            yield element


def _named(element: HtmlElement, site: Collection[str], ours: Collection[HtmlElement]) -> list[str]:
    """The persons that an element names as authors, by its marks or its words."""
    text = line((element.text or "")[:_MAX_TEXT])
    opening = _OPENING.match(text) if text else None
    is_marked = _is_marked(element)
    if not (is_marked or opening) or is_foreign(element, ours):
        return []
    is_bare = opening is not None and opening.end() == len(text) and len(element) == 0
    return _persons(
        _names(_beside(element, text) if is_bare else lines_of(element, _MAX_TEXT)), site
    )


def _is_marked(element: HtmlElement) -> bool:
    marks = (element.get("class"), element.get("rel"), element.get("data-testid"))
    if _MARKS.search(" ".join(filter(None, marks))[:300]):
        return True
    return element.tag == "a" and bool(_AUTHOR_PAGE.search((element.get("href") or "")[:300]))


def _beside(element: HtmlElement, text: str) -> list[str]:
    """What stands beside an element that holds a `By` alone."""
    if tail := line(element.tail):
        return [tail]
    parent = element.getparent()
    return _behind(lines_of(parent, _MAX_TEXT), text) if parent is not None else []


def _behind(pieces: list[str], opening: str) -> list[str]:
    """What stands behind an opening that stands alone."""
    return pieces[pieces.index(opening) + 1 :] if opening in pieces else []


def _names(pieces: list[str]) -> list[str]:
    if not pieces or sum(map(len, pieces)) > _MAX_TEXT:
        return []
    opened = next((at for at, piece in enumerate(pieces) if _OPENING.match(piece)), 0)
    pieces = pieces[opened:]  # sections and tags may stand before a `By`
    return list(dict.fromkeys(name for piece in pieces for name in names.split(piece)))


def _persons(found: Iterable[str], site: Collection[str]) -> list[str]:
    return [name for name in found if names.rank(name, site) is Rank.PERSON]


def is_foreign(element: HtmlElement, ours: Collection[HtmlElement] = ()) -> bool:
    """Whether a byline or date belongs to something else: a teaser, a picture, a comment.

    Args:
        element: What is judged, by its own name and those of the elements around it.
        ours: Elements that are known to be the article's, such as those around its heading; what stands
            further out says nothing any more.
    """
    for each in (element, *islice(element.iterancestors(), _MAX_UP)):
        if each in ours:
            return False
        if each.tag in _FOREIGN_TAGS:
            return True
        if each.tag in {"body", "html", "main", "article"}:
            continue
        marks = f"{each.get('class') or ''} {each.get('id') or ''}"
        if _NOT_OURS.search(marks[:300]):
            return True
    return False
