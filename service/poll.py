"""One look at one source: poll it, take its items in, remember the outcome.

A source never stops another: whatever goes wrong with it ends here, in its state and in the log.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Source
from feedmill.errors import FileSourceError, SourceError
from feedmill.store.sources import SourceState, SourceStates
from service import schedule
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.ingest import Ingest, Tally, pace_of
from service.sources import feed, files
from service.sources.item import Polled


class Poller:
    """Polls sources of every kind.

    Args:
        states: Where the states of sources are kept.
        ingest: What takes items in.
        fetcher: The HTTP client.
        parsers: Where feeds are parsed.
        max_bytes: Largest local file that is taken.
        root: The folder that local articles are named from; by default each source has its own.
    """

    def __init__(
        self,
        states: SourceStates,
        ingest: Ingest,
        fetcher: Fetcher,
        parsers: FeedParsers,
        *,
        max_bytes: int,
        root: Path | None = None,
    ) -> None:
        self._states = states
        self._ingest = ingest
        self._fetcher = fetcher
        self._parsers = parsers
        self._max_bytes = max_bytes
        self._root = root

    async def poll(self, source: Source, tally: Tally) -> SourceState:
        """Look at a source and take in what is new. Validators are kept only after all of it is taken.

        Args:
            source: The source.
            tally: The source's own; counts on while its items are taken in.

        Returns:
            The source's new state, which is saved already.

        Raises:
            redis.RedisError: (maybe in an ExceptionGroup) Redis refuses or is gone.
        """
        logger = log.get("service").bind(source_id=source.id)
        state = await self._states.load(source.id)
        try:
            polled = await self._look(source, state)
        except Exception as unexpected:
            if isinstance(unexpected, RedisError):
                raise
            error = _in_words(unexpected)
            tally.failed += 1
            logger.warning("source not read", kind=error.kind, error=error.message)
            state = schedule.after_failure(state, error, source, now=time.time())
        else:
            for problem in polled.problems:
                logger.warning("part of the source not read", error=problem)
            before = replace(tally)
            await self._ingest.take(source, polled.items, tally)
            news = tally.since(before)
            logger.info("polled", found=news.found, known=news.known, accepted=news.accepted)
            if news.waiting:
                # Ask for the whole feed next time, or the entries left over would not be seen again.
                polled = Polled(polled.items)
            state = schedule.after_success(state, polled, source, now=time.time())
        await self._states.save(source.id, state)
        return state

    async def _look(self, source: Source, state: SourceState) -> Polled:
        if source.url is not None:
            return await feed.poll(
                source.url,
                state,
                fetcher=self._fetcher,
                parsers=self._parsers,
                pace=pace_of(source),
            )
        if source.path is None:
            raise FileSourceError("the source has neither url nor path", kind="file-none")
        return await asyncio.to_thread(
            files.poll, source.path, source.base, max_bytes=self._max_bytes, root=self._root
        )


def _in_words(error: Exception) -> SourceError:
    """The error itself if it is one of ours. Others are bugs, which must cost one source only."""
    if isinstance(error, SourceError):
        return error
    return SourceError(f"unexpected {type(error).__name__}: {error}"[:300], kind="bug")
