"""WebSub put together: what the service follows, and how far hubs are to be relied on."""

from __future__ import annotations

import asyncio
import contextlib
import random as chance
import time
from collections.abc import AsyncIterator, Callable, Collection, Coroutine
from dataclasses import dataclass, replace
from functools import partial
from typing import Self
from urllib.parse import urlsplit

from feedmill import log
from feedmill.store.subscriptions import Subscription, Subscriptions
from service.websub import protocol
from service.websub.ledger import Ledger
from service.websub.reception import Deliver, Look, Reception
from service.websub.server import Server
from service.websub.subscriber import Post, Subscriber

_HANDS = 4  # pushes worked on at the same time
_DRAIN_SECONDS = 5.0
_WITHIN = 30.0  # seconds; the random wait before a hub hears of a change
_CHANGE_EVERY = (
    3600.0  # seconds; a feed that names another hub at every look is not followed each time
)
_MAX_LEAVING = 4  # subscriptions of one source that are being given up


@dataclass(frozen=True, slots=True)
class WebSubOptions:
    """What the operator says.

    Attributes:
        callback: The public address under which hubs reach this program.
        listen: `host:port` to listen on; port 0 takes any.
        max_bytes: Largest push.
    """

    callback: str
    listen: str
    max_bytes: int = 5_000_000


class WebSub:
    """A WebSub subscriber, as an asynchronous context manager.

    Args:
        options: What the operator says.
        store: Where subscriptions are kept.
        post: The way to the hubs, through the guarded client.
        deliver: Takes in what a hub brought. If it fails, the source is looked at instead.
        look: Makes a source due soon.
        clock: Unix seconds.
        random: Numbers in [0, 1).

    Attributes:
        port: Where the callbacks are listened for.
    """

    def __init__(
        self,
        options: WebSubOptions,
        store: Subscriptions,
        post: Post,
        deliver: Deliver,
        look: Look,
        *,
        clock: Callable[[], float] = time.time,
        random: Callable[[], float] = chance.random,
    ) -> None:
        callback = options.callback.rstrip("/")
        self._listen = options.listen
        self._clock = clock
        self._random = random
        self._ledger = Ledger(store)
        self._reception = Reception(self._ledger, deliver, look, clock=clock, random=random)
        self._subscriber = Subscriber(self._ledger, post, callback, clock=clock, random=random)
        path = urlsplit(callback).path
        self._server = Server(self._reception, path, max_bytes=options.max_bytes)
        self._stack = contextlib.AsyncExitStack()
        self.port = 0

    async def __aenter__(self) -> Self:
        """Take up where the last run ended.

        Raises:
            ConfigError: The address cannot be listened on.
            redis.RedisError: Redis refuses or is gone.
        """
        await self._ledger.load()
        await self._subscriber.spread_overdue()
        self._reception.resume()
        host, _, port = self._listen.rpartition(":")
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(self._working())
            listening = self._server.listening(host.strip("[]"), int(port))
            self.port = await stack.enter_async_context(listening)
            await stack.enter_async_context(_background(self._subscriber.run()))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._stack.aclose()

    async def follow(self, source_id: str, hub: str | None, topic: str | None) -> None:
        """Be subscribed to what a feed names now. Costs nothing if that is so already.

        Args:
            source_id: The source.
            hub: The hub that its feed names, an absolute address; None for none.
            topic: The feed's own address (`rel=self`), absolute.

        Raises:
            redis.RedisError: Redis refuses or is gone; so do `unfollow`, `keep_only` and `missed`.
        """
        if hub is None or topic is None or not protocol.is_usable(hub, topic):
            await self.unfollow(source_id)
            return
        wanted, now = self._ledger.wanted(source_id), self._clock()
        if wanted and (wanted.hub, wanted.topic) == (hub, topic):
            return
        if wanted and now - wanted.asked_at < _CHANGE_EVERY:
            await self.missed(source_id)
            return
        if wanted:
            await self._leave(wanted)
        new = protocol.subscription(
            source_id, hub, topic, now=now, within=_WITHIN, random=self._random
        )
        await self._ledger.add(new)

    async def unfollow(self, source_id: str) -> None:
        """Take leave of the hub of a source."""
        wanted = self._ledger.wanted(source_id)
        if wanted is not None:
            await self._leave(wanted)

    async def keep_only(self, source_ids: Collection[str]) -> None:
        """Take leave of the hubs of all sources but these."""
        for source_id in {sub.source_id for sub in self._ledger.all}.difference(source_ids):
            await self.unfollow(source_id)

    async def missed(self, source_id: str) -> None:
        """Note that a look found what the hub should have brought: until its next push it is not relied on."""
        wanted = self._ledger.wanted(source_id)
        if wanted is not None:
            await self._ledger.change(wanted.token, partial(replace, is_proven=False))

    def push_until(self, source_id: str) -> float:
        """Until when (Unix seconds) the hub of a source is to be relied on; 0 for not."""
        wanted = self._ledger.wanted(source_id)
        return protocol.relied_until(wanted) if wanted else 0.0

    def subscription(self, source_id: str) -> Subscription | None:
        """The subscription of a source, for those who show its state."""
        return self._ledger.wanted(source_id)

    async def _leave(self, sub: Subscription) -> None:
        """Give a subscription up. The hub is told, unless there is none in force or it is one too many."""
        self._reception.forget(sub.token)
        earlier = [one for one in self._ledger.of(sub.source_id) if one.mode == "unsubscribe"]
        for one in earlier[: max(0, len(earlier) + 1 - _MAX_LEAVING)]:
            log.get("websub").warning(
                "hub not told to stop: too many changes", source_id=one.source_id
            )
            await self._ledger.remove(one.token)
        await self._ledger.change(
            sub.token,
            partial(protocol.leaving, now=self._clock(), within=_WITHIN, random=self._random),
        )

    @contextlib.asynccontextmanager
    async def _working(self) -> AsyncIterator[None]:
        """Works on pushes; at the end there are some seconds for what is left."""
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(_HANDS):
                await stack.enter_async_context(_background(self._reception.inbox.work()))
            yield
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_DRAIN_SECONDS):
                    await self._reception.inbox.emptied()


@contextlib.asynccontextmanager
async def _background(work: Coroutine[None, None, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
