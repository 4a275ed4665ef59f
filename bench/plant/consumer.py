"""A consumer as anybody would write it: reads the stream of articles with a group, and notes when what came."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self, cast

from redis import Redis
from redis.exceptions import RedisError, ResponseError

GROUP, _NAME = "bench", "one"
_AT_A_TIME = 200
_BLOCK = 500  # milliseconds
_PAUSE = 0.1  # seconds, after an error


@dataclass(frozen=True, slots=True)
class Noted:
    """An entry of the stream.

    Attributes:
        entry_id: Its id.
        fields: What it says.
        at: When it was read, Unix seconds.
    """

    entry_id: str
    fields: dict[str, str]
    at: float


class Consumer:
    """Reads while its `with` block runs, in a thread. What it has read and not confirmed is read again.

    Args:
        connect: Makes a client; called anew after an error.
        stream: Name of the stream.
    """

    def __init__(self, connect: Callable[[], Redis], stream: str = "articles") -> None:
        self._connect = connect
        self._stream = stream
        self._noted: dict[str, Noted] = {}
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ended.set()
        self._thread.join(15)

    def entries(self) -> list[Noted]:
        """All entries that were read, in the order of their ids as they came."""
        return list(self._noted.values())

    def first_after(self, moment: float) -> float | None:
        """When the first entry was read after a moment; None if none was."""
        return min((one.at for one in self.entries() if one.at > moment), default=None)

    def last(self) -> float:
        """When the last entry was read; 0.0 if none was."""
        return max((one.at for one in self.entries()), default=0.0)

    def _run(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(RedisError, OSError), self._connect() as redis:
                self._read(redis)
            self._ended.wait(_PAUSE)

    def _read(self, redis: Redis) -> None:
        with contextlib.suppress(ResponseError):  # the group is there already
            redis.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        since = "0"  # what was delivered before and not confirmed comes first
        while not self._ended.is_set():
            found = cast(
                "list[Any]",
                redis.xreadgroup(
                    GROUP, _NAME, {self._stream: since}, count=_AT_A_TIME, block=_BLOCK
                ),
            )
            entries = found[0][1] if found else []
            now = time.time()
            for entry_id, fields in entries:
                self._note(entry_id.decode(), fields, now)
            if entries:
                redis.xack(self._stream, GROUP, *[entry_id for entry_id, _ in entries])
            else:
                since = ">"

    def _note(self, entry_id: str, fields: dict[bytes, bytes], now: float) -> None:
        if entry_id in self._noted:
            return
        told = {name.decode(): value.decode("utf-8", "replace") for name, value in fields.items()}
        self._noted[entry_id] = Noted(entry_id, told, now)
