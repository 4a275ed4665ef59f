"""From a parsed page to its outline: the blocks of text in it, and the elements they stand in.

A block is a run of text that no block-level element or line break interrupts: a paragraph, a heading, a list
item, a cell. Whether it belongs to the article is judged block by block (`features`, `judge`),
by what it says, where it stands and what stands around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from lxml import etree
from lxml.html import HtmlElement

from workers.extract.html.marks import (
    BLOCK_TAGS,
    BOLD_TAGS,
    FRAME_TAGS,
    SKIPPED_TAGS,
    TAG_MARKS,
    Mark,
    marks_of,
)

MAX_BLOCKS = 60_000
MAX_EVENTS = 1_500_000
MAX_BLOCK = 400_000  # characters
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_MAX_STYLE = 1_000
# Zero width space, byte order mark, word joiner, soft hyphen: typesetting, not text. The joiners that
# Persian, Indic scripts and emoji are written with stay.
_INVISIBLE = ("\u200b", "\ufeff", "\u2060", "\u00ad")
_MIN_PARAGRAPHS = 3
_MAX_NAMES = 200  # characters of class or id that are looked at
_REMEMBERED_NAMES = 20_000
_ROLES = {
    "main": Mark.MAIN.value,
    "article": Mark.ARTICLE.value,
    "navigation": Mark.NAV.value,
    "complementary": Mark.ASIDE.value,
    "contentinfo": Mark.FOOTER.value,
    "banner": Mark.HEADER.value,
    "dialog": Mark.OVERLAY.value,
}
_ITEMPROPS = {
    "articlebody": Mark.ARTICLE_BODY.value,
    "text": Mark.ARTICLE_BODY.value,
    "description": Mark.SUMMARY.value,
}
_TELLING = frozenset({"id", "style", "role", "itemprop", "hidden", "aria-hidden"})


class Block(NamedTuple):
    """A run of text.

    Attributes:
        text: The text, blanks folded (but not in `pre`).
        place: Index of the block-level element it stands in, in `Outline.places`.
        link_chars: How many of its characters are inside links.
        bold_chars: How many are bold.
        links: How many links begin in it.
        after_break: A line break (`br`) set it apart from the block before, no element did.
    """

    text: str
    place: int
    link_chars: int
    bold_chars: int
    links: int
    after_break: bool


class Place(NamedTuple):
    """A block-level element.

    Attributes:
        tag: Its name.
        parent: Index of the block-level element around it; -1 for the outermost.
        depth: How many of those are around it.
        marks: What its names and those of the elements around it say it is (`marks`).
        own: What its own names say.
        kind: Its tag, with its class names: the same for elements made by one template.
    """

    tag: str
    parent: int
    depth: int
    marks: int
    own: int
    kind: str


class Outline(NamedTuple):
    """The blocks of a page in document order, and the elements they stand in.

    Attributes:
        blocks: None of them empty.
        places: The first is the body.
        is_cut: The page had more than is looked at.
    """

    blocks: tuple[Block, ...]
    places: tuple[Place, ...]
    is_cut: bool = False


def read(body: HtmlElement) -> Outline:
    """Make the outline of a page. Menus, footers and forms are left out if they are nothing else.

    Args:
        body: The element to read, usually `body`. It is not changed.
    """
    reader = _Reader()
    begins, ends, add = reader.begins(), reader.ends(), reader.parts.append
    walk = etree.iterwalk(body, events=("start", "end"))
    events = 0
    for event, element in walk:
        if event == "start":
            begin = begins.get(element.tag)
            if begin is not None and not begin(element):
                walk.skip_subtree()
                continue
            text = element.text
        else:
            end = ends.get(element.tag)
            if end is not None:
                end()
            text = element.tail
        if text:
            add(text)
            if reader.in_link or reader.in_bold:
                reader.count(len(text.strip()))
        events += 1
        if events >= MAX_EVENTS or len(reader.blocks) >= MAX_BLOCKS:
            return reader.outline(is_cut=True)
    return reader.outline(is_cut=False)


class _Reader:
    """The outline so far, and the block that is being read."""

    __slots__ = (
        *("after_break", "blocks", "bold_chars", "in_bold", "in_link", "link_chars", "links"),
        *("known", "open", "parts", "places"),
    )

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.places = [Place("body", -1, 0, 0, 0, "body")]
        self.open = [0]
        self.known: dict[tuple[str, str], tuple[int, str]] = {}  # marks and kind by tag and class
        self.parts: list[str] = []
        self.link_chars = self.bold_chars = self.links = self.in_link = self.in_bold = 0
        self.after_break = False

    def begins(self) -> Mapping[str, Callable[[HtmlElement], bool]]:
        """What is done at the beginning of an element, by its tag. Says whether to go inside."""
        return {
            **dict.fromkeys(BLOCK_TAGS, self.enter),
            **dict.fromkeys(BOLD_TAGS, self.begin_bold),
            **dict.fromkeys(SKIPPED_TAGS, self.skip),
            "br": self.break_line,
            "a": self.begin_link,
        }

    def ends(self) -> Mapping[str, Callable[[], None]]:
        """What is done at its end."""
        return {
            **dict.fromkeys(BLOCK_TAGS, self.leave),
            **dict.fromkeys(BOLD_TAGS, self.end_bold),
            "a": self.end_link,
        }

    def enter(self, element: HtmlElement) -> bool:
        self.end_block()
        parent, tag = self.open[-1], element.tag
        names, stated = "", 0
        for name, value in element.items():
            if name == "class":
                names = value[:_MAX_NAMES]
            elif name in _TELLING:
                stated |= _stated(name, value)
        known = self.known.get((tag, names))
        if known is None:
            marks = TAG_MARKS.get(tag, 0) | _marks_of(names)
            known = self.known[tag, names] = marks, f"{tag}.{names}"
        own, around = known[0] | stated, self.places[parent]
        self.open.append(len(self.places))
        self.places.append(Place(tag, parent, around.depth + 1, around.marks | own, own, known[1]))
        return tag not in FRAME_TAGS or not _is_frame(element)

    def leave(self) -> None:
        self.end_block()
        self.open.pop()

    def skip(self, _: HtmlElement) -> bool:
        return False

    def break_line(self, _: HtmlElement) -> bool:
        self.end_block()
        self.after_break = True
        return True

    def begin_link(self, _: HtmlElement) -> bool:
        self.in_link += 1
        self.links += 1
        return True

    def end_link(self) -> None:
        self.in_link -= 1

    def begin_bold(self, _: HtmlElement) -> bool:
        self.in_bold += 1
        return True

    def end_bold(self) -> None:
        self.in_bold -= 1

    def count(self, size: int) -> None:
        if self.in_link:
            self.link_chars += size
        if self.in_bold:
            self.bold_chars += size

    def end_block(self) -> None:
        if self.parts:
            text = self._text("".join(self.parts))
            if text:
                size = len(text)
                links, bold = min(self.link_chars, size), min(self.bold_chars, size)
                self.blocks.append(
                    Block(text, self.open[-1], links, bold, self.links, self.after_break)
                )
            self.parts.clear()
            self.link_chars = self.bold_chars = self.links = 0
        self.after_break = False

    def outline(self, *, is_cut: bool) -> Outline:
        self.end_block()
        return Outline(tuple(self.blocks), tuple(self.places), is_cut)

    def _text(self, text: str) -> str:
        """The text of a block as it is shown; nothing if it is blank."""
        if text.isspace():
            return ""
        text = text[:MAX_BLOCK]
        if self.places[self.open[-1]].tag == "pre":
            return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).strip()
        if not text.isascii():
            for mark in _INVISIBLE:
                if mark in text:
                    text = text.replace(mark, "")
        return " ".join(text.split())


@lru_cache(_REMEMBERED_NAMES)
def _marks_of(names: str) -> int:
    return marks_of(names)


def _is_frame(element: HtmlElement) -> bool:
    """Whether a menu, footer or form is one: broken and old pages have all of their article in them."""
    paragraphs = islice(element.iterdescendants("p"), _MIN_PARAGRAPHS)
    return sum(1 for _ in paragraphs) < _MIN_PARAGRAPHS


def _stated(name: str, value: str) -> int:
    """What attributes beside the class say: names, roles, microdata, hidden."""
    if name == "id":
        return _marks_of(value[:_MAX_NAMES])
    if name == "style":
        return Mark.HIDDEN.value if len(value) < _MAX_STYLE and _HIDING.search(value) else 0
    if name == "role":
        return _ROLES.get(value, 0)
    if name == "itemprop":
        return _ITEMPROPS.get(value.lower(), 0)
    if name == "hidden" or (name == "aria-hidden" and value == "true"):
        return Mark.HIDDEN.value
    return 0
