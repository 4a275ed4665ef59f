"""The pool of processes in which feeds are parsed.

A process that dies, hangs or grows beyond its bounds costs one feed one poll; the pool replaces it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import signal
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Self

from pebble import ProcessExpired, ProcessPool

from feedmill.errors import FeedParseError
from feedmill.launch import die_with_parent
from service.feeds import parse as feedparse
from service.feeds.model import ParsedFeed

_SECONDS = 30.0  # for one feed
_MEMORY_BYTES = 2 * 1024**3  # of address space
_MAX_TASKS = 1000  # then a process is replaced


class FeedParsers:
    """Parses feeds in processes of their own. A context manager.

    Args:
        processes: How many feeds are parsed at a time.
    """

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._pool = self._new_pool()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._pool.stop()
        self._pool.join()

    def _new_pool(self) -> ProcessPool:
        # Spawned, not forked: a fork would inherit the event loop and its sockets.
        return ProcessPool(
            max_workers=self._processes,
            max_tasks=_MAX_TASKS,
            initializer=_limit,
            context=multiprocessing.get_context("spawn"),
        )

    def _living_pool(self) -> ProcessPool:
        """The pool, or a new one: the pool itself ends if a process is killed while it waits."""
        if not self._pool.active:
            self._pool.stop()
            self._pool = self._new_pool()
        return self._pool

    async def parse(self, body: bytes, url: str, content_type: str | None) -> ParsedFeed:
        """Parse one feed; see `feedparse.parse`.

        Raises:
            FeedParseError: Also of kind `parse-timeout` and `parse-crash`.
        """
        future = self._living_pool().schedule(
            feedparse.parse, args=(body, url, content_type), timeout=_SECONDS
        )
        try:
            result: ParsedFeed = await asyncio.wrap_future(future)
        except FutureTimeoutError as error:
            raise FeedParseError(
                f"parsing the feed took more than {_SECONDS:.0f} seconds", kind="parse-timeout"
            ) from error
        except (ProcessExpired, MemoryError, RuntimeError) as error:
            raise FeedParseError("parsing the feed ended the parser", kind="parse-crash") from error
        return result


def _limit() -> None:
    die_with_parent(signal.SIGKILL)  # a killed service must leave no parser at work
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
