"""The way to the workers: batches, one queue, and nothing in a job but ids."""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from redis import Redis
from rq import Queue
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from feedmill.jobs import PROCESS_PAGES
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from service.queue import FIRST_BATCH, MAX_BATCH, MAX_WAIT, PageQueue, batch_size
from tests.service.support import eventually
from tests.site.process import ROOT

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("queue")

MARGIN = 0.4  # seconds that a busy machine may add


@pytest.fixture
async def queue(valkey, valkey_url) -> AsyncIterator[PageQueue]:
    with connect(valkey_url) as client:
        async with PageQueue(client, Keys()) as made:
            yield made


def batches(redis: Redis, prefix: str = "") -> list[list[str]]:
    """The page ids of the batches in the queue, in its order, read as any program could."""
    return [arguments_of(redis, job_id)[1] for job_id in job_ids(redis, prefix)]


def job_ids(redis: Redis, prefix: str = "") -> list[str]:
    return [job_id.decode() for job_id in redis.lrange(f"rq:queue:{prefix}pages", 0, -1)]


def call(redis: Redis, job_id: str) -> list[Any]:
    data = redis.hget(f"rq:job:{job_id}", "data")
    with contextlib.suppress(zlib.error):
        data = zlib.decompress(data)
    found: list[Any] = json.loads(data)
    return found


def arguments_of(redis: Redis, job_id: str) -> list[Any]:
    found: list[Any] = call(redis, job_id)[2]
    return found


async def until(redis: Redis, pages: int, *, seconds: float = 5) -> None:
    await eventually(lambda: sum(map(len, batches(redis))) >= pages, seconds=seconds)


async def test_a_full_batch_leaves_at_once_and_none_is_larger(queue, valkey):
    ids = [f"page{n}" for n in range(60)]
    for page_id in ids:
        queue.put(page_id)
    await until(valkey, 60)
    found = batches(valkey)
    assert [len(batch) for batch in found] == [25, 25, 10]
    assert [page_id for batch in found for page_id in batch] == ids


async def test_batches_are_work_for_two_seconds(queue, valkey):
    valkey.set("pages:pace", "0.075")
    queue.put("first")
    await until(valkey, 1)
    for number in range(50):
        queue.put(f"page{number}")
    await until(valkey, 51)
    assert [len(batch) for batch in batches(valkey)] == [1, 27, 23]


@pytest.mark.parametrize(
    ("pace", "pages"),
    [(None, FIRST_BATCH), (0.0, FIRST_BATCH), (0.02, 100), (0.001, MAX_BATCH), (10.0, 1)],
)
def test_the_size_of_a_batch(pace, pages):
    assert batch_size(pace) == pages


async def test_a_batch_leaves_soon_after_its_first_page(queue, valkey):
    started = time.monotonic()
    queue.put("first")
    await asyncio.sleep(0.1)
    queue.put("second")
    assert batches(valkey) == []
    await until(valkey, 2)
    assert 0.15 < time.monotonic() - started < MAX_WAIT + MARGIN
    assert batches(valkey) == [["first", "second"]]


@pytest.mark.slow
async def test_a_slow_trickle_does_not_hold_a_batch_back(queue, valkey):
    """The time counts from the first page of the batch, not from the last."""
    put: dict[str, float] = {}
    seen: dict[str, float] = {}
    for number in range(12):
        page_id = f"page{number}"
        queue.put(page_id)
        put[page_id] = time.monotonic()
        await asyncio.sleep(0.06)
        for batch in batches(valkey):
            for left in batch:
                seen.setdefault(left, time.monotonic())
    await until(valkey, 12)
    assert seen
    assert all(at - put[page_id] < MAX_WAIT + MARGIN for page_id, at in seen.items())
    assert len(batches(valkey)) < 12


async def test_what_waits_at_the_end_is_sent(valkey, valkey_url):
    with connect(valkey_url) as client:
        async with PageQueue(client, Keys()) as queue:
            for number in range(30):
                queue.put(f"page{number}")
        assert sorted(map(len, batches(valkey))) == [5, 25]


async def test_a_batch_that_is_being_sent_at_the_end_is_sent(valkey, valkey_url):
    """When the context is left, everything that was put is in Redis, or is known not to be."""
    with connect(valkey_url) as client:
        async with PageQueue(client, Keys()) as queue:
            valkey.execute_command("CLIENT", "PAUSE", 600, "WRITE")  # a slow Redis
            for number in range(25):
                queue.put(f"page{number}")
            await asyncio.sleep(0.1)
        assert list(map(len, batches(valkey))) == [25]


