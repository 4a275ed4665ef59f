"""What hubs push, taken in; and sources that have a hub, subscribed to. Off without a public callback address."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Settings, Source
from feedmill.store.sources import SourceState
from feedmill.store.subscriptions import Subscriptions
from service import absence, schedule
from service.feeds.model import ParsedFeed
from service.http import Fetcher
from service.http.pacing import Pace
from service.ingest import Tally
from service.parts import Parts
from service.sources.feed import polled_of
from service.sources.item import Answer
from service.sources.sitemap import is_sitemap
from service.tasks import heed_cancellation
from service.websub import HubAnswer, WebSub, WebSubOptions

_HUB_PACE = Pace(1, 1.0)
_SOON = 60.0  # seconds until a source is looked at because its hub asks for it
_NOTE_EVERY = 60.0  # seconds; how well it is known since when no hub could reach us
_REASON_BYTES = 500


@dataclass(frozen=True, slots=True)
class Sources:
    """How pushes find their way to the sources.

    Attributes:
        get: The source of an id; None if it is configured no longer.
        tally: The tally of a source.
        look_at: Has a source looked at at a time (Unix seconds), unless it is earlier anyway.
        every: All that are configured.
    """

    get: Callable[[str], Source | None]
    tally: Callable[[str], Tally]
    look_at: Callable[[str, float], None]
    every: Callable[[], Iterable[Source]]


class Pushes:
    """Sources and their hubs.

    Args:
        parts: Of the service.
        sources: The way to the sources.
    """

    def __init__(self, parts: Parts, sources: Sources) -> None:
        self._parts = parts
        self._sources = sources
        self._store = Subscriptions(parts.redis, parts.keys)
        self._websub: WebSub | None = None
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @contextlib.asynccontextmanager
    async def taken(self, settings: Settings) -> AsyncIterator[None]:
        """Pushes are taken inside the context, if the configuration asks for it.

        Raises:
            ConfigError: The address for callbacks cannot be listened on.
        """
        if settings.websub is None:
            yield
            return
        options = WebSubOptions(settings.websub.callback, settings.websub.listen)
        world = self._parts.world
        async with WebSub(
            options,
            self._store,
            partial(ask_hub, self._parts.fetcher),
            self._deliver,
            self._look,
            clock=world.clock,
            random=world.chance,
        ) as self._websub:
            yield
        self._websub = None

    def relied_until(self, source_id: str) -> float:
        """Until when the hub of a source can be relied on, Unix seconds; 0 for not."""
        return self._websub.push_until(source_id) if self._websub else 0.0

    def lock(self, source_id: str) -> asyncio.Lock:
        """Whoever changes the state of a source holds this: looks at it, and what its hub pushes."""
        return self._locks[source_id]

    async def looked(self, source: Source, state: SourceState) -> None:
        """Take note of a look at a source: what hub it has, and whether that hub should have brought the news.

        Args:
            source: The source.
            state: Its state after the look.
        """
        if self._websub is None:
            return
        if self.relied_until(source.id) > self._parts.world.clock() and not state.push_until:
            await self._websub.missed(source.id)
        await self._websub.follow(source.id, state.hub, state.topic)

    async def keep_only(self, sources: Iterable[Source]) -> None:
        """Take leave of the hubs of all other sources."""
        if self._websub is not None:
            await self._websub.keep_only([source.id for source in sources])

    async def keep_up(self) -> None:
        """Note that hubs can reach us, for ever, and make up for the time when they could not.

        At a start, and after the machine has slept.
        """
        while self._websub is not None:
            heed_cancellation()
            try:
                await self._keep_up()
            except RedisError as error:
                log.get("service").warning("cannot note that hubs can call", error=str(error))
            heed_cancellation()
            await asyncio.sleep(_NOTE_EVERY)

    async def _keep_up(self) -> None:
        since, now = await self._store.listened_at(), self._parts.world.clock()
        if since is not None and now - since > absence.PATIENCE:
            await self._make_up(since, now)
        # After that: if we are killed in the middle, the next start makes up for it.
        await self._store.note_listening(now)

    async def _make_up(self, since: float, now: float) -> None:
        """Have the sources looked at soon whose hubs may have called in vain."""
        sources = {source.id: source for source in self._sources.every()}
        states = await self._parts.states.load_many(list(sources))
        missed = [
            source
            for key, source in sources.items()
            if _may_have_missed(source, states[key], since)
        ]
        log.get("service").info(
            "hubs could not call", seconds=round(now - since), count=len(missed)
        )
        for source in missed:
            async with self.lock(source.id):
                await self._look_soon(source, since, now, crowd=len(missed))

    async def _look_soon(self, source: Source, since: float, now: float, *, crowd: int) -> None:
        states, chance = self._parts.states, self._parts.world.chance
        before = await states.load(source.id)
        if not _may_have_missed(source, before, since):
            return  # it has been looked at meanwhile
        after = absence.made_up(before, source, crowd=crowd, now=now, random=chance)
        await states.save(source.id, after, stored=before)
        self._sources.look_at(source.id, after.next_at)

    async def _deliver(self, source_id: str, body: bytes, content_type: str | None) -> None:
        source = self._sources.get(source_id)
        if source is None or source.url is None:
            return
        feed = await self._parts.parsers.parse(body, source.url, content_type)
        if is_sitemap(feed):
            await self._look(source_id)  # which of its pages are new, only a look can tell
            return
        # A push may hold the new entries only: what is missing in it means nothing.
        polled = polled_of(feed, source.url, Answer(), is_whole=False)
        async with self.lock(source_id):
            tally = self._sources.tally(source_id)
            before = tally.new
            await self._parts.ingest.take(source, polled.items, tally)
            await self._remember(source, feed, new=tally.new - before)
        log.get("service").info("push taken in", source_id=source_id, found=len(polled.items))

    async def _remember(self, source: Source, feed: ParsedFeed, *, new: int) -> None:
        states = self._parts.states
        stored = await states.load(source.id)
        state = schedule.of_address(stored, source)
        dates = (entry.hints.published_at for entry in feed.entries)
        published = [date.timestamp() for date in dates if date]
        now = self._parts.world.clock()
        after = schedule.after_push(state, published, new=new, now=now)
        await states.save(source.id, after, stored=stored)

    async def _look(self, source_id: str) -> None:
        self._sources.look_at(source_id, self._parts.world.clock() + _SOON)


def _may_have_missed(source: Source, state: SourceState, since: float) -> bool:
    return absence.may_have_missed(schedule.of_address(state, source), since=since)


async def ask_hub(fetcher: Fetcher, url: str, fields: Mapping[str, str]) -> HubAnswer:
    """Send a form to a hub.

    Raises:
        FetchError: There was no answer.
    """
    answer = await fetcher.post(url, fields, pace=_HUB_PACE)
    reason = answer.body[:_REASON_BYTES].decode("utf-8", "replace")
    return HubAnswer(answer.status, reason, answer.retry_after)
