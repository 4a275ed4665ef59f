"""What is remembered about hosts: which of them asked to be left alone, and their robots.txt.

So a restart neither breaks a promise nor asks again for what is known.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import log, urls
from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class RobotsCopy:
    """What an origin's robots.txt says to us.

    Attributes:
        agent: The product token it was read for.
        rules: Its rules for that token, in the form of `service.http.robots_rules`; empty where all is
            allowed, None where they could not be had.
        sitemaps: The sitemaps it names.
        until: When to ask again, Unix seconds.
        down_since: Since when it could not be had, Unix seconds; 0 if it could the last time.
    """

    agent: str
    rules: str | None
    sitemaps: tuple[str, ...]
    until: float
    down_since: float = 0.0


class Hosts:
    """Loads and saves what is remembered about hosts.

    Args:
        redis: An asynchronous client.
        keys: Names of the keys.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._noted: dict[str, float] = {}
        self._writer: asyncio.Task[None] | None = None

    async def holds(self, *, now: float) -> dict[str, float]:
        """Names of the hosts that are left alone now -> until when (Unix seconds).

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        found = await self._redis.zrangebyscore(self._keys.holds, now, "+inf", withscores=True)
        rows = cast("list[tuple[bytes, float]]", found)
        return {name.decode("utf-8", "replace"): until for name, until in rows}

    def note(self, name: str, until: float) -> None:
        """Save a hold soon; returns at once. Several are written together. See `flush`."""
        self._noted[name] = max(until, self._noted.get(name, 0.0))
        if self._writer is None or self._writer.done():
            self._writer = asyncio.get_running_loop().create_task(self._write())

    async def flush(self, *, now: float | None = None) -> None:
        """Wait until what was noted is saved.

        Args:
            now: Remove holds that ended before this time (Unix seconds) as well.
        """
        if self._writer is not None:
            await asyncio.wait([self._writer])
        if now is not None:
            await self._redis.zremrangebyscore(self._keys.holds, "-inf", now)

    async def robots(self, origin: str) -> RobotsCopy | None:
        """What is remembered of the robots.txt of an origin (scheme, host and port).

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        return _decoded(await self._redis.get(self._key(origin)))

    async def keep_robots(self, origin: str, copy: RobotsCopy, *, seconds: float) -> None:
        """Remember a robots.txt for some time, the time itself rounded up.

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        await self._redis.set(self._key(origin), json.dumps(asdict(copy)), ex=int(seconds) + 1)

    async def _write(self) -> None:
        while self._noted:
            noted = dict(self._noted)
            try:
                await self._redis.zadd(self._keys.holds, noted)
            except RedisError as error:
                # They stay noted, and go with the next one.
                log.get("hosts").warning(
                    "holds of hosts are not saved yet", count=len(noted), error=str(error)
                )
                return
            for name, until in noted.items():
                if self._noted.get(name) == until:
                    del self._noted[name]

    def _key(self, origin: str) -> str:
        return self._keys.robots(urls.digest(origin))


def _decoded(stored: Any) -> RobotsCopy | None:
    """None for nothing, and for what another version has stored."""
    if stored is None:
        return None
    try:
        values = json.loads(stored)
        copy = RobotsCopy(**{**values, "sitemaps": tuple(values["sitemaps"])})
    except (ValueError, TypeError, KeyError):
        return None
    return copy
