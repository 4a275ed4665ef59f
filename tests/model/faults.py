"""What may happen at any one call to Redis: the process dies, the answer is lost, Redis is gone, somebody else is faster.

The clients are the real ones, with connections that count the calls (a pipeline is one) and have their `Fault` happen at
one of them: before the call is sent, or after the server has executed it and nobody has been told.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Literal

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.connection import UnixDomainSocketConnection as AsyncConnection
from redis.connection import UnixDomainSocketConnection
from redis.exceptions import ConnectionError as RedisConnectionError

from feedmill.store.connection import connect, connect_async

Kind = Literal[
    "all die", "horse dies", "runner dies", "answer lost", "gone", "asked to stop", "meanwhile"
]
RETRIES = 2


class Death(BaseException):
    """The end of a process: no `except Exception` sees it, and a dead process makes no calls."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens at which call of a program.

    Attributes:
        at: The number of the call, from 1; nothing happens if there are fewer.
        kind: What happens. `horse dies` and `runner dies` leave the processes above alive.
        after: Whether the server has executed the call by then. The answer is lost in any case.
        other: What others do `meanwhile`.
    """

    at: int
    kind: Kind
    after: bool = False
    other: str = ""


@dataclass(slots=True)
class Process:
    """A program that runs, as a stack of processes (a worker, its horse, the runner), with what is to happen to it.

    Attributes:
        fault: What happens.
        look: Called before each call: those before it have been executed.
        blow: Called with the page that is worked on when something happens.
        meanwhile: Does what others do, by its name.
        stop: Asks the program to stop.
        page: The page that is worked on.
        dead: The process of the stack that has died and is not buried yet.
        deaths: How many have died.
        has_happened: Whether the fault has.
    """

    fault: Fault | None
    look: Callable[[], None]
    blow: Callable[[str], None]
    meanwhile: Callable[[str], object]
    stop: Callable[[], object] = lambda: None
    page: str | None = None
    dead: str | None = None
    deaths: int = 0
    has_happened: bool = False
    _alive: list[str] = field(default_factory=lambda: ["main"])
    _calls: int = 0
    _gone: int = 0

    @contextlib.contextmanager
    def child(self, name: str) -> Iterator[None]:
        """A process below, which makes the calls within. Its death is raised, and it is buried then."""
        self._alive.append(name)
        try:
            yield
        finally:
            self._alive.pop()
            if self.dead == name:
                self.dead = None

    def call(self) -> bool:
        """What happens before a call; whether something is to happen after it."""
        if self.dead:
            raise Death(self.dead)
        self.look()
        self._calls += 1
        if self._gone:
            self._gone -= 1
            raise RedisConnectionError("Redis is gone")
        if self.fault is None or self._calls != self.fault.at:
            return False
        if not self.fault.after:
            self.happen()
        return self.fault.after

    def happen(self) -> None:
        """Have the fault happen."""
        assert self.fault
        self.has_happened = True
        if self.page:
            self.blow(self.page)
        match self.fault.kind:
            case "asked to stop":
                self.stop()
            case "meanwhile":
                _in_a_thread(self.meanwhile, self.fault.other)
            case "answer lost":
                raise RedisConnectionError("the connection is broken")
            case "gone":
                self._gone = RETRIES
                raise RedisConnectionError("Redis is gone")
            case "all die":
                self.die("main")
            case "horse dies":
                self.die("horse")
            case "runner dies":
                self.die("runner")

    def die(self, name: str) -> None:
        """End a process of the stack: all of it if there is none of this name."""
        self.dead = name if name in self._alive else "main"
        self.deaths += 1
        raise Death(self.dead)

    def client(self, url: str) -> Redis:
        """Its client."""
        client = connect(url, retries=RETRIES)
        client.connection_pool.connection_class = Connection
        client.connection_pool.connection_kwargs["process"] = self
        return client

    def async_client(self, url: str) -> AsyncRedis:
        """Its asynchronous client."""
        client = connect_async(url)
        client.connection_pool.connection_class = AsynchronousConnection
        client.connection_pool.connection_kwargs["process"] = self
        return client


class Connection(UnixDomainSocketConnection):
    """A connection to which things happen."""

    def __init__(self, *args: Any, process: Process, **options: Any) -> None:
        super().__init__(*args, **options)
        self._process = process
        self._greets = False

    def on_connect_check_health(self, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        """Greet the server: not among the calls that count."""
        self._greets = True
        try:
            super().on_connect_check_health(check_health=check_health)
        finally:
            self._greets = False

    def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        """Make a call."""
        if self._greets:
            super().send_packed_command(command, check_health)
            return
        if self._process.dead and b"UNWATCH" in b"".join(command):
            raise RedisConnectionError(
                "a pipeline that is thrown away"
            )  # a dead process has no garbage
        happens_after = self._process.call()
        super().send_packed_command(command, check_health)
        if happens_after:
            self._have_it_executed()
            self._process.happen()
            raise RedisConnectionError("the connection is broken")

    def _have_it_executed(self) -> None:
        """Hang up, and wait until the server has done what it was sent and hangs up too."""
        self._sock.shutdown(socket.SHUT_WR)
        while self._sock.recv(1 << 16):
            pass
        self.disconnect()


class AsynchronousConnection(AsyncConnection):
    """A connection to which things happen."""

    def __init__(self, *args: Any, process: Process, **options: Any) -> None:
        super().__init__(*args, **options)
        self._process = process
        self._greets = False

    async def on_connect_check_health(self, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        """Greet the server: not among the calls that count."""
        self._greets = True
        try:
            await super().on_connect_check_health(check_health=check_health)
        finally:
            self._greets = False

    async def send_packed_command(self, command: Any, check_health: bool = True) -> None:  # noqa: FBT001, FBT002
        """Make a call."""
        if self._greets:
            await super().send_packed_command(command, check_health)
            return
        happens_after = self._process.call()
        await super().send_packed_command(command, check_health)
        if happens_after:
            await self._have_it_executed()
            self._process.happen()
            raise RedisConnectionError("the connection is broken")

    async def _have_it_executed(self) -> None:
        self._writer.write_eof()
        while await self._reader.read(1 << 16):
            pass
        await self.disconnect()


def _in_a_thread(do: Callable[[str], object], what: str) -> None:
    """A thread, because an event loop may be running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(do, what).result()
