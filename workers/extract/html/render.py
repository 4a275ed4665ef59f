"""From the blocks that were kept to text, and to plain HTML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby
from typing import NamedTuple

import nh3
import numpy as np
import numpy.typing as npt

from workers.extract.html.outline import Block, Outline

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = {"li": "- ", "dt": "", "dd": ""}
_CELL = " | "
_TAGS = {"p", "br", "ul", "li", "blockquote", "pre", "table", "tr", "td", *_HEADINGS}
_WRAPPED = {"item": "ul", "quote": "blockquote", "row": "table"}


def text(outline: Outline, keep: npt.NDArray[np.bool_]) -> str:
    """The kept blocks as text.

    Paragraphs are a blank line apart; list items, rows of a table and broken lines stand below each other,
    the cells of a row have a bar between them.
    """
    out = ""
    previous: _Line | None = None
    for line in _lines(outline, keep):
        if previous is not None:
            joined = line.unit == previous.unit or line.shape == previous.shape in {"item", "row"}
            out += "\n" if joined else "\n\n"
        out += line.text
        previous = line
    return out


def html(outline: Outline, keep: npt.NDArray[np.bool_]) -> str:
    """The kept blocks as paragraphs, headings, lists, quotes, code and tables, without links and styles."""
    parts: list[str] = []
    for shape, lines in groupby(_lines(outline, keep), key=lambda line: line.shape):
        units = groupby(lines, key=lambda line: (line.unit, line.tag))
        inner = "\n".join(_element(shape, tag, list(parts)) for (_, tag), parts in units)
        wrapper = _WRAPPED.get(shape)
        parts.append(f"<{wrapper}>\n{inner}\n</{wrapper}>" if wrapper else inner)
    return nh3.clean("\n".join(parts), tags=_TAGS, attributes={})


class _Line(NamedTuple):
    """A line of the text: its shape, and the element it comes from."""

    shape: str
    unit: int
    text: str
    tag: str = "p"


def _lines(outline: Outline, keep: npt.NDArray[np.bool_]) -> Iterator[_Line]:
    kept = [block for block, wanted in zip(outline.blocks, keep, strict=True) if wanted]
    for row, members in groupby(kept, key=lambda block: _row_of(outline, block)):
        if row is None:
            yield from _prose(outline, members)
        else:
            cells = [block.text for block in members]
            yield _Line("row" if len(cells) > 1 else "prose", row, _CELL.join(cells), "tr")


def _prose(outline: Outline, blocks: Iterable[Block]) -> Iterator[_Line]:
    begun = -1
    for block in blocks:
        place = outline.places[block.place]
        item = _item_of(outline, block)
        if item is not None and item != begun:
            begun = item
            yield _Line("item", item, _ITEMS[outline.places[item].tag] + block.text, "li")
        elif place.tag in _HEADINGS:
            yield _Line("heading", block.place, block.text, place.tag)
        elif place.tag == "pre":
            yield _Line("code", block.place, block.text, "pre")
        else:
            shape = "quote" if _inside(outline, block, "blockquote") else "prose"
            yield _Line(shape, block.place, block.text)


def _element(shape: str, tag: str, lines: list[_Line]) -> str:
    """One element of the lines of one unit."""
    if shape == "row":
        cells = "".join(f"<td>{escape(cell)}</td>" for cell in lines[0].text.split(_CELL))
        return f"<tr>{cells}</tr>"
    texts = [line.text.removeprefix("- ") if shape == "item" else line.text for line in lines]
    name = "p" if tag == "tr" else tag
    return f"<{name}>{'<br>'.join(map(escape, texts))}</{name}>"


def _row_of(outline: Outline, block: Block) -> int | None:
    """The table row whose cell the block is, if it is the cell's own text."""
    place = outline.places[block.place]
    for _ in range(2):
        if place.tag in {"td", "th"}:
            return place.parent
        if place.parent < 0:
            return None
        place = outline.places[place.parent]
    return None


def _item_of(outline: Outline, block: Block) -> int | None:
    """The list item the block is the beginning of."""
    at = block.place
    for _ in range(2):
        place = outline.places[at]
        if place.tag in _ITEMS:
            return at
        if place.tag in _HEADINGS or place.parent < 0:
            return None
        at = place.parent
    return None


def _inside(outline: Outline, block: Block, tag: str) -> bool:
    at = block.place
    for _ in range(3):
        if at < 0:
            return False
        if outline.places[at].tag == tag:
            return True
        at = outline.places[at].parent
    return False
