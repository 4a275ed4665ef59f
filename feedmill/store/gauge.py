"""How full the queue and Redis are, and what the service makes of it. Cheap enough to be read every second."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill.store import scripts
from feedmill.store.keys import Keys

STANDING_SECONDS = 20  # after which nobody knows any more whether the service takes pages


@dataclass(frozen=True, slots=True)
class Gauge:
    """What waits, and what memory it takes.

    Attributes:
        pages: Pages that are accepted and not finished.
        bytes: Bytes of them, as they are stored.
        age: Seconds since the oldest of them was accepted; 0 where there is none.
        used_memory: Bytes that Redis has in use.
        max_memory: Bytes that it may use; 0 for any number.
        pace: Seconds of work that a page takes a worker; 0 where nobody knows.
    """

    pages: int = 0
    bytes: int = 0
    age: float = 0.0
    used_memory: int = 0
    max_memory: int = 0
    pace: float = 0.0


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether the service takes new pages.

    Attributes:
        state: `ok`; `slow`, because a bound is near; `full`, because one is reached; `redis-full`, `redis-refuses`
            (it takes no writes), `redis-gone`.
        bound: Of `slow` and `full`, which one: `pages`, `bytes`, `age`, `memory`; else empty.
        since: Since when it has been so, Unix seconds.
        at: When the service said so, Unix seconds.
        gauge: What it saw then.
    """

    state: str
    bound: str
    since: float
    at: float
    gauge: Gauge


def read(redis: Redis, keys: Keys, now: float) -> Gauge:
    """Look now.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
        now: Unix seconds.

    Raises:
        redis.RedisError: Redis refuses or is gone.
    """
    with redis.pipeline(transaction=False) as pipe:
        _ask(pipe, keys)
        return _gauge(pipe.execute(raise_on_error=False), now)


async def read_async(redis: AsyncRedis, keys: Keys, now: float) -> Gauge:
    """As `read`, for the service."""
    async with redis.pipeline(transaction=False) as pipe:
        _ask(pipe, keys)
        return _gauge(await pipe.execute(raise_on_error=False), now)


class StandingBoard:
    """Where the service says whether it takes pages.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._key = keys.pressure
        self._put = redis.register_script(scripts.load("put_anyway.lua"))

    async def show(self, standing: Standing) -> None:
        """Say it, for `STANDING_SECONDS`, even if Redis is full.

        Raises:
            redis.RedisError: Redis takes no writes, or is gone.
        """
        await self._put(keys=[self._key], args=[json.dumps(asdict(standing)), STANDING_SECONDS])


def load(redis: Redis, keys: Keys) -> Standing | None:
    """What the service has said last; None if it says nothing, because it does not run or Redis takes no writes.

    Raises:
        redis.RedisError: Redis refuses or is gone.
    """
    stored = cast("bytes | None", redis.get(keys.pressure))
    if stored is None:
        return None
    values = json.loads(stored)
    return Standing(**{**values, "gauge": Gauge(**values["gauge"])})


def _ask(pipe: Any, keys: Keys) -> None:
    pipe.zcard(keys.pending)
    pipe.get(keys.waiting_bytes)
    pipe.zrange(keys.pending, 0, 0, withscores=True)
    pipe.get(keys.pace)
    pipe.info("memory")


def _gauge(answers: Sequence[Any], now: float) -> Gauge:
    *needed, memory = answers
    for answer in needed:
        if isinstance(answer, Exception):
            raise answer
    pages, waiting, oldest, pace = needed
    # Some hosted servers do not let everyone ask for INFO; then the memory is no bound.
    told = {} if isinstance(memory, RedisError) else memory
    return Gauge(
        pages=pages,
        bytes=max(int(waiting or 0), 0) if pages else 0,
        age=max(now - oldest[0][1], 0.0) if oldest else 0.0,
        used_memory=told.get("used_memory", 0),
        max_memory=told.get("maxmemory", 0),
        pace=float(pace or 0),
    )
