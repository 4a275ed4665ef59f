"""What an extraction yields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedmill.article import Author, Image, Language, Published, Removed


@dataclass(frozen=True, slots=True)
class Extraction:
    """The article in a page, as far as the page alone tells.

    Attributes:
        text: The main text, paragraphs joined by a blank line; never empty.
        method: How it was found, such as `html/blocks`.
        title_from: `page` where the page states the title, `feed` where only the feed does, `text` where
            it was derived.
        canonical_url: What the page calls its own address (unchecked).
        quality: The F1 over words that the text is likely to have, 0 to 1 (`quality`).
        html: The text with its headings, lists, quotes, code and tables as HTML, where asked for.
        removed: Lines left out of the article or the text around it, by reason.
        provenance: Where each field of metadata was found.
    """

    text: str
    method: str
    title: str | None = None
    title_from: Literal["page", "feed", "text"] | None = None
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
    html: str | None = None
    removed: tuple[Removed, ...] = field(default=())
    provenance: Mapping[str, str] = field(default_factory=dict)
