"""The service put together: its parts and how long they live."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Settings, Source
from feedmill.store.connection import connect, connect_async
from feedmill.store.keys import Keys
from feedmill.store.pages import Intake
from feedmill.store.sources import SourceStates
from service.feeds.pool import FeedParsers
from service.http import Fetcher, FetchPolicy
from service.ingest import Ingest, Tally
from service.poll import Poller
from service.queue import PageQueue
from service.reconcile import keep_reconciling
from service.tasks import heed_cancellation

_ALIVE_EVERY = 5.0  # seconds
ALIVE_SECONDS = 20  # after which a service that gave no sign of life counts as gone
_SOURCES_AT_A_TIME = 50
_RETRY_AFTER = 10.0  # seconds, when Redis was gone in the middle of a poll


@dataclass(frozen=True, slots=True)
class Service:
    """The running service.

    Attributes:
        sources: The enabled sources.
        intake: Where pages are accepted.
    """

    sources: tuple[Source, ...]
    intake: Intake
    _poller: Poller
    _states: SourceStates
    _tallies: dict[str, Tally]

    @property
    def tally(self) -> Tally:
        """What became of the items of all sources so far."""
        return Tally.sum(self._tallies.values())

    async def poll_once(self) -> None:
        """Look at every source once, many at a time."""
        slots = asyncio.Semaphore(_SOURCES_AT_A_TIME)

        async def one(source: Source) -> None:
            async with slots:
                await self._poll(source)

        async with asyncio.TaskGroup() as tasks:
            for source in self.sources:
                tasks.create_task(one(source))

    async def poll_for_ever(self) -> None:
        """Look at every source whenever it is due. Ends by being cancelled."""
        slots = asyncio.Semaphore(_SOURCES_AT_A_TIME)
        if not self.sources:
            await asyncio.Event().wait()  # alive, with nothing to do
        async with asyncio.TaskGroup() as tasks:
            for source in self.sources:
                tasks.create_task(self._keep_polling(source, slots))

    async def _keep_polling(self, source: Source, slots: asyncio.Semaphore) -> None:
        next_at = 0.0
        with contextlib.suppress(RedisError):
            next_at = (await self._states.load(source.id)).next_at
        while True:
            heed_cancellation()
            await asyncio.sleep(max(0.0, next_at - time.time()))
            async with slots:
                next_at = await self._poll(source)

    async def _poll(self, source: Source) -> float:
        """Look at a source; when it is due next. Trouble with Redis is logged and tried again."""
        try:
            return (await self._poller.poll(source, self._tallies[source.id])).next_at
        except* RedisError as group:
            log.get("service").error(
                "poll broken off: Redis does not answer",
                source_id=source.id,
                error=str(group.exceptions[0]),
            )
        return time.time() + _RETRY_AFTER


@contextlib.asynccontextmanager
async def running(settings: Settings, redis_url: str) -> AsyncIterator[Service]:
    """The service with everything it needs, taken down in the right order at the end.

    Args:
        settings: The configuration.
        redis_url: Where Redis is; `settings.redis` may be `embedded`, which is no address.
    """
    keys = Keys(settings.prefix)
    redis, rq_redis = connect_async(redis_url), connect(redis_url)
    intake, states = Intake(redis, keys), SourceStates(redis, keys)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(rq_redis.close)
        stack.push_async_callback(redis.aclose)
        queue = await stack.enter_async_context(
            PageQueue(rq_redis, keys, whole=settings.stream.payload == "full")
        )
        fetcher = await stack.enter_async_context(Fetcher(policy_of(settings)))
        parsers = stack.enter_context(FeedParsers())
        ingest = Ingest(intake, queue, fetcher)
        poller = Poller(
            states,
            ingest,
            fetcher,
            parsers,
            max_bytes=settings.fetch.max_bytes,
            root=settings.path.parent,
        )
        for background in (keep_reconciling(intake, queue), _show_alive(redis, keys)):
            task = asyncio.create_task(background)
            stack.push_async_callback(_cancel, task)
        sources = tuple(source for source in settings.sources if source.enabled)
        log.get("service").info("service runs", count=len(sources), pid=os.getpid())
        tallies = {source.id: Tally() for source in sources}
        yield Service(sources, intake, poller, states, tallies)


def policy_of(settings: Settings) -> FetchPolicy:
    """The bounds on requests that the configuration asks for."""
    fetch = settings.fetch
    return FetchPolicy(
        user_agent=fetch.user_agent,
        seconds=fetch.timeout.total_seconds(),
        max_bytes=fetch.max_bytes,
        allow_networks=tuple(fetch.allow_networks),
        ports=frozenset(fetch.ports),
    )


async def _show_alive(redis: AsyncRedis, keys: Keys) -> None:
    while True:
        sign = json.dumps({"pid": os.getpid(), "at": round(time.time())})
        with contextlib.suppress(RedisError):
            await redis.set(keys.service, sign, ex=ALIVE_SECONDS)
        heed_cancellation()
        await asyncio.sleep(_ALIVE_EVERY)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
