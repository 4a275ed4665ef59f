"""From a source's items to accepted pages: what is new, its page, and the hand-over to the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import astuple, dataclass

from feedmill import log, urls
from feedmill.config import Source
from feedmill.errors import FetchError, SourceError
from feedmill.page import Page
from feedmill.store.pages import Intake, Mark
from service import pages
from service.http import Fetched, Fetcher
from service.http.pacing import Pace
from service.queue import PageQueue
from service.sources.item import Item

_PARALLEL = 8  # pages of one source on their way at a time; the hosts' pace holds besides
_ACCEPT = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5, */*;q=0.1"
_READABLE = ("text/", "application/xhtml", "application/xml")


@dataclass(slots=True)
class Tally:
    """What became of the items of one or many sources.

    Attributes:
        found: Items the sources hold.
        known: Those accepted before, in this version.
        linked: New items whose address leads to an article that is stored already.
        accepted: Pages handed to the workers.
        from_feed: Those of them made of the feed's own content.
        refused: Items of which nothing could be had, set aside.
        waiting: Items that could not be had now; they are tried again at the next poll.
        failed: Sources that could not be read.
    """

    found: int = 0
    known: int = 0
    linked: int = 0
    accepted: int = 0
    from_feed: int = 0
    refused: int = 0
    waiting: int = 0
    failed: int = 0

    @classmethod
    def sum(cls, tallies: Iterable[Tally]) -> Tally:
        """All tallies together."""
        rows = [astuple(tally) for tally in tallies]
        return cls(*map(sum, zip(*rows, strict=True)))

    def since(self, before: Tally) -> Tally:
        """What has come to this tally since it was as `before`."""
        return Tally(
            *(now - then for now, then in zip(astuple(self), astuple(before), strict=True))
        )


class Ingest:
    """Takes the items of a source in.

    Args:
        intake: Where pages are accepted.
        queue: The way to the workers.
        fetcher: The HTTP client.
    """

    def __init__(self, intake: Intake, queue: PageQueue, fetcher: Fetcher) -> None:
        self._intake = intake
        self._queue = queue
        self._fetcher = fetcher

    async def take(self, source: Source, items: tuple[Item, ...], tally: Tally) -> None:
        """Accept a page for every item that is new or has changed.

        Args:
            source: Their source.
            items: All items it holds.
            tally: Counts what becomes of them, while it becomes.

        Raises:
            redis.RedisError: Redis refuses or is gone; what was not accepted stays unseen.
        """
        tally.found += len(items)
        seen = await self._intake.seen(source.id, [item.key for item in items])
        fresh = [item for item in items if seen[item.key] != item.fingerprint]
        tally.known += len(items) - len(fresh)
        stored = await self._stored([item for item in fresh if seen[item.key] is None])
        slots = asyncio.Semaphore(_PARALLEL)

        async def one(item: Item) -> None:
            async with slots:
                if item.key in stored:
                    tally.linked += 1
                    await self._intake.mark_seen(source.id, _mark(item))
                else:
                    await self._take_one(source, item, tally)

        async with asyncio.TaskGroup() as tasks:
            for item in fresh:
                tasks.create_task(one(item))

    async def _stored(self, items: list[Item]) -> set[str]:
        """Keys of new items that another source has brought before: no need to ask for the page again."""
        fetchable = {item.key: urls.key(item.identity) for item in items if item.content is None}
        known = await self._intake.known_urls(list(fetchable.values()))
        return {key for key, url_key in fetchable.items() if url_key in known}

    async def _take_one(self, source: Source, item: Item, tally: Tally) -> None:
        logger = log.get("service").bind(source_id=source.id, url=item.url)
        try:
            page = await self._page(source, item)
        except SourceError as error:
            logger.info("page not to be had", kind=error.kind, error=error.message)
            if error.retryable:
                tally.waiting += 1
            else:
                tally.refused += 1
                await self._intake.refuse(
                    source_id=source.id, url=item.url, mark=_mark(item), error=error
                )
            return
        await self._intake.accept(page, _mark(item))
        self._queue.put(page.id)
        tally.accepted += 1
        tally.from_feed += page.kind == "entry"

    async def _page(self, source: Source, item: Item) -> Page:
        """The page of an item, or what the feed itself says where the page cannot be had.

        Raises:
            FetchError: The page cannot be had and the feed says nothing more than a title.
        """
        if item.content is not None:
            return pages.of_file(source, item, item.content)
        try:
            answer = await self._answer(source, item)
        except FetchError as error:
            content = item.hints.content or item.hints.summary
            if not content:
                raise
            return pages.of_entry(source, item, content, error)
        return pages.of_answer(source, item, answer)

    async def _answer(self, source: Source, item: Item) -> Fetched:
        if item.identity != item.url:
            raise FetchError("the feed entry has no link", kind="no-link")
        answer = await self._fetcher.fetch(item.url, pace=pace_of(source), accept=_ACCEPT)
        if not (answer.content_type or "text/").startswith(_READABLE):
            raise FetchError(
                "the link leads to no page to read", kind="not-a-page", status=answer.status
            )
        return answer


def pace_of(source: Source) -> Pace:
    """How often the hosts of a source may be asked."""
    return Pace(source.per_host.concurrency, source.per_host.delay.total_seconds())


def _mark(item: Item) -> Mark:
    return Mark(item.key, item.fingerprint)
