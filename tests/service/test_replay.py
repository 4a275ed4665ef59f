"""The sender of a replay: within the queue's bounds, and it knows what came of every page."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis

from feedmill.article import Article
from feedmill.raw.reading import RawReader
from feedmill.raw.writing import RawWriter
from feedmill.store.connection import connect, connect_async
from feedmill.store.intake import Intake, Limits
from feedmill.store.keys import Keys
from feedmill.store.replays import Outcome, Replays
from feedmill.store.workshop import Workshop
from service import replay as replaying
from service.queue import PageQueue
from service.replay import Replay, Shelf, Tally, Wanted
from tests.articles import NOW, file, make_article, make_page
from tests.program import wait_until

KEYS = Keys()
ALL = Wanted()
ANY_NUMBER = Limits()
Finish = Callable[[Redis, str], None]


@pytest.fixture(autouse=True)
def _quickly(monkeypatch):
    monkeypatch.setattr(replaying, "_PAUSE", 0.02)
    monkeypatch.setattr(replaying, "_STALLED", 0.1)


@pytest.fixture
def shelf(valkey, tmp_path) -> Shelf:
    return Shelf(valkey, KEYS, RawReader(tmp_path))


@pytest.fixture
async def run(valkey, valkey_url, shelf) -> AsyncIterator[Callable]:
    async with connect_async(valkey_url) as client, PageQueue(valkey, KEYS) as queue:

        async def run(wanted: Wanted = ALL, limits: Limits = ANY_NUMBER) -> Tally:
            intake = Intake(client, KEYS)
            one = Replay(shelf, Replays(valkey, KEYS), intake, queue, limits)
            return await asyncio.wait_for(one.run(wanted, lambda text: None), 20)

        yield run


@pytest.fixture
def stored(valkey, tmp_path) -> list[Article]:
    """Twelve articles of two sources, an hour apart; the first two have no raw page."""
    writer = RawWriter(tmp_path, max_bytes=10**6, max_seconds=99, clock=time.time)
    found = []
    for number in range(12):
        ref = "feedmill-20200101000000-00000000.warc.gz#offset=1&length=2" if number else None
        if number > 1:
            ref = str(writer.write(make_page(f"page-{number}", b"bytes")))
        article = make_article(
            number,
            raw_ref=ref,
            fetched_at=NOW + timedelta(hours=number),
            source_id="even" if number % 2 == 0 else "odd",
        )
        file(valkey, article)
        found.append(article)
    writer.close()
    return found


@contextmanager
def working(url: str, finish: Finish) -> Iterator[list[int]]:
    """Ends pages as they come; gives how many were pending at each look."""
    stop, seen = threading.Event(), list[int]()

    def work() -> None:
        with connect(url) as redis:
            while not stop.is_set():
                seen.append(redis.zcard(KEYS.pending))
                for page_id in redis.zrange(KEYS.pending, 0, 0):
                    finish(redis, page_id.decode())
                time.sleep(0.002)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        yield seen
    finally:
        stop.set()
        worker.join()


def ends(outcome: Outcome) -> Finish:
    return lambda redis, page_id: Replays(redis, KEYS).end(page_id, outcome)


async def test_every_page_is_sent_once_and_accounted_for(valkey, valkey_url, run, stored):
    with working(valkey_url, ends("kept")):
        assert await run() == Tally(looked_at=12, without_raw_page=2, kept=10)
    assert list(valkey.scan_iter("replay:*")) == list(valkey.scan_iter("raw:*")) == []


async def test_the_queue_is_filled_to_the_half_at_most(valkey_url, run, stored):
    with working(valkey_url, ends("unchanged")) as seen:
        tally = await run(limits=Limits(pages=6))
    assert tally.unchanged == 10
    assert max(seen) <= 3


async def test_only_what_is_meant(valkey_url, run, stored):
    hour = 3600.0
    now = NOW.timestamp()
    with working(valkey_url, ends("improved")):
        assert (await run(Wanted(now + 4 * hour, now + 7 * hour))).looked_at == 4
        assert (await run(Wanted(source_id="odd"))).looked_at == 6
        assert (await run(Wanted(article_id=stored[5].id))).improved == 1
        assert (await run(Wanted(since=now + 12 * hour))) == Tally()


async def test_a_page_whose_worker_died_just_after_its_end(valkey, valkey_url, run, stored):
    """Nobody said what came of it; its article tells."""

    def finish(redis: Redis, page_id: str) -> None:
        if page_id.endswith(stored[3].id):
            revised = stored[3].model_copy(update={"rev": 2, "status": "updated"})
            redis.set(KEYS.article(stored[3].id), revised.to_json())
        redis.zrem(KEYS.pending, page_id)

    with working(valkey_url, finish):
        assert await run() == Tally(looked_at=12, without_raw_page=2, improved=1, unchanged=9)


async def test_pages_carry_what_they_came_with(valkey, run, stored, tmp_path):
    task = asyncio.create_task(run(Wanted(article_id=stored[5].id)))
    await asyncio.to_thread(wait_until, lambda: valkey.zcard(KEYS.pending))
    [page_id] = valkey.zrange(KEYS.pending, 0, -1)
    page = Workshop(valkey, KEYS).begin(page_id.decode()).page
    assert page is not None
    kept = RawReader(tmp_path).read(stored[5].raw_ref or "")
    assert page == replace(kept, id=page_id.decode())
    assert page.raw_ref == stored[5].raw_ref
    Replays(valkey, KEYS).end(page.id, "failed")
    assert (await task).failed == 1


def test_times_are_those_of_the_fetch(valkey, shelf, stored):
    at = datetime.fromtimestamp(NOW.timestamp(), UTC)
    assert shelf.ids(Wanted(at.timestamp(), at.timestamp())) == [stored[0].id]
    assert len(shelf.ids(ALL)) == 12
