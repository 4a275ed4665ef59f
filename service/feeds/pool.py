"""The processes in which strangers' bytes are parsed.

A process that dies, hangs or grows beyond its bounds costs one feed one poll; the pool replaces it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pyexpat
import resource
import signal
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, ParamSpec, Self, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from feedmill import log
from feedmill.errors import FeedmillError, FeedParseError
from feedmill.launch import die_with_parent
from service.feeds import parse as feedparse
from service.feeds.model import ParsedFeed

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")

_SECONDS = 10.0  # for one feed; the slowest honest one that is known takes half of it
_MEMORY_BYTES = 1024**3  # of address space
_MAX_TASKS = 1000  # then a process is replaced
_SAFE_EXPAT = (2, 7, 1)  # does not overflow its stack (CVE-2024-8176)


class FeedParsers:
    """Runs parsers in processes of their own. A context manager.

    Args:
        processes: How many run at a time.
    """

    def __init__(self, processes: int = 2) -> None:
        self._processes = processes
        self._pool = self._new_pool()
        _tell_of_old_expat()

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

    async def parse(self, body: bytes, url: str | None, content_type: str | None) -> ParsedFeed:
        """Parse one feed; see `feedparse.parse`.

        Raises:
            FeedParseError: Also of kind `parse-timeout` and `parse-crash`.
        """
        return await self.run(feedparse.parse, body, url, content_type)

    async def run(
        self,
        function: Callable[_Arguments, _Result],
        *args: _Arguments.args,
        **kwargs: _Arguments.kwargs,
    ) -> _Result:
        """Run any function of a module that reads strangers' bytes, within the same bounds.

        Args:
            function: At the top of its module; arguments and result cross between processes.
            args: For it.
            kwargs: For it.

        Raises:
            FeedParseError: kind `parse-timeout`, `parse-crash`, or `feed-parse` if it raises what is no `FeedmillError`.
            FeedmillError: What the function raises.
        """
        future = self._living_pool().schedule(
            _bounded, args=(function, args, kwargs), timeout=_SECONDS
        )
        try:
            result: _Result = await asyncio.wrap_future(future)
        except FutureTimeoutError as error:
            raise FeedParseError(
                f"parsing took more than {_SECONDS:.0f} seconds and was stopped",
                kind="parse-timeout",
            ) from error
        except (ProcessExpired, MemoryError, RuntimeError) as error:
            raise FeedParseError("parsing ended the parser", kind="parse-crash") from error
        return result


def _bounded(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run in the process: its processor time is bounded there too, should nobody be left to stop it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    bound = int(used.ru_utime + used.ru_stime + 2 * _SECONDS) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_least(bound, hard), hard))
    try:
        return function(*args, **kwargs)
    except (FeedmillError, MemoryError):
        raise
    except Exception as error:
        raise FeedParseError(f"the parser failed: {type(error).__name__}") from error


def _limit() -> None:
    die_with_parent(signal.SIGKILL)  # a killed service must leave no parser at work
    # The terminal sends its interrupt to all; the service ends its parsers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    memory = _least(_MEMORY_BYTES, resource.getrlimit(resource.RLIMIT_AS)[1])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _least(bound: int, hard: int) -> int:
    """The bound, or a lower one that the operator has set."""
    return bound if hard == resource.RLIM_INFINITY else min(bound, hard)


def _tell_of_old_expat() -> None:
    """Say that the XML parser of this Python has a known hole, though no DTD ever reaches it."""
    version = tuple(int(part) for part in pyexpat.EXPAT_VERSION.rpartition("_")[2].split("."))
    # A command that logs nothing has nobody to tell.
    if version < _SAFE_EXPAT and structlog.is_configured():
        # Worth knowing and no more: what the hole is dug with is taken out before.
        log.get("service").info(
            "this Python's XML parser is old; feeds are kept from its known hole",
            version=pyexpat.EXPAT_VERSION,
            safe=".".join(map(str, _SAFE_EXPAT)),
        )
