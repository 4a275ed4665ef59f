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

_MAX_TRIES = 5  # polls in which a page may be missing for a while
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
        waiting: Items whose page could not be had now; it is tried again at the next poll.
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


@dataclass(frozen=True, slots=True)
class _Had:
    """A page, or what stands in for it, and the reason if it is not the page itself."""

    page: Page | None
    error: FetchError | None = None


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
                    await self._intake.mark_seen(source.id, Mark(item.key, item.fingerprint))
                else:
                    await self._take_one(source, item, seen[item.key], tally)

        async with asyncio.TaskGroup() as tasks:
            for item in fresh:
                tasks.create_task(one(item))

    async def _stored(self, items: list[Item]) -> set[str]:
        """Keys of new items that another source has brought before: no need to ask for the page again."""
        fetchable = {item.key: _url_key(item) for item in items if item.content is None}
        known = await self._intake.known_urls([key for key in fetchable.values() if key])
        return {key for key, url_key in fetchable.items() if url_key in known}

    async def _take_one(self, source: Source, item: Item, seen: str | None, tally: Tally) -> None:
        """Accept a page for one item, or what stands in for it, or set the item aside."""
        had = await self._have(source, item)
        mark = Mark(item.key, item.fingerprint)
        if had.error is not None:
            _tell(source, item, had.error)
            if had.error.retryable and _tries(item, seen) < _MAX_TRIES:
                tally.waiting += 1
                mark = Mark(item.key, f"{item.fingerprint}~{_tries(item, seen)}")
        if had.page is not None:
            await self._intake.accept(had.page, mark)
            self._queue.put(had.page.id)
            tally.accepted += 1
            tally.from_feed += had.page.kind == "entry"
        elif mark.fingerprint != item.fingerprint:
            await self._intake.mark_seen(source.id, mark)
        elif had.error is not None:
            tally.refused += 1
            await self._intake.refuse(source_id=source.id, url=item.url, mark=mark, error=had.error)

    async def _have(self, source: Source, item: Item) -> _Had:
        """The page of an item, or what the feed itself says where the page cannot be had."""
        if item.content is not None:
            return _Had(pages.of_file(source, item, item.content))
        try:
            return _Had(pages.of_answer(source, item, await self._answer(source, item)))
        except FetchError as error:
            reason = error
        except Exception as error:  # noqa: BLE001 - a bug must cost this item only, and be seen
            reason = FetchError(f"unexpected {type(error).__name__}: {error}"[:300], kind="bug")
        content = item.hints.content or item.hints.summary
        return _Had(pages.of_entry(source, item, content, reason) if content else None, reason)

    async def _answer(self, source: Source, item: Item) -> Fetched:
        if item.identity != item.url:
            raise FetchError("the feed entry has no link", kind="no-link")
        answer = await self._fetcher.fetch(item.url, pace=pace_of(source), accept=_ACCEPT)
        if not (answer.content_type or "text/").strip().lower().startswith(_READABLE):
            raise FetchError(
                "the link leads to no page to read", kind="not-a-page", status=answer.status
            )
        return answer


def pace_of(source: Source) -> Pace:
    """How often the hosts of a source may be asked."""
    return Pace(source.per_host.concurrency, source.per_host.delay.total_seconds())


def _url_key(item: Item) -> str | None:
    try:
        return urls.key(item.identity)
    except ValueError:
        return None  # fetching it will tell why


def _tries(item: Item, seen: str | None) -> int:
    """Which try this is at a page that could not be had, counted in the mark of its version."""
    fingerprint, _, count = (seen or "").partition("~")
    return int(count) + 1 if fingerprint == item.fingerprint and count.isdecimal() else 1


def _tell(source: Source, item: Item, error: SourceError) -> None:
    log.get("service").info(
        "page not to be had",
        source_id=source.id,
        url=item.url,
        kind=error.kind,
        error=error.message,
    )
