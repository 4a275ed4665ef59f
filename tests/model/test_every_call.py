"""Every single call of every program, one after the other: what happens at it loses nothing and does nothing twice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rq.registry import StartedJobRegistry

from tests.model import shape
from tests.model.faults import Fault, Process
from tests.model.pages import ADDRESSES, SOURCES, Sheet
from tests.model.programs import KEYS, World

CRANE = Sheet(ADDRESSES[0], "crane", 0, SOURCES[0])
COPY = Sheet(ADDRESSES[1], "crane", 1, SOURCES[1])
LATER = Sheet(ADDRESSES[0], "crane, one line more", 2, SOURCES[0])
LATEST = Sheet(ADDRESSES[0], "crane, rewritten", 3, SOURCES[1])
EMPTY = Sheet(ADDRESSES[2], "", 0, SOURCES[0])

Program = Callable[[World, Fault], Process]


def at_every_call(
    make: Callable[[], World], prepare: Callable[[World], object], program: Program, **what: object
) -> World:
    """Have something happen at the first call, in a new world at the second, and so on: the world of the last."""
    for call in range(1, 200):
        world = make()
        prepare(world)
        process = program(world, Fault(at=call, **what))
        world.come_to_rest()
        shape.check(world.redis, KEYS, world.ledger)
        if not process.has_happened:
            assert call > 1
            return world
    raise AssertionError("the program does not end")


def brought(*batches: list[Sheet]) -> Callable[[World], None]:
    """Batches that wait in the queue; the first was worked on."""

    def prepare(world: World) -> None:
        for batch in batches:
            world.take_in(batch)
        world.work()

    return prepare


# To die before a call is to die after the one before it.
DEATH = pytest.param({"kind": "all die", "after": True}, id="it dies")
LOST = pytest.param({"kind": "answer lost", "after": True}, id="the answer is lost")
GONE = pytest.param({"kind": "gone", "after": True}, id="Redis is gone")


@pytest.mark.slow
@pytest.mark.parametrize("what", [DEATH, LOST, GONE])
def test_the_service_takes_pages_in(world, what):
    world = at_every_call(world, lambda _: None, lambda it, f: it.take_in([CRANE, COPY], f), **what)
    assert world.ledger.now.stats == {"new": 1, "duplicate": 1}


@pytest.mark.slow
@pytest.mark.parametrize("what", [DEATH, LOST])
def test_a_worker_works_on_a_batch(world, what):
    world = at_every_call(world, brought([CRANE], [COPY, EMPTY]), lambda it, f: it.work(f), **what)
    assert world.ledger.now.stats == {"new": 1, "duplicate": 1, "quarantined": 1}


@pytest.mark.slow
@pytest.mark.parametrize("other", ["work", "wait, clean_up, work"])
def test_another_worker_is_faster(world, other):
    """With an earlier version of the same article; or with the very same page, because this worker was taken for dead."""
    world = at_every_call(
        world,
        brought([CRANE], [LATEST], [LATER]),
        lambda it, f: it.work(f),
        kind="meanwhile",
        other=other,
    )
    assert world.ledger.now.stats == {"new": 1, "update": 1, "unchanged": 1}


@pytest.mark.slow
def test_another_worker_is_faster_with_a_new_article(world):
    world = at_every_call(
        world,
        brought([EMPTY], [LATER], [CRANE]),
        lambda it, f: it.work(f),
        kind="meanwhile",
        other="work",
    )
    assert world.ledger.now.stats == {"new": 1, "unchanged": 1, "quarantined": 1}


@pytest.mark.slow
def test_a_dead_workers_batch_is_brought_back(world):
    def prepare(world: World) -> None:
        world.take_in([CRANE])
        world.work(Fault(at=14, kind="all die"))
        assert StartedJobRegistry(KEYS.queue, world.redis).get_job_ids(cleanup=False)
        world.wait()

    at_every_call(world, prepare, lambda it, f: it.clean_up(f), kind="all die", after=True)


@pytest.mark.slow
@pytest.mark.parametrize("what", [DEATH, LOST, GONE])
def test_the_service_reconciles(world, what):
    def prepare(world: World) -> None:
        world.take_in([CRANE], Fault(at=3, kind="all die"))
        assert world.ledger.now.pending, "accepted"
        assert not world.redis.exists("rq:queue:pages"), "and in no batch"
        world.wait()

    at_every_call(world, prepare, lambda it, f: it.reconcile(f), **what)


@pytest.mark.slow
@pytest.mark.parametrize("what", [DEATH, LOST, GONE])
@pytest.mark.parametrize("program", [World.retry, World.drop])
def test_an_operator_takes_something_out_of_the_quarantine(world, what, program):
    at_every_call(world, brought([EMPTY]), program, **what)
