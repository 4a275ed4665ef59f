"""A newspaper while the site runs: its articles after edits, its feed after publications."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tests.site.articles import bulk_article
from tests.site.model import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from tests.site.model import Newspaper, SiteArticle

STEP: Final = timedelta(minutes=30)
FIRST_SPARE: Final = 900_000  # bulk articles from here on stand in when no prepared one is left


class Edition:
    """One newspaper's current state. Its clock moves half an hour with every change."""

    def __init__(self, paper: Newspaper) -> None:
        """Start with the entries of the first edition."""
        self.paper = paper
        self._entries = {entry.article.slug: entry for entry in paper.entries}
        self._order = list(self._entries)
        self._edits: dict[str, int] = {}
        self._published = 0
        self.modified: datetime = max(entry.article.modified for entry in paper.entries)

    @property
    def entries(self) -> list[Entry]:
        """The feed's entries, newest first."""
        return [self._entries[slug] for slug in self._order]

    def entry(self, slug: str) -> Entry | None:
        """Return the entry of an article, if the newspaper has it."""
        return self._entries.get(slug)

    def edit(self, slug: str) -> SiteArticle | None:
        """Correct an article's second paragraph; None where there is nothing to correct."""
        entry = self._entries.get(slug)
        if entry is None or len(entry.article.paragraphs) <= 1:
            return None
        count = self._edits[slug] = self._edits.get(slug, 0) + 1
        first, second, *others = entry.article.paragraphs
        corrected = f"{second} {_correction(count)}"
        article = replace(
            entry.article, paragraphs=(first, corrected, *others), updated=self._tick()
        )
        self._entries[slug] = replace(entry, article=article)
        return article

    def publish(self) -> SiteArticle:
        """Put one further article at the top of the feed."""
        article = replace(self._next_article(), published=self._tick())
        self._published += 1
        self._entries[article.slug] = Entry(article)
        self._order.insert(0, article.slug)
        return article

    def _next_article(self) -> SiteArticle:
        if self._published < len(self.paper.prepared):
            return self.paper.prepared[self._published]
        number = FIRST_SPARE + self._published
        return replace(bulk_article(number), slug=f"late-{number}")

    def _tick(self) -> datetime:
        self.modified += STEP
        return self.modified


def _correction(count: int) -> str:
    return (
        f"Correction {count}: an earlier version of this report gave a wrong figure at this point, "
        "which the newsroom has since checked and put right."
    )
