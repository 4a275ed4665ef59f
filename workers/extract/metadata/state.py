"""Data that a page brings along for its scripts (hydration state), read as JSON and never run.

Three forms: a script of type `application/json` (`__NEXT_DATA__`, Nuxt 3), a script that gives an object to
a name (`window.__PRELOADED_STATE__ = {…}`, `Fusion.globalContent = {…}`), and JSON inside a quoted string
(`JSON.parse("…")`). The JSON decoder itself finds where an object ends; at code that is no JSON it stops at
once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

MAX_SCRIPT = 4_000_000  # characters
_MAX_TOTAL = 8_000_000
_MAX_OBJECTS = 12  # read of one page
_MAX_TRIES = 300
_MIN_SCRIPT = 1500  # a shorter one holds no article
_DATA_TYPES = frozenset({"application/json", "text/json", "application/vnd.next+json"})
_CODE_TYPES = frozenset({"", "text/javascript", "application/javascript", "module"})
_GIVEN = re.compile(
    r"(?:window|self|globalThis|Fusion|var|let|const|__)[\w.$\[\]'\" ]{0,80}?\s{0,20}=\s{0,20}"
    r"(?:JSON\.parse\(\s{0,20}(?=\")|(?=[{\[]))"
)
_DECODER = json.JSONDecoder(strict=False)


def values(tree: HtmlElement) -> Iterator[Any]:
    """The JSON values of some size in the scripts of a page, in order."""
    room, found = _MAX_TOTAL, 0
    for script in tree.iter("script"):
        text = script.text or ""
        if not _MIN_SCRIPT <= len(text) <= MAX_SCRIPT or len(text) > room:
            continue
        room -= len(text)
        for value in _values(text, (script.get("type") or "").partition(";")[0].strip().lower()):
            found += 1
            yield value
            if found >= _MAX_OBJECTS:
                return


def _values(text: str, kind: str) -> Iterator[Any]:
    if kind in _DATA_TYPES:
        value, _ = _decoded(text, len(text) - len(text.lstrip()))
        yield from () if value is None else (value,)
    elif kind in _CODE_TYPES:
        yield from _given(text)


def _given(text: str) -> Iterator[Any]:
    """The objects that a script gives to names."""
    place = 0
    for _ in range(_MAX_TRIES):
        match = _GIVEN.search(text, place)
        if match is None:
            return
        value, place = _decoded(text, match.end())
        if isinstance(value, str):
            value, _ = _decoded(value, 0)
        if value is not None and place - match.end() >= _MIN_SCRIPT:
            yield value


def _decoded(text: str, start: int) -> tuple[Any, int]:
    """The JSON value that begins at `start`, and where it ends; None for what is no JSON."""
    try:
        return _DECODER.raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start + 1  # code is not run to find out what it means
