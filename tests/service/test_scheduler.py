"""The scheduler: each source when it is due, few of one host at a time, and changes while it runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from feedmill.config import Source
from service import scheduler
from service.scheduler import Scheduler
from tests.service.support import eventually, make_source

SOON = 0.05  # seconds


def source(source_id: str, host: str = "") -> Source:
    return make_source(id=source_id, url=f"http://{host or source_id + '.example'}/rss")


@dataclass
class Looks:
    """Notes which sources are looked at; each look lasts until it is let go."""

    again_in: float = 1000.0
    holds: bool = False
    begun: list[str] = field(default_factory=list)
    release: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, source: Source) -> float:
        self.begun.append(source.id)
        if self.holds:
            await self.release.wait()
        return now() + self.again_in


def now() -> float:
    return asyncio.get_running_loop().time()


@contextlib.asynccontextmanager
async def running(look: Looks) -> AsyncIterator[Scheduler]:
    made = Scheduler(look, now)
    task = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_sources_are_looked_at_in_the_order_in_which_they_are_due():
    look = Looks()
    async with running(look) as made:
        start = now()
        due = {"c": start + 0.06, "a": start + 0.02, "b": start + 0.04}
        made.replace([source(key) for key in due], due)
        await asyncio.sleep(0.03)
        assert look.begun == ["a"]
        await eventually(lambda: look.begun == ["a", "b", "c"])


async def test_a_source_is_looked_at_again_when_its_look_says_so():
    look = Looks(again_in=0.02)
    async with running(look) as made:
        made.replace([source("a")], {"a": now()})
        await eventually(lambda: len(look.begun) >= 3)
    assert set(look.begun) == {"a"}


async def test_a_look_that_takes_long_is_not_begun_a_second_time():
    look = Looks(holds=True)
    async with running(look) as made:
        made.replace([source("a")], {"a": now()})
        await eventually(lambda: look.begun)
        made.replace([source("a")], {"a": now()})  # planned anew while it is under way
        await asyncio.sleep(SOON)
        assert look.begun == ["a"]
        look.release.set()  # and then its new plan holds
        await eventually(lambda: look.begun == ["a", "a"])


async def test_few_sources_of_one_host_at_a_time_and_others_go_on():
    look = Looks(holds=True)
    crowd = [source(f"s{n}", "platform.example") for n in range(20)]
    async with running(look) as made:
        made.replace(
            [*crowd, source("other")], {one.id: now() for one in [*crowd, source("other")]}
        )
        await eventually(lambda: "other" in look.begun)
        assert len(look.begun) == scheduler._PER_HOST + 1
        look.release.set()
        await eventually(lambda: len(look.begun) == 21)
    assert sorted(set(look.begun)) == sorted(look.begun)


async def test_a_bound_on_all(monkeypatch):
    monkeypatch.setattr(scheduler, "_AT_A_TIME", 5)
    look = Looks(holds=True)
    async with running(look) as made:
        made.replace([source(f"s{n}") for n in range(12)], {f"s{n}": now() for n in range(12)})
        await asyncio.sleep(SOON)
        assert len(look.begun) == 5
        look.release.set()
        await eventually(lambda: len(look.begun) == 12)


async def test_a_source_that_is_removed_is_not_looked_at_any_more():
    look = Looks(again_in=0.02)
    async with running(look) as made:
        made.replace([source("a"), source("b")], {"a": now(), "b": now()})
        await eventually(lambda: {"a", "b"} <= set(look.begun))
        made.replace([source("b")], {})
        look.begun.clear()
        await eventually(lambda: look.begun.count("b") >= 2)
    assert look.begun.count("a") <= 1  # one may have been under way


async def test_a_plan_that_is_brought_forward_counts():
    look = Looks()
    async with running(look) as made:
        made.replace([source("a")], {"a": now() + 1000})
        await asyncio.sleep(0.01)
        assert look.begun == []
        made.replace([source("a")], {"a": now()})
        await eventually(lambda: look.begun == ["a"])
        await asyncio.sleep(0.02)
    assert look.begun == ["a"]


async def test_a_source_that_is_never_due_again_costs_nothing():
    look = Looks(again_in=float("inf"))
    async with running(look) as made:
        made.replace([source("a")], {"a": now()})
        await eventually(lambda: look.begun == ["a"])
        await asyncio.sleep(0.02)
        assert made._heap == []
        made.replace([source("a")], {"a": now()})  # unless its configuration changes
        await eventually(lambda: look.begun == ["a", "a"])


async def test_a_clock_that_is_set_back_delays_nothing():
    look, step = Looks(), [0.0]
    made = Scheduler(look, lambda: now() + step[0])
    task = asyncio.create_task(made.run())
    try:
        made.replace([source("a"), source("b")], {"a": now() + 0.1, "b": now() + 1000})
        step[0] = -3600.0
        made.bring_forward("b", now() + 900)  # something happens, so that it looks at the clock
        await eventually(lambda: look.begun == ["a"], seconds=2)
    finally:
        task.cancel()
        await asyncio.wait([task])
