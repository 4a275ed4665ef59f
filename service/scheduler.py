"""Runs the looks at sources when they are due: one heap of times, a bound in all and one for each host.

What is due when is decided in `service.schedule`; here is only the waiting.
"""

from __future__ import annotations

import asyncio
import contextlib
import heapq
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping

from feedmill import log, urls
from feedmill.config import Source
from service.http.pacing import lane
from service.tasks import heed_cancellation

Look = Callable[[Source], Awaitable[float]]
"""Looks at a source; returns when it is due next, Unix seconds. Raises nothing but cancellation."""

_AT_A_TIME = 200  # looks; what they may ask of the network is bounded by the fetcher
_PER_HOST = 8  # of them, so that the many feeds of one slow platform do not take all places
_LONGEST_SLEEP = 30.0  # seconds; the clock of the machine may be set meanwhile
_SET_BACK = 60.0  # seconds by which it has to be, for all plans to be moved


class Scheduler:
    """Keeps looking at sources.

    Args:
        look: What is done when a source is due.
        clock: Unix seconds.
    """

    def __init__(self, look: Look, clock: Callable[[], float]) -> None:
        self._look = look
        self._clock = clock
        self._sources: dict[str, Source] = {}
        self._planned: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._busy: defaultdict[str, int] = defaultdict(int)
        self._queued: defaultdict[str, deque[str]] = defaultdict(deque)
        self._changed = asyncio.Event()
        self._lead = clock() - _uptime()

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that are looked at."""
        return tuple(self._sources.values())

    def source(self, source_id: str) -> Source | None:
        """The source with this id, if there is one."""
        return self._sources.get(source_id)

    def replace(self, sources: Iterable[Source], due: Mapping[str, float]) -> None:
        """Look at these sources from now on; looks that are under way end in peace.

        Args:
            sources: All of them.
            due: When to look next at those whose plan is to change, by id; the new ones must be among them.
        """
        self._sources = {source.id: source for source in sources}
        self._planned = {key: at for key, at in self._planned.items() if key in self._sources}
        for source_id, at in due.items():
            self._plan(source_id, at)

    def bring_forward(self, source_id: str, at: float) -> None:
        """Look at a source at `at` (Unix seconds) if that is earlier than planned."""
        if at < self._planned.get(source_id, at):
            self._plan(source_id, at)

    async def run(self) -> None:
        """Look at every source whenever it is due. Ends by being cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                heed_cancellation()
                self._changed.clear()
                self._follow_clock()
                self._start_due(tasks)
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._idle_seconds()):
                        await self._changed.wait()

    def _follow_clock(self) -> None:
        """Move all plans if the machine's clock was set back: nothing would be due until it has caught up."""
        lead = self._clock() - _uptime()
        behind, self._lead = self._lead - lead, lead
        if behind < _SET_BACK:
            return
        log.get("service").warning("the clock was set back; plans follow it", seconds=round(behind))
        self._heap.clear()
        for source_id, at in tuple(self._planned.items()):
            self._plan(source_id, at - behind)

    def _plan(self, source_id: str, at: float) -> None:
        self._planned[source_id] = at
        if at != float("inf"):
            heapq.heappush(self._heap, (at, source_id))
        self._changed.set()

    def _start_due(self, tasks: asyncio.TaskGroup) -> None:
        now = self._clock()
        while self._heap and self._heap[0][0] <= now and len(self._running) < _AT_A_TIME:
            at, source_id = heapq.heappop(self._heap)
            source = self._sources.get(source_id)
            # What was planned anew since, or removed, is left over in the heap.
            if source is None or self._planned.get(source_id) != at or source_id in self._running:
                continue
            host = _lane_of(source)
            if self._busy[host] < _PER_HOST:
                self._start(tasks, source, host)
            else:
                self._queued[host].append(source_id)

    def _start(self, tasks: asyncio.TaskGroup, source: Source, host: str) -> None:
        self._busy[host] += 1
        del self._planned[source.id]
        self._running[source.id] = tasks.create_task(self._run(tasks, source, host))

    async def _run(self, tasks: asyncio.TaskGroup, source: Source, host: str) -> None:
        try:
            next_at = await self._look(source)
        finally:
            del self._running[source.id]
            self._leave(host)
        if source.id in self._sources:
            # It may have been planned anew while it was looked at, because its configuration changed.
            self._plan(source.id, min(next_at, self._planned.get(source.id, next_at)))
        self._start_queued(tasks, host)
        self._changed.set()

    def _leave(self, host: str) -> None:
        self._busy[host] -= 1
        if not self._busy[host]:
            del self._busy[host]

    def _start_queued(self, tasks: asyncio.TaskGroup, host: str) -> None:
        while self._queued.get(host) and self._busy[host] < _PER_HOST:
            source_id = self._queued[host].popleft()
            source = self._sources.get(source_id)
            is_due = self._planned.get(source_id, float("inf")) <= self._clock()
            if source is not None and is_due and source_id not in self._running:
                self._start(tasks, source, host)
        if not self._queued.get(host):
            self._queued.pop(host, None)

    def _idle_seconds(self) -> float:
        if not self._heap or len(self._running) >= _AT_A_TIME:
            return _LONGEST_SLEEP
        return min(max(self._heap[0][0] - self._clock(), 0.0), _LONGEST_SLEEP)


def _uptime() -> float:
    """Seconds on a clock that nobody sets; it goes on while the machine sleeps, where there is one that does."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def _lane_of(source: Source) -> str:
    """Sources of one lane share a host or a platform; a local source has one of its own."""
    host = urls.host(source.url) if source.url else None
    return lane(host) if host else f"local:{source.id}"
