"""The running service: its sources, looked at when they are due, by a configuration that may change."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import replace

from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Settings, Source
from feedmill.store import configs
from feedmill.store.configs import ConfigInForce
from feedmill.store.intake import Intake
from feedmill.store.sources import SourceState
from service import schedule
from service.bounds import Bounds
from service.ingest import Tally
from service.parts import Parts, World, assembled, policy_of
from service.pushes import Pushes, Sources
from service.reload import Changes, Reloader, enabled
from service.retry import Retries
from service.scheduler import Scheduler
from service.tasks import end, heed_cancellation

_AT_A_TIME = 50
_LOCAL_PAUSE = 5.0  # seconds; the same for local files, which nobody minds being looked at
_REDIS_PAUSE = (
    60.0  # seconds at least until a source is looked at again after Redis has refused its state
)


class Service:
    """The running service.

    Attributes:
        intake: Where pages are accepted.
    """

    def __init__(self, settings: Settings, parts: Parts) -> None:
        self.intake: Intake = parts.intake
        self._settings = settings
        self._parts = parts
        self._clock = parts.world.clock
        self._tallies: dict[str, Tally] = {}
        self._scheduler = Scheduler(self._look, self._clock)
        self._retries = Retries(
            parts.acceptance,
            parts.deferred,
            parts.intake,
            parts.visits,
            source=self._scheduler.source,
            clock=self._clock,
            chance=parts.world.chance,
        )
        self._pushes = Pushes(
            parts,
            Sources(
                self._scheduler.source,
                self._tally_of,
                self._scheduler.bring_forward,
                lambda: self._scheduler.sources,
            ),
        )
        self._config = ConfigInForce(1, self._clock(), len(self.sources))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The enabled sources."""
        return enabled(self._settings)

    @property
    def tally(self) -> Tally:
        """What became of the items of all sources so far."""
        return Tally.sum(self._tallies.values())

    async def poll_once(self) -> tuple[Source, ...]:
        """Look at every source once, many at a time, but at none earlier than its answers allow.

        Returns:
            The sources that have asked to wait.

        Raises:
            LeaseError: Another service works with these keys.
        """
        await self.alone()
        states = await self._states(self.sources)
        now = self._clock()
        waiting = tuple(s for s in self.sources if schedule.earliest(states[s.id]) > now)
        self._scheduler.replace(self.sources, {})
        slots = asyncio.Semaphore(_AT_A_TIME)

        async def look(source: Source) -> None:
            async with slots:
                await self._look(source)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._retries.try_due())
            for source in self.sources:
                if source not in waiting:
                    tasks.create_task(look(source))
        return waiting

    async def poll_for_ever(self) -> None:
        """Look at every source whenever it is due, and take changed configurations. Ends by being cancelled.

        Only while no other service does: until then, and when another has taken over, it stands by.
        """
        reloader = Reloader(self._settings, self._apply, self._refuse)
        while True:
            heed_cancellation()
            await self._parts.lease.held()
            await self._work_until_lost(reloader)

    async def alone(self) -> None:
        """Make sure that no other service works.

        Raises:
            LeaseError: One does.
        """
        await self._parts.lease.held_or_refused()

    async def _work_until_lost(self, reloader: Reloader) -> None:
        work = asyncio.create_task(self._work(reloader))
        lost = asyncio.create_task(self._parts.lease.lost())
        try:
            await asyncio.wait((work, lost), return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                work.result()  # it ends by itself only by an error
        finally:
            await end(lost)
            await end(work)

    async def _work(self, reloader: Reloader) -> None:
        await self._plan(self.sources)
        await self._save_config()
        heed_cancellation()
        async with self._pushes.taken(self._settings), asyncio.TaskGroup() as tasks:
            await self._pushes.keep_only(self.sources)
            tasks.create_task(self._scheduler.run())
            tasks.create_task(self._pushes.keep_up())
            tasks.create_task(self._retries.keep_trying())
            tasks.create_task(reloader.keep_watching())

    async def _plan(self, fresh: Sequence[Source], *, changed: Sequence[Source] = ()) -> None:
        """Tell the scheduler which sources there are, and when to look at the fresh and the changed ones."""
        states: dict[str, SourceState] = {}
        while (fresh or changed) and not states:
            try:
                states = await self._states((*fresh, *changed))
            except RedisError as error:
                log.get("service").error("waiting for Redis", error=str(error))
                await asyncio.sleep(_REDIS_PAUSE / 10)
        now, chance = self._clock(), self._parts.world.chance
        for source in changed:
            states[source.id] = schedule.reconfigured(
                states[source.id], source, now=now, random=chance
            )
        times = schedule.plan(states.values(), now=now, random=chance)
        due = dict(zip(states, times, strict=True))
        for source in (*fresh, *changed):
            if source.path and states[source.id].next_at <= now:
                due[source.id] = now  # no server is spared by looking at a folder later
        self._scheduler.replace(self.sources, due)

    async def _states(self, sources: Iterable[Source]) -> dict[str, SourceState]:
        by_id = {source.id: source for source in sources}
        await self._restore_holds()
        stored = await self._parts.states.load_many(list(by_id))
        now = self._clock()
        return {
            key: schedule.of_address(schedule.set_back(stored[key], now=now), source)
            for key, source in by_id.items()
        }

    async def _restore_holds(self) -> None:
        """What hosts have asked for holds over a restart."""
        held = await self._parts.hosts.holds(now=self._clock())
        for name, until in held.items():
            self._parts.pacer.hold(name, until)

    async def _look(self, source: Source) -> float:
        """Look at a source when there is room for what it may bring; when it is due next."""
        await self._parts.pressure.passed()
        current = self._scheduler.source(source.id)
        if current is None:
            return self._clock()  # it was removed meanwhile
        source = current
        try:
            async with self._pushes.lock(source.id):
                state = await self._parts.poller.poll(
                    source,
                    self._tally_of(source.id),
                    push_until=self._pushes.relied_until(source.id),
                )
            await self._pushes.looked(source, state)
        except* RedisError as group:
            log.get("service").error(
                "poll broken off: Redis refuses",
                source_id=source.id,
                error=str(group.exceptions[0]),
            )
            # Nobody may remember that it was asked: not sooner than it would be asked anyway.
            pause = max(_REDIS_PAUSE, schedule.interval(source))
            next_at = self._clock() + (pause if source.url else _LOCAL_PAUSE)
        except* Exception as group:  # noqa: BLE001 - a bug must cost this source only, and be seen
            log.get("service").error(
                "look broken off: a bug", source_id=source.id, error=repr(group.exceptions[0])[:300]
            )
            next_at = self._clock() + max(_REDIS_PAUSE, schedule.interval(source))
        else:
            next_at = state.next_at
        return next_at

    def _tally_of(self, source_id: str) -> Tally:
        return self._tallies.setdefault(source_id, Tally())

    async def _apply(self, settings: Settings, changes: Changes) -> None:
        """Work with another configuration from now on."""
        self._settings = settings
        self._parts.fetcher.policy = policy_of(settings)
        self._parts.upkeep.options = settings.retention
        self._parts.pressure.bounds = Bounds.of(settings.queue)
        self._parts.visits.rules = self._parts.robots if settings.fetch.robots else None
        await self._plan(changes.added, changed=changes.changed)
        await self._pushes.keep_only(self.sources)
        self._config = ConfigInForce(self._config.generation + 1, self._clock(), len(self.sources))
        await self._save_config()

    async def _refuse(self, problems: Sequence[str]) -> None:
        self._config = replace(self._config, refused_at=self._clock(), problems=tuple(problems))
        await self._save_config()

    async def _save_config(self) -> None:
        with contextlib.suppress(RedisError):
            await configs.save(self._parts.redis, self._parts.keys, self._config)


@contextlib.asynccontextmanager
async def running(
    settings: Settings, redis_url: str, world: World | None = None
) -> AsyncIterator[Service]:
    """The service with everything it needs, taken down in the right order at the end.

    Args:
        settings: The configuration.
        redis_url: Where Redis is; `settings.redis` may be `embedded`, which is no address.
        world: The clock and what else comes from outside; the real ones by default.
    """
    async with assembled(settings, redis_url, world or World()) as parts:
        service = Service(settings, parts)
        log.get("service").info("service runs", count=len(service.sources), pid=os.getpid())
        yield service
