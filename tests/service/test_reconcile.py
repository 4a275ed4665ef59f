"""Accepted means kept: pending pages that are in no batch are enqueued again, those in one are not."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator

import pytest
from rq import Queue
from rq.serializers import JSONSerializer

from feedmill.store.connection import connect, connect_async, connect_watching
from feedmill.store.intake import Intake, Mark
from feedmill.store.keys import Keys
from service import reconcile as module
from service.app import running
from service.lease import Lease
from service.queue import PageQueue
from service.reconcile import keep_reconciling, reconcile
from tests.articles import make_page
from tests.service.support import make_source, settings_of
from tests.service.test_queue import batches, until
from tests.site.process import ROOT

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("reconcile")


@pytest.fixture
async def intake(valkey, valkey_url) -> AsyncIterator[Intake]:
    async with connect_async(valkey_url) as client:
        yield Intake(client, Keys())


@pytest.fixture
async def queue(valkey, valkey_url) -> AsyncIterator[PageQueue]:
    with connect(valkey_url) as client:
        async with PageQueue(client, Keys()) as made:
            yield made


@pytest.fixture
async def lease(valkey, valkey_url) -> AsyncIterator[Lease]:
    async with connect_watching(valkey_url) as client:
        made = Lease(client, Keys(), time.time)
        await made.attempt()
        yield made


async def accept(intake: Intake, *page_ids: str) -> None:
    for page_id in page_ids:
        await intake.accept(make_page(page_id, b"text"), Mark(page_id, "1"))


async def test_a_page_in_no_batch_is_enqueued_again(intake, queue, valkey):
    await accept(intake, "one", "two")
    assert await reconcile(intake, queue, grace=0) == 2
    await until(valkey, 2)
    assert batches(valkey) == [["one", "two"]]


async def test_a_page_under_way_is_not(intake, queue, valkey):
    await accept(intake, "one", "two")
    queue.put("one")
    await until(valkey, 1)
    assert await reconcile(intake, queue, grace=0) == 1
    await until(valkey, 2)
    assert await reconcile(intake, queue, grace=0) == 0
    assert sorted(batches(valkey)) == [["one"], ["two"]]


async def test_a_page_that_was_just_accepted_is_left_its_time(intake, queue, valkey):
    await accept(intake, "one")
    assert await reconcile(intake, queue, grace=0.4) == 0
    await asyncio.sleep(0.5)
    assert await reconcile(intake, queue, grace=0.4) == 1


async def test_a_finished_page_is_left_alone(intake, queue, valkey):
    await accept(intake, "one")
    valkey.zrem("pages:pending", "one")
    assert await reconcile(intake, queue, grace=0) == 0


@pytest.mark.slow
async def test_it_goes_on_after_redis_was_gone(intake, queue, lease, valkey, monkeypatch):
    """The first look, without grace, is made once Redis answers; then it goes on for ever."""
    monkeypatch.setattr(module, "INTERVAL", 0.1)
    await accept(intake, "one")
    valkey.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-zrange"])
    task = asyncio.create_task(keep_reconciling(intake, queue, lease))
    try:
        await asyncio.sleep(0.3)
        assert not task.done()
        assert batches(valkey) == []
        valkey.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"])
        await until(valkey, 1)
        monkeypatch.setattr(module, "GRACE", 0.0)
        await asyncio.sleep(0.2)
        valkey.delete("rq:queue:pages")
        assert not task.done()
    finally:
        valkey.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"])
        task.cancel()
        await asyncio.wait([task])


async def test_a_job_that_is_not_ours_does_not_end_it(intake, queue, lease, valkey, monkeypatch):
    monkeypatch.setattr(module, "INTERVAL", 0.1)
    alien = Queue("pages", connection=valkey, serializer=JSONSerializer)
    alien.enqueue_call("os.getcwd", args=())
    await accept(intake, "one")
    task = asyncio.create_task(keep_reconciling(intake, queue, lease))
    try:
        await asyncio.sleep(0.5)
        assert not task.done(), task.exception()
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_it_ends_when_it_is_cancelled_whatever_it_is_doing(
    intake, queue, lease, valkey, monkeypatch
):
    """The service waits for it at its end. (`asyncio.wait_for` of Python 3.11, which redis-py writes with,
    forgets a cancellation that comes while the write is just done.)
    """
    monkeypatch.setattr(module, "INTERVAL", 0.0005)
    await accept(intake, "one")
    deaf = 0
    for number in range(40):
        task = asyncio.create_task(keep_reconciling(intake, queue, lease))
        await asyncio.sleep(0.0003 * number)
        task.cancel()
        _, pending = await asyncio.wait([task], timeout=0.5)
        deaf += bool(pending)
        while not task.done():
            task.cancel()
            await asyncio.wait([task], timeout=0.05)
        if deaf:
            break
    assert deaf == 0


_DIES = """
import asyncio, os, signal, sys
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.intake import Intake, Mark
from tests.articles import make_page

async def main():
    async with connect_async(sys.argv[1]) as client:
        for number in range(30):
            page = make_page(f"page{number}", b"text")
            await Intake(client, Keys()).accept(page, Mark(page.id, "1"))
    os.kill(os.getpid(), signal.SIGKILL)  # before any of it was enqueued

asyncio.run(main())
"""


@pytest.mark.slow
async def test_pages_of_a_service_killed_between_accepting_and_enqueuing(valkey, valkey_url):
    """The whole of the next service finds them at its start, without waiting."""
    died = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", _DIES, valkey_url],
        cwd=ROOT,
        timeout=30,
        check=False,
        env=dict(os.environ),
    )
    assert died.returncode == -signal.SIGKILL
    assert valkey.zcard("pages:pending") == 30
    assert batches(valkey) == []
    source = make_source(path="none.txt")
    async with running(settings_of(source), valkey_url):
        await until(valkey, 30, seconds=10)
    assert {page_id for batch in batches(valkey) for page_id in batch} == {
        f"page{number}" for number in range(30)
    }
    assert sorted(map(len, batches(valkey))) == [5, 25]


async def test_the_intake_tells_the_time_of_acceptance(intake, valkey):
    await accept(intake, "one")
    assert abs(valkey.zscore("pages:pending", "one") - time.time()) < 5
    assert await intake.pending() == ["one"]
    assert await intake.pending(older_than=60) == []
