"""Whether the article is free to read, and pages that are nothing but a wall before it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any, NamedTuple

from lxml.html import HtmlElement

from workers.extract.metadata import walls
from workers.extract.metadata.jsonld import Node
from workers.extract.metadata.microdata import Items
from workers.extract.metadata.microdata import read as read_items
from workers.extract.metadata.model import AccessValue
from workers.extract.metadata.page import Page, survey
from workers.extract.metadata.text import lines_of, marked

_TIERS: dict[str, AccessValue] = {
    "free": "free",
    "metered": "metered",
    "locked": "paywalled",
    "paid": "paywalled",
    "premium": "paywalled",
    "subscription": "paywalled",
}
_SENTENCE = re.compile(r"(?<=[.!?\u2026\u3002])\s+|\n+|(?<=\u3002)")
_WORD = re.compile(r"[^\W\d_]+|[\u3040-\u30ff\u3400-\u9fff]")
_MAX_WALL_WORDS = 150
_WALL_SHARE = 0.4  # of the words of a wall stand in sentences that say so
_MAX_TEASER_WORDS = 350
_MAX_TEASER = 6000  # characters
_LAST = 4  # paragraphs in which a teaser's prompt is looked for
_MAX_PARAGRAPH = 400
_MAX_BODY = 4000  # characters of a page that are read where no text was found
_MAX_MARKED = 20
_MAX_MARKED_TEXT = 1500
_PAYWALL_MARKED = re.compile(r"aywall|subscribers?-only|regwall|premium-content")
_PAYWALL_ID = re.compile(r"aywall")
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Access(NamedTuple):
    """How the article can be read, and whether the page is a wall and holds no article."""

    value: AccessValue
    is_wall: bool


def read(tree: HtmlElement, text: str, *, said: AccessValue | None = None) -> Access:
    """Judge a page by what it states, and by the text that was found in it.

    Args:
        tree: The page.
        text: The article found in it, possibly empty.
        said: `Metadata.access`, where the page has been read already.
    """
    if said is None:
        page = survey(tree)
        said, _ = stated(page, page.linked.articles(), read_items(tree))
    shown = text or "\n".join(lines_of(_body(tree), _MAX_BODY))
    if is_wall(shown):
        return Access(said, is_wall=True)
    if said in {"unknown", "free"} and text:
        said = _by_text(tree, text) or said
    return Access(said, is_wall=False)


def stated(page: Page, articles: Iterable[Node], items: Items) -> tuple[AccessValue, str]:
    """What the markup says, and where. Publishers mark metered articles as they do paid ones."""
    for node in articles:
        if (is_free := _truth(node.get("isAccessibleForFree"))) is not None:
            return ("free" if is_free else "paywalled"), "json-ld"
    tier = page.first("article:content_tier", "lp:type", "article:opinion_tier").lower()
    if tier in _TIERS:
        return _TIERS[tier], "meta"
    if (is_free := _truth(items.first("isaccessibleforfree"))) is not None:
        return ("free" if is_free else "paywalled"), "microdata"
    return "unknown", ""


def is_wall(text: str) -> bool:
    """Whether a text is a consent page, a robot check or a login prompt, and nothing else."""
    if len(text) > _MAX_BODY:
        return False
    words = len(_WORD.findall(text))
    if not words or words > _MAX_WALL_WORDS or not walls.WALL.search(text):
        return False
    sentences = [part for part in _SENTENCE.split(text) if part.strip()]
    saying = sum(len(_WORD.findall(part)) for part in sentences if walls.WALL.search(part))
    return saying >= _WALL_SHARE * words


def _by_text(tree: HtmlElement, text: str) -> AccessValue | None:
    """`paywalled` where a teaser is followed by a prompt to subscribe."""
    if len(text) > _MAX_TEASER or len(_WORD.findall(text)) > _MAX_TEASER_WORDS:
        return None
    paragraphs = [part for part in text.split("\n") if part.strip()]
    last = [part for part in paragraphs[-_LAST:] if len(part) <= _MAX_PARAGRAPH]
    if any(walls.COUNTER.search(part) for part in last):
        return "metered"
    if any(walls.PROMPT.search(part) for part in last):
        return "paywalled"
    for element in islice(marked(tree, _PAYWALL_MARKED, _PAYWALL_ID), _MAX_MARKED):
        prompt = "" if _is_hidden(element) else " ".join(lines_of(element, _MAX_MARKED_TEXT))
        if prompt and len(prompt) <= _MAX_MARKED_TEXT and walls.PROMPT.search(prompt):
            return "paywalled"
    return None


def _is_hidden(element: HtmlElement) -> bool:
    return any(
        each.get("hidden") is not None or _HIDING.search((each.get("style") or "")[:500])
        for each in (element, *islice(element.iterancestors(), 8))
    )


def _truth(value: Any) -> bool | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    if isinstance(value, bool):
        return value
    said = value[:10].strip().lower() if isinstance(value, str) else ""
    return {"true": True, "false": False, "yes": True, "no": False}.get(said)


def _body(tree: HtmlElement) -> HtmlElement:
    body = tree.find(".//body")
    return tree if body is None else body
