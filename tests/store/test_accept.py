"""The acceptance: one step, the same when it is repeated, and never beyond its bounds, whoever else accepts."""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import AsyncIterator

import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from feedmill.errors import ExtractionError
from feedmill.page import Page
from feedmill.store.connection import connect_async
from feedmill.store.intake import Intake, Limits, Mark, Validators
from feedmill.store.keys import Keys
from feedmill.store.workshop import Workshop
from tests.articles import file, make_article, make_page

KEYS = Keys()


@pytest.fixture
async def intake(valkey: Redis, valkey_url: str) -> AsyncIterator[Intake]:
    async with connect_async(valkey_url) as client:
        yield Intake(client, KEYS)


def page(number: int, size: int = 10) -> Page:
    """Its bytes do not compress."""
    return make_page(f"page-{number}", b"".join(n.to_bytes(2) for n in range(size // 2)))


async def accept(intake: Intake, made: Page, **limits: int) -> str | None:
    return await intake.accept(made, Mark(made.id, "1"), limits=Limits(**limits))


def counted(redis: Redis) -> int:
    return int(redis.get("pages:bytes") or 0)


def waiting(redis: Redis) -> int:
    """What the counter ought to say."""
    return sum(redis.strlen(f"raw:{key.decode()}") for key in redis.zrange("pages:pending", 0, -1))


async def test_accepting_twice_changes_nothing(valkey, intake):
    validators = Validators('"a"', None)
    for _ in range(2):
        assert await intake.accept(page(1), Mark("guid", "1"), validators) is None
    assert counted(valkey) == waiting(valkey) > 0
    assert await intake.validators(page(1).url) == validators


async def test_bytes_are_counted_while_pages_wait_and_no_longer(valkey, intake):
    for number in range(3):
        await accept(intake, page(number, 100 * number))
    assert counted(valkey) == waiting(valkey)
    await accept(intake, make_page("page-1", b"shorter"))
    assert counted(valkey) == waiting(valkey)
    for number in range(3):
        file(valkey, make_article(number), f"page-{number}")
    assert valkey.zcard("pages:pending") == 0
    assert counted(valkey) == 0


async def test_bytes_are_right_again_after_a_raw_page_has_expired(valkey, intake):
    await accept(intake, page(1))
    await accept(intake, page(2))
    valkey.delete("raw:page-1")
    assert counted(valkey) > waiting(valkey)
    assert await intake.weigh() == counted(valkey) == waiting(valkey)
    await accept(intake, page(1))
    assert counted(valkey) == waiting(valkey)


async def test_what_was_set_aside_and_comes_again_is_counted_once(valkey, intake):
    await accept(intake, page(1))
    workshop = Workshop(valkey, KEYS)
    workshop.set_aside("page-1", page(1), ExtractionError("nothing in it"))
    assert counted(valkey) == 0
    assert valkey.exists("raw:page-1")
    await accept(intake, page(1))
    assert counted(valkey) == waiting(valkey) > 0


async def test_at_the_bound_of_pages_nothing_is_written(valkey, intake):
    await accept(intake, page(1))
    await accept(intake, page(2))
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert await accept(intake, page(3), pages=2) == "pages"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before
    assert await accept(intake, page(3), pages=3) is None


async def test_at_the_bound_of_bytes_nothing_is_written(valkey, intake):
    await accept(intake, page(1))
    size = counted(valkey)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert await accept(intake, page(2), bytes=size + 1) == "bytes"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before
    assert await accept(intake, page(2), bytes=2 * size + 50) is None


async def test_a_page_that_is_accepted_already_is_refused_by_no_bound(intake):
    """The reply to the first call may have been lost."""
    await accept(intake, page(1))
    assert await accept(intake, page(1), pages=1, bytes=1) is None


async def test_a_page_larger_than_the_bound_is_taken_alone(intake):
    assert await accept(intake, page(1), bytes=1) is None
    assert await accept(intake, page(2), bytes=1) == "bytes"


async def test_a_full_server_takes_the_whole_page_or_nothing(valkey, intake):
    await accept(intake, page(1))
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    valkey.config_set("maxmemory", 1)
    try:
        for number in (1, 2):
            with pytest.raises(OutOfMemoryError):
                await accept(intake, page(number))
        assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before
    finally:
        valkey.config_set("maxmemory", 0)


def _race(url: str, number: int, start) -> None:
    async def run() -> None:
        async with connect_async(url) as client:
            intake = Intake(client, KEYS)
            start.wait()
            pages = [page(100 * number + n) for n in range(50)]
            await asyncio.gather(*(accept(intake, one, pages=70) for one in pages))

    asyncio.run(run())


@pytest.mark.slow
async def test_four_processes_at_once_stay_within_the_bound(valkey, valkey_url, intake):
    """Each of them could fill it alone."""
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(4)
    racers = [context.Process(target=_race, args=(valkey_url, n, start)) for n in range(4)]
    for racer in racers:
        racer.start()
    for racer in racers:
        await asyncio.to_thread(racer.join, 60)
    assert [racer.exitcode for racer in racers] == [0] * 4
    assert valkey.zcard("pages:pending") == 70
    assert valkey.hlen("seen:news") == 70
    assert counted(valkey) == waiting(valkey)
