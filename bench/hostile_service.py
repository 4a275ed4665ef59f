"""The real service with every hostile case as a source, and good sources beside them that must not notice."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

from aiohttp import web
from yarl import URL

from bench.hostile_case import Case
from bench.hostile_memory import Memory
from bench.hostile_urls import TableResolver
from feedmill.config import FetchOptions, PerHost, Settings, Source
from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceState, SourceStates
from service.app import running
from service.parts import World

_GOOD, _HOSTILE = "127.0.0.2", "127.0.0.1"
_GOOD_EVERY, _HOSTILE_EVERY = 1.0, 5.0  # seconds
_TICK = 0.05  # seconds
_FEED = """<rss version="2.0"><channel><title>Good</title>{items}</channel></rss>"""
_ITEM = "<item><title>Item {n}</title><link>http://{host}/page/{n}</link><guid>{n}</guid></item>"
_PAGE = "<!doctype html><title>A page</title><p>One sentence of an article."


@dataclass
class Outcome:
    """How the service came through.

    Attributes:
        good: How many good sources there were.
        polls: Of the good sources.
        fewest: Polls of the good source that had least of them.
        longest_gap: The longest time in which a good source was not asked, in seconds.
        longest_lag: The longest time for which the service's event loop was held up, in seconds.
        failures: Of good sources.
        hostile: How many hostile sources were looked at, of how many.
        bugs: Hostile sources that ended in an error which is none of ours.
        megabytes: The service grew by, at its peak.
        alive: Whether it still ran at the end.
    """

    good: int
    polls: int = 0
    fewest: int = 0
    longest_gap: float = 0.0
    longest_lag: float = 0.0
    failures: int = 0
    hostile: tuple[int, int] = (0, 0)
    bugs: list[str] = field(default_factory=list)
    megabytes: float = 0.0
    alive: bool = False


class _GoodSite:
    """Serves every host the same way, and remembers when it was asked for feeds."""

    def __init__(self) -> None:
        self.port = 0
        self.asked: defaultdict[str, list[float]] = defaultdict(list)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.path != "/feed":
            return web.Response(text=_PAGE, content_type="text/html")
        self.asked[request.host].append(time.monotonic())
        items = "".join(_ITEM.format(n=n, host=request.host) for n in range(3))
        return web.Response(text=_FEED.format(items=items), content_type="application/rss+xml")


async def outcome(
    cases: Sequence[Case], base: str, *, good: int, seconds: float, patience: float
) -> Outcome:
    """Run the service.

    Args:
        cases: Each becomes a source, with a host name of its own.
        base: Where the hostile server is.
        good: How many good sources there are beside them.
        seconds: For how long.
        patience: Seconds that one request may take.
    """
    site, told = _GoodSite(), Outcome(good)
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as valkey,
    ):
        async with _serving(site):
            sources = [*_good_sources(good, site.port), *_hostile_sources(cases, base)]
            settings = _settings(sources, [site.port, URL(base).port or 0], patience, Path(folder))
            memory, started = Memory(), time.monotonic()
            lag = asyncio.create_task(_longest_lag(told))
            told.alive = await _run(settings, valkey.url, seconds)
            lag.cancel()
            told.megabytes = round(memory.growth()[0], 1)
        states = await _states(valkey.url, sources)
    told.polls = sum(len(times) for times in site.asked.values())
    asked = [len(times) for times in site.asked.values()]
    told.fewest = min(asked) if len(asked) == good else 0
    told.longest_gap = round(_longest_gap(site, good, started, started + seconds), 1)
    told.failures = sum(states[source.id].failures > 0 for source in sources[:good])
    looked_at = [source.id for source in sources[good:] if states[source.id].polled_at]
    told.hostile = (len(looked_at), len(cases))
    told.bugs = [key for key in looked_at if states[key].error_kind == "bug"]
    return told


async def _run(settings: Settings, redis_url: str, seconds: float) -> bool:
    """Whether the service was still alive at the end."""
    names = {URL(str(source.url)).host or "": [_address(source)] for source in settings.sources}
    world = World(chance=lambda: 0.0, resolver=TableResolver(names))
    async with running(settings, redis_url, world) as service:
        work = asyncio.create_task(service.poll_for_ever())
        await asyncio.wait([work], timeout=seconds)
        is_alive = not work.done()
        work.cancel()
        await asyncio.wait([work])
    return is_alive


async def _longest_lag(told: Outcome) -> None:
    while True:
        before = time.monotonic()
        await asyncio.sleep(_TICK)
        told.longest_lag = round(max(told.longest_lag, time.monotonic() - before - _TICK), 2)


def _settings(sources: list[Source], ports: list[int], patience: float, folder: Path) -> Settings:
    fetch: dict[str, Any] = {
        "timeout": timedelta(seconds=patience),
        "allow_networks": [ip_network(_GOOD), ip_network(_HOSTILE)],
        "ports": ports,
        "robots": False,
    }
    return Settings(
        sources=sources, fetch=FetchOptions(**fetch), path=folder / "sources.yaml", redis="embedded"
    )


def _good_sources(count: int, port: int) -> list[Source]:
    return [_source(f"good-{n}", port, "feed", _GOOD_EVERY) for n in range(count)]


def _hostile_sources(cases: Sequence[Case], base: str) -> list[Source]:
    port, found = URL(base).port or 0, []
    for case in cases:
        kind, _, name = case.id.partition("/")
        path = name if kind == "http" else f"{kind}/{name}"
        found.append(_source(f"{kind}-{name}".replace("_", "-"), port, path, _HOSTILE_EVERY))
    return found


def _source(name: str, port: int, path: str, every: float) -> Source:
    return Source(
        id=name,
        url=f"http://{name}.example:{port}/{path}",
        kind="feed",
        every=timedelta(seconds=every),
        per_host=PerHost(concurrency=1, delay=timedelta(0)),
    )


def _address(source: Source) -> str:
    return _GOOD if source.id.startswith("good-") else _HOSTILE


def _longest_gap(site: _GoodSite, good: int, started: float, ended: float) -> float:
    gaps = [ended - started] if len(site.asked) < good else []
    for asked in site.asked.values():
        gaps += [after - before for before, after in pairwise([*asked, ended])]
    return max(gaps)


@contextlib.asynccontextmanager
async def _serving(site: _GoodSite) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", site.answer)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
    await runner.setup()
    try:
        await web.TCPSite(runner, _GOOD, 0).start()
        site.port = runner.addresses[0][1]
        yield
    finally:
        await runner.cleanup()


async def _states(redis_url: str, sources: Sequence[Source]) -> dict[str, SourceState]:
    redis = connect_async(redis_url)
    try:
        found = await SourceStates(redis, Keys()).load_many([source.id for source in sources])
        return dict(found)
    finally:
        await redis.aclose()
