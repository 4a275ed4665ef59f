"""What an extraction yields."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedmill.article import Author, Image, Language, Published, Removed


@dataclass(frozen=True, slots=True)
class Extraction:
    """The article in a page, as far as the page alone tells.

    Attributes:
        text: The main text, paragraphs joined by a blank line; never empty.
        method: How it was found, such as `html/trafilatura`.
        title_from: `page` where the page states the title, `text` where it was derived.
        canonical_url: What the page calls its own address (unchecked).
        removed: Lines left out, by reason.
    """

    text: str
    method: str
    title: str | None = None
    title_from: Literal["page", "text"] | None = None
    canonical_url: str | None = None
    description: str | None = None
    authors: tuple[Author, ...] = ()
    published: Published | None = None
    modified_at: datetime | None = None
    lang: Language | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    access: Literal["free", "metered", "paywalled", "unknown"] = "unknown"
    quality: float | None = None
    removed: tuple[Removed, ...] = field(default=())
