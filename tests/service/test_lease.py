"""One service at a time: the others stand by, and take over when the lease lapses or its holder is dead."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import structlog

from feedmill.config import load
from feedmill.errors import LeaseError
from feedmill.store.connection import connect_watching
from feedmill.store.keys import Keys
from service import lease as module
from service import reload
from service.app import running
from service.cli import once
from service.lease import Lease
from service.parts import World
from service.processes import ThisProcess, is_dead
from tests.service.support import eventually, make_source, serving, settings_of
from tests.service.test_poll import Paper

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("lease")


@contextlib.asynccontextmanager
async def lease_of(url: str) -> AsyncIterator[Lease]:
    async with connect_watching(url) as client:
        yield Lease(client, Keys(), time.time)


@contextlib.asynccontextmanager
async def kept(lease: Lease) -> AsyncIterator[None]:
    task = asyncio.create_task(lease.keep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    monkeypatch.setattr(module, "_TRY_EVERY", 0.05)
    monkeypatch.setattr(module, "RENEW_EVERY", 0.05)
    monkeypatch.setattr(module, "_GRACE", 0.2)


async def test_the_second_stands_by_until_the_first_lets_go(valkey, valkey_url):
    async with lease_of(valkey_url) as first, lease_of(valkey_url) as second:
        async with kept(first):
            await first.held()
            waiting = kept(second)
            await waiting.__aenter__()
            await asyncio.sleep(0.2)
            assert (first.is_held, second.is_held) == (True, False)
            with pytest.raises(LeaseError, match=f"process {os.getpid()}"):
                await second.held_or_refused()
            assert json.loads(valkey.get("service"))["pid"] == os.getpid()
        await first.release()
        async with asyncio.timeout(3):
            await second.held()
        await waiting.__aexit__(None, None, None)


@pytest.mark.slow
async def test_the_lease_lapses_by_itself(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 1)
    async with lease_of(valkey_url) as first, lease_of(valkey_url) as second:
        await first.attempt()
        async with kept(second), asyncio.timeout(3):
            await second.held()
        assert not first.is_held  # without having asked


async def test_after_a_time_without_redis_the_holder_comes_first(valkey, valkey_url):
    async with lease_of(valkey_url) as first, lease_of(valkey_url) as second:
        await first.attempt()
        await second.attempt()
        valkey.delete("service")  # it lapsed
        await second.attempt()
        assert not second.is_held
        await first.attempt()
        await second.attempt()
        assert (first.is_held, second.is_held) == (True, False)
        assert b"token" in valkey.get("service")


async def test_who_finds_another_in_its_place_has_lost_it(valkey, valkey_url):
    async with lease_of(valkey_url) as first, lease_of(valkey_url) as second:
        await first.attempt()
        valkey.delete("service")
        await second.attempt()
        async with kept(first), asyncio.timeout(3):
            await first.lost()
        assert not first.is_held
        await first.release()
        await second.attempt()
        assert second.is_held


async def test_who_finds_nobody_in_its_place_goes_on(valkey, valkey_url):
    """Redis was away for longer than the lease lasts, or has forgotten it."""
    async with lease_of(valkey_url) as lease, kept(lease):
        await lease.held()
        valkey.delete("service")
        await eventually(lambda: valkey.exists("service"))
        assert lease.is_held


async def test_whoever_is_stopped_while_it_takes_the_lease_leaves_none_behind(valkey, valkey_url):
    for number in range(10):
        async with lease_of(valkey_url) as lease:
            task = asyncio.create_task(lease.keep())
            await asyncio.sleep(0.0005 * number)
            task.cancel()
            await asyncio.wait([task])
            await lease.release()
        assert not valkey.exists("service")


async def test_it_is_taken_and_renewed_on_a_full_server(valkey, valkey_url):
    async with lease_of(valkey_url) as lease:
        valkey.config_set("maxmemory", 1)
        try:
            await lease.attempt()
            valkey.expire("service", 3)
            await lease.attempt()
            assert valkey.ttl("service") > 10
        finally:
            valkey.config_set("maxmemory", 0)


def dead_process() -> dict[str, object]:
    """What a process has said of itself that is dead now."""
    code = "import json; from service.processes import *; print(json.dumps(ThisProcess.now().to_json()))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    return json.loads(done.stdout)


async def test_after_a_dead_process_of_this_machine_it_is_taken_at_once(valkey, valkey_url):
    valkey.set("service", json.dumps(await asyncio.to_thread(dead_process)), ex=1000)
    async with lease_of(valkey_url) as lease:
        await lease.attempt()
        assert lease.is_held


@pytest.mark.slow
async def test_once_says_where_no_worker_works(valkey, valkey_url, folder, monkeypatch):
    """It waits on: workers may be started any time."""
    monkeypatch.setattr(once, "_PATIENCE", 0.2)
    (folder / "a.txt").write_text("text")
    settings = settings_of(make_source(path="a.txt", base=folder))
    with structlog.testing.capture_logs() as logs:
        task = asyncio.create_task(once.once(settings, valkey_url, as_json=True))
        await eventually(lambda: any("no worker runs" in entry["event"] for entry in logs))
        await asyncio.sleep(0.3)
        assert not task.done()
        valkey.delete("pages:pending")
        async with asyncio.timeout(5):
            assert await task == 0
    assert sum("no worker runs" in entry["event"] for entry in logs) == 1


@pytest.mark.parametrize("value", ["not JSON", "[]", '{"pid": "x"}', b"\xff"])
async def test_a_lease_that_nobody_can_read_is_somebodys(valkey, valkey_url, value):
    valkey.set("service", value, ex=1000)
    async with lease_of(valkey_url) as lease:
        await lease.attempt()
        assert not lease.is_held


def test_which_processes_are_dead():
    this = ThisProcess.now()
    assert this.machine
    mine = this.to_json()
    assert not is_dead(mine, this)
    assert is_dead({**mine, "start": this.start - 1}, this)  # its number was given again
    assert not is_dead({**mine, "start": 0, "machine": "another"}, this)
    assert not is_dead({**mine, "start": 0, "machine": ""}, replace(this, machine=""))
    assert not is_dead({}, this)


# --- the whole service


@pytest.mark.slow
async def test_of_two_services_one_polls_and_the_other_takes_over(valkey, valkey_url):
    async with serving(Paper(1)) as server, contextlib.AsyncExitStack() as stack:
        settings = settings_of(make_source(url=f"{server.base}/rss"))
        world = World(chance=lambda: 0.0)
        apps = [
            await stack.enter_async_context(running(settings, valkey_url, world)) for _ in range(2)
        ]
        works = [asyncio.create_task(app.poll_for_ever()) for app in apps]
        await eventually(lambda: sum(app.tally.accepted for app in apps) == 1, seconds=20)
        await asyncio.sleep(0.1)
        assert sum(app.tally.found > 0 for app in apps) == 1
        [first] = [number for number in (0, 1) if apps[number].tally.found]
        # The first one was stopped for a while, and another has taken its place.
        valkey.delete("due", "source:news")
        valkey.set("service", apps[1 - first]._parts.lease._ours, ex=16)
        await eventually(lambda: apps[1 - first].tally.found, seconds=20)
        assert not apps[first]._parts.lease.is_held
        assert not works[first].done()
        for work in works:
            work.cancel()
        await asyncio.wait(works)
        assert server.paths.count("/rss") == 2


@pytest.mark.slow
async def test_a_configuration_that_changes_while_it_stands_by_is_taken_then(
    valkey, valkey_url, folder, monkeypatch
):
    monkeypatch.setattr(reload, "LOOK_EVERY", 0.05)
    (folder / "a.txt").write_text("text")
    path = folder / "sources.yaml"
    path.write_text("version: 1\nsources: [{path: a.txt, id: one}]\n")
    valkey.set("service", "another", ex=1000)
    async with running(load(path), valkey_url) as app:
        work = asyncio.create_task(app.poll_for_ever())
        await asyncio.sleep(0.3)
        path.write_text("version: 1\nsources: [{path: a.txt, id: another}]\n")
        await asyncio.sleep(0.3)
        valkey.delete("service")
        await eventually(lambda: valkey.exists("source:another"))
        work.cancel()
        await asyncio.wait([work])


async def test_once_beside_a_running_service_is_refused(valkey, valkey_url):
    async with serving(Paper(1)) as server, lease_of(valkey_url) as other:
        await other.attempt()
        settings = settings_of(make_source(url=f"{server.base}/rss"))
        async with running(settings, valkey_url) as app:
            with pytest.raises(LeaseError) as refused:
                await app.poll_once()
        assert refused.value.kind == "service-runs"
        assert server.paths == []
