"""What stands around the heading of an article: bylines and dates are there."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from functools import cached_property
from itertools import islice

from lxml.html import HtmlElement

from workers.extract.metadata.page import Page
from workers.extract.metadata.text import folded

_BEFORE = 30  # elements
_AFTER = 140


def heading_of(page: Page, title: str) -> HtmlElement | None:
    """The heading that shows the title, or the first there is."""
    wanted = set(folded(title).split())
    best: HtmlElement | None = None
    most = -1.0
    for element, text in page.headings:
        words = set(folded(text).split())
        shared = len(words & wanted) / (len(words | wanted) or 1)
        if shared > most:
            best, most = element, shared
    return best


class Surroundings:
    """What stands around a heading, looked up once and only when it is asked for."""

    def __init__(self, tree: HtmlElement, heading: HtmlElement | None) -> None:
        self._tree = tree
        self._heading = heading

    @cached_property
    def elements(self) -> Sequence[HtmlElement]:
        """The elements after the heading in the order of the page, then those before it."""
        if self._heading is None:
            return ()
        before: deque[HtmlElement] = deque(maxlen=_BEFORE)
        elements = self._tree.iter("*")
        for element in elements:
            if element is self._heading:
                break
            before.append(element)
        return [*islice(elements, _AFTER), *before]

    @cached_property
    def ours(self) -> frozenset[HtmlElement]:
        """The elements that hold the heading, and so the article."""
        return frozenset(() if self._heading is None else self._heading.iterancestors())
