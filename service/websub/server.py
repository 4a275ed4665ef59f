"""The callbacks: a small HTTP server that speaks with hubs and tells anybody else nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol

from aiohttp import web
from redis.exceptions import RedisError

from feedmill.errors import ConfigError
from service.websub.protocol import Question, question

_MAX_CONNECTIONS = 100
_MAX_BODIES = 16  # read at the same time ...
_MAX_BODIES_OF_ONE = (
    2  # ... and of one callback, so that a slow hub does not take the room of the others
)
_BODY_SECONDS = 15.0
_HEAD_SECONDS = 10.0  # from the connection, or the last answer, to the next complete head
_LINGER_SECONDS = 2.0  # in which a sender may take note of a refusal while it still sends
_MAX_CONTENT_TYPE = 200  # characters
_TRY_AGAIN = {"Retry-After": "60"}
_PLAIN = {
    "Content-Type": "text/plain; charset=utf-8",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "no-store",
}


class Callbacks(Protocol):
    """What the server asks about everything that reaches it. All but `knows` may raise RedisError."""

    def knows(self, token: str) -> bool:
        """Whether hubs may push to this callback."""

    def has_room(self, token: str, size: int) -> bool:
        """Whether a push of `size` bytes can be taken now."""

    async def verify(self, token: str, asked: Question) -> bool:
        """Whether what a hub asks was meant; if so, it counts from now on. Denials always are."""

    async def take(
        self, token: str, signatures: list[str], body: bytes, content_type: str | None
    ) -> None:
        """Take a push, whatever it is worth."""

    async def refuse(self, token: str, why: str) -> None:
        """Note that a push could not be taken."""


class Server:
    """Serves `{path}/{token}`.

    Args:
        callbacks: Who answers.
        path: Path of the public callback address, without a slash at the end.
        max_bytes: Largest push.
    """

    def __init__(self, callbacks: Callbacks, path: str, *, max_bytes: int) -> None:
        self._callbacks = callbacks
        self._prefix = f"{path}/"
        self._max_bytes = max_bytes
        self._reading: Counter[str] = Counter()

    @contextlib.asynccontextmanager
    async def listening(self, host: str, port: int) -> AsyncIterator[int]:
        """Serve while the context is open; it gives the port.

        Raises:
            ConfigError: The address cannot be listened on.
        """
        runner = self._runner()
        await runner.setup()
        try:
            async with await _bound(runner, host, port) as listener:
                yield listener.sockets[0].getsockname()[1]
        finally:
            await runner.cleanup()

    def _runner(self) -> web.AppRunner:
        app = web.Application(client_max_size=self._max_bytes)
        app.router.add_route("*", "/{path:.*}", self._answer)
        app.on_response_prepare.append(_name_no_software)
        return web.AppRunner(app, shutdown_timeout=1.0)

    async def _answer(self, request: web.Request) -> web.Response:
        token = request.path.removeprefix(self._prefix)
        handlers: dict[str, Callable[[web.Request, str], Awaitable[web.Response]]] = {
            "GET": self._asked,
            "POST": self._pushed,
        }
        handle = handlers.get(request.method)
        if handle is None or token == request.path:
            return web.Response(status=404)
        try:
            return await handle(request, token)
        except RedisError:
            return _busy()

    async def _asked(self, request: web.Request, token: str) -> web.Response:
        asked = question(request.query)
        if asked is None or not await self._callbacks.verify(token, asked):
            return web.Response(status=404)
        return web.Response(body=asked.challenge.encode("ascii", "replace"), headers=_PLAIN)

    async def _pushed(self, request: web.Request, token: str) -> web.Response:
        if not self._callbacks.knows(token):
            return web.Response(status=410)  # section 7: so that hubs stop
        if "Content-Encoding" in request.headers:
            await self._callbacks.refuse(token, "compressed")
            return web.Response(status=415)
        if (request.content_length or 0) > self._max_bytes:
            await self._callbacks.refuse(token, "too-big")
            return web.Response(status=413)
        if not (
            self._may_read(token) and self._callbacks.has_room(token, request.content_length or 0)
        ):
            return _busy()
        self._reading[token] += 1
        try:
            return await self._taken(request, token)
        finally:
            self._reading[token] -= 1
            self._reading += Counter()  # drops what is at zero

    def _may_read(self, token: str) -> bool:
        return self._reading.total() < _MAX_BODIES and self._reading[token] < _MAX_BODIES_OF_ONE

    async def _taken(self, request: web.Request, token: str) -> web.Response:
        body = await self._body(request, token)
        if not self._callbacks.has_room(token, len(body)):
            return _busy()
        signatures = request.headers.getall("X-Hub-Signature", [])
        content_type = request.headers.get("Content-Type", "")[:_MAX_CONTENT_TYPE] or None
        await self._callbacks.take(token, signatures, body, content_type)
        return web.Response(status=202)

    async def _body(self, request: web.Request, token: str) -> bytes:
        """The body, if it is not too large and comes in time."""
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await request.read()
        except web.HTTPRequestEntityTooLarge:
            await self._callbacks.refuse(token, "too-big")
            raise
        except TimeoutError:
            await self._callbacks.refuse(token, "too-slow")
            raise web.HTTPRequestTimeout from None
        except (ConnectionError, web.RequestPayloadError):
            await self._callbacks.refuse(token, "broken-off")
            raise web.HTTPBadRequest from None


async def _bound(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """A listener that closes connections beyond a number at once, before they cost anything."""
    server = runner.server
    assert server is not None

    def connection() -> asyncio.Protocol:
        if len(server.connections) >= _MAX_CONNECTIONS:
            return _Refusal()
        return _Connection(
            server,
            loop=asyncio.get_running_loop(),
            access_log=None,  # type: ignore[arg-type] # aiohttp takes it; tokens are nothing for logs
            keepalive_timeout=_HEAD_SECONDS,
            lingering_time=_LINGER_SECONDS,
            auto_decompress=False,  # what is signed is what was sent
        )

    try:
        return await asyncio.get_running_loop().create_server(connection, host, port)
    except OSError as error:
        raise ConfigError(
            [f"websub.listen: {host}:{port} cannot be listened on: {error.strerror}"]
        ) from error


class _Connection(web.RequestHandler):
    """A connection that has nothing to say about bad requests, neither to the sender nor to the log."""

    __slots__ = ()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if status >= 500:  # noqa: PLR2004 - our own fault
            return super().handle_error(request, status, exc, message)
        response = web.Response(status=status, headers={"Server": ""})
        response.force_close()
        return response


class _Refusal(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


async def _name_no_software(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers.pop("Server", None)


def _busy() -> web.Response:
    return web.Response(status=503, headers=_TRY_AGAIN)
