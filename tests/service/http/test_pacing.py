"""The pace of each host: so many requests at a time, and a pause after each."""

from __future__ import annotations

import asyncio
import time

import pytest
from aiohttp import web

from feedmill.errors import FetchError
from service.http import Fetcher
from service.http.pacing import Pace, Pacer
from tests.service.support import eventually, policy, serving


class Watch:
    """Notes when turns begin and end, and how many there are at a time."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.now = self.most = 0
        self.begun: list[float] = []
        self.ended: list[float] = []

    async def take(self, host: str, pace: Pace, *, seconds: float = 0.02) -> None:
        async with self.pacer.turn(host, pace):
            self.begun.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(seconds)
            self.now -= 1
            self.ended.append(time.monotonic())


async def settle(pacer: Pacer) -> None:
    await eventually(lambda: not pacer._slots and not pacer._users, seconds=2)


@pytest.mark.parametrize("concurrency", [1, 2, 3])
async def test_no_more_at_a_time_than_allowed(concurrency):
    watch = Watch(Pacer())
    pace = Pace(concurrency, 0.0)
    await asyncio.gather(*(watch.take("e.org", pace) for _ in range(9)))
    assert watch.most == concurrency
    await settle(watch.pacer)


async def test_the_pause_is_between_the_end_of_one_and_the_beginning_of_the_next():
    watch = Watch(Pacer())
    await asyncio.gather(*(watch.take("e.org", Pace(1, 0.1)) for _ in range(4)))
    gaps = [begun - ended for ended, begun in zip(watch.ended, watch.begun[1:], strict=False)]
    assert len(gaps) == 3
    assert all(0.095 <= gap < 0.4 for gap in gaps), gaps


async def test_hosts_do_not_wait_for_each_other():
    watch = Watch(Pacer())
    started = time.monotonic()
    await asyncio.gather(*(watch.take(f"{n}.example", Pace(1, 5.0)) for n in range(50)))
    assert time.monotonic() - started < 4
    assert watch.most == 50


async def test_a_turn_that_fails_or_is_cancelled_is_given_back():
    pacer = Pacer()
    with pytest.raises(ValueError, match="broken"):
        async with pacer.turn("e.org", Pace(1, 0.0)):
            raise ValueError("broken")
    await settle(pacer)
    watch = Watch(pacer)
    held = asyncio.create_task(watch.take("e.org", Pace(1, 0.0), seconds=10))
    waiting = [asyncio.create_task(watch.take("e.org", Pace(1, 0.0))) for _ in range(3)]
    await asyncio.sleep(0.05)
    waiting[0].cancel()
    held.cancel()
    await asyncio.wait([held, *waiting], timeout=2)
    assert [task.cancelled() for task in (held, *waiting)] == [True, True, False, False]
    await settle(pacer)


async def test_a_failed_request_is_followed_by_the_pause_too():
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPServiceUnavailable

    async with serving(handler) as server, Fetcher(policy()) as client:
        started = time.monotonic()
        for _ in range(3):
            with pytest.raises(FetchError):
                await client.fetch(server.base, pace=Pace(1, 0.15))
        assert time.monotonic() - started >= 0.3


async def test_redirects_on_one_host_keep_its_pace():
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path != "/end":
            raise web.HTTPFound("/end")
        return web.Response(text="x")

    async with serving(handler) as server, Fetcher(policy()) as client:
        started = time.monotonic()
        await client.fetch(server.base, pace=Pace(1, 0.2))
        assert time.monotonic() - started >= 0.2
        assert server.paths == ["/", "/end"]


async def test_a_host_is_one_host_however_it_is_written():
    """A feed full of `News.example` and `news.example` must not double the pace."""
    watch = Watch(Pacer())

    async def handler(_request: web.Request) -> web.StreamResponse:
        watch.now += 1
        watch.most = max(watch.most, watch.now)
        await asyncio.sleep(0.05)
        watch.now -= 1
        return web.Response(text="x")

    async with serving(handler) as server, Fetcher(policy()) as client:
        port = server.base.rsplit(":", 1)[1]
        urls = [f"http://{host}:{port}/" for host in ("localhost", "LocalHost")]
        await asyncio.gather(*(client.fetch(url, pace=Pace(1, 0.0)) for url in urls))
        assert len(server.requests) == 2
    assert watch.most == 1


async def test_nothing_is_kept_of_hosts_that_are_done_with():
    pacer = Pacer()
    watch = Watch(pacer)
    await asyncio.gather(*(watch.take(f"{n}.example", Pace(1, 0.0)) for n in range(200)))
    await settle(pacer)
