"""The service under test, on another clock and another web. The only module here that knows its insides.

What asks nobody on the web is left out or slowed down, because days of it pass in minutes: signs of life, looking for
lost pages, watching the configuration's files. Feeds are parsed in this process by the function that the pool
runs in others; `bench feeds` measures the pool.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Self
from unittest.mock import patch

from aiohttp.abc import AbstractResolver, ResolveResult

from bench.fakeweb.routes import INSIDE, SECRET_ADDRESS
from bench.fakeweb.web import FakeWeb
from feedmill.config import FetchOptions, QueueOptions, Settings, Source
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceStates
from service import app, lease, parts, pressure, reload
from service.feeds import parse as feedparse
from service.parts import World

MAX_BYTES = 300_000
_RARELY = 6 * 3600.0  # seconds


class _Resolver(AbstractResolver):
    """Resolves the names of the fake web to loopback; some at times not at all."""

    def __init__(self, web: FakeWeb, clock: Callable[[], float]) -> None:
        self._web = web
        self._clock = clock

    async def resolve(
        self, host: str, port: int = 0, _family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if self._web.cannot_be_found(host, self._clock()):
            raise OSError(socket.EAI_AGAIN, "Temporary failure in name resolution")
        address = SECRET_ADDRESS if host == INSIDE else "127.0.0.1"
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        pass


class _Inline:
    """Stands in for the pool of parsing processes: the same functions, run here and now."""

    def __init__(self, *_args: object, **_options: object) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    async def parse(self, body: bytes, url: str | None, content_type: str | None) -> Any:
        return feedparse.parse(body, url, content_type)

    async def run(self, function: Callable[..., Any], *args: Any) -> Any:
        return function(*args)


@dataclass
class ServiceUnderTest:
    """Starts and stops the service on the same Valkey, as an operator would.

    Args:
        web: What it is to read.
        clock: Unix seconds.
        redis_url: Where its Valkey is.
        seed: For its chance.
        folder: Where its configuration would be.
    """

    web: FakeWeb
    clock: Callable[[], float]
    redis_url: str
    seed: int
    folder: Path

    @property
    def settings(self) -> Settings:
        """The configuration: every feed of the web as a source, everything else by default."""
        sources = [Source(id=feed.id, url=self.web.url(feed)) for feed in self.web.plan.feeds]
        fetch = FetchOptions(
            allow_networks=[ip_network("127.0.0.1/32")],
            ports=[self.web.port],
            max_bytes=MAX_BYTES,
        )
        # No worker takes the pages that wait.
        queue = QueueOptions(max_pages=10**9, max_bytes=10**12, max_age=timedelta(days=365))
        return Settings(
            sources=sources, fetch=fetch, queue=queue, path=self.folder / "sources.yaml"
        )

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The service at work, killed in the middle of things at the end."""
        self.seed += 1
        chance = random.Random(self.seed)
        random.seed(self.seed)  # for what takes its chance from the library
        world = World(
            clock=self.clock, chance=chance.random, resolver=_Resolver(self.web, self.clock)
        )
        with _alone():
            async with app.running(self.settings, self.redis_url, world) as service:
                task = asyncio.create_task(service.poll_for_ever())
                try:
                    yield
                finally:
                    if not task.done():
                        task.cancel()
                    await asyncio.wait([task])
                if not task.cancelled():
                    task.result()  # it ends by itself only by an error

    async def due(self) -> dict[str, float]:
        """When each source is due next, as stored."""
        states = await self._states()
        return {key: state.next_at for key, state in states.items()}

    async def failures(self) -> dict[str, float]:
        """How many failures in a row each source has, as stored."""
        states = await self._states()
        return {key: state.failures for key, state in states.items()}

    async def _states(self) -> dict[str, Any]:
        redis = connect_async(self.redis_url)
        try:
            states = SourceStates(redis, Keys())
            return dict(await states.load_many([feed.id for feed in self.web.plan.feeds]))
        finally:
            await redis.aclose()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    with (
        patch.object(parts, "FeedParsers", _Inline),
        patch.object(lease, "RENEW_EVERY", _RARELY),
        patch.object(lease, "SECONDS", int(_RARELY)),
        patch.object(pressure, "LOOK_EVERY", _RARELY),
        patch.object(pressure, "IDLE_EVERY", _RARELY),
        patch.object(parts, "keep_reconciling", _idle),
        patch.object(parts, "keep_up", _idle),
        patch.object(parts, "keep_tidying", _idle),
        patch.object(reload, "LOOK_EVERY", _RARELY),
    ):
        yield


async def _idle(*_args: object) -> None:
    await asyncio.Event().wait()
