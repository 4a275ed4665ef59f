"""From a page to its article: extract and normalise. What is not thought of costs one page, and is seen."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from redis.exceptions import RedisError

from feedmill.article import Article
from feedmill.errors import ExtractionError, FeedmillError
from feedmill.page import Page
from workers import extract
from workers.extract import Extraction, Hints, Options, SiteLines
from workers.memory import Memory, Recalled
from workers.normalise import normalise


def to_article(page: Page) -> Article:
    """Extract and normalise one page, without what other pages of its site teach.

    Raises:
        ExtractionError: There is no article in it, or (kind `bug`) the extraction failed in a way
            nobody thought of.
    """
    article, _ = make(page, None)
    return article


def make(page: Page, memory: Memory | None) -> tuple[Article, Recalled | None]:
    """As `to_article`, with what other pages of its site teach.

    Args:
        page: The page.
        memory: Of sites; None to do without.

    Returns:
        The article, and what is remembered of the site, to be added to after the commit.

    Raises:
        ExtractionError: As `to_article`.
        MemoryError: The page takes more memory than it may.
        redis.RedisError: The memory of sites cannot be asked.
    """
    started = time.perf_counter()
    try:
        opened = _open(page)
        recalled = memory.recall(page, opened.lines) if memory else None
        found = _extract(page, opened, hints_of(page, recalled.taught if recalled else None))
        milliseconds = round((time.perf_counter() - started) * 1000)
        return normalise(page, found, now=datetime.now(UTC), milliseconds=milliseconds), recalled
    except (FeedmillError, RedisError, MemoryError):
        raise  # a page without Redis is not the cause; of memory, what is left is in pieces
    except Exception as error:
        # Strangers' pages find the bugs of every library; they must cost one page, and be seen.
        raise ExtractionError(
            f"the extraction failed: {type(error).__name__}: {error}"[:500], kind="bug"
        ) from error


def hints_of(page: Page, site: SiteLines | None = None) -> Hints:
    """What is known of a page's article from elsewhere: the feed entry and the site's other pages."""
    entry = page.hints
    return Hints(
        title=entry.title,
        summary=entry.summary,
        content=entry.content,
        authors=entry.authors,
        published_at=entry.published_at,
        lang=entry.lang,
        site=site or SiteLines(),
    )


def _open(page: Page) -> extract.Page:
    return extract.read(
        page.content,
        url=page.final_url or page.url,
        content_type=page.content_type,
        options=Options(
            mode=page.mode,
            precision=page.precision,
            html=page.html,
            is_fragment=page.kind == "entry",
            drop=page.drop,
        ),
    )


def _extract(page: Page, opened: extract.Page, hints: Hints) -> Extraction:
    try:
        return opened.extract(hints)
    except ExtractionError as error:
        if error.kind != "no-text" or page.kind != "page" or not page.hints.content:
            raise
        as_entry = Options(is_fragment=True, drop=page.drop)
        return extract.extract(page.hints.content.encode(), options=as_entry)
