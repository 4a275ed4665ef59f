"""What is remembered about each source between polls: validators, schedule, health.

Lies in Redis, so that a restart polls nothing earlier than it would have been polled anyway.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class SourceState:
    """The state of one source.

    Attributes:
        etag: `ETag` of the last feed that was taken in whole, byte for byte.
        last_modified: Its `Last-Modified`, byte for byte.
        next_at: When to poll next, Unix seconds; 0 for at once.
        polled_at: When it was polled last, Unix seconds; 0 for never.
        failures: Polls that failed since the last one that did not.
        error_kind: Kind of the last poll's error.
        error: The last poll's error in words.
    """

    etag: str | None = None
    last_modified: str | None = None
    next_at: float = 0.0
    polled_at: float = 0.0
    failures: int = 0
    error_kind: str | None = None
    error: str | None = None


class SourceStates:
    """Loads and saves the states of sources."""

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def load(self, source_id: str) -> SourceState:
        """The state of a source; that of a source never polled if nothing is stored."""
        fields = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.source(source_id)))
        text = {
            name.decode(): value.decode("utf-8", "surrogateescape")
            for name, value in fields.items()
        }
        return SourceState(
            etag=text.get("etag"),
            last_modified=text.get("last_modified"),
            next_at=float(text.get("next_at", 0)),
            polled_at=float(text.get("polled_at", 0)),
            failures=int(text.get("failures", 0)),
            error_kind=text.get("error_kind"),
            error=text.get("error"),
        )

    async def save(self, source_id: str, state: SourceState) -> None:
        """Store the state and when the source is due, in one step."""
        key = self._keys.source(source_id)
        fields: dict[Any, Any] = {k: v for k, v in asdict(state).items() if v is not None}
        absent = [k for k, v in asdict(state).items() if v is None]
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=fields)
            if absent:
                pipe.hdel(key, *absent)
            pipe.zadd(self._keys.due, {source_id: state.next_at})
            await pipe.execute()
