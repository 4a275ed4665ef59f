"""HTML of feeds made harmless, once, where it leaves feedmill: by nh3.

Not where feeds are parsed. A poll finds the same thirty entries as the poll before, and what is new goes to the extraction,
which needs the classes and structure that a sanitiser takes away, and sanitises its own result. What `feedmill parse-feed`
prints is cleaned here. Called in the processes of `pool`, for hostile HTML takes long.
"""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape

import nh3

from service.feeds import links
from service.feeds.model import ParsedEntry, ParsedFeed
from service.feeds.parse import parse

# nh3 takes time in the square of the depth; nothing that is meant to be read is nested like that.
_MAX_DEPTH = 500
_MARK = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_TAG = re.compile(r"<[^<>]*>")
_VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
_ADDRESSES = frozenset({"href", "src", "cite"})
_SCHEMES = {"http", "https", "mailto"}


def parse_clean(body: bytes, url: str | None, content_type: str | None) -> ParsedFeed:
    """Parse a feed and sanitise the HTML in it; see `parse`."""
    return feed(parse(body, url, content_type))


def feed(parsed: ParsedFeed) -> ParsedFeed:
    """The feed with the summaries and contents of its entries sanitised."""
    return replace(parsed, entries=tuple(entry(one, parsed.base) for one in parsed.entries))


def entry(one: ParsedEntry, base: str | None) -> ParsedEntry:
    """An entry with its HTML sanitised, addresses in it made absolute."""
    base = one.base or one.link or base
    summary, content = (
        html(value, base) if value else None for value in (one.hints.summary, one.hints.content)
    )
    hints = one.hints._replace(summary=summary or None, content=content or None)
    return one._replace(hints=hints)


def html(value: str, base: str | None) -> str:
    """HTML that runs nothing and loads nothing but images, video and sound.

    Args:
        value: HTML of a stranger.
        base: What addresses in it are relative to.
    """
    if "<" not in value and "&" not in value:
        return value.strip()
    if _is_deep(value):
        return escape(" ".join(_TAG.sub(" ", value).split()), quote=False)

    if not base:
        return nh3.clean(value, url_schemes=_SCHEMES).strip()

    def resolved(_tag: str, attribute: str, address: str) -> str | None:
        if attribute not in _ADDRESSES:
            return address
        return links.absolute(address, base) or address

    return nh3.clean(value, url_schemes=_SCHEMES, attribute_filter=resolved).strip()


def _is_deep(value: str) -> bool:
    """Whether more elements are open at a time than anybody means."""
    depth = 0
    for mark in _MARK.finditer(value):
        if mark[2].lower() not in _VOID:
            depth += -1 if mark[1] else 1
            if depth > _MAX_DEPTH:
                return True
            depth = max(depth, 0)
    return False
