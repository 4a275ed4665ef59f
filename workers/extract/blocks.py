"""From extracted lines to paragraphs."""

from __future__ import annotations

import re

_LIST_ITEM = re.compile(r"^(?:[-*•] |\d{1,3}[.)] )")
_TABLE_ROW = re.compile(r"^\||\|$| \| ")


def paragraphs(lines: list[str]) -> str:
    """Lines as paragraphs joined by a blank line; list items and table rows stay together."""
    text = ""
    previous: str | None = None
    for line in lines:
        shape = _shape(line)
        if text:
            text += "\n" if shape == previous != "prose" else "\n\n"
        text += line
        previous = shape
    return text


def _shape(line: str) -> str:
    if _LIST_ITEM.match(line):
        return "item"
    return "row" if _TABLE_ROW.search(line) else "prose"
