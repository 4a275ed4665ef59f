"""Back-pressure: how full the queue and Redis are, what follows from it, and who has to wait.

Whatever leads to new pages passes this gate: polls, and the request for each page. Near a bound they pass one by
one, ever more slowly; at the bound, and while Redis is gone, full or takes no writes, not at all. Waiting here is
no failure of anybody's.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import ConnectionError as RedisGoneError
from redis.exceptions import OutOfMemoryError, RedisError
from redis.exceptions import TimeoutError as RedisSilentError

from feedmill import log
from feedmill.store import gauge
from feedmill.store.gauge import Gauge, Standing, StandingBoard
from feedmill.store.keys import Keys
from service.bounds import Bounds, Judgement, gap, judge
from service.lease import Lease
from service.tasks import heed_cancellation

LOOK_EVERY = 1.0  # seconds
IDLE_EVERY = 5.0  # seconds; while nobody passes and nothing is wrong
_SHOW_EVERY = 5.0  # seconds
_OPEN = frozenset({"ok", "slow"})


class Pressure:
    """The gate. It opens when the first look at Redis has succeeded.

    Args:
        redis: A client that soon tells when Redis does not answer.
        keys: Names of the keys.
        lease: Without it nobody passes.
        bounds: What may wait at most.
        clock: Unix seconds.

    Attributes:
        bounds: May be set to others at any time.
    """

    def __init__(
        self,
        redis: AsyncRedis,
        keys: Keys,
        lease: Lease,
        bounds: Bounds,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.bounds = bounds
        self._redis = redis
        self._keys = keys
        self._lease = lease
        self._clock = clock
        self._board = StandingBoard(redis, keys)
        self._gauge = Gauge()
        self._now = Judgement("starting")
        self._since = clock()
        self._changed = asyncio.Event()
        self._turnstile = asyncio.Lock()
        self._is_busy = False
        self._shown_at = 0.0  # on the loop's clock

    @property
    def standing(self) -> Standing:
        """How it is."""
        now = self._now
        return Standing(now.state, now.bound, self._since, self._clock(), self._gauge)

    async def passed(self) -> None:
        """Wait until a poll may begin, or a page may be asked for."""
        self._is_busy = True
        while not self._is_open():
            await self._next_change()
        if self._now.state == "slow":
            await self._pass_slowly()

    async def refused(self, bound: str) -> None:
        """Take note that Redis has refused a page because of a bound, and wait until there is room.

        Args:
            bound: `pages` or `bytes`.
        """
        self._become(Judgement("full", bound))
        await self.passed()

    async def keep_watching(self) -> None:
        """Look every second, for ever."""
        while True:
            heed_cancellation()
            await self.look()
            heed_cancellation()
            is_quiet = self._now.state == "ok" and not (self._is_busy or self._is_to_be_shown())
            self._is_busy = False
            await asyncio.sleep(IDLE_EVERY if is_quiet else LOOK_EVERY)

    async def look(self) -> None:
        """Look once, and say how it is if that is new or was said long ago."""
        try:
            self._gauge = await gauge.read_async(self._redis, self._keys, self._clock())
            found = judge(self._gauge, self.bounds, self._now)
            if found != self._now or self._is_to_be_shown():
                await self._show(found)
        except RedisError as error:
            self._become(_of_error(error), str(error))
        else:
            self._become(found)

    async def _show(self, found: Judgement) -> None:
        """Say it in Redis. What Redis answers to a write tells most about it."""
        if not self._lease.is_held:
            return  # the other service speaks
        since = self._since if found == self._now else self._clock()
        await self._board.show(
            Standing(found.state, found.bound, since, self._clock(), self._gauge)
        )
        self._shown_at = asyncio.get_running_loop().time()

    def _is_to_be_shown(self) -> bool:
        return asyncio.get_running_loop().time() - self._shown_at >= _SHOW_EVERY

    def _is_open(self) -> bool:
        return self._now.state in _OPEN and self._lease.is_held

    async def _next_change(self) -> None:
        # The lease may have been taken or have lapsed without any change here.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_EVERY):
                await self._changed.wait()

    async def _pass_slowly(self) -> None:
        """One after the other, each after a pause that grows with what waits."""
        async with self._turnstile:
            while True:
                await asyncio.sleep(gap(self._gauge, self.bounds))
                if self._is_open():
                    return
                await self._next_change()

    def _become(self, found: Judgement, error: str = "") -> None:
        before, self._now = self._now, found
        if found == before:
            return
        seconds = round(self._clock() - self._since, 1)
        self._since = self._clock()
        _tell(before, found, self._gauge, seconds, error)
        self._changed.set()
        self._changed.clear()


def _of_error(error: RedisError) -> Judgement:
    if isinstance(error, RedisGoneError | RedisSilentError):
        return Judgement("redis-gone")
    return Judgement("redis-full" if isinstance(error, OutOfMemoryError) else "redis-refuses")


_EVENTS = {
    "redis-gone": "Redis does not answer; the service waits for it",
    "redis-full": "Redis is full (maxmemory); nothing is polled until memory is free",
    "redis-refuses": "Redis takes no writes; nothing is polled until it does",
    "slow": "the queue fills up; sources are polled more slowly",
}
_FULL = {
    "pages": "as many pages wait as may; nothing is polled until the workers have caught up",
    "bytes": "as many bytes wait as may; nothing is polled until the workers have caught up",
    "age": "pages have waited too long, are workers running? Nothing is polled until they have caught up",
    "memory": "Redis is nearly full; nothing is polled until memory is free",
}


def _tell(before: Judgement, now: Judgement, gauge: Gauge, seconds: float, error: str) -> None:
    logger = log.get("service")
    seen = {"bound": now.bound, "count": gauge.pages, "bytes": gauge.bytes, "age": round(gauge.age)}
    if now.state in ("redis-gone", "redis-refuses"):
        logger.error(_EVENTS[now.state], error=error)
    elif now.state == "redis-full":
        logger.error(_EVENTS[now.state], used_memory=gauge.used_memory, max_memory=gauge.max_memory)
    elif now.state == "full":
        logger.warning(_FULL[now.bound], **seen)
    elif before.state in ("redis-gone", "redis-refuses"):
        logger.info("Redis is back", seconds=seconds)
    elif before.state in ("full", "redis-full"):
        logger.info("there is room again", seconds=seconds)
    elif now.state == "slow":
        logger.info(_EVENTS["slow"], **seen)
