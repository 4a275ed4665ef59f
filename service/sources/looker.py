"""Looks at a source of any kind."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from feedmill.config import Source
from feedmill.errors import FileSourceError
from feedmill.store.sources import SourceState
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.sources import feed, files, listing, site, warc
from service.sources.item import Answer, Polled
from service.sources.pace import pace_of

_OVER_HTTP = {
    "auto": site.poll,
    "site": site.poll,
    "feed": feed.poll,
    "page": listing.poll,
    "sitemap": feed.poll,
}


class Looker:
    """Knows how to look at each kind of source.

    Args:
        fetcher: The HTTP client.
        parsers: Where what strangers wrote is parsed.
        max_bytes: Largest local file, or record of an archive, that is taken.
        root: The folder that local articles are named from; by default each source has its own.
        clock: Unix seconds.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        parsers: FeedParsers,
        *,
        max_bytes: int,
        root: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._parsers = parsers
        self._max_bytes = max_bytes
        self._root = root
        self._clock = clock

    async def look(self, source: Source, state: SourceState) -> AsyncIterator[Polled]:
        """Look at a source, in parts if it may be large.

        Args:
            source: The source.
            state: What is remembered of it; its validators are sent along.

        Raises:
            SourceError: It cannot be read.
        """
        if source.url is not None:
            yield await self._over_http(source, state)
        elif source.path is None:
            raise FileSourceError("the source has neither url nor path", kind="file-none")
        elif source.kind == "warc":
            async for part in self._archives(source.path, source, state):
                yield part
        else:
            yield await asyncio.to_thread(
                files.poll,
                source.path,
                source.base,
                max_bytes=self._max_bytes,
                root=self._root,
            )

    async def _archives(
        self, path: str, source: Source, state: SourceState
    ) -> AsyncIterator[Polled]:
        """Web archives, unless none of them has changed; their signature is the source's validator."""
        signature = await asyncio.to_thread(warc.signature, path, source.base)
        if signature != state.etag:
            now = self._clock()
            async for part in warc.poll(path, source.base, max_bytes=self._max_bytes, now=now):
                yield part
        yield Polled(answer=Answer(etag=signature, not_modified=signature == state.etag))

    async def _over_http(self, source: Source, state: SourceState) -> Polled:
        return await _OVER_HTTP[source.kind](
            source,
            state,
            fetcher=self._fetcher,
            parsers=self._parsers,
            pace=pace_of(source),
        )
