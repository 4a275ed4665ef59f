"""Serves the fake web over HTTP on loopback; slow, broken and endless answers are played out in time."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from itertools import chain, repeat

from bench.fakeweb.exchange import Asked, Exchange, Reply
from bench.fakeweb.routes import SECRET_ADDRESS
from bench.fakeweb.web import FakeWeb

_IDLE_SECONDS = 15.0  # after which a server closes a connection that nobody uses
_MAX_HEAD = 65_536
_CHUNK = 16_384
_DRIP_SECONDS = 4.0  # between two bytes of a slow answer: within the time-out between reads
_FLOOD_SECONDS = 0.05  # between two chunks of an endless one
Chunk = tuple[float, bytes]  # seconds to wait, then what to send


@dataclass
class Served:
    """The fake web while it is served.

    Attributes:
        web: Who answers.
        seconds: Real seconds that answering has taken.
        intrusions: Connections to addresses that nobody should have connected to.
        peak: Most requests that were open at once.
    """

    web: FakeWeb
    seconds: float = 0.0
    intrusions: int = 0
    open: int = 0
    peak: int = 0


@contextlib.asynccontextmanager
async def serving(
    make: Callable[[int], FakeWeb], unix: Callable[[], float]
) -> AsyncIterator[Served]:
    """Serve a web on 127.0.0.1, and a server that must not be reached on other addresses.

    Args:
        make: Makes the web of the port it is served on.
        unix: The time of day, Unix seconds.
    """
    loop = asyncio.get_running_loop()
    port = _free_port()
    served = Served(make(port))
    places = [("127.0.0.1", port + 1), (SECRET_ADDRESS, port)]
    servers = [await loop.create_server(lambda: _Secret(served), *place) for place in places]
    servers.append(
        await loop.create_server(lambda: _Connection(served, unix), "127.0.0.1", port, backlog=1000)
    )
    try:
        yield served
    finally:
        for server in servers:
            server.close()


def _free_port() -> int:
    """A port that is free on all addresses that are served, and so is the next."""
    while True:
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):
            first, second, third = (stack.enter_context(socket.socket()) for _ in range(3))
            first.bind(("127.0.0.1", 0))
            port = int(first.getsockname()[1])
            second.bind(("127.0.0.1", port + 1))
            third.bind((SECRET_ADDRESS, port))
            return port


class _Secret(asyncio.Protocol):
    """Counts who comes where nobody should."""

    def __init__(self, served: Served) -> None:
        self._served = served

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._served.intrusions += 1
        transport.close()


class _Connection(asyncio.Protocol):
    """One connection: requests one after the other, each with its answer."""

    def __init__(self, served: Served, unix: Callable[[], float]) -> None:
        self._served = served
        self._unix = unix
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._exchange: Exchange | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._can_write = True
        self._chunks: Iterator[Chunk] = iter(())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, _error: Exception | None) -> None:
        self._stop_timer()
        self._end(is_whole=False)
        self._transport = None

    def pause_writing(self) -> None:
        self._can_write = False

    def resume_writing(self) -> None:
        self._can_write = True
        if self._timer is None:
            self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        started = time.perf_counter()
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if found:
            self._buffer = rest
            self._begin(head)
        elif len(self._buffer) > _MAX_HEAD:
            self._close()
        self._served.seconds += time.perf_counter() - started

    def _begin(self, head: bytes) -> None:
        self._stop_timer()
        self._exchange, reply = self._served.web.answer(_parsed(head), self._unix())
        self._served.open += 1
        self._served.peak = max(self._served.peak, self._served.open)
        self._chunks = _chunks(reply, self._exchange)
        self._next()

    def _next(self) -> None:
        """Wait for the next chunk's time, or end."""
        for wait, chunk in self._chunks:
            self._timer = self._loop.call_later(wait, self._send, chunk)
            return
        self._end(is_whole=True)
        self._timer = self._loop.call_later(_IDLE_SECONDS, self._close)

    def _send(self, chunk: bytes) -> None:
        started = time.perf_counter()
        self._timer = None
        if self._transport is None or self._exchange is None:
            return
        self._exchange.sent += len(chunk)
        if chunk:
            self._transport.write(chunk)
        else:  # an answer that breaks off
            self._close()
        if self._can_write and self._transport is not None:
            self._next()
        self._served.seconds += time.perf_counter() - started

    def _end(self, *, is_whole: bool) -> None:
        if self._exchange is not None:
            self._exchange.ended = self._unix()
            self._exchange.is_whole = is_whole
            self._exchange = None
            self._served.open -= 1

    def _close(self) -> None:
        self._stop_timer()
        self._end(is_whole=False)
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _parsed(head: bytes) -> Asked:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    return Asked(method, headers.pop("host", "").partition(":")[0], target, headers)


def _chunks(reply: Reply, exchange: Exchange) -> Iterator[Chunk]:
    """What is sent when."""
    match reply.play:
        case "silent":
            return iter([(10 * 3600.0, b"")])
        case "slow":
            head = _head(reply, [("Content-Length", str(len(reply.body)))])
            drips = ((_DRIP_SECONDS, reply.body[at : at + 1]) for at in range(len(reply.body)))
            return iter([(reply.latency, head), *drips])
        case "reset":
            head = _head(reply, [("Content-Length", str(len(reply.body)))])
            half = reply.body[: len(reply.body) // 2]
            return iter([(reply.latency, head + half), (reply.latency, b"")])
        case "endless":
            return _flood(reply, [], repeat(reply.body.ljust(_CHUNK)[:_CHUNK]))
        case "bomb":
            return _flood(reply, [("Content-Encoding", "gzip")], _zeros())
    length = [] if reply.status == HTTPStatus.NOT_MODIFIED else [_length(reply)]
    exchange.sent = 0
    return iter([(reply.latency, _head(reply, length) + reply.body)])


def _length(reply: Reply) -> tuple[str, str]:
    return ("Content-Length", str(len(reply.body)))


def _flood(reply: Reply, extra: list[tuple[str, str]], parts: Iterator[bytes]) -> Iterator[Chunk]:
    yield reply.latency, _head(reply, [*extra, ("Transfer-Encoding", "chunked")])
    for part in parts:
        yield _FLOOD_SECONDS, b"%x\r\n%s\r\n" % (len(part), part)


def _zeros() -> Iterator[bytes]:
    """A gzip stream of nothing but zeros, a thousand times as long when unpacked."""
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    zeros = bytes(1_000_000)
    first, later = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return chain([first], repeat(later))  # after a full flush the same input gives the same output


def _head(reply: Reply, extra: list[tuple[str, str]]) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_phrase(reply.status)}"]
    lines.extend(f"{name}: {value}" for name, value in (*reply.headers, *extra))
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"
