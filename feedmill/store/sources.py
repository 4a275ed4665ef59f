"""What is remembered about each source between polls: validators, schedule, health.

Lies in Redis, so that a restart polls nothing earlier than it would have been polled anyway.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys

_BATCH = 500  # sources a round trip


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
        learned_at: Until when the rhythm below has been followed.
        newest_at: When the newest entry came, by its date, or when it was found.
        failures: Weight of the failures since the last success: hard ones count 1, others less.
        error_kind: Kind of the last look's error.
        error: The last look's error in words.
        status: HTTP status of the last answer.
        not_before: What the server asked for with `Retry-After`.
        is_gone: The server said that the feed is gone for good (410).
        items: Decayed count of new entries over weeks; see `service.schedule.rhythm`.
        seconds: Decayed time in which they came.
        recent_items: The same count over hours.
        recent_seconds: The time for that.
        placed: Decayed count of the entries that `waves` holds.
        waves: Where in the day and in the week they came; coded by `service.schedule.waves`.
        longest_gap: The longest time between two entries in the feed's recent past, seconds.
        window: How many entries the feed held when it was last read.
        wait: Seconds that the feed itself asks to leave between two looks.
        wait_from: Which of its fields asks for most: `ttl`, `period`.
        fresh: Seconds for which the last answer is fresh (`Cache-Control`, `Expires`).
        skip_hours: Hours in GMT in which not to ask, separated by commas.
        skip_days: Days of the week in which not to ask, Monday is 0, separated by commas.
        moved_to: Where permanent redirects lead.
        moved_since: Since when they have led there without exception.
        moved_count: How often they have.
        full_at: When the whole feed was last asked for without validators.
        is_liar: Whether the server said "not modified" although there was news.
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
    learned_at: float = 0.0
    newest_at: float = 0.0
    failures: float = 0.0
    error_kind: str | None = None
    error: str | None = None
    status: int | None = None
    not_before: float = 0.0
    is_gone: bool = False
    items: float = 0.0
    seconds: float = 0.0
    recent_items: float = 0.0
    recent_seconds: float = 0.0
    placed: float = 0.0
    waves: str = ""
    longest_gap: float = 0.0
    window: int = 0
    wait: float = 0.0
    wait_from: str | None = None
    fresh: float = 0.0
    skip_hours: str = ""
    skip_days: str = ""
    moved_to: str | None = None
    moved_since: float = 0.0
    moved_count: int = 0
    full_at: float = 0.0
    is_liar: bool = False
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

    async def load_many(self, source_ids: Sequence[str]) -> dict[str, SourceState]:
        """The states of many sources by id, in the order given; a few hundred a round trip."""
        found: dict[str, SourceState] = {}
        for batch in _batches(source_ids):
            async with self._redis.pipeline(transaction=False) as pipe:
                for source_id in batch:
                    pipe.hgetall(self._keys.source(source_id))
                answers = cast("list[dict[bytes, bytes]]", await pipe.execute())
            found.update(zip(batch, map(_decoded, answers), strict=True))
        return found

    async def save(
        self, source_id: str, state: SourceState, *, stored: SourceState | None = None
    ) -> None:
        """Store the state and when the source is due, in one step.

        Args:
            source_id: The source.
            state: Its state from now on.
            stored: What is stored of it, as it was loaded or saved last: only what differs is written. None to write all.
        """
        key = self._keys.source(source_id)
        kept, absent = _encoded(state, stored)
        async with self._redis.pipeline(transaction=True) as pipe:
            if kept:
                pipe.hset(key, mapping=kept)
            if absent:
                pipe.hdel(key, *absent)
            pipe.zadd(self._keys.due, {source_id: state.next_at})
            await pipe.execute()


def load_states(redis: Redis, keys: Keys, source_ids: Sequence[str]) -> dict[str, SourceState]:
    """As `SourceStates.load_many`, for programs that only look."""
    found: dict[str, SourceState] = {}
    for batch in _batches(source_ids):
        with redis.pipeline(transaction=False) as pipe:
            for source_id in batch:
                pipe.hgetall(keys.source(source_id))
            answers = cast("list[dict[bytes, bytes]]", pipe.execute())
        found.update(zip(batch, map(_decoded, answers), strict=True))
    return found


def _batches(source_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (source_ids[start : start + _BATCH] for start in range(0, len(source_ids), _BATCH))


def _encoded(
    state: SourceState, stored: SourceState | None = None
) -> tuple[dict[Any, Any], list[str]]:
    """The fields to store, and those to remove because they hold what they hold by default; none that is stored so."""
    kept: dict[Any, Any] = {}
    absent = []
    for field in fields(SourceState):
        value = getattr(state, field.name)
        if stored is not None and value == getattr(stored, field.name):
            continue
        if value == field.default and field.name != "next_at":
            absent.append(field.name)
        else:
            kept[field.name] = _stored(value)
    return kept, absent


def _stored(value: Any) -> Any:
    """As Redis takes it. A header may hold any byte, which Python keeps as a surrogate."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    return int(value) if isinstance(value, bool) else value


def _decoded(stored: dict[bytes, bytes]) -> SourceState:
    values: dict[str, Any] = {}
    for field in fields(SourceState):
        raw = stored.get(field.name.encode())
        # What cannot be read was not written here; the source goes on without it.
        with contextlib.suppress(ValueError):
            if raw is not None:
                values[field.name] = _READERS[field.type](raw.decode("utf-8", "surrogatepass"))
    return SourceState(**values)


_READERS: dict[Any, Callable[[str], Any]] = {
    "str": str,
    "str | None": str,
    "float": float,
    "int": int,
    "int | None": int,
    "bool": lambda text: text == "1",
}