async def test_jobs_carry_ids_only_and_are_json(queue, valkey):
    queue.put("page1")
    queue.put("page2")
    await until(valkey, 2)
    [job_id] = job_ids(valkey)
    job = valkey.hgetall(f"rq:job:{job_id}")
    name, instance, arguments, options = call(valkey, job_id)
    assert (name, instance, arguments) == (PROCESS_PAGES, None, ["", ["page1", "page2"]])
    assert all(isinstance(option, bool) for option in options.values())  # settings, no content
    for field, value in job.items():
        assert b"\x80\x04" not in value, f"a pickle in {field}"
        assert b"\x80\x05" not in value, f"a pickle in {field}"
    assert int(job[b"timeout"]) == 3600
    assert job[b"retries_left"] == b"5"
    assert int(job[b"result_ttl"]) == 0
    assert int(job[b"failure_ttl"]) == 86_400


async def test_there_is_exactly_one_queue(queue, valkey):
    for number in range(70):
        queue.put(f"page{number}")
    await until(valkey, 70)
    assert valkey.smembers("rq:queues") == {b"rq:queue:pages"}
    assert [key for key in valkey.keys("rq:queue:*") if valkey.type(key) == b"list"] == [
        b"rq:queue:pages"
    ]


async def test_prefixes_keep_feedmills_apart(valkey, valkey_url):
    with connect(valkey_url) as client:
        async with PageQueue(client, Keys("b:")) as queue:
            queue.put("page1")
        assert valkey.smembers("rq:queues") == {b"rq:queue:b:pages"}
        [job_id] = job_ids(valkey, "b:")
        assert arguments_of(valkey, job_id) == ["b:", ["page1"]]


async def test_what_is_under_way(queue, valkey, valkey_url):
    """In the queue and at work. What stays on the way from one to the other has lost its worker."""
    for batch in (["waits"], ["moves"], ["works"]):
        for page_id in batch:
            queue.put(page_id)
        await until(valkey, 1)
        if batch != ["works"]:
            await asyncio.sleep(0)
        ids = job_ids(valkey)
        if batch == ["waits"]:
            kept = ids
            valkey.delete("rq:queue:pages")
        elif batch == ["moves"]:
            rq_queue = Queue("pages", connection=valkey, serializer=JSONSerializer)
            valkey.lmove("rq:queue:pages", rq_queue.intermediate_queue_key)
        else:
            registry = StartedJobRegistry(queue=rq_queue)
            valkey.lpop("rq:queue:pages")
            valkey.zadd(registry.key, {f"{ids[0]}:execution": time.time() + 60})
    valkey.rpush("rq:queue:pages", *kept)
    assert await queue.underway() == {"waits", "works"}
    valkey.delete("rq:queue:pages")
    assert await queue.underway() == {"works"}


async def test_a_sign_of_life_from_the_future_is_not_believed(queue, valkey):
    """The clock has been set back since it was given, and its worker may be dead."""
    queue.put("page1")
    await until(valkey, 1)
    [job_id] = job_ids(valkey)
    valkey.lpop("rq:queue:pages")
    registry = StartedJobRegistry(name="pages", connection=valkey)
    valkey.zadd(registry.key, {f"{job_id}:execution": time.time() + 3600})
    assert await queue.underway() == set()
    valkey.zadd(registry.key, {f"{job_id}:execution": time.time() + 10})
    assert await queue.underway() == {"page1"}


async def test_a_job_that_is_not_ours_does_not_stop_the_look(queue, valkey):
    """Anybody may put something into a shared Redis; what is under way must be found all the same."""
    queue.put("page1")
    await until(valkey, 1)
    alien = Queue("pages", connection=valkey, serializer=JSONSerializer)
    alien.enqueue_call("os.getcwd", args=())
    alien.enqueue_call("os.getcwd", args=(1, 2, 3))
    job = alien.enqueue_call("os.getcwd", args=())
    valkey.hset(f"rq:job:{job.id}", "data", b"\x80\x04broken")
    valkey.rpush("rq:queue:pages", "no-such-job")
    assert await queue.underway() >= {"page1"}


async def test_redis_that_refuses_costs_the_batch_and_not_the_sender(queue, valkey, monkeypatch):
    """Full memory: the pages of the batch stay pending; what comes after leaves again."""
    valkey.config_set("maxmemory", 1)
    try:
        queue.put("lost")
        await asyncio.sleep(MAX_WAIT + 0.3)
    finally:
        valkey.config_set("maxmemory", 0)
    queue.put("later")
    await until(valkey, 1)
    assert batches(valkey) == [["later"]]


@pytest.mark.slow
@pytest.mark.parametrize("module", ["service.app", "service.cli"])
def test_the_service_never_imports_the_workers(module):
    code = (
        f"import sys, {module}, service.queue, service.reconcile, service.supervise; "
        "print([name for name in sys.modules if name.split('.')[0] in ('workers', 'trafilatura')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert done.stdout.strip() == "[]"
