"""The upkeep of what is stored: trimming streams, watching consumer groups, removing what is too old.

It goes on in rounds, in the service only. A round is made of steps of a few milliseconds, so that Redis is never
held for long, and what one kind of work cannot do does not keep the others from theirs.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import RetentionOptions
from feedmill.store.groups import AsyncGroups, GroupState, Health
from feedmill.store.keys import Keys
from feedmill.store.retention import Retention
from feedmill.store.trim import Trimmer
from feedmill.store.workshop import QUARANTINED_RAW_SECONDS
from service.lease import Lease
from service.sweeps import Sweeps
from service.tasks import heed_cancellation

EVERY = 10.0  # seconds
_TRIM_STEPS = 50  # of each stream in a round
_PAUSE = 0.005  # seconds between two steps
_QUARANTINED = timedelta(seconds=QUARANTINED_RAW_SECONDS)


class Upkeep:
    """Keeps the store in order.

    Args:
        redis: A client that answers in bytes and does not wait for a full Redis to have room again.
        keys: Names of the keys.
        options: What is kept for how long.
        clock: Unix seconds.

    Attributes:
        options: The same; a changed configuration puts others here.
    """

    def __init__(
        self, redis: AsyncRedis, keys: Keys, options: RetentionOptions, clock: Callable[[], float]
    ) -> None:
        self.options = options
        self._keys = keys
        self._clock = clock
        self._trimmer = Trimmer(redis, keys)
        self._groups = AsyncGroups(redis, keys)
        self._retention = Retention(redis, keys)
        self._sweeps = Sweeps(self._retention)
        self._told: dict[tuple[str, str], tuple[Health, int]] = {}
        self._has_trouble = False

    async def round(self) -> None:
        """Do some of everything that is due. Trouble with Redis is logged when it begins."""
        trouble = None
        for work in (self._relieve, self._trim, self._watch, self._sweep):
            heed_cancellation()
            try:
                await work()
            except RedisError as error:
                trouble = error
        if trouble and not self._has_trouble:
            log.get("service").warning("upkeep has to wait", error=str(trouble))
        self._has_trouble = trouble is not None

    async def _relieve(self) -> None:
        if self.options.memory:
            await self._sweeps.relieve(self.options.memory, self._clock())

    async def _sweep(self) -> None:
        await self._retention.remember_near(self.options.near)
        await self._sweeps.go_on(self.options, self._clock())

    async def _trim(self) -> None:
        ages = {
            self._keys.articles: self.options.announcements,
            self._keys.stories: self.options.announcements,
            self._keys.quarantine: _QUARANTINED,
        }
        for stream, age in ages.items():
            for _ in range(_TRIM_STEPS):
                if not await self._trimmer.trim(stream, age=age, most=self.options.entries):
                    break
                await asyncio.sleep(_PAUSE)

    async def _watch(self) -> None:
        """One line for each group that is otherwise than it was."""
        for stream in (self._keys.articles, self._keys.stories):
            states = await self._groups.of(stream)
            names = {state.name for state in states}
            for _stream, name in [one for one in self._told if one[0] == stream]:
                if name not in names:
                    del self._told[stream, name]
            for state in states:
                self._tell(stream, state)

    def _tell(self, stream: str, state: GroupState) -> None:
        now = self._clock()
        health = state.health(now, self.options.entries)
        before, lost_before = self._told.get((stream, state.name), ("ok", state.lost))
        if health == before and state.lost <= 2 * lost_before:
            return
        self._told[stream, state.name] = (health, state.lost)
        logger = log.get("service")
        tell = logger.info if health == "ok" else logger.warning
        tell(
            f"consumer group: {health}",
            stream=state.stream,
            group=state.name,
            lag=state.lag,
            pending=state.pending,
            seconds=round(state.waits(now)),
            lost=state.lost,
        )


async def keep_up(upkeep: Upkeep, lease: Lease) -> None:
    """Do a round as soon as the lease is held, and then one every few seconds, for ever."""
    while True:
        heed_cancellation()
        await lease.held()
        await upkeep.round()
        heed_cancellation()
        await asyncio.sleep(EVERY)
