"""What is remembered about each source between polls: validators, schedule, health.

Lies in Redis, so that a restart polls nothing earlier than it would have been polled anyway.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source. Times are Unix seconds, 0 for never.

    Attributes:
        url: The configured address that all of this belongs to; another one starts anew.
        etag: `ETag` of the last answer that was taken in whole, byte for byte.
        last_modified: Its `Last-Modified`, byte for byte.
        validators_url: The address that sent these.
        next_at: When to poll next; 0 for at once.
        why: What decided about that: one of the fixed strings of `service.schedule.why`.
        asked_at: When the last look was begun.
        polled_at: When the last look ended.
        succeeded_at: When the last look that succeeded ended.
        new_at: When the last look that found a new entry ended.
        failures: Weight of the failures since the last success: hard ones count 1, others less.
        error_kind: Kind of the last look's error.
        error: The last look's error in words.
        status: HTTP status of the last answer.
        not_before: What the server asked for with `Retry-After`.
        is_gone: The server said that the feed is gone for good (410).
        items: Decayed count of new entries (research: the square-root rule).
        seconds: Decayed time in which they came.
        window: How many entries the feed held when it was last read.
        wait: Seconds that the answers ask to leave between two looks.
        wait_from: Which of them asks for most: `ttl`, `cache`, `period`.
        skip_hours: Hours in GMT in which not to ask, separated by commas.
        skip_days: Days of the week in which not to ask, Monday is 0, separated by commas.
        moved_to: Where permanent redirects lead.
        moved_since: Since when they have led there without exception.
        moved_count: How often they have.
        full_at: When the whole feed was last asked for without validators.
        is_liar: Whether the server said "not modified" although there was news.
        longest_gap: The longest time between two entries in the feed's recent past.
        feed_url: The feed that was found at the address of a site.
        found_at: When it was found.
        hub: The WebSub hub that the feed names.
        topic: The feed's own address, for the hub.
        pushed_at: When the hub last brought something.
        push_until: Until when the hub is to be relied on; 0 for not.
        format: Of the feed.
        title: Of the feed.
    """

    url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None
    next_at: float = 0.0
    why: str = "first"
    asked_at: float = 0.0
    polled_at: float = 0.0
    succeeded_at: float = 0.0
    new_at: float = 0.0
    failures: float = 0.0
    error_kind: str | None = None
    error: str | None = None
    status: int | None = None
    not_before: float = 0.0
    is_gone: bool = False
    items: float = 0.0
    seconds: float = 0.0
    window: int = 0
    wait: float = 0.0
    wait_from: str | None = None
    skip_hours: str = ""
    skip_days: str = ""
    moved_to: str | None = None
    moved_since: float = 0.0
    moved_count: int = 0
    full_at: float = 0.0
    is_liar: bool = False
    longest_gap: float = 0.0
    feed_url: str | None = None
    found_at: float = 0.0
    hub: str | None = None
    topic: str | None = None
    pushed_at: float = 0.0
    push_until: float = 0.0
    format: str | None = None
    title: str | None = None


class SourceStates:
    """Loads and saves the states of sources."""

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def load(self, source_id: str) -> SourceState:
        """The state of a source; that of a source never polled if nothing is stored."""
        stored = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.source(source_id)))
        return _decoded(stored)

    async def save(self, source_id: str, state: SourceState) -> None:
        """Store the state and when the source is due, in one step."""
        key = self._keys.source(source_id)
        kept, absent = _encoded(state)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=kept)
            if absent:
                pipe.hdel(key, *absent)
            pipe.zadd(self._keys.due, {source_id: state.next_at})
            await pipe.execute()


def _encoded(state: SourceState) -> tuple[dict[Any, Any], list[str]]:
    """The fields to store, and those to remove because they hold what they hold by default."""
    kept: dict[Any, Any] = {}
    absent = []
    for field in fields(SourceState):
        value = getattr(state, field.name)
        if value == field.default and field.name != "next_at":
            absent.append(field.name)
        else:
            kept[field.name] = int(value) if isinstance(value, bool) else value
    return kept, absent


def _decoded(stored: dict[bytes, bytes]) -> SourceState:
    values: dict[str, Any] = {}
    for field in fields(SourceState):
        raw = stored.get(field.name.encode())
        if raw is not None:
            values[field.name] = _READERS[field.type](raw.decode("utf-8", "surrogateescape"))
    return SourceState(**values)


_READERS: dict[Any, Callable[[str], Any]] = {
    "str": str,
    "str | None": str,
    "float": float,
    "int": int,
    "int | None": int,
    "bool": lambda text: text == "1",
}
