"""Keeps pages as they were had, in WARC files, before they are accepted.

A record without a page that was accepted does no harm; a page whose record is missing cannot be worked on again.
Where files cannot be written, the service goes on without, says so once, and tries again every minute.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Self, TypeVar

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Settings
from feedmill.page import Page
from feedmill.raw import folder
from feedmill.raw.reference import RawRef
from feedmill.raw.writing import RawWriter
from feedmill.store import rawstate
from feedmill.store.keys import Keys
from feedmill.store.rawstate import RawState
from service.tasks import heed_cancellation

TIDY_EVERY = 60.0  # seconds
_TRY_AGAIN = 60.0  # seconds
_MOST_BYTES = 64_000_000  # of a file
_MOST_SECONDS = 86_400.0  # that a file is written to
_SHARE = 8  # a file is at most this part of what is kept: what goes at a time

T = TypeVar("T")


class RawKeeper:
    """Writes pages into files, in a thread of its own. An asynchronous context manager.

    Args:
        directory: Where the files are.
        keep: For how many seconds.
        max_bytes: What they may have together.
        clock: Unix seconds, as the file system has them.
    """

    def __init__(
        self,
        directory: Path,
        *,
        keep: float,
        max_bytes: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._keep = keep
        self._max_bytes = max_bytes
        self._clock = clock
        self._writer = RawWriter(
            directory,
            max_bytes=min(_MOST_BYTES, max_bytes // _SHARE),
            max_seconds=min(_MOST_SECONDS, keep / _SHARE),
            clock=clock,
        )
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="raw-pages")
        self._problem = ""
        self._failing_since = 0.0
        self._rests_until = 0.0  # on the monotonic clock
        self._is_tidy = True

    @classmethod
    def of(cls, settings: Settings) -> RawKeeper | None:
        """The keeper that the configuration asks for; None if it asks for none."""
        raw = settings.raw
        if not raw.enabled:
            return None
        seconds = raw.keep.total_seconds()
        return cls(settings.raw_dir, keep=seconds, max_bytes=raw.max_bytes)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        with contextlib.suppress(OSError):
            await self._in_thread(self._writer.close)
        self._thread.shutdown()

    async def keep(self, page: Page) -> Page:
        """Write a page down; the page with its place, or as it is where that is not possible now."""
        if time.monotonic() < self._rests_until:
            return page
        try:
            ref = await self._in_thread(lambda: self._write(page))
        except OSError as error:
            self._fail(error)
            return page
        self._work_again()
        return replace(page, raw_ref=str(ref))

    async def tidy(self) -> RawState:
        """Finish what is old or was left by a crash, remove what is too old or too much.

        Returns:
            How it goes.
        """
        try:
            state = await self._in_thread(self._tidy)
        except OSError as error:
            if self._is_tidy:
                log.get("service").warning(
                    "files of raw pages cannot be tidied up", error=self._words(error)
                )
            self._is_tidy = False
            return self._state([])
        self._is_tidy = True
        return state

    def _write(self, page: Page) -> RawRef:
        ref = self._writer.write(page)
        if not self._writer.is_open:  # a file is finished
            with contextlib.suppress(OSError):  # the next tidying up tells
                self._prune()
        return ref

    def _prune(self) -> None:
        before = self._clock() - self._keep
        folder.prune(self._directory, before=before, max_bytes=self._max_bytes)

    def _tidy(self) -> RawState:
        self._writer.close_if_old()
        left = folder.finish_left(self._directory)
        if left:
            log.get("service").info("files of raw pages finished after a crash", count=left)
        self._prune()
        return self._state(folder.files(self._directory))

    def _state(self, files: list[folder.RawFile]) -> RawState:
        return RawState(
            str(self._directory),
            len(files),
            sum(file.bytes for file in files),
            files[0].written_at if files else 0.0,
            self._failing_since,
            self._problem,
        )

    async def _in_thread(self, call: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _fail(self, error: OSError) -> None:
        self._rests_until = time.monotonic() + _TRY_AGAIN
        self._problem = self._words(error)
        if not self._failing_since:
            self._failing_since = self._clock()
            log.get("service").error("raw pages are not kept", error=self._problem)

    def _words(self, error: OSError) -> str:
        return f"{error.strerror or error} ({error.filename or self._directory})"

    def _work_again(self) -> None:
        if self._failing_since:
            log.get("service").info("raw pages are kept again")
        self._problem, self._failing_since = "", 0.0


async def keep_tidying(keeper: RawKeeper | None, redis: AsyncRedis, keys: Keys) -> None:
    """Tidy up now and every minute, and tell how it goes, for ever."""
    while True:
        heed_cancellation()
        state = await keeper.tidy() if keeper else None
        with contextlib.suppress(RedisError):
            await rawstate.save(redis, keys, state)
        heed_cancellation()
        await asyncio.sleep(TIDY_EVERY)
