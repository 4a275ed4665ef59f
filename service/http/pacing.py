"""How often one host may be asked: a number of requests at a time, and a pause after each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`concurrency` requests at a time, `delay` seconds of pause after each."""

    concurrency: int = 1
    delay: float = 2.0


class Pacer:
    """Keeps the pace for each host. A slot stays taken for the pause after its request."""

    def __init__(self) -> None:
        self._slots: dict[str, asyncio.Semaphore] = {}
        self._users: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, host: str, pace: Pace) -> AsyncIterator[None]:
        """Wait for a turn at `host`; the request is made inside the context.

        The number of slots is that of the first of overlapping requests.
        """
        slots = self._slots.setdefault(host, asyncio.Semaphore(pace.concurrency))
        self._users[host] = self._users.get(host, 0) + 1
        try:
            await slots.acquire()
        except BaseException:
            self._leave(host)
            raise
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(pace.delay, self._release, host, slots)

    def _release(self, host: str, slots: asyncio.Semaphore) -> None:
        slots.release()
        self._leave(host)

    def _leave(self, host: str) -> None:
        self._users[host] -= 1
        if not self._users[host]:
            del self._users[host], self._slots[host]
