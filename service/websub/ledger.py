"""The subscriptions of the running service: in memory for every look, in Redis before every change counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from feedmill.store.subscriptions import Subscription, Subscriptions

Change = Callable[[Subscription], Subscription]


class Ledger:
    """All subscriptions, by token and by source. Changes happen one after the other.

    Args:
        store: Where they are kept.
    """

    def __init__(self, store: Subscriptions) -> None:
        self._store = store
        self._by_token: dict[str, Subscription] = {}
        self._tokens: dict[str, set[str]] = {}
        self._lock = asyncio.Lock()
        self.changed = asyncio.Event()

    async def load(self) -> None:
        """Take up what is stored.

        Raises:
            redis.RedisError: Redis refuses or is gone; so do all methods that change something.
        """
        for sub in await self._store.load():
            self._remember(sub)

    @property
    def all(self) -> list[Subscription]:
        """All subscriptions."""
        return list(self._by_token.values())

    def get(self, token: str) -> Subscription | None:
        """The subscription whose callback ends in `token`."""
        return self._by_token.get(token)

    def of(self, source_id: str) -> list[Subscription]:
        """The subscriptions of a source, those it gives up included, the oldest question first."""
        own = [self._by_token[token] for token in self._tokens.get(source_id, ())]
        return sorted(own, key=lambda sub: sub.asked_at)

    def wanted(self, source_id: str) -> Subscription | None:
        """The subscription that a source wants to have."""
        return next((sub for sub in self.of(source_id) if sub.mode == "subscribe"), None)

    async def add(self, sub: Subscription) -> None:
        """Take up a new subscription."""
        async with self._lock:
            await self._store.save(sub)
            self._remember(sub)

    async def change(self, token: str, change: Change) -> Subscription | None:
        """Replace a subscription by what `change` makes of it as it is now; None if there is none."""
        async with self._lock:
            before = self._by_token.get(token)
            if before is None:
                return None
            after = change(before)
            if after != before:
                await self._store.save(after)
                self._remember(after)
            return after

    async def remove(self, token: str) -> None:
        """Forget a subscription."""
        async with self._lock:
            sub = self._by_token.get(token)
            if sub is None:
                return
            await self._store.remove(sub)
            del self._by_token[token]
            self._tokens[sub.source_id].discard(token)
            if not self._tokens[sub.source_id]:
                del self._tokens[sub.source_id]

    def _remember(self, sub: Subscription) -> None:
        self._by_token[sub.token] = sub
        self._tokens.setdefault(sub.source_id, set()).add(sub.token)
        self.changed.set()
