"""The upkeep: what is too old or too much goes, in rounds, and consumer groups that fall behind are told of."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from redis import Redis
from structlog.testing import capture_logs

from feedmill.config import RetentionOptions, load
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.retention import Head, Retention
from service import sweeps
from service.app import running
from service.reload import changes
from service.sweeps import Sweeps
from service.upkeep import Upkeep
from tests.articles import file, make_article
from tests.store.streams import add, left, read

DAY = 86_400


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(sweeps, "_PAUSE", 0.0)


@pytest.fixture
async def retention(valkey, valkey_url):
    async with connect_async(valkey_url) as redis:
        yield Retention(redis, Keys())


@pytest.fixture
async def upkeep(valkey, valkey_url):
    async with connect_async(valkey_url) as redis:
        yield Upkeep(redis, Keys(), RetentionOptions(), time.time)


def put(redis: Redis, number: int, age: float, *, size: int = 0) -> str:
    """An article as far as retention looks at it, fetched and stored `age` days ago."""
    article_id = f"{number:016}"
    at = datetime.now(UTC) - timedelta(days=age)
    stored = at.isoformat().replace("+00:00", "Z")
    redis.set(f"art:{article_id}", f'{{"stored_at":"{stored}","text":"{"x" * size}"}}')
    redis.hset("ix:head", article_id, f"1:{int(at.timestamp() * 1000)}:{number:032}")
    return article_id


def kept(redis: Redis) -> set[str]:
    """Ids of the articles that are there, and by each trace of them."""
    articles = {key.decode().removeprefix("art:") for key in redis.keys("art:*")}
    heads = {name.decode() for name in redis.hkeys("ix:head")}
    assert articles == heads
    return articles


async def test_by_default_no_article_is_removed(valkey, upkeep):
    put(valkey, 1, age=20_000 / 365)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    await upkeep.round()
    after = {key: valkey.dump(key) for key in valkey.scan_iter() if key != b"upkeep"}
    assert after == before


async def test_old_articles_and_their_names_go(valkey, upkeep):
    old = make_article(1)  # of March 2026
    file(valkey, old, "page", "short.example/x", weak=("guid",))
    young = put(valkey, 2, age=1)
    upkeep.options = RetentionOptions(articles=timedelta(days=30))
    await upkeep.round()
    assert kept(valkey) == {young}
    assert valkey.hlen("ix:url") == valkey.hlen("ix:content") == 0


async def test_a_sweep_goes_on_where_it_stopped(valkey, retention, monkeypatch):
    with valkey.pipeline() as pipe:
        for number in range(3000):
            put(pipe, number, age=40 if number % 3 == 0 else 1)
        pipe.execute()
    monkeypatch.setattr(sweeps, "STEPS", 1)
    options = RetentionOptions(articles=timedelta(days=30))
    rounds, cursors = 0, set()
    while True:
        await Sweeps(retention).go_on(
            options, time.time()
        )  # another one each time, as after a restart
        rounds += 1
        progress = await retention.progress()
        if not progress["heads"]:
            break
        cursors.add(progress["heads"])
    assert rounds == len(cursors) + 1 >= 3
    assert len(kept(valkey)) == 2000
    put(valkey, 3000, age=40)
    await Sweeps(retention).go_on(options, time.time())
    assert len(kept(valkey)) == 2001  # a pass has just ended
    monkeypatch.setattr(sweeps, "STEPS", 99)
    await Sweeps(retention).go_on(options, time.time() + 2 * 3600)
    assert len(kept(valkey)) == 2000


class Full:
    """A Valkey that uses a share of its memory."""

    def __init__(self, redis: Redis, share: float) -> None:
        self._redis = redis
        self._share = share

    def __enter__(self) -> None:
        used = self._redis.info("memory")["used_memory"]
        self._redis.config_set("maxmemory", int(used / self._share))

    def __exit__(self, *_error: object) -> None:
        self._redis.config_set("maxmemory", 0)


async def test_when_memory_is_short_the_oldest_go_first(valkey, retention):
    ids = [put(valkey, number, age=300 - number, size=30_000) for number in range(300)]
    with Full(valkey, 0.8):
        removed = await Sweeps(retention).relieve(0.7, time.time())
        assert (await retention.memory()).share <= 0.7
        assert await Sweeps(retention).relieve(0.7, time.time()) == 0
    assert 25 <= removed <= 75
    assert kept(valkey) == set(ids[removed:])


async def test_when_memory_is_not_short_nothing_goes(valkey, retention):
    put(valkey, 1, age=300)
    young = put(valkey, 2, age=0.9)
    assert await Sweeps(retention).relieve(0.1, time.time()) == 0  # no limit is set
    with Full(valkey, 0.6):
        assert await Sweeps(retention).relieve(0.7, time.time()) == 0
    with Full(valkey, 0.9):
        used = valkey.info("memory")["used_memory"]
        valkey.set("pages:bytes", used // 3)  # they go by themselves
        assert await Sweeps(retention).relieve(0.7, time.time()) == 0
        valkey.delete("pages:bytes")
        assert await Sweeps(retention).relieve(0.7, time.time()) == 1
        assert await Sweeps(retention).relieve(0.7, time.time()) == 0
    assert kept(valkey) == {young}


async def test_what_is_unread_goes_last_and_is_told(valkey, retention):
    ids = [put(valkey, number, age=100 - number, size=30_000) for number in range(100)]
    add(valkey, 51 * DAY)  # a group that has everything up to the 50th
    valkey.xgroup_create("articles", "slow", "0")
    with Full(valkey, 0.75), capture_logs() as logs:
        assert await Sweeps(retention).relieve(0.7, time.time()) == sweeps.BATCH
        assert kept(valkey) == set(ids[sweeps.BATCH :])
        await Sweeps(retention).relieve(0.3, time.time())
        assert kept(valkey) == set(ids[49:])
        assert not [line for line in logs if "unread" in line["event"]]
        used = (await retention.memory()).share
        forced = await Sweeps(retention).relieve(used - 0.01, time.time())
    assert forced == sweeps.BATCH  # as few as that takes
    (told,) = [line for line in logs if line["event"] == "articles removed unread"]
    assert (told["log_level"], told["count"]) == ("warning", forced)
    assert valkey.hget("removals", f"{int(time.time() // DAY)} memory-unread") == b"%d" % forced


async def test_the_oldest_are_found_among_many(valkey, retention, monkeypatch):
    monkeypatch.setattr(sweeps, "_OLDEST", 50)
    numbers = [(number * 7919) % 3000 for number in range(3000)]
    with valkey.pipeline() as pipe:
        for number in numbers:
            pipe.hset("ix:head", f"{number:016}", f"1:{number}:x")
        pipe.execute()
    found = await Sweeps(retention)._oldest(time.time())
    assert found == [Head(number, f"{number:016}") for number in range(50)]


async def test_streams_are_trimmed_and_the_quarantine_with_them(valkey, upkeep):
    valkey.config_set("stream-node-max-entries", 1)
    try:
        for stream in ("articles", "stories", "quarantine"):
            add(valkey, *[100 * DAY] * 4, *[40 * DAY] * 3, *[DAY] * 2, stream=stream)
        upkeep.options = RetentionOptions(entries=100)
        await upkeep.round()
        lengths = [len(left(valkey, stream)) for stream in ("articles", "stories", "quarantine")]
        assert lengths == [5, 5, 2]
        add(valkey, *[1.0] * 3000, stream="articles")
        await upkeep.round()
        assert len(left(valkey)) == 100
    finally:
        valkey.config_set("stream-node-max-entries", 100)


def told_of(logs: list[Any], group: str) -> list[tuple[str, str]]:
    lines = [line for line in logs if line.get("group") == group]
    return [(line["log_level"], line["event"].partition(": ")[2]) for line in lines]


async def test_a_group_is_told_of_when_it_changes_and_only_then(valkey, upkeep):
    upkeep.options = RetentionOptions(entries=100)
    with capture_logs() as logs:
        add(valkey, *[1.0] * 50)
        valkey.xgroup_create("articles", "slow", "0")
        await upkeep.round()
        assert told_of(logs, "slow") == []
        add(valkey, *[0.5] * 40)
        await upkeep.round()
        await upkeep.round()
        assert told_of(logs, "slow") == [("warning", "close to losing")]
        add(valkey, *[0.2] * 40)
        await upkeep.round()
        await upkeep.round()
        assert told_of(logs, "slow")[1:] == [("warning", "has lost")]
        assert logs[-1]["lost"] == 30
        valkey.xack("articles", "slow", *read(valkey, "slow", 999))
        valkey.hset("articles:lost", "slow", f"30 {int(time.time() - 2 * DAY)}")
        await upkeep.round()
        assert told_of(logs, "slow")[2:] == [("info", "ok")]
        valkey.xgroup_destroy("articles", "slow")
        await upkeep.round()
    assert len(told_of(logs, "slow")) == 3


async def test_one_kind_of_trouble_does_not_keep_the_others_from_their_work(valkey, upkeep):
    valkey.set("stories", "no stream")
    put(valkey, 1, age=40)
    upkeep.options = RetentionOptions(articles=timedelta(days=30))
    with capture_logs() as logs:
        await upkeep.round()
        assert kept(valkey) == set()  # the sweep went on although a stream could not be trimmed
        await upkeep.round()
        assert [line["event"] for line in logs].count("upkeep has to wait") == 1  # it began once
        valkey.delete("stories")
        await upkeep.round()
        valkey.set("stories", "no stream")
        await upkeep.round()
    assert [line["event"] for line in logs].count("upkeep has to wait") == 2


async def test_items_of_sources_that_are_gone_are_forgotten(valkey, retention):
    now = time.time()
    valkey.zadd("due", {"gone": 1.0, "here": 2.0})
    day = int(now // DAY)
    valkey.hset("seen:gone", mapping={str(n): f"x@{day - 98}" for n in range(10)})
    valkey.hset("seen:here", mapping={"a": f"x@{day - 98}", "b": f"x@{day - 1}"})
    options = RetentionOptions()
    await Sweeps(retention).go_on(options, now)
    assert valkey.keys("seen:*") == [b"seen:here"]
    assert valkey.hkeys("seen:here") == [b"b"]
    valkey.hset("seen:here", "c", f"x@{day - 98}")
    await Sweeps(retention).go_on(options, now + 3600)
    assert valkey.hlen("seen:here") == 2  # once a day
    await Sweeps(retention).go_on(options, now + DAY + 1)
    assert valkey.hlen("seen:here") == 1


async def test_a_changed_configuration_is_heeded(valkey, valkey_url, folder):
    path = folder / "sources.yaml"
    path.write_text("version: 1\nsources: [{path: none/*.txt}]\n")
    old = put(valkey, 1, age=40)
    before = load(path)
    async with running(before, valkey_url) as app:
        await app._parts.upkeep.round()
        assert kept(valkey) == {old}
        path.write_text(path.read_text() + "retention: {articles: 30d}\n")
        changed = load(path)
        await app._apply(changed, changes(before, changed))
        await app._parts.upkeep.round()
        assert kept(valkey) == set()
