"""What the loopback news site is made of: articles, feed entries and newspapers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a block of text at its blank lines and unwrap the lines of each paragraph."""
    return tuple(" ".join(block.split()) for block in text.strip().split("\n\n"))


def at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of the fixed year in which all of the site's news happens."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SiteArticle:
    """One article of one newspaper, before any page or feed is made of it."""

    slug: str
    title: str
    byline: str
    published: datetime
    paragraphs: tuple[str, ...]
    section: str
    lang: str = "en"
    summary: str = ""
    updated: datetime | None = None

    @property
    def modified(self) -> datetime:
        """The time of the last edit, or of publication if there was none."""
        return self.updated or self.published


@dataclass(frozen=True, slots=True)
class Entry:
    """An article's place in its newspaper's feed, and how its page answers.

    `link` is the path the feed points to: straight to the article, through `/go/` (one redirect)
    or through `/old/` (two). `page_status` is what the article's own page answers. `full` puts
    the whole text into the feed; `enclosure` adds a picture file to it.
    """

    article: SiteArticle
    link: Literal["articles", "go", "old"] = "articles"
    page_status: Literal[200, 404, 500] = 200
    full: bool = False
    enclosure: bool = False

    @property
    def link_path(self) -> str:
        """The path of the entry's link, without a leading slash."""
        return f"{self.link}/{self.article.slug}"


@dataclass(frozen=True, slots=True)
class Newspaper:
    """A newspaper: its entries, newest first, and the articles it has yet to publish."""

    host: str
    name: str
    tagline: str
    entries: tuple[Entry, ...]
    prepared: tuple[SiteArticle, ...] = field(default=())
