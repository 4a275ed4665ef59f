"""Removing articles with everything that belongs to them, and forgetting names and items of long ago.

Every call is one bounded step; how many and when is for the caller to say (`service.upkeep`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, NamedTuple, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from feedmill.store import near, scripts
from feedmill.store.intake import LISTED_DAYS
from feedmill.store.keys import Keys

LOOK = 1000  # fields that one step of a sweep looks at, about
_DAY = 86_400
_COUNTED_DAYS = 366

Reason = Literal["age", "memory"]


class Head(NamedTuple):
    """What is known of a stored article without reading it: when it was fetched (Unix ms), and its id."""

    fetched: int
    article_id: str


class Step(NamedTuple):
    """One step of a sweep.

    Attributes:
        cursor: Where the next step begins; 0 at the end.
        looked: How many fields were looked at.
        gone: How many of them were removed.
    """

    cursor: int
    looked: int
    gone: int


class Retired(NamedTuple):
    """What became of articles that were to be removed.

    Attributes:
        removed: How many were.
        unread: How many of those a consumer group had yet to read.
        left: How many were left because a group has yet to read them.
    """

    removed: int
    unread: int
    left: int


@dataclass(frozen=True, slots=True)
class Memory:
    """What the server uses.

    Attributes:
        used: Bytes.
        waiting: Bytes of it that are pages on their way; they go by themselves.
        limit: `maxmemory`; 0 for none.
    """

    used: int
    waiting: int
    limit: int

    @property
    def share(self) -> float:
        """What is not on its way, of the limit; 0 where there is none."""
        return max(self.used - self.waiting, 0) / self.limit if self.limit else 0.0


class Retention:
    """The steps of which retention is made.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        groups = scripts.load("groups.lua")
        self._retire = redis.register_script(groups + scripts.load("retire.lua"))
        self._names = redis.register_script(scripts.load("sweep_names.lua"))
        self._seen = redis.register_script(scripts.load("sweep_seen.lua"))

    async def heads(self, cursor: int, *, count: int = LOOK) -> tuple[int, list[Head]]:
        """Some of the articles that are stored, and where to go on; 0 at the end."""
        answer: Any = await self._redis.hscan(self._keys.heads, cursor, count=count)
        cursor, found = answer
        return int(cursor), [_head(name, value) for name, value in found.items()]

    async def retire(
        self,
        article_ids: Sequence[str],
        *,
        before: int,
        reason: Reason,
        now: float,
        even_unread: bool = False,
    ) -> Retired:
        """Remove articles; each is judged again in the step that removes it.

        Args:
            article_ids: Their ids; a few dozen, so that the server is not held.
            before: Those fetched since this stay (Unix milliseconds).
            reason: What they are counted under.
            now: Unix seconds.
            even_unread: Whether articles that a consumer group has yet to read go as well; they are
                counted by themselves.
        """
        if not article_ids:
            return Retired(0, 0, 0)
        keys, counted = self._keys, f"{int(now // _DAY)} {reason}"
        answer = await self._retire(
            keys=[
                *(keys.heads, keys.content_index, keys.names),
                *(keys.articles, keys.removals, keys.upkeep),
            ],
            args=[
                *(keys.prefix, before, counted, f"{counted}-unread" if even_unread else ""),
                *article_ids,
            ],
        )
        return Retired(*cast("list[int]", answer))

    async def sweep_names(self, cursor: int, *, count: int = LOOK) -> Step:
        """Remove names that lead to no article."""
        keys = [self._keys.names, self._keys.heads]
        return _step(await self._names(keys=keys, args=[cursor, count]))

    async def sweep_seen(
        self, source_id: str, cursor: int, *, now: float, days: int, count: int = LOOK
    ) -> Step:
        """Forget items that a source has not listed for some days, a week more at most.

        Args:
            source_id: The source.
            cursor: Where to begin; 0 at first.
            now: Unix seconds.
            days: How many.
            count: How many items to look at, about.
        """
        today = int(now // _DAY)
        args = [cursor, count, today, today - days - LISTED_DAYS]
        return _step(await self._seen(keys=[self._keys.seen(source_id)], args=args))

    async def source_ids(self) -> list[str]:
        """All sources that were ever looked at."""
        found: Any = await self._redis.zrange(self._keys.due, 0, -1)
        return [one.decode() for one in found]

    async def memory(self) -> Memory:
        """What the server uses now."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.info("memory")
            pipe.get(self._keys.waiting_bytes)
            info, waiting = await pipe.execute()
        return Memory(
            int(info["used_memory"]), max(int(waiting or 0), 0), int(info.get("maxmemory", 0))
        )

    async def names_count(self) -> int:
        """How many names there are."""
        return int(await self._redis.hlen(self._keys.names))

    async def progress(self) -> dict[str, float]:
        """How far the sweeps have come, as it was noted."""
        stored: Any = await self._redis.hgetall(self._keys.upkeep)
        return {name.decode(): float(value) for name, value in stored.items()}

    async def note(self, progress: Mapping[str, float]) -> None:
        """Note how far the sweeps have come."""
        mapping: dict[Any, Any] = dict(progress)
        await self._redis.hset(self._keys.upkeep, mapping=mapping)

    async def forget_counts(self, now: float) -> None:
        """Forget how many articles were removed over a year ago. `now` is in Unix seconds."""
        last = int(now // _DAY) - _COUNTED_DAYS
        fields: Any = await self._redis.hkeys(self._keys.removals)
        if old := [field for field in fields if int(field.split(b" ")[0]) < last]:
            await self._redis.hdel(self._keys.removals, *old)

    async def remember_near(self, window: timedelta) -> None:
        """Tell the commit for how long near-duplicates are to be remembered."""
        stored: Any = await self._redis.hget(self._keys.near, "window")
        seconds = int(window.total_seconds())
        if seconds != int(stored or near.WINDOW.total_seconds()):
            await self._redis.hset(self._keys.near, "window", str(seconds))


def removed(redis: Redis, keys: Keys) -> dict[str, dict[str, int]]:
    """How many articles were removed: day (`2026-03-01`) -> reason -> number.

    The reasons are `age` and `memory`, and `memory-unread` for what a consumer group had yet to read.
    """
    stored = cast("dict[bytes, bytes]", redis.hgetall(keys.removals))
    days: dict[str, dict[str, int]] = {}
    for field, count in sorted(stored.items()):
        day, _, reason = field.decode().partition(" ")
        name = datetime.fromtimestamp(int(day) * _DAY, UTC).date().isoformat()
        days.setdefault(name, {})[reason] = int(count)
    return days


def _head(name: bytes, value: bytes) -> Head:
    return Head(int(value.split(b":", 2)[1]), name.decode())


def _step(answer: Any) -> Step:
    cursor, looked, gone = answer
    return Step(int(cursor), int(looked), int(gone))
