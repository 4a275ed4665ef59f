"""What hubs have pushed and nobody has worked on yet: bounded, in order, one push of a source at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from service.tasks import heed_cancellation

_MAX_PUSHES = 200
_MAX_OF_ONE = 8  # of one source, so that none takes the room of the others
_MAX_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class Push:
    """What a hub brought.

    Attributes:
        source_id: Of which source.
        token: Of the callback that it came to.
        at: When it came, Unix seconds.
        body: The feed, or the new part of it; None where only a look at the feed can tell.
        content_type: Of the body, as the hub says.
    """

    source_id: str
    token: str
    at: float
    body: bytes | None = field(default=None, repr=False)
    content_type: str | None = None

    @property
    def size(self) -> int:
        """Bytes it takes."""
        return len(self.body or b"")


class Inbox:
    """A queue in which every source has its own line.

    Args:
        handle: Works on a push; must not raise.
    """

    def __init__(self, handle: Callable[[Push], Awaitable[None]]) -> None:
        self._handle = handle
        self._lines: dict[
            str, deque[Push]
        ] = {}  # a push stays first in its line while it is handled
        self._ready: asyncio.Queue[str] = asyncio.Queue()
        self._emptied = asyncio.Event()
        self._emptied.set()
        self._count = 0
        self._bytes = 0

    async def emptied(self) -> None:
        """Wait until there is nothing left."""
        await self._emptied.wait()

    def __len__(self) -> int:
        return self._count

    def has_room(self, source_id: str, size: int) -> bool:
        """Whether one more push of a source would be taken.

        Args:
            source_id: The source.
            size: Bytes of the push.
        """
        line = self._lines.get(source_id, ())
        is_free = self._count < _MAX_PUSHES and len(line) < _MAX_OF_ONE
        return is_free and self._bytes + size <= _MAX_BYTES

    def put(self, push: Push) -> None:
        """Take a push, even where there is no room: ask before. Two looks in a row become one."""
        line = self._lines.setdefault(push.source_id, deque())
        if len(line) > 1 and push.body is None and line[-1].body is None:
            line[-1] = push
            return
        line.append(push)
        self._emptied.clear()
        self._count += 1
        self._bytes += push.size
        if len(line) == 1:
            self._ready.put_nowait(push.source_id)

    async def work(self) -> None:
        """Handle pushes for ever. Several may work at the same time. Ends by being cancelled."""
        while True:
            heed_cancellation()
            source_id = await self._ready.get()
            line = self._lines[source_id]
            await self._handle(line[0])
            done = line.popleft()
            self._count -= 1
            self._bytes -= done.size
            if line:
                self._ready.put_nowait(source_id)
            else:
                del self._lines[source_id]
            if not self._lines:
                self._emptied.set()
