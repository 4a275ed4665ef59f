"""How full it is, read and said, on a full server too."""

from __future__ import annotations

import pytest
from redis.exceptions import OutOfMemoryError

from feedmill.store import gauge
from feedmill.store.connection import connect_async
from feedmill.store.gauge import Gauge, Standing, StandingBoard
from feedmill.store.keys import Keys

KEYS = Keys("p:")
STANDING = Standing("full", "pages", 10.0, 20.0, Gauge(pages=3, bytes=4, age=5.5))


async def test_both_readers_see_the_same(valkey, valkey_url):
    valkey.zadd("p:pages:pending", {"a": 1000.0, "b": 1500.0})
    valkey.set("p:pages:bytes", 77)
    valkey.set("p:pages:pace", "0.25")
    seen = gauge.read(valkey, KEYS, 1600.0)
    assert (seen.pages, seen.bytes, seen.age, seen.pace) == (2, 77, 600.0, 0.25)
    assert seen.used_memory > 100_000
    assert seen.max_memory == 0
    async with connect_async(valkey_url) as client:
        again = await gauge.read_async(client, KEYS, 1600.0)
    assert (again.pages, again.bytes, again.age) == (2, 77, 600.0)


def test_an_empty_queue(valkey):
    valkey.set("p:pages:bytes", -5)
    seen = gauge.read(valkey, KEYS, 1600.0)
    assert (seen.pages, seen.bytes, seen.age, seen.pace) == (0, 0, 0.0, 0.0)


def test_where_nobody_may_ask_for_the_memory_it_is_no_bound(valkey):
    valkey.acl_setuser("default", enabled=True, nopass=True, commands=["+@all", "-info"])
    try:
        assert gauge.read(valkey, KEYS, 0.0).max_memory == 0
    finally:
        valkey.acl_setuser("default", enabled=True, nopass=True, commands=["+@all"])


async def test_what_is_said_can_be_read_for_a_while(valkey, valkey_url):
    assert gauge.load(valkey, KEYS) is None
    async with connect_async(valkey_url) as client:
        await StandingBoard(client, KEYS).show(STANDING)
    assert gauge.load(valkey, KEYS) == STANDING
    assert 0 < valkey.ttl("p:pressure") <= gauge.STANDING_SECONDS


@pytest.mark.parametrize("is_there", [True, False])
async def test_it_is_said_on_a_full_server(valkey, valkey_url, is_there):
    if is_there:
        valkey.set("p:pressure", "{}")
    async with connect_async(valkey_url) as client:
        valkey.config_set("maxmemory", 1)
        try:
            with pytest.raises(OutOfMemoryError):
                valkey.set("p:other", "1")
            await StandingBoard(client, KEYS).show(STANDING)
            assert gauge.load(valkey, KEYS) == STANDING
        finally:
            valkey.config_set("maxmemory", 0)
