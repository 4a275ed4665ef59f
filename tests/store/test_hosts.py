"""What is remembered about hosts over a restart."""

from __future__ import annotations

import asyncio
import math

import pytest
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from feedmill import urls
from feedmill.store.connection import connect_async
from feedmill.store.hosts import Hosts, RobotsCopy
from feedmill.store.keys import Keys

NOW = 1_780_000_000.0
ORIGIN = "https://example.org"
COPY = RobotsCopy("feedmill", "Disallow: /ü\nCrawl-delay: 5", ("https://e.org/s.xml",), NOW + 60)


@pytest.fixture
async def redis(valkey_url: str, valkey: Redis):
    client = connect_async(valkey_url)
    yield client
    await client.aclose()


@pytest.fixture
def hosts(redis: AsyncRedis) -> Hosts:
    return Hosts(redis, Keys("p:"))


async def test_holds_come_back_until_they_end(hosts: Hosts, redis: AsyncRedis):
    hosts.note("e.org", NOW + 100.5)
    hosts.note("a.blogspot.com", NOW + 50)
    hosts.note("e.org", NOW + 200.25)
    hosts.note("e.org", NOW + 10)  # a shorter one does not break the promise
    await hosts.flush()
    again = Hosts(redis, Keys("p:"))
    assert await again.holds(now=NOW) == {"e.org": NOW + 200.25, "a.blogspot.com": NOW + 50}
    assert await again.holds(now=NOW + 60) == {"e.org": NOW + 200.25}
    assert await Hosts(redis, Keys("q:")).holds(now=NOW) == {}


async def test_a_hold_that_grows_while_it_is_saved(hosts: Hosts):
    hosts.note("e.org", NOW + 100)
    while not hosts._redis.connection_pool._in_use_connections:  # noqa: ASYNC110
        await asyncio.sleep(0)
    hosts.note("e.org", NOW + 200)
    await hosts.flush()
    assert await hosts.holds(now=NOW) == {"e.org": NOW + 200}


async def test_holds_that_ended_are_removed(hosts: Hosts, redis: AsyncRedis):
    hosts.note("e.org", NOW)
    hosts.note("f.org", NOW + 100)
    await hosts.flush(now=NOW + 50)
    assert await redis.zrange("p:holds", 0, -1) == [b"f.org"]


async def test_many_holds_are_few_commands(hosts: Hosts, redis: AsyncRedis):
    async def calls() -> int:
        stats = await redis.info("commandstats")
        return int(stats.get("cmdstat_zadd", {}).get("calls", 0))

    before = await calls()
    for number in range(1_000):
        hosts.note(f"{number}.example", NOW + number)
    await hosts.flush()
    assert await calls() - before <= 2
    assert len(await hosts.holds(now=NOW)) == 1_000


async def test_a_hold_waits_for_redis_to_come_back(hosts: Hosts, redis: AsyncRedis):
    """The caller is never stopped, and what could not be saved goes with the next one."""
    gone = Hosts(AsyncRedis(port=1, retry=Retry(NoBackoff(), 0)), Keys("p:"))
    gone.note("e.org", NOW + 100)
    await gone.flush()
    with pytest.raises(RedisConnectionError):
        await gone.holds(now=NOW)
    await gone._redis.aclose()
    gone._redis = redis
    gone.note("f.org", NOW + 100)
    await gone.flush()
    assert (await hosts.holds(now=NOW)).keys() == {"e.org", "f.org"}


async def test_flushing_without_a_hold(hosts: Hosts):
    await asyncio.wait_for(hosts.flush(), 1)


@pytest.mark.parametrize(
    "copy",
    [
        COPY,
        RobotsCopy("bot", "", (), NOW + 0.5),
        RobotsCopy("bot", None, (), NOW + 600, NOW - 3.25),
        RobotsCopy("bot", "Disallow: /\ufffd😀\u2028", (), NOW),
    ],
)
async def test_a_robots_txt_comes_back_as_it_was(hosts: Hosts, copy):
    assert await hosts.robots(ORIGIN) is None
    await hosts.keep_robots(ORIGIN, copy, seconds=100)
    assert await hosts.robots(ORIGIN) == copy
    assert await hosts.robots("http://example.org") is None


async def test_a_robots_txt_does_not_stay_for_ever(hosts: Hosts, redis: AsyncRedis):
    await hosts.keep_robots(ORIGIN, COPY, seconds=99.1)
    assert 95 <= await redis.ttl(Keys("p:").robots(urls.digest(ORIGIN))) <= math.ceil(99.1)


@pytest.mark.parametrize(
    "stored", [b"", b"\xff", b"[]", b"{}", b'{"agent":"x"}', b'{"sitemaps":5}']
)
async def test_what_another_version_stored_is_asked_for_again(hosts: Hosts, redis, stored):
    await redis.set(Keys("p:").robots(urls.digest(ORIGIN)), stored)
    assert await hosts.robots(ORIGIN) is None
