"""What a feed service knows of a page from elsewhere: the site's other pages, and the feed entry."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench import feedmills
from bench.corpus import Page
from workers.extract import site
from workers.extract.hints import Hints

_SUMMARY_WORDS = 40


@dataclass(frozen=True, slots=True)
class Input:
    """A page as it is given to the extractor: its HTML, or rendered as plain text."""

    page: Page
    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """A page as site memory keeps it."""

    keys: site.Keys
    article: bytes
    others: bytes


class Sites:
    """The memory of sites, as workers would have it after some of their pages.

    Args:
        inputs: All pages of the sites. What their articles are is what we extract without memory.
    """

    def __init__(self, inputs: Sequence[Input]) -> None:
        self._seen = {one.page.id: _see(one) for one in inputs}
        self._inputs = inputs

    def hints(self, one: Input, others: int, draw: int) -> Hints:
        """What some other pages of the same site teach about a page."""
        seen = [self._seen[other.page.id] for other in self.others(one, others, draw)]
        keys = self._seen[one.page.id].keys
        return Hints(site=site.learn(keys, seen).taught)

    def others(self, one: Input, count: int, draw: int) -> list[Input]:
        """Other pages of the site, the same ones at every run."""
        same = [
            other
            for other in self._inputs
            if other.page.site == one.page.site and other.page.id != one.page.id
        ]
        chance = random.Random(f"{one.page.id} {count} {draw}")
        return chance.sample(same, min(count, len(same)))


def site_hints(pages: Sequence[Page], count: int) -> dict[bytes, Hints]:
    """What other pages teach, for those pages of which others of the site are there."""
    inputs = [Input(page, page.html, "text/html") for page in pages if page.site]
    sites = Sites(inputs)
    return {one.content: sites.hints(one, count, 0) for one in inputs}


def feed_hints(pages: Sequence[Page]) -> dict[bytes, Hints]:
    """A feed entry for each page: its title, and the first words of the article.

    The data has no feeds. Many publishers' feeds give just that, so what it adds is what it adds for them.
    """
    found = {}
    for page in pages:
        own = feedmills.extract(page.html, page.url, content_type="text/html")
        words = page.truth.split()[:_SUMMARY_WORDS]
        found[page.html] = Hints(title=own.title if own else None, summary=" ".join(words))
    return found


def hints_of(kind: str | None, pages: Sequence[Page]) -> Mapping[bytes, Hints] | None:
    """The hints that a variant asks for."""
    if kind == "site":
        return site_hints(pages, 3)
    return feed_hints(pages) if kind == "feed" else None


def _see(one: Input) -> _Seen:
    lines = feedmills.lines_of(one.content, one.page.url, one.content_type)
    found = feedmills.extract(one.content, one.page.url, content_type=one.content_type)
    own = site.read(lines)
    is_article = site.of_article(own, found.text if found else "")
    return _Seen(own.keys, site.pack(own.keys[is_article]), site.pack(own.keys[~is_article]))
