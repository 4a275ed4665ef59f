"""A worker as a real process on a real queue, and pages that misbehave in it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from rq import Queue, Retry
from rq.job import Job
from rq.serializers import JSONSerializer

from feedmill.jobs import batch_job
from feedmill.page import Page
from feedmill.store.connection import connect_async
from feedmill.store.intake import Intake, Mark
from feedmill.store.keys import Keys
from tests.workers.samples import ROOT

KEYS = Keys()
WORKER = (sys.executable, "-m", "workers", "--page-cpu", "2")

# Loaded by Python itself at the start of the worker: pages that hold these words misbehave in it.
_MISBEHAVE = """
import ctypes, os, re, signal, time
import workers.extract
_read = workers.extract.read

def read(content, **options):
    if b"KILL-THE-PROCESS" in content:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"LEAVE-THE-PROCESS" in content:
        os._exit(3)
    if b"STAY-ONCE" in content and not os.path.exists(os.environ["STAYED"]):
        open(os.environ["STAYED"], "w").close()
        time.sleep(600)
    if b"TAKE-TWO-SECONDS" in content:
        time.sleep(2)
    if b"READ-ADDRESS-ZERO" in content:
        ctypes.string_at(0)
    if b"LOOP-FOR-EVER" in content:
        re.fullmatch("(a+)+", "a" * 60 + "!")
    if b"TAKE-FOUR-GIGABYTES" in content:
        bytearray(4 << 30)
    return _read(content, **options)

workers.extract.read = read
"""

Accept = Callable[..., list[str]]
Enqueue = Callable[..., Job]
Work = Callable[..., subprocess.CompletedProcess[str]]
Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def accept(valkey: Redis, valkey_url: str) -> Accept:
    """Accepts pages as the service does: their ids."""

    async def take_in(pages: Sequence[Page]) -> list[str]:
        async with connect_async(valkey_url) as client:
            intake = Intake(client, KEYS)
            for page in pages:
                await intake.accept(page, Mark(page.id, "version-1"))
        return [page.id for page in pages]

    return lambda *pages: asyncio.run(take_in(pages))


@pytest.fixture
def queue(valkey: Redis) -> Queue:
    return Queue(KEYS.queue, connection=valkey, serializer=JSONSerializer)


@pytest.fixture
def enqueue(queue: Queue) -> Enqueue:
    """Enqueues a batch as the service does."""

    def enqueue(ids: Sequence[str], *, seconds: int = 60) -> Job:
        job = {**batch_job(KEYS.prefix, ids, whole=False), "timeout": seconds}
        return queue.enqueue_call(**job, retry=Retry(max=5))

    return enqueue


@pytest.fixture
def environment(folder: Path) -> dict[str, str]:
    """The environment of a worker in which marked pages misbehave."""
    (folder / "sitecustomize.py").write_text(_MISBEHAVE, encoding="utf-8")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)]),
        "STAYED": str(folder / "stayed"),
    }


@pytest.fixture
def work(valkey_url: str, environment: dict[str, str], folder: Path) -> Work:
    """Runs a worker until the queue is empty."""

    def work(seconds: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*WORKER, "--redis", valkey_url, "--burst"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    return work


@pytest.fixture
def start_worker(valkey_url: str, environment: dict[str, str], folder: Path) -> Iterator[Start]:
    """Starts workers that go on until the test ends."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        with (folder / "worker.log").open("a") as log:
            options: dict[str, Any] = {"cwd": folder, "env": environment, "stderr": log}
            process = subprocess.Popen([*WORKER, "--redis", valkey_url], text=True, **options)
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
    for process in started:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
