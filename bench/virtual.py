"""An event loop whose time is virtual: days of waiting pass at once, real sockets stay real.

The loop's clock stands still while anything real is going on (a socket is ready, a thread runs, a reply of
another process is awaited) and jumps to the next timer when nothing is. Client and server that talk over
loopback inside one such loop need no more: what one end has written the other can read at once. Whatever
happens outside the loop has to be announced: threads are by `run_in_executor`, other waiting by
`VirtualLoop.outside`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from redis.asyncio.connection import AbstractConnection

_REAL_WAIT = 1.0  # seconds between two looks at the watchdog while something outside works
_STUCK_AFTER = 120.0  # real seconds without any event while something outside should answer


class StuckError(RuntimeError):
    """What was announced as going on outside the loop never ended, or nothing is left to wait for."""


class VirtualSelector(selectors.BaseSelector):
    """Selects without waiting; where the loop would have waited, its clock moves on instead.

    Attributes:
        now: Virtual seconds since the loop was made.
        outside: How many things go on outside the loop; the clock stands still for them.
        jumps: How often the clock has moved.
    """

    def __init__(self) -> None:
        self._real = selectors.DefaultSelector()
        self.now = 0.0
        self.outside = 0
        self.jumps = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Ready files; none if instead the clock has moved by `timeout` virtual seconds."""
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self.outside or timeout is None:
            return self._wait_for_real()
        os.sched_yield()  # the kernel may owe us a packet
        ready = self._real.select(0)
        if not ready:
            self.now += timeout
            self.jumps += 1
        return ready

    def _wait_for_real(self) -> list[tuple[selectors.SelectorKey, int]]:
        gives_up = time.monotonic() + _STUCK_AFTER
        while time.monotonic() < gives_up:
            if ready := self._real.select(_REAL_WAIT):
                return ready
        raise StuckError(f"{self.outside} things outside the loop do not end")

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real selector does it."""
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        """As the real selector does it."""
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        """As the real selector does it."""
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        """As the real selector does it."""
        return self._real.get_map()

    def close(self) -> None:
        """As the real selector does it."""
        self._real.close()


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop in virtual time; see the module.

    Args:
        epoch: Unix seconds at which it begins.
    """

    def __init__(self, epoch: float = 0.0) -> None:
        self.virtual = VirtualSelector()
        self._epoch = epoch
        super().__init__(self.virtual)

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self.virtual.now

    def unix(self) -> float:
        """The virtual time of day, Unix seconds: what the code under test takes for `time.time`."""
        return self._epoch + self.virtual.now

    @contextlib.contextmanager
    def outside(self) -> Iterator[None]:
        """The clock stands still inside the context, because another process is at work."""
        self.virtual.outside += 1
        try:
            yield
        finally:
            self.virtual.outside -= 1

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Callable[..., Any], *args: Any
    ) -> Any:
        """Run in a thread, for which the clock stands still."""
        future = super().run_in_executor(executor, func, *args)
        self.virtual.outside += 1
        future.add_done_callback(self._ended)
        return future

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Wait for the threads to end; Python 3.12 does so for some minutes of the loop's clock only."""
        with self.outside():
            await super().shutdown_default_executor(*args, **kwargs)

    def _ended(self, _future: object) -> None:
        self.virtual.outside -= 1


@contextlib.contextmanager
def redis_outside(loop: VirtualLoop) -> Iterator[None]:
    """Let the clock stand still while a client of redis-py waits for Redis.

    Time-outs of redis-py run on the loop's clock: without this every reply would come too late.
    """
    connect: Any = AbstractConnection.connect
    read: Any = AbstractConnection.read_response

    async def timeless_connect(self: AbstractConnection) -> None:
        with loop.outside():
            await connect(self)

    async def timeless_read(self: AbstractConnection, *args: Any, **options: Any) -> Any:
        with loop.outside():
            return await read(self, *args, **options)

    AbstractConnection.connect = timeless_connect  # type: ignore[method-assign]
    AbstractConnection.read_response = timeless_read  # type: ignore[method-assign]
    try:
        yield
    finally:
        AbstractConnection.connect = connect  # type: ignore[method-assign]
        AbstractConnection.read_response = read  # type: ignore[method-assign]
