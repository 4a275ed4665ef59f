"""Whole texts of the article that a page brings along beside its markup.

JSON-LD has `articleBody` and `text`; hydration state has the text somewhere in a tree of its own form. What is
found is a candidate among others, not the truth: it may be cut, or be that of another article.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Any

from lxml.html import HtmlElement

from workers.extract.metadata import state
from workers.extract.metadata.jsonld import is_a
from workers.extract.metadata.page import Page, survey
from workers.extract.metadata.text import folded

MAX_BODY = 400_000  # characters
_MIN_BODY = 250
_MAX_BODIES = 4
_MAX_NODES = 60_000  # values of hydration state looked at
_MAX_DEPTH = 60
_MIN_BLOCKS = 4
_LONG = 800  # characters of a text in one piece, without blocks
_MIN_LETTERS = 3
_MIN_WORDY = 60  # characters of a string under a name that says nothing
_MAX_ITEMS = 3000  # of one list of blocks
_BODY_KEYS = ("articleBody", "text", "reviewBody")
_TEXT_KEYS = (
    *(
        "articleBody",
        "body",
        "content",
        "text",
        "html",
        "htmlText",
        "rendered",
        "value",
        "paragraph",
    ),
    *("paragraphs", "model", "fields", "blocks", "elements", "children", "items", "nodes", "data"),
)
_NO_TEXT = ("http://", "https://", "/", "data:", "{", "[", "function")
_TEXT_NAMES = frozenset((*_TEXT_KEYS, *_BODY_KEYS))
_ELEMENTS = frozenset(("p", "h1", "h2", "h3", "h4", "a", "b", "i", "em", "strong", "span", "li"))
_CONTAINERS = frozenset(("div", "section", "article", "ul", "ol", "blockquote", "figure", "main"))
_TITLES = frozenset({"headline", "headlines", "title"})
_PLACES = frozenset(
    {"url", "href", "link", "slug", "path", "permalink", "canonicalUrl", "canonical_url"}
)
_NO_TEXT_TYPES = re.compile(
    r"image|video|gallery|embed|ad\b|advert|related|newsletter|promo|interstitial|link_list|oembed|audio|script|graphic|divider|raw_html|custom_embed",
    re.IGNORECASE,
)
_BLOCK_END = re.compile(
    r"</(?:p|div|li|h[1-6]|blockquote|tr|section|figure|ul|ol|table|pre)\s*>|<br\s*/?>|(?=<p[\s>])",
    re.IGNORECASE,
)
_SILENT = re.compile(r"<(script|style|figcaption|noscript|iframe)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,2000}>")
_SENTENCE = re.compile(r"[.!?\u2026\u3002\uff01\uff1f][\"'\u201d\u2019\u00bb)]*(?:\s|\Z)|\u3002")
_MIN_SENTENCES = 3


def bodies(
    tree: HtmlElement, page: Page | None = None, *, hydration: bool = True
) -> tuple[str, ...]:
    """Article texts in JSON-LD and hydration state, as paragraphs one a line, the likeliest first.

    Args:
        tree: The page; it is not changed.
        page: The survey of it, where it has been made already.
        hydration: Whether to look into hydration state, which costs more, where JSON-LD has no text.
    """
    found = list(_linked(page or survey(tree)))
    if hydration and not found:
        page = page or survey(tree)
        wanted = _telling(f"{page.title} {page.first('og:description', 'description')}")
        stated = {text for value in state.values(tree) for text in _in_state(value)}
        found += sorted(stated, key=lambda text: _relevance(text, wanted), reverse=True)
    return tuple(dict.fromkeys(found))[:_MAX_BODIES]


def _telling(text: str) -> frozenset[str]:
    """The longer words of a title and a summary."""
    return frozenset(word for word in folded(text).split() if len(word) > _MIN_LETTERS)


def _relevance(text: str, wanted: frozenset[str]) -> tuple[float, int]:
    """How much of the title and summary a text has, in tenths, and its length."""
    shared = len(wanted & _telling(text[:MAX_BODY])) / (len(wanted) or 1)
    return round(shared, 1), len(text)


def plain(markup: str) -> str:
    """A text that may hold HTML as lines: one a block, tags and references carried out."""
    text = markup[:MAX_BODY]
    if "&lt;" in text and "<" not in text:
        text = unescape(text)
    if "<" in text:
        text = _without_silent(text)
        text = _BLOCK_END.sub("\n", text)
        text = _TAG.sub("", text)
    lines = (
        " ".join(line.split())
        for line in unescape(text).encode("utf-8", "replace").decode().split("\n")
    )
    return "\n".join(filter(None, lines))


def _without_silent(markup: str) -> str:
    """Markup without elements whose content is no text of the article, in one pass."""
    kept: list[str] = []
    place = 0
    while match := _SILENT.search(markup, place):
        kept.append(markup[place : match.start()])
        close = re.compile(rf"</{match[1]}\s{{0,20}}>", re.IGNORECASE).search(markup, match.end())
        if close is None:
            return " ".join(kept)
        place = close.end()
    return " ".join([*kept, markup[place:]])


def _linked(page: Page) -> Iterator[str]:
    for node in page.linked.articles():
        keys = _BODY_KEYS if is_a(node, ("article", "posting", "review")) else _BODY_KEYS[:1]
        for key in keys:
            value = node.get(key)
            if isinstance(value, list):
                value = "\n".join(part for part in value[:_MAX_ITEMS] if isinstance(part, str))
            if isinstance(value, str) and len(text := plain(value)) >= _MIN_BODY:
                yield text


def _in_state(value: Any) -> Iterator[str]:
    """Texts in a tree of unknown form."""
    gatherer = _Gatherer()
    gatherer.text_of(value, "", 0)
    yield from gatherer.found


class _Gatherer:
    """Walks a tree once and notes every text that is long enough, and every list of blocks that makes one."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._nodes = 0

    def text_of(self, node: Any, name: str, depth: int) -> str:
        """The text in a node, as far as it is one of an article and not of a teaser or a picture."""
        self._nodes += 1
        if depth > _MAX_DEPTH or self._nodes > _MAX_NODES:
            return ""
        if isinstance(node, str):
            return self._of_string(node, name)
        if isinstance(node, list):
            return self._of_blocks(node, name, depth)
        return self._of_object(node, depth) if isinstance(node, dict) else ""

    def _of_string(self, node: str, name: str) -> str:
        if not _is_text(node, name):
            return ""
        if len(node) < _MIN_BODY:
            return plain(node) if "<" in node else node
        text = plain(node)
        if "\n" in text or len(text) >= _LONG:
            self._note(text)
        return text

    def _of_blocks(self, items: Iterable[Any], name: str, depth: int) -> str:
        items = list(items)[:_MAX_ITEMS]
        tag = items[0] if items and isinstance(items[0], str) else ""
        if tag in _ELEMENTS:  # JsonML: ["p", "text"]
            inner = (self.text_of(item, "text", depth + 1) for item in items[1:])
            return "".join(inner)[:MAX_BODY]
        items = items[1:] if tag in _CONTAINERS else items
        parts = [self.text_of(item, name, depth + 1) for item in items]
        parts = [part for part in parts if part.strip()]
        is_inline = _are_pieces(parts)
        text = ("" if is_inline else "\n").join(parts)[:MAX_BODY]
        if len(parts) >= _MIN_BLOCKS and not is_inline:
            self._note(text)
        return text

    def _of_object(self, node: dict[str, Any], depth: int) -> str:
        kind = node.get("type") or node.get("__typename") or node.get("name") or ""
        is_other = isinstance(kind, str) and _NO_TEXT_TYPES.search(kind[:60]) is not None
        is_teaser = not _TITLES.isdisjoint(node) and not _PLACES.isdisjoint(node)
        texts: dict[str, str] = {}
        for key, item in node.items():
            is_worth = _is_text(item, key) if isinstance(item, str) else bool(item)
            if is_worth and (text := self.text_of(item, key, depth + 1)):
                texts[key] = text
        if is_other or is_teaser:
            return ""
        for key in _TEXT_KEYS:
            if texts.get(key):
                return texts[key]
        blocks = [text for key, text in texts.items() if isinstance(node[key], dict) and text]
        if len(blocks) >= _MIN_BLOCKS:  # blocks by name, in order
            text = "\n".join(blocks)[:MAX_BODY]
            self._note(text)
            return text
        return max(texts.values(), key=len, default="")

    def _note(self, text: str) -> None:
        if _is_prose(text):
            self.found.append(_tidy(text))


def _are_pieces(parts: list[str]) -> bool:
    """Whether texts are pieces of one line, such as words around a link, and not lines of their own."""
    whole = sum(_SENTENCE.search(part.rstrip()[-3:]) is not None for part in parts)
    return 2 * whole <= len(parts) and any(
        part[0].isspace() or part[-1].isspace() for part in parts
    )


def _is_text(node: str, name: str) -> bool:
    """Whether a string may be part of a text: more than a word, or under the name of one."""
    if name not in _TEXT_NAMES and (len(node) <= _MIN_WORDY or " " not in node):
        return False
    return not node.startswith(_NO_TEXT) and "){" not in node


def _tidy(text: str) -> str:
    return "\n".join(filter(None, (" ".join(line.split()) for line in text.split("\n"))))


def _is_prose(text: str) -> bool:
    return len(text) >= _MIN_BODY and len(_SENTENCE.findall(text[:20_000])) >= _MIN_SENTENCES
