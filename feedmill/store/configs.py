"""Which configuration the service works with, and what is wrong with the newest one, for whoever asks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class ConfigInForce:
    """The configuration the service works with.

    Attributes:
        generation: How many configurations have been taken since the service started; 1 is the first.
        loaded_at: When this one was taken, Unix seconds.
        sources: How many enabled sources it has.
        refused_at: When a newer one was refused, Unix seconds; 0 for never since then.
        problems: What is wrong with that one, a line each.
    """

    generation: int
    loaded_at: float
    sources: int
    refused_at: float = 0.0
    problems: tuple[str, ...] = ()


async def save(redis: AsyncRedis, keys: Keys, config: ConfigInForce) -> None:
    """Store it in place of what was there."""
    fields: dict[Any, Any] = {
        "generation": config.generation,
        "loaded_at": config.loaded_at,
        "sources": config.sources,
        "refused_at": config.refused_at,
        "problems": json.dumps(config.problems, ensure_ascii=False),
    }
    await redis.hset(keys.config, mapping=fields)


def load(redis: Redis, keys: Keys) -> ConfigInForce | None:
    """What is stored; None if no service has ever run."""
    fields = cast("dict[bytes, bytes]", redis.hgetall(keys.config))
    if not fields:
        return None
    problems: Sequence[str] = json.loads(fields[b"problems"])
    return ConfigInForce(
        generation=int(fields[b"generation"]),
        loaded_at=float(fields[b"loaded_at"]),
        sources=int(fields[b"sources"]),
        refused_at=float(fields[b"refused_at"]),
        problems=tuple(problems),
    )
