"""Strangers' text made into one clean line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

MAX_CHARACTERS = 2000  # of one field
_MAX_PIECES = 300  # text nodes read of one element
_TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
# Soft hyphens and marks of zero width tell a browser where to break a line; they are no part of the words.
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NO_WORD = re.compile(r"[\W_]+")


def line(value: Any) -> str:
    """The text as one line of bounded length: references carried out, tags and line breaks gone.

    What is no text, or a list that does not begin with one, gives an empty line.
    """
    if isinstance(value, list):
        value = next(iter(value), None)
    if not isinstance(value, str):
        return ""
    whole = value[:MAX_CHARACTERS]
    if "&" in whole:
        whole = unescape(whole)
    if "<" in whole:
        whole = _TAG.sub(" ", whole)
    if not whole.isascii():
        whole = _INVISIBLE.sub("", whole).encode("utf-8", "replace").decode()
    return " ".join(whole.split())


def lines_of(element: HtmlElement, limit: int = MAX_CHARACTERS) -> list[str]:
    """The text nodes of an element as clean lines, as far as `limit` characters go."""
    found, length = [], 0
    for piece in islice(element.itertext(), _MAX_PIECES):
        text = line(piece)
        if text:
            found.append(text)
            length += len(text)
        if length > limit:
            break
    return found


def marked(
    tree: HtmlElement, by_class: re.Pattern[str], by_id: re.Pattern[str] | None = None
) -> Iterator[HtmlElement]:
    """The elements whose class or id has a mark, as they are asked for: faster than XPath's `contains`."""
    for element in tree.iter("*"):
        names = element.get("class")
        name = element.get("id") if by_id else None
        if (names and by_class.search(names)) or (by_id and name and by_id.search(name)):
            yield element


def words_of(element: HtmlElement) -> str:
    """The text of an element as one line."""
    return line(" ".join("".join(islice(element.itertext(), _MAX_PIECES))[:MAX_CHARACTERS].split()))


def folded(text: str) -> str:
    """The words alone, in lower case: what two spellings of one title have in common."""
    return _NO_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower()).strip()


def squashed(text: str) -> str:
    """As `folded`, without blanks: `Daily Star` and `dailystar` are the same site."""
    return folded(text).replace(" ", "")
