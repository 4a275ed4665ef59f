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
    text = re.sub(r"^https?://", "", location.lower())
    slug = re.sub(r"[^a-z0-9]+", "-", text).strip("-")
    if slug and len(slug) <= MAX_ID and text.isascii():
        return slug
    readable = slug[: MAX_ID - _HASH - 1].rstrip("-") or "source"
    return f"{readable}-{digest(location)[:_HASH]}"
