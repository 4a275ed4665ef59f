"""The running service: changed configurations, what hosts have asked for, and a restart that asks nothing again."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from feedmill.config import load
from feedmill.store import configs
from feedmill.store.keys import Keys
from service import reload
from service.app import Service, running
from service.parts import World
from tests.service.support import Server, eventually, rss, rss_item, serving

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("app")

HEAD = """
version: 1
fetch: {{allow_networks: [127.0.0.0/8], ports: [{port}], robots: false}}
defaults: {{per_host: {{concurrency: 8, delay: 0s}}, min: 1s}}
sources:
"""


class Paper:
    """Feeds of one entry each; the answers may be set."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.status = 200

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/page"):
            return web.Response(text="<p>The page</p>", content_type="text/html")
        body = rss(rss_item(1, f"/page{request.path}"))
        return web.Response(status=self.status, body=body, headers=self.headers)


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(reload, "LOOK_EVERY", 0.05)


def write(folder: Path, server: Server, *names: str, more: str = "") -> Path:
    port = server.base.rsplit(":", 1)[1]
    lines = "".join(f"  - {{url: '{server.base}/{name}', id: {name}}}\n" for name in names)
    path = folder / "sources.yaml"
    path.write_text(HEAD.format(port=port) + lines + more)
    at = time.time_ns()
    os.utime(path, ns=(at, at))
    return path


@contextlib.asynccontextmanager
async def serves(path: Path, url: str) -> AsyncIterator[Service]:
    async with running(load(path), url, World(chance=lambda: 0.0)) as app:
        task = asyncio.create_task(app.poll_for_ever())
        try:
            yield app
        finally:
            task.cancel()
            await asyncio.wait([task])


def feeds(server: Server) -> list[str]:
    return [path for path in server.paths if not path.startswith("/page")]


async def test_a_source_that_is_added_is_looked_at_and_a_removed_one_is_not(
    folder, valkey, valkey_url
):
    async with serving(Paper()) as server:
        path = write(folder, server, "one")
        async with serves(path, valkey_url) as app:
            await eventually(lambda: "/one" in feeds(server))
            write(folder, server, "two")
            await eventually(lambda: "/two" in feeds(server), seconds=8)
            assert [source.id for source in app.sources] == ["two"]
            server.requests.clear()
            await asyncio.sleep(0.3)
            assert "/one" not in feeds(server)
    told = configs.load(valkey, Keys())
    assert told is not None
    assert (told.generation, told.sources, told.problems) == (2, 1, ())


async def test_a_broken_configuration_changes_nothing_and_is_told(folder, valkey, valkey_url):
    async with serving(Paper()) as server:
        path = write(folder, server, "one")
        async with serves(path, valkey_url) as app:
            await eventually(lambda: "/one" in feeds(server))
            write(folder, server, "one", more="  - {url: 'gopher://x'}\n")
            await eventually(lambda: _problems(valkey))
            assert [source.id for source in app.sources] == ["one"]
            assert "gopher" not in str(app.sources)
            write(folder, server, "one", "two")
            await eventually(lambda: "/two" in feeds(server), seconds=8)
    assert _problems(valkey) == ()


def _problems(valkey) -> tuple[str, ...]:
    told = configs.load(valkey, Keys())
    return told.problems if told else ()


@pytest.mark.slow
async def test_a_restart_asks_nothing_again(folder, valkey, valkey_url):
    paper = Paper()
    paper.headers = {"Cache-Control": "max-age=600"}
    async with serving(paper) as server:
        path = write(folder, server, "one", "two", "three")
        async with serves(path, valkey_url):
            await eventually(lambda: len(feeds(server)) == 3, seconds=15)
            await eventually(lambda: valkey.hexists("source:two", "succeeded_at"), seconds=15)
        count = len(server.requests)
        async with serves(path, valkey_url):
            await asyncio.sleep(0.5)
    assert len(server.requests) == count


