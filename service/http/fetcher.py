"""The HTTP client: one call, one value object or one `FetchError` of a fixed kind."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Self

import aiohttp
from aiohttp.client_exceptions import ClientConnectorError
from yarl import URL

from feedmill.errors import FetchError
from service.http.decode import ACCEPT_ENCODING, BodyDecoder
from service.http.guard import AddressRefusedError, Network, check_url, socket_factory
from service.http.pacing import Pace, Pacer

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TRY_LATER = frozenset({408, 425, 429, 500, 502, 503, 504})
_NOT_MODIFIED = 304
_CHUNK = 65_536
_MAX_VALIDATOR = 1024  # characters


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Bounds on every request.

    Attributes:
        user_agent: How the service names itself.
        seconds: For a request in all, redirects included, waiting for the host's turn not.
        connect_seconds: For connecting, per try.
        idle_seconds: Longest silence of the server.
        max_bytes: Of a body after decompression.
        max_redirects: Hops.
        allow_networks: Private networks that may be asked.
        ports: Ports that may be asked.
        connections: At the same time in all.
    """

    user_agent: str
    seconds: float = 30.0
    connect_seconds: float = 5.0
    idle_seconds: float = 10.0
    max_bytes: int = 10_000_000
    max_redirects: int = 5
    allow_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    connections: int = 50


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `body` is empty where the server said that nothing has changed."""

    url: str
    final_url: str
    status: int
    body: bytes = field(repr=False)
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None

    @property
    def not_modified(self) -> bool:
        """Whether the server said that what we have is current (304)."""
        return self.status == _NOT_MODIFIED


class Fetcher:
    """An asynchronous context manager around one connection pool.

    No cookies are kept; proxies, credentials and `.netrc` of the environment are not used.
    """

    def __init__(self, policy: FetchPolicy) -> None:
        self._policy = policy
        self._pacer = Pacer()
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        policy = self._policy
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=policy.connections,
                use_dns_cache=False,
                socket_factory=socket_factory(policy.allow_networks),
            ),
            timeout=aiohttp.ClientTimeout(
                total=None, sock_connect=policy.connect_seconds, sock_read=policy.idle_seconds
            ),
            headers={"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPT_ENCODING},
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            auto_decompress=False,
        )
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._session is not None
        await self._session.close()

    async def fetch(
        self,
        url: str,
        *,
        pace: Pace,
        accept: str = "*/*",
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Fetched:
        """Fetch an address, following redirects.

        Args:
            url: The address.
            pace: How often its host, and those it leads to, may be asked.
            accept: The `Accept` header.
            etag: Ask only for a version other than this one.
            last_modified: As `etag`, by date; both are sent as they were received.

        Raises:
            FetchError: kind `url-refused`, `address-refused`, `dns`, `connect`, `tls`, `timeout`,
                `protocol`, `redirects`, `too-big`, or `http-status` with the status.
        """
        headers = {"Accept": accept}
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        target = check_url(url, self._policy.ports)
        clock = _Clock(self._policy.seconds)
        for _ in range(self._policy.max_redirects + 1):
            outcome = await self._hop(url, target, headers, pace, clock)
            if isinstance(outcome, Fetched):
                return outcome
            target = check_url(str(outcome), self._policy.ports)
        raise FetchError(
            f"more than {self._policy.max_redirects} redirects",
            kind="redirects",
            final_url=str(target),
        )

    async def _hop(
        self, url: str, target: URL, headers: dict[str, str], pace: Pace, clock: _Clock
    ) -> Fetched | URL:
        async with self._pacer.turn(target.host or "", pace):
            try:
                async with clock.running():
                    return await self._request(url, target, headers)
            except TimeoutError as error:
                raise _error("the server did not answer in time", "timeout", target) from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise _translated(error, target) from error

    async def _request(self, url: str, target: URL, headers: dict[str, str]) -> Fetched | URL:
        assert self._session is not None
        async with self._session.get(target, headers=headers, allow_redirects=False) as response:
            if response.status in _REDIRECTS:
                response.close()  # a redirect's body is nobody's business
                return _location(response, target)
            if not (200 <= response.status < 300 or _is_answer(response, headers)):  # noqa: PLR2004
                raise FetchError(
                    f"the server answered with status {response.status}",
                    kind="http-status",
                    retryable=response.status in _TRY_LATER,
                    status=response.status,
                    final_url=str(target),
                )
            body = b"" if response.status == _NOT_MODIFIED else await self._body(response, target)
            return Fetched(
                url=url,
                final_url=str(target),
                status=response.status,
                body=body,
                content_type=response.headers.get("Content-Type"),
                etag=_validator(response.headers.get("ETag")),
                last_modified=_validator(response.headers.get("Last-Modified")),
            )

    async def _body(self, response: aiohttp.ClientResponse, target: URL) -> bytes:
        try:
            decoder = BodyDecoder(
                response.headers.get("Content-Encoding", ""), self._policy.max_bytes
            )
            async for chunk in response.content.iter_chunked(_CHUNK):
                decoder.feed(chunk)
            return decoder.finish()
        except FetchError as error:
            response.close()
            error.status, error.final_url = response.status, str(target)
            raise


class _Clock:
    """Counts down the time of all hops together; waiting for a host's turn does not count."""

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        started = time.monotonic()
        try:
            async with asyncio.timeout(max(self._left, 0)):
                yield
        finally:
            self._left -= time.monotonic() - started


def _is_answer(response: aiohttp.ClientResponse, headers: dict[str, str]) -> bool:
    """Whether "not modified" answers a question that was asked."""
    asked = headers.keys() & {"If-None-Match", "If-Modified-Since"}
    return response.status == _NOT_MODIFIED and bool(asked)


def _location(response: aiohttp.ClientResponse, target: URL) -> URL:
    try:
        return target.join(URL(response.headers["Location"]))
    except (KeyError, ValueError, IndexError) as error:
        raise _error("the server redirects to nowhere", "redirects", target) from error


def _validator(value: str | None) -> str | None:
    """A validator as it was received, or None if it is too long or not printable ASCII to be sent back."""
    if value and len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable():
        return value
    return None


def _translated(error: Exception, target: URL) -> FetchError:
    cause = error.os_error if isinstance(error, ClientConnectorError) else error
    if isinstance(cause, AddressRefusedError):
        return _error(
            f"{cause} (`fetch: allow_networks:` in the sources file)", "address-refused", target
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError) or isinstance(cause, socket.gaierror):
        return _error("the host's name cannot be resolved", "dns", target, retryable=True)
    if isinstance(error, ValueError):
        return _error(
            "the address is none that can be asked", "url-refused", target, retryable=False
        )
    if isinstance(cause, ssl.SSLError | ssl.CertificateError):
        return _error("no secure connection could be made", "tls", target)
    if isinstance(error, TimeoutError | aiohttp.ServerTimeoutError):
        return _error("the server did not answer in time", "timeout", target)
    if isinstance(error, ClientConnectorError):
        return _error("the server could not be reached", "connect", target, retryable=True)
    return _error("the server broke off or does not speak HTTP", "protocol", target, retryable=True)


def _error(message: str, kind: str, target: URL, *, retryable: bool | None = None) -> FetchError:
    is_retryable = kind == "timeout" if retryable is None else retryable
    return FetchError(message, kind=kind, retryable=is_retryable, final_url=str(target))
