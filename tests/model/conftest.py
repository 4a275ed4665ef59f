"""The world of the model, with the few things in it that are not as in production."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

import pytest
import rq.intermediate_queue
import rq.registry
from redis import Redis
from redis.backoff import NoBackoff

import service.queue
import workers.batch
import workers.desk
import workers.worker
from feedmill.store import connection
from tests.model.faults import RETRIES
from tests.model.horse import make_or_die, run_here
from tests.model.pages import ADDRESSES, SOURCES, Sheet
from tests.model.programs import World


@pytest.fixture
def world(valkey: Redis, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[[], World]:
    """Makes an empty world."""
    made: list[World] = []

    def anew() -> World:
        valkey.flushall()
        made[:] = [World(valkey_url, valkey)]
        return made[0]

    valkey.config_set("appendonly", "no")  # it never dies here, and the disk is not waited for
    monkeypatch.setattr(workers.batch, "run", run_here)
    monkeypatch.setattr(workers.desk, "make", make_or_die)
    monkeypatch.setattr(connection, "_RETRIES", RETRIES)
    monkeypatch.setattr(connection, "_backoff", NoBackoff)
    monkeypatch.setattr(service.queue, "MAX_WAIT", 60.0)  # batches as they are asked for
    monkeypatch.setattr(workers.worker, "_MAINTENANCE_LOCK_SECONDS", 100)  # until `World.wait`
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    monkeypatch.setattr(rq.intermediate_queue, "now", lambda: made[0].moment())  # noqa: PLW0108 - the one of then
    monkeypatch.setattr(rq.registry, "current_timestamp", lambda: int(made[0].time()))
    logging.getLogger("rq.worker").setLevel(logging.CRITICAL)  # each death would be told
    warm_up(anew())
    return anew


def warm_up(world: World) -> None:
    """Have the server learn all scripts, so that the calls of a program have the same numbers each time."""
    world.take_in([Sheet(ADDRESSES[0], text, 0, SOURCES[0]) for text in ("crane", "")])
    world.work()
    world.retry()
    world.work()
    world.drop()
