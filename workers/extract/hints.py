"""What is known of an article from elsewhere than its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SiteLines:
    """On how many other pages of the same site lines were seen.

    Attributes:
        pages: How many other pages are remembered; recent ones count more, so it need not be whole.
        counts: On how many of them a line stands, by its key (`workers.extract.site.line_key`). Lines
            that are not in it were not seen.
    """

    pages: float = 0.0
    counts: Mapping[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hints:
    """What the feed entry says of the article, and what the site's other pages teach.

    Attributes:
        title: Title of the feed entry.
        summary: Its summary, HTML or plain.
        content: Its content, HTML or plain, which may be the whole article.
        authors: Its authors.
        published_at: Its date.
        lang: The language the feed is in, as a BCP 47 code.
        site: Lines of other pages of the site.
    """

    title: str | None = None
    summary: str | None = None
    content: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    lang: str | None = None
    site: SiteLines = field(default_factory=SiteLines)
