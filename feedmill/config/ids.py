"""Ids for sources that have none."""

from __future__ import annotations

import re
from typing import Final

from feedmill.urls import digest

MAX_ID: Final = 64
_HASH: Final = 8


def derive_id(location: str) -> str:
    """Make a readable id out of an address or path: `feeds-example-org-news-rss-xml`.

    The same text always gives the same id. A hash is added where the readable part would be
    too long, or would lose letters.
    """
    text, slug = _slug(location)
    if slug and len(slug) <= MAX_ID and text.isascii():
        return slug
    return derive_distinct_id(location)


def derive_distinct_id(location: str) -> str:
    """As `derive_id`, always with a hash: for one whose id another location has already."""
    _, slug = _slug(location)
    readable = slug[: MAX_ID - _HASH - 1].rstrip("-") or "source"
    return f"{readable}-{digest(location)[:_HASH]}"


def _slug(location: str) -> tuple[str, str]:
    text = re.sub(r"^https?://", "", location.lower())
    return text, re.sub(r"[^a-z0-9]+", "-", text).strip("-")
