"""What the running server knows: the editions, the request log, and whose request this is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from tests.site.articles import PAPERS
from tests.site.edition import Edition
from tests.site.hosts import HOSTS, base_url

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

CONTROL_PATHS: Final = frozenset({"/requests", "/edit", "/publish", "/reset"})
RECORD: Final = "record"


class Site:
    """The mutable state behind all hosts."""

    def __init__(self) -> None:
        """Start with the first editions and an empty log."""
        self.editions: dict[str, Edition] = {}
        self.requests: list[dict[str, Any]] = []
        self.reset()

    def reset(self) -> None:
        """Return to the first editions and forget all requests."""
        self.editions = {host: Edition(paper) for host, paper in PAPERS.items()}
        self.requests.clear()


SITE: Final = web.AppKey("site", Site)


def local_address(request: web.Request) -> tuple[str, int]:
    """Return the host name and port of the local address that a request came to."""
    name = request.transport and request.transport.get_extra_info("sockname")
    if not name:
        raise ConnectionResetError("the client is gone")
    return HOSTS.get(name[0], "control"), name[1]


def edition_of(request: web.Request) -> Edition:
    """Return the edition of the newspaper that was asked, or raise 404 on the control host."""
    host, _ = local_address(request)
    if host == "control":
        raise web.HTTPNotFound
    return request.app[SITE].editions[host]


def base_of(request: web.Request) -> str:
    """Return the root URL of the host that was asked."""
    return base_url(*local_address(request))


@web.middleware
async def log_request(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Log a request as it arrives; its status stays 0 until an answer begins."""
    host, _ = local_address(request)
    if host == "control" and request.path in CONTROL_PATHS:
        return await handler(request)
    headers = request.headers
    record = {
        "time": time.monotonic(),
        "method": request.method,
        "host": host,
        "path": request.path_qs,
        "status": 0,
        "conditional": "If-None-Match" in headers or "If-Modified-Since" in headers,
        "user_agent": headers.get("User-Agent", ""),
    }
    request[RECORD] = record
    request.app[SITE].requests.append(record)
    return await handler(request)


async def log_status(request: web.Request, response: web.StreamResponse) -> None:
    """Complete the log when the head of an answer is about to be sent."""
    record = request.get(RECORD)
    if record is not None:
        record["status"] = response.status
