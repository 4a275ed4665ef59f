"""The WebSub subscriptions of sources, kept so that a restart asks no hub for what is still in force."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, cast

from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys

Mode = Literal["subscribe", "unsubscribe"]


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked for on behalf of one source. Times are Unix seconds, 0 for never.

    Attributes:
        source_id: The source it feeds.
        hub: The hub as the feed names it.
        topic: The feed's own address (`rel=self`).
        token: End of the callback address; whoever knows it can speak for the hub.
        secret: What the hub signs with.
        mode: What is asked of the hub.
        next_at: When the hub is to be asked again.
        asked_at: When it was asked last.
        awaited_until: Until when its question whether we mean it is answered.
        until: When the lease ends; 0 while the hub has not come to verify.
        failures: How often in a row the hub was asked in vain.
        error: What is wrong or still missing, in words.
        is_secure: Whether the secret went to the hub over TLS.
        is_proven: Whether the last push could be used; only then is the hub relied on.
        pushed_at: When a push that could be used came last.
        taken_at: When the last push came that has been worked on; earlier than `pushed_at` while one waits.
        pushes: How many could be used.
        refused: How many could not.
    """

    source_id: str
    hub: str
    topic: str
    token: str = field(repr=False)
    secret: str = field(repr=False)
    mode: Mode = "subscribe"
    next_at: float = 0.0
    asked_at: float = 0.0
    awaited_until: float = 0.0
    until: float = 0.0
    failures: int = 0
    error: str | None = None
    is_secure: bool = False
    is_proven: bool = False
    pushed_at: float = 0.0
    taken_at: float = 0.0
    pushes: int = 0
    refused: int = 0


class Subscriptions:
    """Loads and saves subscriptions.

    A source has one subscription that it wants, and for a while those it gives up; each is a field of
    the source's hash, named by its token.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def load(self) -> list[Subscription]:
        """All subscriptions. One that cannot be read is left out: its source subscribes anew."""
        callbacks = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.callbacks))
        async with self._redis.pipeline(transaction=False) as pipe:
            for token, source_id in callbacks.items():
                pipe.hget(self._keys.subscription(source_id.decode()), token.decode())
            stored: Iterable[bytes | None] = await pipe.execute()
        return [one for one in map(_decoded, stored) if one]

    async def save(self, subscription: Subscription) -> None:
        """Store a subscription and where its callback leads, in one step."""
        token, source_id = subscription.token, subscription.source_id
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(self._keys.callbacks, token, source_id)
            pipe.hset(self._keys.subscription(source_id), token, json.dumps(asdict(subscription)))
            await pipe.execute()

    async def listened_at(self) -> float | None:
        """When hubs could last reach the service, Unix seconds; None for never, or if that cannot be read."""
        try:
            return float(await self._redis.get(self._keys.listened) or "")
        except ValueError:
            return None

    async def note_listening(self, at: float) -> None:
        """Remember that hubs can reach the service at this time, Unix seconds."""
        await self._redis.set(self._keys.listened, at)

    async def remove(self, subscription: Subscription) -> None:
        """Forget a subscription."""
        token = subscription.token
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hdel(self._keys.callbacks, token)
            pipe.hdel(self._keys.subscription(subscription.source_id), token)
            await pipe.execute()


_NAMES = frozenset(field.name for field in fields(Subscription))


def _decoded(stored: bytes | None) -> Subscription | None:
    try:
        values: Any = json.loads(stored or b"")
        return Subscription(**{name: values[name] for name in _NAMES & values.keys()})
    except (ValueError, TypeError, AttributeError):
        return None
