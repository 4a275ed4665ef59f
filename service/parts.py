"""The parts of the service, put together, and how long they live."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from aiohttp.abc import AbstractResolver
from redis.asyncio import Redis as AsyncRedis

from feedmill import log
from feedmill.config import Settings
from feedmill.store.connection import connect, connect_async, connect_watching
from feedmill.store.deferred import DeferredPages
from feedmill.store.hosts import Hosts
from feedmill.store.intake import Intake
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceStates
from service.acceptance import Acceptance
from service.bounds import Bounds
from service.feeds.pool import FeedParsers
from service.http import Fetcher, FetchPolicy
from service.http.holds import HoldPolicy
from service.http.pacing import Pacer
from service.http.robots import Robots
from service.ingest import Ingest
from service.lease import Lease
from service.poll import Poller
from service.pressure import Pressure
from service.queue import PageQueue
from service.rawpages import RawKeeper, keep_tidying
from service.reconcile import keep_reconciling
from service.sources.looker import Looker
from service.upkeep import Upkeep, keep_up
from service.visits import Visits

_LAST_SECONDS = 3.0  # that something may take at the end
_LONGEST_HOLD = 366 * 86_400.0  # seconds; of what Redis gives back after a restart


@dataclass(frozen=True, slots=True)
class World:
    """What the service takes from outside; a benchmark gives it another.

    Attributes:
        clock: Unix seconds.
        chance: A random number in [0, 1), for jitter.
        resolver: What names are looked up with; None for that of the system.
    """

    clock: Callable[[], float] = time.time
    chance: Callable[[], float] = random.random
    resolver: AbstractResolver | None = None


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service consists of, below its loops."""

    world: World
    redis: AsyncRedis
    keys: Keys
    lease: Lease
    pressure: Pressure
    acceptance: Acceptance
    intake: Intake
    deferred: DeferredPages
    states: SourceStates
    queue: PageQueue
    hosts: Hosts
    pacer: Pacer
    fetcher: Fetcher
    parsers: FeedParsers
    robots: Robots
    visits: Visits
    ingest: Ingest
    poller: Poller
    upkeep: Upkeep


@contextlib.asynccontextmanager
async def assembled(settings: Settings, redis_url: str, world: World) -> AsyncIterator[Parts]:
    """The parts, taken down in the right order at the end.

    Args:
        settings: The configuration.
        redis_url: Where Redis is; `settings.redis` may be `embedded`, which is no address.
        world: What comes from outside.
    """
    keys = Keys(settings.prefix)
    redis, rq_redis = connect_async(redis_url), connect(redis_url)
    patient, watching = connect_async(redis_url, is_patient=True), connect_watching(redis_url)
    intake, deferred = Intake(patient, keys, world.clock), DeferredPages(patient, keys)
    states, hosts = SourceStates(patient, keys), Hosts(patient, keys)
    lease = Lease(watching, keys, world.clock)
    pressure = Pressure(watching, keys, lease, Bounds.of(settings.queue), world.clock)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(rq_redis.close)
        for client in (redis, patient, watching):
            stack.push_async_callback(client.aclose)
        whole = settings.stream.payload == "full"
        queue = await stack.enter_async_context(PageQueue(rq_redis, keys, whole=whole))
        stack.push_async_callback(_briefly, hosts.flush)
        # How long a server can ask to wait is bounded by the fetcher.
        pacer = Pacer(
            clock=world.clock,
            chance=world.chance,
            on_hold=hosts.note,
            policy=HoldPolicy(ceiling=_LONGEST_HOLD),
        )
        fetcher = await stack.enter_async_context(
            Fetcher(policy_of(settings), world.resolver, pacer=pacer, clock=world.clock)
        )
        parsers = stack.enter_context(FeedParsers())
        robots = Robots(fetcher, hosts, pacer=pacer, clock=world.clock)
        visits = Visits(fetcher, robots if settings.fetch.robots else None)
        keeper = RawKeeper.of(settings)
        if keeper:
            await stack.enter_async_context(keeper)
        acceptance = Acceptance(intake, queue, pressure, keeper)
        ingest = Ingest(acceptance, intake, deferred, visits, world.clock)
        looker = Looker(
            fetcher,
            parsers,
            max_bytes=settings.fetch.max_bytes,
            root=settings.path.parent,
            clock=world.clock,
        )
        poller = Poller(states, ingest, looker, clock=world.clock, chance=world.chance)
        upkeep = Upkeep(redis, keys, settings.retention, world.clock)
        stack.push_async_callback(lease.release)
        for name, loop in (
            ("lease", lease.keep()),
            ("pressure", pressure.keep_watching()),
            ("reconcile", keep_reconciling(intake, queue, lease)),
            ("raw pages", keep_tidying(keeper, redis, keys)),
            ("upkeep", keep_up(upkeep, lease)),
        ):
            stack.push_async_callback(_cancel, _in_background(name, loop))
        yield Parts(
            world,
            redis,
            keys,
            lease,
            pressure,
            acceptance,
            intake,
            deferred,
            states,
            queue,
            hosts,
            pacer,
            fetcher,
            parsers,
            robots,
            visits,
            ingest,
            poller,
            upkeep,
        )


def policy_of(settings: Settings) -> FetchPolicy:
    """The bounds on requests that the configuration asks for."""
    fetch = settings.fetch
    return FetchPolicy(
        user_agent=fetch.user_agent,
        seconds=fetch.timeout.total_seconds(),
        max_bytes=fetch.max_bytes,
        max_wire_bytes=fetch.max_bytes,
        allow_networks=tuple(fetch.allow_networks),
        ports=frozenset(fetch.ports),
        proxy=fetch.proxy,
        most_retry_after=fetch.retry_after_max.total_seconds(),
    )


def _in_background(name: str, loop: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """Start a loop that ends by being cancelled only."""

    def tell(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            log.get("service").error("ended by a bug", part=name, error=repr(task.exception()))

    task = asyncio.create_task(loop, name=name)
    task.add_done_callback(tell)
    return task


async def _briefly(call: Callable[[], Awaitable[object]]) -> None:
    """Redis may be gone at the end: then what is left is lost, instead of the end being put off."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_LAST_SECONDS):
            await call()


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
