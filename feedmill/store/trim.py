"""Trimming streams: by age, never into what a consumer group has not finished, unless a stream gets too long."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis

from feedmill.store import scripts
from feedmill.store.keys import Keys

STEP = 200  # entries beyond the greatest length that one call removes; it looks at each


@dataclass(frozen=True, slots=True)
class Trimmed:
    """What one step has removed.

    Attributes:
        by_age: Entries that were old enough, and finished by every group.
        by_length: Entries beyond the greatest length.
        lost: Group -> how many of those it had not finished.
    """

    by_age: int
    by_length: int
    lost: dict[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there may be more to remove."""
        return bool(self.by_age or self.by_length)


class Trimmer:
    """Trims streams, in steps of a few milliseconds of the server's time. The rules are in `trim.lua`.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._keys = keys
        self._script = redis.register_script(scripts.load("groups.lua") + scripts.load("trim.lua"))

    async def trim(self, stream: str, *, age: timedelta, most: int, step: int = STEP) -> Trimmed:
        """Remove some of what is too old or too much.

        Args:
            stream: Name of the stream's key.
            age: Younger entries stay, by the clock of the server; up to about a hundred older ones stay as well.
            most: Entries that the stream may have, whoever has not read them.
            step: The most entries beyond that to remove in this call.
        """
        milliseconds = int(age.total_seconds() * 1000)
        answer = await self._script(
            keys=[stream, self._keys.lost(stream)], args=[milliseconds, most, step]
        )
        by_age, by_length, *losses = cast("list[Any]", answer)
        names = [name.decode(errors="replace") for name in losses[::2]]
        return Trimmed(by_age, by_length, dict(zip(names, losses[1::2], strict=True)))
