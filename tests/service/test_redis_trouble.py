"""Redis gone, stopped or full in the middle of a poll: nothing is lost, nobody is asked twice, and it goes on by itself."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import structlog
from aiohttp import web

from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect, connect_watching
from service import parts, pressure
from service.app import Service, running
from service.parts import World
from tests.program import kill, wait_until
from tests.service.support import Server, eventually, make_source, rss, rss_item, serving
from tests.service.support import settings_of as settings

# One process, so that what the tests share is started once.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("trouble")]

PAGES = 20


class Paper:
    """Its pages come when they may."""

    def __init__(self) -> None:
        self.may_come = asyncio.Event()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/rss":
            items = [rss_item(n, f"/page/{n}") for n in range(PAGES)]
            return web.Response(body=rss(*items), content_type="application/rss+xml")
        if request.path == "/robots.txt":
            return web.Response(status=404)
        await self.may_come.wait()
        return web.Response(text=f"<p>{request.path}</p>", content_type="text/html")


@pytest.fixture
def redis(folder: Path):
    with EmbeddedServer(folder) as server:
        yield server


@contextlib.asynccontextmanager
async def polling(redis: EmbeddedServer, paper: Paper) -> AsyncIterator[tuple[Service, Server]]:
    """A service in the middle of a poll: the feed, robots.txt and eight pages have been asked for."""
    async with serving(paper) as server:
        config = settings(make_source(url=f"{server.base}/rss"))
        async with running(config, redis.url, World(chance=lambda: 0.0)) as app:
            task = asyncio.create_task(app.poll_for_ever())
            try:
                await eventually(lambda: len(server.requests) == 10, seconds=10)
                yield app, server
            finally:
                task.cancel()
                await asyncio.wait([task])


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(parts, "connect_watching", partial(connect_watching, seconds=0.3))
    monkeypatch.setattr(pressure, "IDLE_EVERY", 0.2)


async def all_is_well(app: Service, server: Server, redis: EmbeddedServer) -> None:
    await eventually(lambda: app.tally.accepted == PAGES, seconds=20)
    assert app.tally.failed == 0
    assert sorted(server.paths) == sorted(
        ["/rss", "/robots.txt", *(f"/page/{n}" for n in range(PAGES))]
    )
    with connect(redis.url) as client:
        await eventually(lambda: client.hexists("source:news", "succeeded_at"))
        assert client.zcard("pages:pending") == PAGES
        assert client.hlen("seen:news") == PAGES
        assert not client.hexists("source:news", "failures")


def told(logs, *levels: str) -> list[str]:
    return [entry["event"] for entry in logs if entry["log_level"] in levels]


async def test_a_server_that_dies_and_comes_back(redis):
    paper = Paper()
    with structlog.testing.capture_logs() as logs:
        async with polling(redis, paper) as (app, server):
            kill(redis.pid)
            paper.may_come.set()
            await eventually(lambda: app._parts.pressure.standing.state == "redis-gone")
            await asyncio.sleep(1)
            assert len(server.requests) == 10  # what was asked for waits, and nothing else is
            await asyncio.to_thread(redis.restart_if_ended)
            await all_is_well(app, server, redis)
    gone = [event for event in told(logs, "error") if "Redis does not answer" in event]
    assert len(gone) == 1
    assert told(logs, "info").count("Redis is back") == 1


async def test_a_server_that_stands_still(redis):
    paper = Paper()
    async with polling(redis, paper) as (app, server):
        os.kill(redis.pid, signal.SIGSTOP)
        try:
            paper.may_come.set()
            await eventually(lambda: app._parts.pressure.standing.state == "redis-gone")
        finally:
            os.kill(redis.pid, signal.SIGCONT)
        await all_is_well(app, server, redis)


async def test_a_server_that_is_full(redis):
    paper = Paper()
    with structlog.testing.capture_logs() as logs, connect(redis.url) as client:
        async with polling(redis, paper) as (app, server):
            client.config_set("maxmemory", client.info("memory")["used_memory"] - 1)
            paper.may_come.set()
            await eventually(lambda: app._parts.pressure.standing.state == "redis-full")
            await asyncio.sleep(6)
            assert client.zcard("pages:pending") == 0
            assert client.ttl("service") > 10  # the sign of life goes on
            assert len(server.requests) == 10
            client.config_set("maxmemory", 0)
            await all_is_well(app, server, redis)
    assert [event for event in told(logs, "error") if event.startswith("Redis is full")]


def test_after_a_kill_another_service_of_this_machine_takes_over_at_once(redis, program):
    """Both started by mistake; the second stands by, counts as alive, and `--once` is refused."""
    (program.folder / "a.txt").write_text("text")
    program.configure("version: 1\nsources: [{path: a.txt}]\n")
    with connect(redis.url) as client:
        first = program.start("service", "--redis", redis.url)
        wait_until(lambda: client.exists("service"), what="the first service")
        holder = client.get("service")
        second = program.start("service", "--redis", redis.url)
        refused = program.call("service", "--once", "--redis", redis.url)
        assert refused.returncode == 1
        assert "another service works with this Redis" in refused.stderr.splitlines()[-1]
        assert client.get("service") == holder
        assert program.call("healthcheck", "--redis", redis.url).returncode == 0
        kill(first.pid)
        wait_until(
            lambda: f'"pid": {second.pid}'.encode() in (client.get("service") or b""),
            seconds=8,
            what="the second service",
        )
