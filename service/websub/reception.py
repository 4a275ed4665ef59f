"""What is done with everything that reaches a callback: questions are judged, pushes judged and worked on."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import Any

from redis.exceptions import RedisError

from feedmill import log
from feedmill.store.subscriptions import Subscription
from service.websub import protocol
from service.websub.inbox import Inbox, Push
from service.websub.ledger import Ledger
from service.websub.protocol import Question
from service.websub.signature import Trust, trust

Deliver = Callable[[str, bytes, str | None], Awaitable[None]]
"""Takes in what a hub brought: source id, body, content type. The body may hold new entries only."""
Look = Callable[[str], Awaitable[None]]
"""Makes a source due soon, because its hub has news. The schedule keeps its own floors."""

_REPEATS_KNOWN = 16  # pushes of a callback


class Reception:
    """Answers for the server, and works on what it has taken.

    Args:
        ledger: The subscriptions.
        deliver: Takes in what a hub brought. If it fails, the source is looked at instead.
        look: Makes a source due soon.
        clock: Unix seconds.
        random: Numbers in [0, 1).
    """

    def __init__(
        self,
        ledger: Ledger,
        deliver: Deliver,
        look: Look,
        *,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._deliver = deliver
        self._look = look
        self._clock = clock
        self._random = random
        self._recent: dict[str, deque[bytes]] = {}
        self.inbox = Inbox(self._handle)

    def resume(self) -> None:
        """Look at every source that had a push waiting when the service ended."""
        for sub in self._ledger.all:
            if sub.taken_at < sub.pushed_at:
                self.inbox.put(Push(sub.source_id, sub.token, sub.pushed_at))

    def knows(self, token: str) -> bool:
        """Whether hubs may push to this callback."""
        sub = self._ledger.get(token)
        return sub is not None and sub.mode == "subscribe"

    def has_room(self, token: str, size: int) -> bool:
        """Whether a push of `size` bytes can be taken now."""
        sub = self._ledger.get(token)
        return sub is not None and self.inbox.has_room(sub.source_id, size)

    async def verify(self, token: str, asked: Question) -> bool:
        """Whether what a hub asks was meant; if so, it counts from now on. So does a denial.

        Raises:
            redis.RedisError: Redis refuses or is gone; nothing has changed then.
        """
        sub, now = self._ledger.get(token), self._clock()
        if sub is None:
            return False
        if not protocol.is_meant(sub, asked, now=now):
            _logger(sub).warning("hub asks for what was not asked for", mode=asked.mode)
            return False
        if asked.mode == "denied":
            await self._deny(sub, asked)
            return True
        after = await self._ledger.change(
            token, lambda sub: protocol.confirmed(sub, asked, now=now, random=self._random)
        )
        lease = round(after.until - now) if after and after.until else 0
        _logger(sub).info("hub has verified", mode=sub.mode, seconds=lease)
        return True

    async def take(
        self, token: str, signatures: list[str], body: bytes, content_type: str | None
    ) -> None:
        """Take a push: what cannot be trusted is counted and dropped, what is known already is nothing new.

        Raises:
            redis.RedisError: Redis refuses or is gone; the push is not taken then.
        """
        sub = self._ledger.get(token)
        if sub is None:
            return
        worth = trust(sub, signatures, body)
        if worth.is_refused:
            await self.refuse(token, worth.value)
            return
        recent = self._recent.setdefault(token, deque(maxlen=_REPEATS_KNOWN))
        digest = hashlib.sha256(body).digest()
        if digest in recent:
            return
        now = self._clock()
        await self._ledger.change(token, partial(_pushed, now=now))
        recent.append(digest)
        kept = body if body and worth is Trust.CONTENT else None
        self.inbox.put(Push(sub.source_id, token, now, kept, content_type))
        _logger(sub).info("pushed", kind=worth.value, count=len(body))

    async def refuse(self, token: str, why: str) -> None:
        """Note that a push could not be taken. Until one can, the hub is not relied on.

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        sub = await self._ledger.change(token, _refused)
        if sub is not None:
            _logger(sub).warning("push refused", kind=why, count=sub.refused)

    def forget(self, token: str) -> None:
        """Forget what is known of the pushes of a callback that is given up."""
        self._recent.pop(token, None)

    async def _deny(self, sub: Subscription, asked: Question) -> None:
        if sub.mode == "unsubscribe":
            return  # there is none any more, as was asked for
        after = await self._ledger.change(
            sub.token,
            lambda sub: protocol.denied(sub, asked, now=self._clock(), random=self._random),
        )
        _logger(sub).warning("hub denies", error=after.error if after else None)

    async def _handle(self, push: Push) -> None:
        """Work on a push. What goes wrong costs the push at most: the source is looked at instead."""
        try:
            await self._bring(push)
            await self._ledger.change(push.token, partial(_taken, at=push.at))
        except Exception as error:  # noqa: BLE001 - it stays marked, and is looked at after a restart
            log.get("websub").error(
                "push not worked on",
                source_id=push.source_id,
                error=f"{type(error).__name__}: {error}",
            )

    async def _bring(self, push: Push) -> None:
        if push.body is None:
            await self._look(push.source_id)
            return
        try:
            await self._deliver(push.source_id, push.body, push.content_type)
        except RedisError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the feed itself may do
            log.get("websub").warning(
                "push not taken in: the feed is looked at",
                source_id=push.source_id,
                error=f"{type(error).__name__}: {error}",
            )
            await self._look(push.source_id)


def _pushed(sub: Subscription, *, now: float) -> Subscription:
    return replace(sub, pushed_at=now, pushes=sub.pushes + 1, is_proven=True)


def _taken(sub: Subscription, *, at: float) -> Subscription:
    return replace(sub, taken_at=max(sub.taken_at, at))


def _refused(sub: Subscription) -> Subscription:
    return replace(sub, refused=sub.refused + 1, is_proven=False)


def _logger(sub: Subscription) -> Any:
    return log.get("websub").bind(source_id=sub.source_id)
