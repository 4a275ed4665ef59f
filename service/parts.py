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
from redis import Redis
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


@dataclass(frozen=True, slots=True)
class _Clients:
    """Clients of one Redis, by how they bear that it is gone or full.

    Attributes:
        plain: Gives up after a while.
        patient: Waits for as long as it takes.
        watching: Tells within seconds.
        rq: Synchronous, for the queue.
    """

    plain: AsyncRedis
    patient: AsyncRedis
    watching: AsyncRedis
    rq: Redis


@contextlib.asynccontextmanager
async def assembled(settings: Settings, redis_url: str, world: World) -> AsyncIterator[Parts]:
    """The parts, taken down in the right order at the end.

    Args:
        settings: The configuration.
        redis_url: Where Redis is; `settings.redis` may be `embedded`, which is no address.
        world: What comes from outside.
    """
    keys = Keys(settings.prefix)
    async with contextlib.AsyncExitStack() as stack:
        clients = _connected(stack, redis_url)
        intake = Intake(clients.patient, keys, world.clock)
        deferred = DeferredPages(clients.patient, keys)
        states, hosts = SourceStates(clients.patient, keys), Hosts(clients.patient, keys)
        lease = Lease(clients.watching, keys, world.clock)
        bounds = Bounds.of(settings.queue)
        pressure = Pressure(clients.watching, keys, lease, bounds, world.clock)
        whole = settings.stream.payload == "full"
        queue = await stack.enter_async_context(PageQueue(clients.rq, keys, whole=whole))
        stack.push_async_callback(_briefly, hosts.flush)
        pacer = _pacer(hosts, world)
        fetcher = await stack.enter_async_context(
            Fetcher(policy_of(settings), world.resolver, pacer=pacer, clock=world.clock)
        )
        parsers = stack.enter_context(FeedParsers())
        robots = Robots(fetcher, hosts, pacer=pacer, clock=world.clock)
        visits = Visits(fetcher, robots if settings.fetch.robots else None)
        keeper = await _keeper(stack, settings)
        acceptance = Acceptance(intake, queue, pressure, keeper)
        ingest = Ingest(acceptance, intake, deferred, visits, world.clock)
        looker = _looker(settings, fetcher, parsers, world)
        parts = Parts(
            world=world,
            redis=clients.plain,
            keys=keys,
            lease=lease,
            pressure=pressure,
            acceptance=acceptance,
            intake=intake,
            deferred=deferred,
            states=states,
            queue=queue,
            hosts=hosts,
            pacer=pacer,
            fetcher=fetcher,
            parsers=parsers,
            robots=robots,
            visits=visits,
            ingest=ingest,
            poller=Poller(states, ingest, looker, clock=world.clock, chance=world.chance),
            upkeep=Upkeep(clients.plain, keys, settings.retention, world.clock),
        )
        stack.push_async_callback(lease.release)
        for name, loop in _loops(parts, keeper).items():
            stack.push_async_callback(_cancel, _in_background(name, loop))
        yield parts


def _connected(stack: contextlib.AsyncExitStack, url: str) -> _Clients:
    clients = _Clients(
        connect_async(url),
        connect_async(url, is_patient=True),
        connect_watching(url),
        connect(url),
    )
    stack.callback(clients.rq.close)
    for client in (clients.plain, clients.patient, clients.watching):
        stack.push_async_callback(client.aclose)
    return clients


def _pacer(hosts: Hosts, world: World) -> Pacer:
    # How long a server can ask to wait is bounded by the fetcher.
    policy = HoldPolicy(ceiling=_LONGEST_HOLD)
    return Pacer(clock=world.clock, chance=world.chance, on_hold=hosts.note, policy=policy)


async def _keeper(stack: contextlib.AsyncExitStack, settings: Settings) -> RawKeeper | None:
    keeper = RawKeeper.of(settings)
    return await stack.enter_async_context(keeper) if keeper else None


def _looker(settings: Settings, fetcher: Fetcher, parsers: FeedParsers, world: World) -> Looker:
    return Looker(
        fetcher,
        parsers,
        max_bytes=settings.fetch.max_bytes,
        root=settings.path.parent,
        clock=world.clock,
    )


def _loops(parts: Parts, keeper: RawKeeper | None) -> dict[str, Coroutine[Any, Any, None]]:
    """What goes on beside the polls, by name."""
    return {
        "lease": parts.lease.keep(),
        "pressure": parts.pressure.keep_watching(),
        "reconcile": keep_reconciling(parts.intake, parts.queue, parts.lease),
        "raw pages": keep_tidying(keeper, parts.redis, parts.keys),
        "upkeep": keep_up(parts.upkeep, parts.lease),
    }


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
