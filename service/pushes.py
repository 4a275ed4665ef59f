"""What hubs push, taken in; and sources that have a hub, subscribed to. Off without a public callback address."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from feedmill import log
from feedmill.config import Settings, Source
from feedmill.store.sources import SourceState
from feedmill.store.subscriptions import Subscriptions
from service import schedule
from service.feeds.model import ParsedFeed
from service.http import Fetcher
from service.http.pacing import Pace
from service.ingest import Tally
from service.parts import Parts
from service.sources.feed import polled_of
from service.sources.item import Answer
from service.websub import HubAnswer, WebSub, WebSubOptions

_HUB_PACE = Pace(1, 1.0)
_REASON_BYTES = 500


@dataclass(frozen=True, slots=True)
class Sources:
    """How pushes find their way to the sources.

    Attributes:
        get: The source of an id; None if it is configured no longer.
        tally: The tally of a source.
        look_soon: Has a source looked at soon.
    """

    get: Callable[[str], Source | None]
    tally: Callable[[str], Tally]
    look_soon: Callable[[str], None]


class Pushes:
    """Sources and their hubs.

    Args:
        parts: Of the service.
        sources: The way to the sources.
    """

    def __init__(self, parts: Parts, sources: Sources) -> None:
        self._parts = parts
        self._sources = sources
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
        store = Subscriptions(self._parts.redis, self._parts.keys)
        world = self._parts.world
        async with WebSub(
            options,
            store,
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

    async def _deliver(self, source_id: str, body: bytes, content_type: str | None) -> None:
        source = self._sources.get(source_id)
        if source is None or source.url is None:
            return
        feed = await self._parts.parsers.parse(body, source.url, content_type)
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
        state = schedule.of_address(await states.load(source.id), source)
        dates = (entry.hints.published_at for entry in feed.entries)
        published = [date.timestamp() for date in dates if date]
        now = self._parts.world.clock()
        await states.save(source.id, schedule.after_push(state, published, new=new, now=now))

    async def _look(self, source_id: str) -> None:
        self._sources.look_soon(source_id)


async def ask_hub(fetcher: Fetcher, url: str, fields: Mapping[str, str]) -> HubAnswer:
    """Send a form to a hub.

    Raises:
        FetchError: There was no answer.
    """
    answer = await fetcher.post(url, fields, pace=_HUB_PACE)
    reason = answer.body[:_REASON_BYTES].decode("utf-8", "replace")
    return HubAnswer(answer.status, reason, answer.retry_after)
