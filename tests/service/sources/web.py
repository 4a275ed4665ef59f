"""Small sites for tests: a dictionary of paths and what they answer, and looks at them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from aiohttp import web

from feedmill.config import Source
from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.sources.item import Polled
from tests.service.support import AT_ONCE, Server, make_source, policy, serving

HTML, RSS, XML = "text/html", "application/rss+xml", "application/xml"


@dataclass
class Site:
    """A site whose pages a test may change. A page is a body with its type, or a status."""

    server: Server
    pages: dict[str, tuple[bytes | str, str] | int]
    headers: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return self.server.base

    def asked(self) -> list[str]:
        """Paths asked for since the last call."""
        paths = self.server.paths[:]
        self.server.requests.clear()
        return paths

    async def answer(self, request: web.Request) -> web.StreamResponse:
        page = self.pages.get(request.path, 404)
        if isinstance(page, int):
            return web.Response(status=page)
        body, kind = page
        content = body if isinstance(body, bytes) else body.replace("BASE", self.base).encode()
        etag = f'"{hash(content) & 0xFFFFFF:x}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        headers = {"ETag": etag, **self.headers.get(request.path, {})}
        return web.Response(body=content, content_type=kind, charset="utf-8", headers=headers)


@contextlib.asynccontextmanager
async def site(pages: dict[str, tuple[bytes | str, str] | int]) -> AsyncIterator[Site]:
    """A site that is served while the context lasts."""
    found: list[Site] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        return await found[0].answer(request)

    async with serving(handler) as server:
        found.append(Site(server, pages))
        yield found[0]


class Watcher:
    """Looks at a source again and again and remembers, as the service does."""

    def __init__(
        self,
        poll: Callable[..., Any],
        source: Source,
        parsers: FeedParsers,
        *,
        now: float | None = None,
    ) -> None:
        self._poll = poll
        self.source = source
        self._parsers = parsers
        self.now = now or time.time()
        self.state = SourceState()

    async def look(self, *, after: float = 3600.0) -> Polled:
        """Look; the next look is so many seconds later."""
        self.state = schedule.begun(self.state, self.source, now=self.now)
        async with Fetcher(policy()) as fetcher:
            polled: Polled = await self._poll(
                self.source, self.state, fetcher=fetcher, parsers=self._parsers, pace=AT_ONCE
            )
        self.state = schedule.after_success(
            self.state, polled, self.source, new=1, now=self.now, random=lambda: 0.5
        )
        self.now += after
        return polled

    def forget_validators(self) -> None:
        self.state = replace(self.state, etag=None, last_modified=None)


def watcher(
    poll: Callable[..., Any],
    url: str,
    parsers: FeedParsers,
    *,
    now: float | None = None,
    **fields: Any,
) -> Watcher:
    return Watcher(poll, make_source(url=url, **fields), parsers, now=now)
