"""From a source's items to accepted pages: what is new, its page, and the hand-over to the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass

from redis.exceptions import RedisError

from feedmill import log, urls
from feedmill.config import Source
from feedmill.errors import FetchError, SourceError
from feedmill.page import Page
from feedmill.store.deferred import Deferred, DeferredPages
from feedmill.store.intake import Intake, Mark, Validators
from service import later, pages
from service.acceptance import Acceptance
from service.http import Fetched
from service.sources.item import Item
from service.sources.pace import pace_of
from service.visits import Visits

_PARALLEL = 8  # pages of one source on their way at a time; the hosts' pace holds besides


@dataclass(slots=True)
class Tally:
    """What became of the items of one or many sources.

    Attributes:
        found: Items the sources hold.
        known: Those accepted before, in this version.
        new: Those never seen before in any version.
        unchanged: Items said to have changed whose page has not.
        linked: New items whose address leads to an article that is stored already.
        accepted: Pages handed to the workers.
        from_feed: Those of them made of the feed's own content.
        refused: Items of which nothing could be had, set aside.
        waiting: Items whose page could not be had now; it is asked for again later.
        failed: Sources that could not be read.
    """

    found: int = 0
    known: int = 0
    new: int = 0
    unchanged: int = 0
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
class _Fresh:
    """An item to take, and whether any version of it was seen before."""

    item: Item
    is_new: bool

    @property
    def mark(self) -> Mark:
        """What is remembered of it once it is taken."""
        return Mark(self.item.key, self.item.fingerprint)


class Ingest:
    """Takes the items of a source in.

    Args:
        acceptance: What accepts pages.
        intake: What was accepted before.
        deferred: Where pages wait that cannot be had now.
        visits: What fetches pages.
        clock: Unix seconds.
    """

    def __init__(
        self,
        acceptance: Acceptance,
        intake: Intake,
        deferred: DeferredPages,
        visits: Visits,
        clock: Callable[[], float],
    ) -> None:
        self._intake = intake
        self._deferred = deferred
        self._acceptance = acceptance
        self._visits = visits
        self._clock = clock

    async def take(self, source: Source, items: Sequence[Item], tally: Tally) -> None:
        """Accept a page for every item that is new or has changed, as fast as there is room for them.

        Args:
            source: Their source.
            items: All items it holds.
            tally: Counts what becomes of them, while it becomes.

        Raises:
            redis.RedisError: Redis refuses or is gone; what was not accepted stays unseen.
        """
        tally.found += len(items)
        seen = await self._intake.seen(source.id, [item.key for item in items])
        fresh = [
            _Fresh(item, is_new=seen[item.key] is None)
            for item in items
            if seen[item.key] != item.fingerprint
        ]
        tally.known += len(items) - len(fresh)
        tally.new += sum(one.is_new for one in fresh)
        stored = await self._stored([one.item for one in fresh if one.is_new])
        slots = asyncio.Semaphore(_PARALLEL)

        async def take(one: _Fresh) -> None:
            async with slots:
                if one.item.key in stored:
                    tally.linked += 1
                    await self._intake.mark_seen(source.id, one.mark)
                    return
                await self._acceptance.room()
                if one.item.content is not None:
                    await self._take_content(source, one, one.item.content, tally)
                else:
                    await self._take_page(source, one, tally)

        async with asyncio.TaskGroup() as tasks:
            for one in fresh:
                tasks.create_task(take(one))

    async def pass_over(self, source: Source, items: Sequence[Item]) -> None:
        """Count items as seen without taking them.

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        marks = [Mark(item.key, item.fingerprint) for item in items]
        await self._intake.mark_all_seen(source.id, marks)

    async def _stored(self, items: list[Item]) -> set[str]:
        """Keys of new items that another source has brought before: no need to ask for the page again."""
        fetchable = {item.key: _url_key(item) for item in items if item.content is None}
        known = await self._intake.known_urls([key for key in fetchable.values() if key])
        return {key for key, url_key in fetchable.items() if url_key in known}

    async def _take_content(
        self, source: Source, one: _Fresh, content: bytes, tally: Tally
    ) -> None:
        await self._accept(
            pages.of_content(source, one.item, content, now=self._clock()), one.mark, tally
        )

    async def _take_page(self, source: Source, one: _Fresh, tally: Tally) -> None:
        """Accept the page of an item, or what stands in for it, or put it off or aside."""
        blank = pages.blank(source, one.item, "page", now=self._clock())
        try:
            answer = await self._answer(source, one)
        except Exception as error:  # noqa: BLE001 - a bug must cost this item only, and be seen
            await self._do_without(source, one, blank, in_words(error), tally)
            return
        if answer.not_modified:
            tally.unchanged += 1
            await self._intake.mark_seen(source.id, one.mark)
            return
        page = pages.of_answer(blank, answer, now=self._clock())
        await self._accept(page, one.mark, tally, Validators(answer.etag, answer.last_modified))

    async def _answer(self, source: Source, one: _Fresh) -> Fetched:
        item = one.item
        if item.identity != item.url:
            raise FetchError("the feed entry has no link", kind="no-link")
        known = Validators(None, None) if one.is_new else await self._intake.validators(item.url)
        return await self._visits.visit(item.url, pace_of(source), known)

    async def _do_without(
        self, source: Source, one: _Fresh, blank: Page, error: FetchError, tally: Tally
    ) -> None:
        """Take what the feed says in place of the page, and put the page off or the item aside."""
        _tell(source, one.item, error)
        content = one.item.hints.content or one.item.hints.summary
        is_put_off = error.retryable
        if is_put_off:
            tally.waiting += 1
            missing = Deferred(blank, later.counted(0, error), has_standin=bool(content))
            due = later.due(missing, error, now=self._clock())
            await self._deferred.put(missing, due, None if content else one.mark)
        if content:
            standin = pages.of_entry(source, one.item, content, error, now=self._clock())
            await self._accept(standin, one.mark, tally)
            tally.from_feed += 1
        elif not is_put_off:
            tally.refused += 1
            await self._intake.refuse(blank, one.mark, error)

    async def _accept(
        self, page: Page, mark: Mark, tally: Tally, validators: Validators | None = None
    ) -> None:
        await self._acceptance.accept(page, mark, validators)
        tally.accepted += 1


def in_words(error: Exception) -> FetchError:
    """The error itself if it is one of ours. Others are bugs, which must cost one page only.

    Raises:
        redis.RedisError: It is one; that is nobody's page's fault.
    """
    if isinstance(error, RedisError):
        raise error
    if isinstance(error, FetchError):
        return error
    return FetchError(f"unexpected {type(error).__name__}: {error}"[:300], kind="bug")


def _url_key(item: Item) -> str | None:
    try:
        return urls.key(item.identity)
    except ValueError:
        return None  # fetching it will tell why


def _tell(source: Source, item: Item, error: SourceError) -> None:
    log.get("service").info(
        "page not to be had",
        source_id=source.id,
        url=item.url,
        kind=error.kind,
        error=error.message,
    )
