"""Replays: the raw pages of stored articles go to the workers once more, to be extracted by today's code.

The pages wait in the same queue as all others and fill it to the half of its bounds at most, so that news goes on.
What is stored changes only where a text improves; the rule is the workers' (docs/adr/0024).
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from redis import Redis

from feedmill.article import Article
from feedmill.errors import RawPageError
from feedmill.page import Page
from feedmill.raw.reading import RawReader
from feedmill.store import replays
from feedmill.store.articles import ArticleLog
from feedmill.store.intake import Intake, Limits
from feedmill.store.keys import Keys
from feedmill.store.replays import Outcome, Replays
from service.queue import PageQueue

_AT_A_TIME = 25  # articles
_PAUSE = 0.5  # seconds between two looks whether there is room, or whether it is done
_STALLED = 5.0  # seconds without an outcome after which it is asked whether there will be any more
_SHARE = 2  # a replay takes one part in so many of the queue

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which articles are meant: all of a time, or one.

    Attributes:
        since: When their page was fetched at the earliest, Unix seconds.
        until: And at the latest.
        source_id: Only those of this source.
        article_id: Only this one.
    """

    since: float = 0.0
    until: float = float("inf")
    source_id: str | None = None
    article_id: str | None = None


@dataclass(slots=True)
class Tally:
    """What came of a replay.

    Attributes:
        looked_at: Articles that were meant.
        without_raw_page: Those of them whose page is kept no longer, or never was.
        improved: Of which a better text was found; a revision of it was written.
        unchanged: Whose text is the same, or of which a newer page came meanwhile.
        kept: Of which another text was found that is not surely better.
        failed: In whose page no article was found, or that could not be worked on. They stay as they are.
    """

    looked_at: int = 0
    without_raw_page: int = 0
    improved: int = 0
    unchanged: int = 0
    kept: int = 0
    failed: int = 0

    def count(self, outcome: Outcome) -> None:
        """Count one more page."""
        setattr(self, outcome, getattr(self, outcome) + 1)


class Shelf:
    """Stored articles with their raw pages.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        reader: Of the files of raw pages.
    """

    def __init__(self, redis: Redis, keys: Keys, reader: RawReader) -> None:
        self._articles = ArticleLog(redis, keys)
        self._replays = Replays(redis, keys)
        self._reader = reader

    def ids(self, wanted: Wanted) -> list[str]:
        """The articles that may be meant."""
        if wanted.article_id:
            return [wanted.article_id]
        return sorted(self._replays.fetched_between(wanted.since, wanted.until))

    def take(self, ids: Sequence[str], wanted: Wanted) -> Iterator[tuple[Article, Page | None]]:
        """Those that are meant, and the page of each; None where it is not kept. Blocking."""
        for article in filter(None, map(self._articles.get, ids)):
            if wanted.source_id in {None, article.source.id}:
                yield article, self._page(article)

    def revision(self, article_id: str) -> int:
        """Of what is stored; 0 if nothing is."""
        article = self._articles.get(article_id)
        return article.rev if article else 0

    def _page(self, article: Article) -> Page | None:
        try:
            return self._reader.read(article.raw_ref) if article.raw_ref else None
        except RawPageError:
            return None


class Replay:
    """Sends pages to the workers and waits for what comes of them.

    Args:
        shelf: Where articles and pages are taken from.
        replays: What tells what came of a page.
        intake: Where pages are accepted.
        queue: The way to the workers.
        limits: What may be pending at most while a page is added.
    """

    def __init__(
        self, shelf: Shelf, replays: Replays, intake: Intake, queue: PageQueue, limits: Limits
    ) -> None:
        self._shelf = shelf
        self._replays = replays
        self._intake = intake
        self._queue = queue
        self._limits = Limits(*(max(1, limit // _SHARE) if limit else 0 for limit in limits))
        self._run = secrets.token_hex(4)
        self._sent: dict[str, int] = {}  # page id -> revision of its article then

    async def run(self, wanted: Wanted, tell: Tell) -> Tally:
        """Replay the articles that are meant, and wait until all are done.

        Args:
            wanted: Which.
            tell: Is told now and then how far it is.

        Raises:
            redis.RedisError: Redis is gone. What has been sent is worked on nevertheless.
        """
        tally = Tally()
        ids = await asyncio.to_thread(self._shelf.ids, wanted)
        for start in range(0, len(ids), _AT_A_TIME):
            part = ids[start : start + _AT_A_TIME]
            taken = await asyncio.to_thread(list, self._shelf.take(part, wanted))
            for article, page in taken:
                tally.looked_at += 1
                if page is None:
                    tally.without_raw_page += 1
                else:
                    await self._send(article, page, tell)
                tell(f"{tally.looked_at} of {len(ids)} articles looked at")
        await self._wait(tell)
        for outcome, count in (await asyncio.to_thread(self._outcomes)).items():
            for _ in range(count):
                tally.count(outcome)
        return tally

    async def _send(self, article: Article, page: Page, tell: Tell) -> None:
        page = replace(page, id=replays.page_id(self._run, article.id))
        while await self._intake.accept(page, None, limits=self._limits):
            tell(f"{len(self._sent)} pages sent to the workers; the queue is full")
            await asyncio.sleep(_PAUSE)
        self._queue.put(page.id)
        self._sent[page.id] = article.rev

    async def _wait(self, tell: Tell) -> None:
        """Wait for what comes of the pages; of one whose worker was killed just after its end nothing is told."""
        done, changed_at = -1, time.monotonic()
        while (now_done := await asyncio.to_thread(self._replays.count, self._run)) < len(
            self._sent
        ):
            tell(f"{now_done} of {len(self._sent)} pages worked on by the workers")
            if now_done != done:
                done, changed_at = now_done, time.monotonic()
            elif time.monotonic() - changed_at > _STALLED:
                changed_at = time.monotonic()
                if not await asyncio.to_thread(self._replays.has_pending, list(self._sent)):
                    return
            await asyncio.sleep(_PAUSE)

    def _outcomes(self) -> Counter[Outcome]:
        known = self._replays.outcomes(self._run)
        found: Counter[Outcome] = Counter()
        for page_id, rev in self._sent.items():
            found[known.get(page_id) or self._seen_later(page_id, rev)] += 1
        self._replays.forget(self._run)
        return found

    def _seen_later(self, page_id: str, rev: int) -> Outcome:
        now = self._shelf.revision(replays.article_of(page_id))
        return "improved" if now > rev else "unchanged"
