"""JSON-LD as sites write it: read leniently, with bounds, and the objects of the article in it.

A broken script says nothing unless a small mistake can be mended: CDATA marks and comments around the
JSON, commas too many, several values one after another. Nothing is ever evaluated.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from workers.extract.metadata.text import line

Node = Mapping[str, Any]

MAX_SCRIPT = 2_000_000  # characters
_MAX_MENDED = 300_000  # characters of a script that is tried a second time
_MAX_VALUES = 20  # JSON values one after another in one script
_MAX_NODES = 500  # objects looked at
_MAX_WAITING = 2000
_FOLLOWED = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart", "item")
_WRAPPING = re.compile(r"\A(?:\s|<!--|/\*.{0,40}?\*/|//[^\n]{0,40}\n|<!\[CDATA\[)+", re.DOTALL)
_TOO_MANY_COMMAS = re.compile(r",(?=\s{0,200}[}\]])")
_ARTICLE = ("article", "posting")
_PAGE = (
    "webpage",
    "report",
    "review",
    "recipe",
    "howto",
    "itempage",
    "aboutpage",
    "podcastepisode",
)


@dataclass(frozen=True, slots=True)
class Graph:
    """The objects of a page's JSON-LD in the order of the page.

    Attributes:
        nodes: Every object that may be about the page, with whether it is one of a list.
        by_id: Objects that others refer to, by `@id`.
    """

    nodes: tuple[tuple[Node, bool], ...] = ()
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The object that a reference such as `{"@id": "#author"}` means; other values as they are."""
        if isinstance(value, dict) and "name" not in value and isinstance(value.get("@id"), str):
            return self.by_id.get(value["@id"], value)
        return value

    def of_type(self, *endings: str) -> list[Node]:
        """Objects with a type that ends like one of these, those outside lists first."""
        found = [(node, listed) for node, listed in self.nodes if is_a(node, endings)]
        return [node for node, listed in found if not listed] + [
            node for node, listed in found if listed
        ]

    def articles(self, is_own: Sequence[str] = ()) -> list[Node]:
        """The objects about the article, the likeliest first.

        Args:
            is_own: Keys of the page's own addresses; an object that gives one of them comes first.
        """
        about = self.of_type(*_ARTICLE)
        own = [node for node in about if _address(node) in is_own] if is_own else []
        others = [node for node in about if node not in own]
        return [*own, *others, *self.of_type(*_PAGE)]


def parse(scripts: Iterable[str]) -> Graph:
    """Read the scripts of a page."""
    waiting: deque[tuple[Any, bool]] = deque()
    for script in scripts:
        waiting.extend((value, False) for value in _values(script))
    nodes: list[tuple[Node, bool]] = []
    by_id: dict[str, Node] = {}
    while waiting and len(nodes) < _MAX_NODES:
        value, listed = waiting.popleft()
        if isinstance(value, list):
            room = max(0, _MAX_WAITING - len(waiting))
            waiting.extendleft((item, listed) for item in reversed(value[:room]))
        elif isinstance(value, dict):
            nodes.append((value, listed))
            _remember(value, by_id)
            waiting.extend(
                (value[name], listed or name in {"itemListElement", "hasPart", "item"})
                for name in _FOLLOWED
                if isinstance(value.get(name), dict | list)
            )
    return Graph(tuple(nodes), by_id)


def is_a(node: Node, endings: Sequence[str]) -> bool:
    """Whether one of the types of an object ends like one of these words (in lower case)."""
    types = node.get("@type")
    for kind in types[:20] if isinstance(types, list) else [types]:
        if isinstance(kind, str) and kind.lower().rstrip("/").endswith(tuple(endings)):
            return True
    return False


def _address(node: Node) -> str:
    for value in (node.get("url"), node.get("mainEntityOfPage"), node.get("@id")):
        address = value.get("@id") if isinstance(value, dict) else value
        if isinstance(address, str) and address:
            return bare(address)
    return ""


def bare(address: str) -> str:
    """An address without what does not tell pages of one site apart."""
    plain = re.split(r"[?#]", line(address), maxsplit=1)[0]
    return re.sub(r"\Ahttps?://(?:www\.)?", "", plain).rstrip("/")


def _remember(node: Node, by_id: dict[str, Node]) -> None:
    name = node.get("@id")
    if isinstance(name, str) and "name" in node:
        by_id.setdefault(name, node)


def _values(script: str) -> list[Any]:
    text = script[:MAX_SCRIPT]
    try:
        return [json.loads(text, strict=False)]
    except (ValueError, RecursionError):
        return _mended(text) if len(text) <= _MAX_MENDED else []


def _mended(text: str) -> list[Any]:
    """The values of a script with small mistakes, as far as they can be read."""
    text = _WRAPPING.sub("", text)
    if text[:12].lstrip("{[ \n").startswith("&"):
        text = unescape(text)
    text = _TOO_MANY_COMMAS.sub("", text)
    decoder = json.JSONDecoder(strict=False)
    values: list[Any] = []
    place = 0
    while len(values) < _MAX_VALUES:
        starts = [at for at in (text.find("{", place), text.find("[", place)) if at >= 0]
        if not starts:
            break
        try:
            value, place = decoder.raw_decode(text, min(starts))
        except (ValueError, RecursionError):
            break
        values.append(value)
    return values
