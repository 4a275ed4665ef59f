"""What is read from a page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from feedmill.article import Author, Image, Published

AccessValue = Literal["free", "metered", "paywalled", "unknown"]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a page, and the feed entry that led to it, say about its article.

    Attributes:
        title: The title without the name of the site.
        canonical_url: The address the page calls its own, where that is plausible.
        language: The language the page says it is in, as a BCP 47 code (see `language.decide`).
        access: What the page's markup says (see `access.read`, which also knows the text).
        provenance: For each field that was found, where it came from: `json-ld`, `meta`, `link`,
            `microdata`, `byline`, `h1`, `title-tag`, `time`, `text`, `htmldate`, `url`, `html` or `feed`.
    """

    title: str | None = None
    canonical_url: str | None = None
    description: str | None = None
    authors: tuple[Author, ...] = ()
    published: Published | None = None
    modified_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    access: AccessValue = "unknown"
    language: str | None = None
    provenance: Mapping[str, str] = field(default_factory=dict)