async def test_a_service_that_is_killed_in_the_middle_of_a_look_does_not_ask_again_at_once(
    folder, valkey, valkey_url
):
    async def silent(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(60)
        return web.Response()

    async with serving(silent) as server:
        port = server.base.rsplit(":", 1)[1]
        path = folder / "sources.yaml"
        path.write_text(
            HEAD.format(port=port).replace("min: 1s", "min: 5m")
            + f"  - {{url: '{server.base}/one', id: one}}\n"
        )
        async with serves(path, valkey_url):
            await eventually(lambda: server.requests)
        async with serves(path, valkey_url):
            await asyncio.sleep(0.3)
        assert len(server.requests) == 1
    assert valkey.zscore("due", "one") > time.time() + 200


async def test_a_host_that_asks_to_wait_is_left_alone_after_a_restart_too(
    folder, valkey, valkey_url
):
    paper = Paper()
    paper.status, paper.headers = 429, {"Retry-After": "7200"}
    async with serving(paper) as server:
        async with serves(write(folder, server, "one"), valkey_url):
            await eventually(lambda: valkey.zcard("holds"))
        assert feeds(server) == ["/one"]
        paper.status = 200
        async with serves(write(folder, server, "one", "two"), valkey_url):
            await eventually(lambda: valkey.hexists("source:two", "asked_at"), seconds=8)
            await asyncio.sleep(0.3)
        assert feeds(server) == ["/one"]
    assert valkey.zscore("due", "two") > time.time() + 7000


async def test_one_round_leaves_alone_what_asked_for_that(folder, valkey, valkey_url):
    paper = Paper()
    paper.headers = {"Cache-Control": "max-age=600"}
    async with serving(paper) as server:
        path = write(folder, server, "one")
        for expected in ((), ("one",)):
            async with running(load(path), valkey_url) as app:
                waiting = await app.poll_once()
                assert tuple(source.id for source in waiting) == expected
        assert feeds(server) == ["/one"]


@pytest.mark.slow
async def test_status_tells_how_sources_are(folder, valkey, valkey_url, program):
    paper = Paper()
    async with serving(paper) as server:
        path = write(folder, server, "one", "two")
        async with running(load(path), valkey_url) as app:
            await app.poll_once()
            paper.status = 404
            await app.poll_once()
        write(program.folder, server, "one", "two", "three")
        done = await asyncio.to_thread(program.call, "status", "--json", "--redis", valkey_url)
        shown = await asyncio.to_thread(program.call, "status", "--redis", valkey_url)
    told = {one["id"]: one for one in json.loads(done.stdout)["sources"]}
    assert [told[name]["health"] for name in ("one", "two", "three")] == ["failing"] * 2 + ["new"]
    assert told["one"]["error"]["kind"] == "http-status"
    assert told["one"]["last_attempt"] > told["one"]["last_success"] > 0
    assert told["one"]["next_poll"] > time.time()
    assert told["three"]["last_attempt"] is None
    assert "failing" in shown.stdout
    assert "404" in shown.stdout


async def test_a_bug_in_one_look_ends_no_other_source(folder, valkey, valkey_url, monkeypatch):
    async with serving(Paper()) as server:
        path = write(folder, server, "one", "two")
        async with running(load(path), valkey_url, World(chance=lambda: 0.0)) as app:
            poll = app._parts.poller.poll

            async def broken(source, *rest, **more):
                if source.id == "one":
                    raise RuntimeError("a bug")
                return await poll(source, *rest, **more)

            monkeypatch.setattr(app._parts.poller, "poll", broken)
            await app.poll_once()
    assert feeds(server) == ["/two"]


async def test_a_state_that_nobody_can_read_ends_no_source(folder, valkey, valkey_url):
    valkey.hset(
        "source:one", mapping={"polled_at": "yesterday", "etag": b"\xff\xfe", "window": "x"}
    )
    async with serving(Paper()) as server:
        path = write(folder, server, "one", "two")
        async with serves(path, valkey_url):
            await eventually(lambda: sorted(feeds(server)) == ["/one", "/two"], seconds=10)
