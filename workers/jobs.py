"""The job: work through a batch of pages.

Named by its dotted path in the queue (`feedmill.jobs` holds the name), so that the service need not import
any of this. One bad page costs itself: it is set aside with the reason and the batch goes on. A page that
kills its process is met again when RQ retries the batch, and set aside after a few attempts.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError
from rq import get_current_job
from rq.timeouts import BaseTimeoutException

from feedmill import log
from feedmill.article import Article
from feedmill.errors import ExtractionError, FeedmillError
from feedmill.page import Page
from feedmill.store.keys import Keys
from feedmill.store.workshop import Workshop
from workers import extract
from workers.extract import Extraction, Hints, Options, SiteLines
from workers.filing import Cabinet
from workers.memory import Memory, Recalled
from workers.normalise import names_of, normalise


def process_pages(prefix: str, page_ids: list[str], *, whole: bool = False) -> dict[str, int]:
    """Make articles of pages and commit them. Doing it twice changes nothing.

    Args:
        prefix: Prefix of the Redis keys.
        page_ids: The pages; those finished already are passed over.
        whole: Whether to announce whole articles in the stream.

    Returns:
        How many pages ended with each verdict.
    """
    job = get_current_job()
    if job is None or job.connection is None:
        raise FeedmillError("process_pages runs as an RQ job only")
    return work_through(job.connection, Keys(prefix), page_ids, whole=whole)


def work_through(
    redis: Redis, keys: Keys, page_ids: list[str], *, whole: bool = False
) -> dict[str, int]:
    """As `process_pages`, with the connection given."""
    workshop = Workshop(redis, keys)
    cabinet = Cabinet(redis, keys, whole=whole)
    memory = Memory(redis, keys)
    verdicts = Counter(_work_on(page_id, workshop, cabinet, memory) for page_id in page_ids)
    return dict(verdicts)


def _work_on(page_id: str, workshop: Workshop, cabinet: Cabinet, memory: Memory) -> str:
    logger = log.get("workers").bind(page_id=page_id)
    page: Page | None = None
    try:
        page = workshop.begin(page_id)
        if page is None:
            return "done-before"
        article, recalled = _make(page, memory)
        committed = cabinet.file(article, names_of(page, article), page_id=page_id)
    except FeedmillError as error:
        workshop.set_aside(page_id, page, error)
        logger.warning("page set aside", kind=error.kind, error=error.message)
        return "quarantined"
    if recalled:
        memory.remember(page, recalled, article.text)
    logger.debug("committed", verdict=committed.verdict, article_id=committed.article_id)
    return committed.verdict


def to_article(page: Page) -> Article:
    """Extract and normalise one page, without what other pages of its site teach.

    Raises:
        ExtractionError: There is no article in it, or (kind `bug`) the extraction failed in a way
            nobody thought of.
    """
    article, _ = _make(page, None)
    return article


def _make(page: Page, memory: Memory | None) -> tuple[Article, Recalled | None]:
    started = time.perf_counter()
    try:
        opened = _open(page)
        recalled = memory.recall(page, opened.lines) if memory else None
        found = _extract(page, opened, hints_of(page, recalled.taught if recalled else None))
        milliseconds = round((time.perf_counter() - started) * 1000)
        return normalise(page, found, now=datetime.now(UTC), milliseconds=milliseconds), recalled
    except (FeedmillError, BaseTimeoutException, RedisError):
        raise  # a batch that is out of time or without Redis is RQ's to retry: this page is not the cause
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
