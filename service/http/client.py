"""One request to one address: the connection pool, the guard at it, and the answer within its bounds."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.connector import Connection
from multidict import CIMultiDict
from yarl import URL

from feedmill.errors import FetchError
from service.http import body
from service.http.decode import ACCEPT_ENCODING
from service.http.failures import FAILURES, failure
from service.http.guard import Guard
from service.http.messages import Reply, Request
from service.http.policy import FetchPolicy
from service.http.statuses import has_body

_LEAST_FAILURE = 400
_MAX_LINE = 8190  # bytes of the status line
_MAX_FIELD = 16_384  # bytes of a header; policies of content alone can have 10 kB
_MAX_HEADERS = 128
_LARGE_AT_A_TIME = 4


class Client:
    """Sends requests. An asynchronous context manager.

    No cookies are kept; proxies, credentials and `.netrc` of the environment are not used.

    Args:
        policy: The policy in force; may be replaced at any time.
        resolver: What names are looked up with; that of the system by default.
    """

    def __init__(self, policy: FetchPolicy, resolver: AbstractResolver | None) -> None:
        self.policy = policy
        self._resolver = resolver
        self._guard: Guard | None = None
        self._session: aiohttp.ClientSession | None = None
        self._large = asyncio.Semaphore(_LARGE_AT_A_TIME)

    async def __aenter__(self) -> Self:
        self._guard = Guard(lambda: self.policy, self._resolver)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=self.policy.connections,
                use_dns_cache=False,
                resolver=self._guard,
                socket_factory=self._guard.open_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
            response_class=_Response,
            max_line_size=_MAX_LINE,
            max_field_size=_MAX_FIELD,
            max_headers=_MAX_HEADERS,
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._session is not None
        assert self._guard is not None
        await self._session.close()
        await self._guard.close()

    async def send(self, request: Request, target: URL) -> Reply:
        """Send one request. Redirects are not followed, and bodies of failures read of forms only, which say why.

        Args:
            request: What is asked.
            target: Whom; checked already.

        Raises:
            FetchError: There was no answer, or its body is not to be had. `status` tells how far it came.
            TimeoutError: The caller's own clock has run out.
        """
        async with self._answer(request, target) as response:
            reply = Reply(response.status, response.headers, address=response.address)
            try:
                is_reason = request.form is not None and reply.status >= _LEAST_FAILURE
                if has_body(reply.status) or is_reason:
                    reply = replace(reply, body=await body.read(response, self.policy, self._large))
            except FetchError as error:
                error.status = response.status
                raise
            finally:
                if not response.content.is_eof():
                    response.close()  # nobody wants the rest
            return reply

    @contextlib.asynccontextmanager
    async def _answer(self, request: Request, target: URL) -> AsyncIterator[_Response]:
        assert self._session is not None
        assert self._guard is not None
        policy = self.policy
        try:
            if policy.proxy:
                await self._guard.check_target(target)
            response = await self._session.request(
                "GET" if request.form is None else "POST",
                target,
                headers=_headers(request, policy),
                data=request.form,
                allow_redirects=False,
                proxy=policy.proxy,
                timeout=aiohttp.ClientTimeout(
                    total=None,
                    sock_connect=policy.connect_seconds,
                    sock_read=policy.idle_seconds,
                ),
            )
        except FAILURES as error:
            raise failure(error) from error
        async with response:
            assert isinstance(response, _Response)
            yield response


class _Response(aiohttp.ClientResponse):
    """Remembers who answered: the connection may be gone when one comes to ask."""

    address: str | None = None

    async def start(self, connection: Connection) -> Self:
        transport = connection.transport
        peer = transport.get_extra_info("peername") if transport else None
        self.address = str(peer[0]) if peer else None
        await super().start(connection)
        return self


def _headers(request: Request, policy: FetchPolicy) -> CIMultiDict[str]:
    every = {"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPT_ENCODING}
    return CIMultiDict({**every, **request.headers})
