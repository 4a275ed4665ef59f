"""Asks hubs: subscribes, renews at half the lease, takes leave. One request to a hub at a time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from feedmill import log
from feedmill.errors import FetchError
from feedmill.store.subscriptions import Subscription
from service.tasks import heed_cancellation
from service.websub import protocol
from service.websub.ledger import Ledger
from service.websub.protocol import HubAnswer

Post = Callable[[str, Mapping[str, str]], Awaitable[HubAnswer]]
"""Sends a form to an address through the guarded client.

Any answer of a server is an answer, whatever its status; raises `FetchError` where there was none.
"""

_HUBS_AT_A_TIME = 8
_LOOK_EVERY = 60.0  # seconds; the longest sleep, in case the clock is set
_LOOK_FLOOR = 0.05  # seconds between two looks at what is due
_HUB_PAUSE = 1.0  # seconds between two requests to the same hub
_TROUBLE_PAUSE = 10.0
_START_SPREAD = 10.0  # seconds for each overdue subscription at the start ...
_START_SPREAD_MAX = 3600.0  # ... and for all of them
_LASTING = frozenset({"url-refused", "address-refused"})
_NOT_OVER_TLS = frozenset({"connect", "tls", "timeout", "protocol"})


class Subscriber:
    """Keeps the hubs asked for what the ledger says.

    Args:
        ledger: The subscriptions.
        post: The way to the hubs.
        callback: The public address that all callbacks begin with.
        clock: Unix seconds.
        random: Numbers in [0, 1).
    """

    def __init__(
        self,
        ledger: Ledger,
        post: Post,
        callback: str,
        *,
        clock: Callable[[], float],
        random: Callable[[], float],
    ) -> None:
        self._ledger = ledger
        self._post = post
        self._callback = callback
        self._clock = clock
        self._random = random
        self._busy: set[str] = set()

    async def spread_overdue(self) -> None:
        """Give what fell due while the service was down a random time, so that nothing comes in a burst."""
        now = self._clock()
        overdue = [sub for sub in self._ledger.all if sub.next_at <= now]
        within = min(len(overdue) * _START_SPREAD, _START_SPREAD_MAX)
        for sub in overdue:
            next_at = now + within * self._random()
            await self._ledger.change(sub.token, partial(replace, next_at=next_at))

    async def run(self) -> None:
        """Ask whatever hub is due, for ever. Ends by being cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                heed_cancellation()
                self._ledger.changed.clear()
                for sub in self._due():
                    hub = _host(sub)
                    if hub not in self._busy and len(self._busy) < _HUBS_AT_A_TIME:
                        self._busy.add(hub)
                        tasks.create_task(self._turn(sub, hub))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._until_next()):
                        await self._ledger.changed.wait()
                await asyncio.sleep(_LOOK_FLOOR)

    def _due(self) -> list[Subscription]:
        now = self._clock()
        due = [sub for sub in self._ledger.all if sub.next_at <= now]
        return sorted(due, key=lambda sub: sub.next_at)

    def _until_next(self) -> float:
        """Seconds to the next time that a hub which is free now is to be asked."""
        if len(self._busy) >= _HUBS_AT_A_TIME:
            return _LOOK_EVERY
        now = self._clock()
        waits = (sub.next_at - now for sub in self._ledger.all if _host(sub) not in self._busy)
        return min(max(min(waits, default=_LOOK_EVERY), 0.0), _LOOK_EVERY)

    async def _turn(self, sub: Subscription, hub: str) -> None:
        try:
            await self._ask(sub)
            await asyncio.sleep(_HUB_PAUSE)
        except Exception as error:  # noqa: BLE001 - Redis is gone, or a bug: other hubs go on
            _logger(sub).error("hub not asked", error=f"{type(error).__name__}: {error}")
            await asyncio.sleep(_TROUBLE_PAUSE)
        finally:
            self._busy.discard(hub)
            self._ledger.changed.set()

    async def _ask(self, sub: Subscription) -> None:
        now = self._clock()
        current = self._ledger.get(sub.token)
        if current is None or current.next_at > now:
            return
        if protocol.is_over(current, now=now):
            await self._ledger.remove(sub.token)
            return
        begun = await self._ledger.change(
            sub.token, lambda sub: protocol.begun(sub, now=now, random=self._random)
        )
        if begun is not None:
            await self._request(begun)

    async def _request(self, sub: Subscription) -> None:
        """Ask the hub and note what came of it; that it took the request means nothing before it verifies."""
        try:
            address, answer = await self._answer(sub)
        except Exception as error:  # noqa: BLE001 - a bug must cost this hub only, and be seen
            retry_after = error.retry_after if isinstance(error, FetchError) else None
            await self._fail(sub, _in_words(error), retry_after=retry_after)
            return
        if answer.is_success:
            is_secure = address.startswith("https:")
            await self._ledger.change(sub.token, partial(replace, is_secure=is_secure))
            _logger(sub).info("hub asked", mode=sub.mode, url=address, status=answer.status)
            return
        reason = protocol.words(answer.reason)
        words = f"the hub answered with status {answer.status}: {reason}".removesuffix(": ")
        refusal = FetchError(words, kind="http-status", retryable=not answer.is_lasting)
        await self._fail(sub, refusal, retry_after=answer.retry_after)

    async def _answer(self, sub: Subscription) -> tuple[str, HubAnswer]:
        fields = protocol.form(sub, self._callback)
        *better, last = protocol.addresses(sub.hub)
        for address in better:
            try:
                return address, await self._post(address, fields)
            except FetchError as error:
                if error.kind not in _NOT_OVER_TLS:
                    raise
        return last, await self._post(last, fields)

    async def _fail(
        self, sub: Subscription, error: FetchError, *, retry_after: float | None = None
    ) -> None:
        _logger(sub).warning("hub refuses", mode=sub.mode, kind=error.kind, error=error.message)
        is_lasting = error.kind in _LASTING or (error.kind == "http-status" and not error.retryable)
        await self._ledger.change(
            sub.token,
            lambda sub: protocol.failed(
                sub,
                error.message,
                now=self._clock(),
                random=self._random,
                is_lasting=is_lasting,
                retry_after=retry_after,
            ),
        )


def _host(sub: Subscription) -> str:
    return urlsplit(sub.hub).hostname or sub.hub


def _in_words(error: Exception) -> FetchError:
    if isinstance(error, FetchError):
        return error
    return FetchError(f"unexpected {type(error).__name__}: {error}"[:300], kind="bug")


def _logger(sub: Subscription) -> Any:
    return log.get("websub").bind(source_id=sub.source_id)
