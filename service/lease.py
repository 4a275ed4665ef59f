"""One service at a time: only one can know what a host is being asked.

The service that works holds a lease in Redis and renews it every few seconds. Another one stands by and takes over
when the lease lapses, or at once if it sees that the holder, a process of the same machine, is dead. Who finds that
another has taken the lease meanwhile stops working and stands by. After a time without Redis, in which every lease
lapses, the holder comes first: whoever stands by leaves it a few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
import uuid
from collections.abc import Callable
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ConnectionError as RedisGoneError
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisSilentError

from feedmill import log
from feedmill.errors import LeaseError
from feedmill.store import scripts
from feedmill.store.keys import Keys
from service.processes import ThisProcess, is_dead
from service.tasks import heed_cancellation

RENEW_EVERY = 3.0  # seconds
SECONDS = 16  # that a lease lasts without being renewed
_TRY_EVERY = 1.0  # seconds, standing by
_GRACE = 4.0  # seconds that a lease is left to who held it
_RELEASE_SECONDS = 3.0


class Lease:
    """The lease of this service.

    Args:
        redis: A client that soon tells when Redis does not answer.
        keys: Names of the keys.
        clock: Unix seconds.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys, clock: Callable[[], float]) -> None:
        self._redis = redis
        self._key = keys.service
        self._script = redis.register_script(scripts.load("lease.lua"))
        this = ThisProcess.now()
        self._ours = json.dumps(
            {"token": uuid.uuid4().hex, "at": round(clock()), **this.to_json()}, sort_keys=True
        )
        self._this = this
        self._valid_until = 0.0  # on the machine's clock
        self._held = asyncio.Event()
        self._lost = asyncio.Event()
        self._other = ""  # who holds it, if another
        self._known = asyncio.Event()  # who holds it
        self._complaint = ""
        self._free_since: float | None = None  # on the machine's clock

    @property
    def is_held(self) -> bool:
        """Whether this service holds the lease for certain: it was renewed not long ago."""
        return self._held.is_set() and _elapsed() < self._valid_until

    async def held(self) -> None:
        """Wait until the lease is held."""
        await self._held.wait()

    async def lost(self) -> None:
        """Wait until another service holds the lease that was held here."""
        await self._lost.wait()

    async def held_or_refused(self) -> None:
        """Wait until it is known who holds the lease.

        Raises:
            LeaseError: Another service does.
        """
        await self._known.wait()
        if not self._held.is_set():
            raise LeaseError(
                f"another service works with this Redis ({_name(self._other)}); stop it first, or give this one "
                "a `prefix` of its own in the sources file"
            )

    async def keep(self) -> None:
        """Take the lease when it is free, and renew it, for ever."""
        while True:
            heed_cancellation()
            try:
                await self.attempt()
            except RedisError as error:
                self._free_since = None
                self._complain(error)
            heed_cancellation()
            await asyncio.sleep(RENEW_EVERY if self._held.is_set() else _TRY_EVERY)

    async def release(self) -> None:
        """Let another service take the lease at once. If Redis does not answer now, it lapses by itself."""
        self._held.clear()
        # Even if it was not known to be held: the answer that said so may have been lost in a cancellation.
        with contextlib.suppress(RedisError, TimeoutError):
            async with asyncio.timeout(_RELEASE_SECONDS):
                if await self._redis.get(self._key) == self._ours.encode():
                    await self._redis.delete(self._key)

    async def attempt(self) -> None:
        """Take the lease if it is free, or renew it.

        Raises:
            redis.RedisError: Redis refuses or is gone.
        """
        began = _elapsed()
        holder = await self._ask("")
        if holder != self._ours and is_dead(_parsed(holder), self._this):
            log.get("service").info("the service before is dead", holder=_name(holder))
            holder = await self._ask(holder)
        self._free_since = (self._free_since or began) if holder == "" else None
        if holder == self._ours:
            self._take(began)
        elif holder:
            self._stand_by(holder)
        self._known.set()
        self._complaint = ""

    async def _ask(self, dead: str) -> str:
        """Who holds the lease now; this service if it may take it, or it was held by the one that is dead."""
        may_take = not self._other or (
            self._free_since is not None and _elapsed() - self._free_since >= _GRACE
        )
        answer = self._script(
            keys=[self._key], args=[self._ours, SECONDS, dead, "1" if may_take else ""]
        )
        return cast("bytes", await cast("Any", answer)).decode("utf-8", "replace")

    def _complain(self, error: RedisError) -> None:
        """Once, unless Redis is gone: whoever watches the pressure says that."""
        if isinstance(error, RedisGoneError | RedisSilentError) or str(error) == self._complaint:
            return
        self._complaint = str(error)
        log.get("service").error("cannot become the one service that works", error=str(error))

    def _take(self, began: float) -> None:
        self._valid_until = began + SECONDS
        if self._held.is_set():
            return
        if self._other:
            log.get("service").info("this service works now", before=_name(self._other))
        self._other = ""
        self._lost.clear()
        self._held.set()

    def _stand_by(self, holder: str) -> None:
        if holder == self._other:
            return
        self._other = holder
        event = "another service works with this Redis; this one stands by"
        if self._held.is_set():
            event = "another service has taken over; this one stands by"
            self._held.clear()
            self._lost.set()
        log.get("service").warning(event, holder=_name(holder))


def _elapsed() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _parsed(lease: str) -> dict[str, Any]:
    try:
        holder = json.loads(lease)
    except ValueError:
        return {}
    return holder if isinstance(holder, dict) else {}


def _name(lease: str) -> str:
    holder = _parsed(lease)
    return f"process {holder.get('pid', '?')} on {holder.get('host', '?')}"
