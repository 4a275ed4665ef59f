"""Streams and consumer groups for tests."""

from __future__ import annotations

import time
from typing import Any, cast

from redis import Redis

SECOND = 1000  # milliseconds, as in entry ids


def add(redis: Redis, *ages: float, stream: str = "articles") -> list[str]:
    """Entries that are so many seconds old, oldest first; their ids."""
    now = int(time.time() * 1000)
    ids = [f"{now - int(age * SECOND)}-{number}" for number, age in enumerate(ages)]
    with redis.pipeline(transaction=False) as pipe:
        for entry_id in ids:
            pipe.xadd(stream, {"op": "new", "id": "x" * 16}, id=entry_id)
        pipe.execute()
    return ids


def read(redis: Redis, group: str, count: int, *, stream: str = "articles") -> list[str]:
    """Let a consumer of the group read; the ids of what it got."""
    answer = cast("list[Any]", redis.xreadgroup(group, "consumer", {stream: ">"}, count=count))
    return [entry_id.decode() for entry_id, _ in answer[0][1]] if answer else []


def left(redis: Redis, stream: str = "articles") -> list[str]:
    """Ids of what is in the stream."""
    return [entry_id.decode() for entry_id, _ in cast("list[Any]", redis.xrange(stream))]
