"""Loops that end when they are told to."""

from __future__ import annotations

import asyncio

_HEARS_WITHIN = 1.0  # seconds


def heed_cancellation() -> None:
    """End the running task if it has been cancelled and does not know it. For the top of loops.

    `asyncio.wait_for` of Python 3.11, with which redis-py writes, forgets a cancellation that comes
    while the write is just done (python/cpython#86296); the task still counts it.

    Raises:
        asyncio.CancelledError: The task has been cancelled.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def end(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, again where it has not heard: see `heed_cancellation`."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_HEARS_WITHIN)
