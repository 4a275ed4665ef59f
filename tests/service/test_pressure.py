"""Back-pressure: who has to wait, when it goes on, and what is said about it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
import structlog
from redis.exceptions import ReadOnlyError

from feedmill.config import QueueOptions
from feedmill.store import gauge
from feedmill.store.connection import connect, connect_async
from feedmill.store.intake import Intake, Mark
from feedmill.store.keys import Keys
from service import pressure as module
from service.acceptance import Acceptance
from service.app import running
from service.parts import World
from service.pressure import Pressure
from service.queue import PageQueue
from tests.articles import make_page
from tests.service.support import eventually, make_source, open_gate, serving, settings_of
from tests.service.test_poll import Paper, state_of

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("pressure")


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY", 0.05)
    monkeypatch.setattr(module, "IDLE_EVERY", 0.05)


def finish(redis, count: int) -> None:
    """As workers do."""
    redis.zpopmin("pages:pending", count)


@dataclass
class Door:
    """The gate and what accepts pages behind it."""

    pressure: Pressure
    acceptance: Acceptance


@pytest.fixture
async def door(valkey, valkey_url) -> AsyncIterator[Door]:
    """Ten pages may wait."""
    async with (
        open_gate(valkey_url, QueueOptions(max_pages=10)) as pressure,
        connect_async(valkey_url, is_patient=True) as client,
    ):
        with connect(valkey_url) as rq_redis:
            async with PageQueue(rq_redis, Keys()) as queue:
                yield Door(pressure, Acceptance(Intake(client, Keys()), queue, pressure))


async def test_what_was_fetched_waits_for_room_and_is_not_lost(valkey, door):
    """Fifteen pages at once, of which no request knew of the others."""
    pages = [make_page(f"page-{n}", b"text") for n in range(15)]
    tasks = [
        asyncio.create_task(door.acceptance.accept(page, Mark(page.id, "1"))) for page in pages
    ]
    await eventually(lambda: door.pressure.standing.state == "full")
    await asyncio.sleep(0.1)
    assert valkey.zcard("pages:pending") == 10
    assert sum(task.done() for task in tasks) == 10
    finish(valkey, 10)
    async with asyncio.timeout(5):
        await asyncio.gather(*tasks)
    assert valkey.hlen("seen:news") == 15
    assert valkey.zcard("pages:pending") == 5


async def test_nobody_passes_a_full_queue_until_it_is_well_below_the_bound(valkey, door):
    valkey.zadd("pages:pending", {f"page-{n}": 9e9 for n in range(10)})
    await eventually(lambda: door.pressure.standing.state == "full")
    waiting = asyncio.create_task(door.acceptance.room())
    finish(valkey, 1)
    await asyncio.sleep(0.3)
    assert not waiting.done()
    finish(valkey, 7)
    async with asyncio.timeout(2):
        await waiting


@pytest.mark.slow
async def test_half_full_it_lets_pass_one_by_one(valkey, door):
    valkey.zadd("pages:pending", {f"page-{n}": 9e9 for n in range(7)})
    await eventually(lambda: door.pressure.standing.state == "slow")
    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(door.acceptance.room() for _ in range(4)))
    assert asyncio.get_running_loop().time() - began > 4 * 0.15  # (0.7 - 0.5) / 0.5, squared
    waiting = [asyncio.create_task(door.acceptance.room()) for _ in range(100)]
    finish(valkey, 7)
    async with asyncio.timeout(2):
        await asyncio.gather(*waiting)


async def test_pages_that_have_waited_too_long_stop_it(valkey, valkey_url):
    valkey.zadd("pages:pending", {"page": 1.0})
    async with open_gate(valkey_url, QueueOptions(max_age=timedelta(seconds=5))) as pressure:
        assert (pressure.standing.state, pressure.standing.bound) == ("full", "age")


async def test_what_is_said_can_be_read_and_is_logged_once(valkey, valkey_url):
    with structlog.testing.capture_logs() as logs:
        async with open_gate(valkey_url, QueueOptions(max_pages=1)) as pressure:
            valkey.zadd("pages:pending", {"page": 9e9})
            await eventually(lambda: pressure.standing.state == "full")
            await asyncio.sleep(0.3)
            told = gauge.load(valkey, Keys())
            finish(valkey, 1)
            await eventually(lambda: pressure.standing.state == "ok")
    assert told is not None
    assert (told.state, told.bound, told.gauge.pages) == ("full", "pages", 1)
    assert json.loads(valkey.get("pressure"))["state"] == "ok"
    events = [entry["event"] for entry in logs]
    assert len(events) == 2
    assert events[0].startswith("as many pages wait as may")
    assert events[1] == "there is room again"


async def test_a_service_says_soon_after_its_start_that_it_works(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr(module, "IDLE_EVERY", 60)
    async with running(settings_of(make_source(path="none.txt")), valkey_url):
        await eventually(lambda: valkey.exists("pressure"))


async def test_redis_that_takes_no_writes_is_waited_for(valkey, valkey_url):
    """As after a failover, when this server is a replica now."""
    async with open_gate(valkey_url) as pressure:
        valkey.execute_command("REPLICAOF", "127.0.0.1", "1")
        valkey.config_set("replica-serve-stale-data", "yes")
        try:
            with pytest.raises(ReadOnlyError):
                connect(valkey_url, retries=0).set("x", 1)
            pressure._shown_at = 0.0
            await eventually(lambda: pressure.standing.state == "redis-refuses")
        finally:
            valkey.execute_command("REPLICAOF", "NO", "ONE")
        await eventually(lambda: pressure.standing.state == "ok")


@pytest.mark.slow
async def test_while_it_is_full_no_host_is_asked(valkey, valkey_url):
    valkey.zadd("pages:pending", {"page": 9e9})
    async with serving(Paper(2)) as server:
        settings = settings_of(
            make_source(url=f"{server.base}/rss"), queue=QueueOptions(max_pages=1)
        )
        async with running(settings, valkey_url, World(chance=lambda: 0.0)) as app:
            work = asyncio.create_task(app.poll_for_ever())
            await asyncio.sleep(0.5)
            assert server.paths == []
            finish(valkey, 1)
            # One at a time: the second page waits until a worker has had the first.
            await eventually(lambda: valkey.zcard("pages:pending"))
            await asyncio.sleep(0.3)
            assert valkey.zcard("pages:pending") == 1
            finish(valkey, 1)
            await eventually(lambda: app.tally.accepted == 2)
            work.cancel()
            await asyncio.wait([work])
    assert "failures" not in state_of(valkey, "news")


@pytest.mark.slow
async def test_redis_is_not_asked_over_and_over_for_a_page_that_it_refuses(
    valkey, valkey_url, door, monkeypatch
):
    monkeypatch.setattr(module, "LOOK_EVERY", 30)
    monkeypatch.setattr(module, "IDLE_EVERY", 30)
    await asyncio.sleep(0.1)
    valkey.config_resetstat()
    pages = [make_page(f"page-{n}", b"text") for n in range(15)]
    tasks = [asyncio.create_task(door.acceptance.accept(page, None)) for page in pages]
    await asyncio.sleep(0.4)
    assert valkey.info("commandstats")["cmdstat_evalsha"]["calls"] <= 15 + 2  # and the lease
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
