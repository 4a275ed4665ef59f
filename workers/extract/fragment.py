"""The HTML inside a feed entry: all of it is meant to be read, so nothing is chosen, only converted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree
from lxml.html import HtmlElement, fromstring

from feedmill.errors import ExtractionError
from workers.extract.blocks import paragraphs
from workers.extract.result import Extraction

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption"),
        *(
            "figure",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "header",
            "footer",
            "hr",
            "li",
            "main",
            "ol",
        ),
        *("p", "pre", "section", "table", "tr", "ul", "td", "th", "caption", "details", "summary"),
        *("nav", "center", "button", "legend", "fieldset", "dir", "menu", "option", "select"),
    }
)
_SKIPPED = frozenset({"script", "style", "noscript", "iframe", "object", "svg", "template", "form"})
_SPACE = re.compile(r"\s+")
_BREAK = "\x00"
_MARK = "-"


def extract(text: str) -> Extraction:
    """The text of a feed entry's content or summary, HTML or plain.

    Raises:
        ExtractionError: kind `no-text` if there is none.
    """
    try:
        root = fromstring(f"<div>{text.replace(_BREAK, '')}</div>")
    except (etree.ParserError, ValueError) as error:
        raise ExtractionError(
            "the feed entry holds no text that can be read", kind="no-text"
        ) from error
    lines = (_SPACE.sub(" ", line).strip() for line in "".join(_pieces(root)).split(_BREAK))
    return Extraction(text=paragraphs(list(_marked(lines))), method="feed/content")


def _marked(lines: Iterable[str]) -> Iterator[str]:
    """The lines that are not empty; a mark that stands alone goes to the one after it."""
    mark = ""
    for line in lines:
        if line == _MARK:
            mark = f"{_MARK} "
        elif line:
            yield mark + line
            mark = ""


def _pieces(root: HtmlElement) -> list[str]:
    etree.strip_tags(root, etree.Comment, etree.ProcessingInstruction)
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        is_block = element.tag in _BLOCKS
        if event == "end":
            pieces += [_BREAK if is_block else "", element.tail or ""]
        elif element.tag in _SKIPPED:
            walk.skip_subtree()
        else:
            mark = f"{_MARK} " if element.tag == "li" else ""
            pieces += [_BREAK if is_block else "", mark, element.text or ""]
    return pieces
