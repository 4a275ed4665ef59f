"""How often hosts are asked: in turn within each lane, slower where they ask for it, not at all while they say so."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from math import isfinite

from feedmill.errors import FetchError
from service.http.holds import HoldPolicy, Holds
from service.http.lanes import lane, load_suffixes, place
from service.http.lines import Line, Pace

__all__ = ["Pace", "Pacer", "lane"]

_PATIENCE = 5.0  # seconds of a hold that are worth waiting for
# Beyond this a crawl delay does not slow a site down, it shuts it: robots.txt has `Disallow` for that, and
# what is longer is a mistake (milliseconds, or a day) more often than a wish.
_LONGEST_GAP = 60.0
_GAP_SECONDS = 86400.0  # how long a crawl delay is remembered: as long as the robots.txt it is from
_MAX_GAPS = 10_000


class Pacer:
    """Keeps the pace of every lane: so many requests at a time, and a pause after each.

    Args:
        clock: Unix seconds; waiting itself is left to the event loop.
        on_hold: Called with a name and the time until which it is held, for each hold a server asks for,
            so that it can be kept over a restart (`hold` puts it back).
        policy: For how long hosts are left alone that ask for it.
        chance: A random number in [0, 1), for jitter.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.time,
        on_hold: Callable[[str, float], None] | None = None,
        policy: HoldPolicy | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:
        load_suffixes()
        self._holds = Holds(policy, clock=clock, chance=chance)
        self._gaps = _Gaps(clock)
        self._on_hold = on_hold
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def turn(self, host: str, pace: Pace) -> AsyncIterator[None]:
        """Wait for a turn at a host's lane; the request is made inside the context.

        Where requests with different paces meet in a lane, the most careful holds. A tenant's crawl delay
        does not slow down the other tenants of its platform.

        Raises:
            FetchError: kind `host-waits`: the host is held for more than a few seconds, at first or while
                this waited. `retry_after` says how long, with some chance added for each caller.
        """
        where = place(host)
        async with AsyncExitStack() as stack:
            if where.is_shared and self._gaps.seconds(where.tenant):
                await stack.enter_async_context(self._slot(where.tenant, host, Pace(1, 0.0)))
            if self._gaps.seconds(where.lane):
                # A gap between requests leaves no room for two at a time.
                pace = Pace(1, pace.delay)
            await stack.enter_async_context(self._slot(where.lane, host, pace))
            yield

    def answered(self, host: str, status: int, retry_after: float | None) -> None:
        """Take note of a server's answer; 429, 503, and 403 with `Retry-After` hold the host.

        Args:
            host: Who answered.
            status: Its answer.
            retry_after: Seconds it asked for; None if it did not, or not readably.
        """
        for name, until in self._holds.answered(host, status, retry_after).items():
            if self._on_hold:
                self._on_hold(name, until)
            # Whoever waits for a tenant's host waits in the line of its lane.
            for line in {lane(name), name} & self._lines.keys():
                self._lines[line].turn_away(self._refusal)

    def hold(self, host: str, until: float) -> None:
        """Leave a host alone until then (Unix seconds), as it asked before a restart."""
        self._holds.hold(host, until)

    def held_until(self, host: str) -> float:
        """Until when a host is left alone, Unix seconds; 0 if it is not."""
        return self._holds.until(host)

    def slow(self, host: str, seconds: float) -> None:
        """Leave at least so much time between requests, at most a minute; remembered for a day.

        A smaller wish does not lift a greater one: hosts of one lane may have different ones.
        """
        self._gaps.put(place(host).tenant, seconds)

    def waiting(self, host: str) -> int:
        """How many requests wait for their turn in a host's lane."""
        line = self._lines.get(lane(host))
        return line.waiting if line else 0

    @asynccontextmanager
    async def _slot(self, name: str, host: str, pace: Pace) -> AsyncIterator[None]:
        self._check(host)
        line = self._lines.setdefault(name, Line())
        is_asked = False
        try:
            await line.enter(host, pace)
        except BaseException:
            self._tidy(name, line)
            raise
        try:
            await self._wait_out(host)
            is_asked = True
            yield
        finally:
            pause = max(line.delay, self._gaps.seconds(name)) if is_asked else 0.0
            if pause > 0:
                loop = asyncio.get_running_loop()
                loop.call_later(pause, self._release, name, line, pace)
            else:
                self._release(name, line, pace)

    async def _wait_out(self, host: str) -> None:
        self._check(host)
        while left := self._holds.seconds_left(host):
            await asyncio.sleep(left)
            self._check(host)

    def _check(self, host: str) -> None:
        error = self._refusal(host)
        if error is not None:
            raise error

    def _refusal(self, host: str) -> FetchError | None:
        if self._holds.seconds_left(host) <= _PATIENCE:
            return None
        return FetchError(
            "the host has asked to be left alone for a while; it is asked again after that",
            kind="host-waits",
            retryable=True,
            retry_after=self._holds.seconds_with_jitter(host),
        )

    def _release(self, name: str, line: Line, pace: Pace) -> None:
        line.leave(pace)
        self._tidy(name, line)

    def _tidy(self, name: str, line: Line) -> None:
        if line.is_idle and self._lines.get(name) is line:
            del self._lines[name]


class _Gaps:
    """Crawl delays, by the name they apply to."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._gaps: dict[str, tuple[float, float]] = {}

    def put(self, name: str, seconds: float) -> None:
        if not isfinite(seconds) or seconds <= 0:
            return
        gap = min(seconds, _LONGEST_GAP)
        if gap >= self.seconds(name):
            self._gaps.pop(name, None)
            self._gaps[name] = (gap, self._clock() + _GAP_SECONDS)
        if len(self._gaps) > _MAX_GAPS:
            del self._gaps[next(iter(self._gaps))]

    def seconds(self, name: str) -> float:
        gap, until = self._gaps.get(name, (0.0, 0.0))
        return gap if until > self._clock() else 0.0
