"""What the tests of the service share: small servers on loopback, sources, and the service's parts put together."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from aiohttp import web

from feedmill.config import FetchOptions, PerHost, QueueOptions, RawOptions, Settings, Source
from feedmill.store.connection import connect, connect_async, connect_watching
from feedmill.store.deferred import DeferredPages
from feedmill.store.intake import Intake
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceStates
from service.acceptance import Acceptance
from service.bounds import Bounds
from service.feeds.pool import FeedParsers
from service.http import Fetcher, FetchPolicy
from service.http.pacing import Pace, Pacer
from service.ingest import Ingest, Tally
from service.lease import Lease
from service.poll import Poller
from service.pressure import Pressure
from service.queue import PageQueue
from service.sources.looker import Looker
from service.visits import Rules, Visits
from tests.site.process import NewsSite

LOOPBACK = ip_network("127.0.0.0/8")
ANY_PORT = frozenset(range(1, 65536))
AT_ONCE = Pace(concurrency=8, delay=0.0)
HOSTILE = Path(__file__).resolve().parents[3] / "shared" / "hostile"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def policy(**fields: Any) -> FetchPolicy:
    """A policy that lets loopback be asked on any port."""
    values = {"user_agent": "feedmill-tests", "allow_networks": (LOOPBACK,), "ports": ANY_PORT}
    return FetchPolicy(**{**values, **fields})


def make_source(**fields: Any) -> Source:
    """A source without pauses: a feed unless `path` is given."""
    per_host = PerHost(concurrency=8, delay=timedelta(0))
    return Source(**{"id": "news", "per_host": per_host, **fields})


def settings_of(*sources: Source, **fields: Any) -> Settings:
    """Settings that let the loopback be asked."""
    fetch = FetchOptions(
        allow_networks=[LOOPBACK], ports=list(ANY_PORT), timeout=timedelta(seconds=10)
    )
    raw = RawOptions(enabled=False)
    return Settings(sources=list(sources), **{"fetch": fetch, "raw": raw, **fields})


@dataclass
class Server:
    """A server of a test: its root address and what it was asked."""

    base: str
    requests: list[web.Request] = field(default_factory=list)

    @property
    def paths(self) -> list[str]:
        return [request.path_qs for request in self.requests]


@contextlib.asynccontextmanager
async def serving(handler: Handler, *, address: str = "127.0.0.1") -> AsyncIterator[Server]:
    """A server whose every request goes to `handler`."""
    server = Server("")

    async def noted(request: web.Request) -> web.StreamResponse:
        server.requests.append(request)
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", noted)
    runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, address, 0).start()
        server.base = f"http://{address}:{runner.addresses[0][1]}"
        yield server
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def answering(raw: bytes, *, keep_open: float = 0.0) -> AsyncIterator[str]:
    """A server that answers every request with the same bytes; its root address."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(raw)
            await writer.drain()
            await asyncio.sleep(keep_open)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def eventually(condition: Callable[[], object], *, seconds: float = 5) -> None:
    """Wait until a condition holds; `TimeoutError` after `seconds`."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - what is waited for is in another process
            await asyncio.sleep(0.01)


def rss(*items: str, head: str = "") -> bytes:
    """An RSS 2.0 feed of these items."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>The feed</title>'
        f"{head}{''.join(items)}</channel></rss>"
    ).encode()


def rss_item(number: int, link: str | None, *, more: str = "") -> str:
    """One item, told apart by its number."""
    place = f"<link>{link}</link>" if link else ""
    return (
        f'<item><title>Item {number}</title>{place}<guid isPermaLink="false">guid-{number}</guid>'
        f"<pubDate>Mon, 09 Mar 2026 06:{number % 60:02}:00 GMT</pubDate>{more}</item>"
    )


def hostile() -> ModuleType:
    """The generators of hostile feeds; the test is skipped where they are not at hand."""
    path = HOSTILE / "gen.py"
    if not path.is_file():
        pytest.skip(f"the hostile feeds are not here ({path})")
    spec = importlib.util.spec_from_file_location("hostile_gen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Parts:
    """The parts of the service, as `service.parts.assembled` puts them together, without its loops."""

    keys: Keys
    acceptance: Acceptance
    intake: Intake
    deferred: DeferredPages
    states: SourceStates
    queue: PageQueue
    fetcher: Fetcher
    visits: Visits
    ingest: Ingest
    poller: Poller
    clock: Clock
    tally: Tally


class Clock:
    """The time of day, which a test can move on."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@contextlib.asynccontextmanager
async def open_gate(url: str, queue: QueueOptions | None = None) -> AsyncIterator[Pressure]:
    """The gate of a service that holds the lease, watched."""
    async with connect_watching(url) as redis:
        lease = Lease(redis, Keys(), time.time)
        await lease.attempt()
        pressure = Pressure(redis, Keys(), lease, Bounds.of(queue or QueueOptions()))
        await pressure.look()
        loops = [asyncio.create_task(loop) for loop in (lease.keep(), pressure.keep_watching())]
        try:
            yield pressure
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.wait(loops)
            await lease.release()


@contextlib.asynccontextmanager
async def parts(
    url: str, parsers: FeedParsers, *, rules: Rules | None = None, **bounds: Any
) -> AsyncIterator[Parts]:
    """The parts of the service on a Redis."""
    keys, clock = Keys(), Clock()
    redis, rq_redis = connect_async(url), connect(url)
    intake, deferred = Intake(redis, keys), DeferredPages(redis, keys)
    states = SourceStates(redis, keys)
    async with contextlib.AsyncExitStack() as stack:
        stack.callback(rq_redis.close)
        stack.push_async_callback(redis.aclose)
        queue = await stack.enter_async_context(PageQueue(rq_redis, keys))
        pacer = Pacer(clock=clock)
        fetcher = await stack.enter_async_context(
            Fetcher(policy(**bounds), pacer=pacer, clock=clock)
        )
        visits = Visits(fetcher, rules)
        pressure = await stack.enter_async_context(open_gate(url))
        acceptance = Acceptance(intake, queue, pressure)
        ingest = Ingest(acceptance, intake, deferred, visits, clock)
        looker = Looker(fetcher, parsers, max_bytes=1_000_000)
        poller = Poller(states, ingest, looker, clock=clock)
        yield Parts(
            keys,
            acceptance,
            intake,
            deferred,
            states,
            queue,
            fetcher,
            visits,
            ingest,
            poller,
            clock,
            Tally(),
        )


def source_of(site: NewsSite, host: str, path: str, **fields: Any) -> Source:
    """A feed of the news site."""
    return make_source(**{"id": host, "url": site.url(host, path), **fields})
