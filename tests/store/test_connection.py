"""What clients wait for, and what they tell at once."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import (
    ConnectionError,  # noqa: A004 - redis' own
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
)

from feedmill.store.connection import connect, connect_async, connect_watching


@pytest.fixture
def replica(valkey: Redis) -> Iterator[Redis]:
    """A server that was a primary until a failover."""
    valkey.execute_command("REPLICAOF", "127.0.0.1", "1")
    yield valkey
    valkey.execute_command("REPLICAOF", "NO", "ONE")


@pytest.fixture
def full(valkey: Redis) -> Iterator[Redis]:
    """A server without memory."""
    valkey.config_set("maxmemory", 1)
    yield valkey
    valkey.config_set("maxmemory", 0)


def promote_soon(redis: Redis) -> None:
    threading.Timer(0.2, lambda: redis.execute_command("REPLICAOF", "NO", "ONE")).start()


def test_a_write_waits_for_the_new_primary(replica, valkey_url):
    promote_soon(replica)
    with connect(valkey_url) as client:
        assert client.set("key", "value")
        assert client.info("clients")


@pytest.mark.slow
def test_so_does_a_transaction_and_a_script(replica, valkey_url):
    promote_soon(replica)
    with connect(valkey_url) as client, client.pipeline(transaction=True) as pipe:
        pipe.set("one", 1)
        pipe.incr("two")
        assert pipe.execute() == [True, 1]
    replica.execute_command("REPLICAOF", "127.0.0.1", "1")
    promote_soon(replica)
    with connect(valkey_url) as client:
        assert client.eval("return redis.call('INCR', KEYS[1])", 1, "two") == 2


async def test_and_asynchronous_clients(replica, valkey_url):
    promote_soon(replica)
    async with connect_async(valkey_url) as client:
        assert await client.set("key", "value")


async def test_where_it_stays_so_it_is_told(replica, valkey_url):
    with connect(valkey_url, retries=2) as client, pytest.raises(ReadOnlyError):
        client.set("key", "value")
    async with connect_watching(valkey_url) as client:
        with pytest.raises(ReadOnlyError):
            await client.set("key", "value")


async def test_who_is_patient_waits_for_memory(full, valkey_url):
    async with connect_async(valkey_url, is_patient=True) as client:
        writes = [asyncio.create_task(client.set(f"key{n}", "value")) for n in range(50)]
        await asyncio.sleep(0.2)
        assert not any(write.done() for write in writes)
        full.config_set("maxmemory", 0)
        async with asyncio.timeout(5):
            assert await asyncio.gather(*writes) == [True] * 50


async def test_the_others_are_told_at_once_that_there_is_none(full, valkey_url):
    began = time.monotonic()
    async with connect_async(valkey_url) as client:
        with pytest.raises(OutOfMemoryError):
            await client.set("key", "value")
    with connect(valkey_url) as client, pytest.raises(OutOfMemoryError):
        client.set("key", "value")
    assert time.monotonic() - began < 1


async def test_waiting_ends_when_it_is_cancelled(full, valkey_url):
    async with connect_async(valkey_url, is_patient=True) as client:
        write = asyncio.create_task(client.set("key", "value"))
        await asyncio.sleep(0.1)
        write.cancel()
        await asyncio.wait([write], timeout=2)
        assert write.cancelled()


async def test_a_wrong_password_and_a_wrong_command_are_told_at_once(valkey, valkey_url):
    valkey.acl_setuser("known", enabled=True, passwords=["+right"], commands=["+@all"])
    async with connect_async(f"{valkey_url}?username=known&password=wrong", is_patient=True) as one:
        async with asyncio.timeout(1):
            with pytest.raises(ConnectionError, match="password"):
                await one.ping()
    async with connect_async(valkey_url, is_patient=True) as two, asyncio.timeout(1):
        await two.set("text", "x")
        with pytest.raises(ResponseError):
            await two.hget("text", "field")
    valkey.xgroup_create("stream", "group", mkstream=True)
    began = time.monotonic()
    with connect(valkey_url) as three, pytest.raises(ResponseError, match="BUSYGROUP"):
        three.xgroup_create("stream", "group")
    assert time.monotonic() - began < 1


async def test_nobody_there_is_told_soon_to_who_watches(folder):
    async with connect_watching(f"unix://{folder}/none.sock") as client:
        with pytest.raises(ConnectionError):
            await client.ping()
