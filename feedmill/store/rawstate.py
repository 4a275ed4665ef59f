"""How the keeping of raw pages in files goes, for whoever asks. The service writes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class RawState:
    """How it goes.

    Attributes:
        folder: Where the files are, on the host of the service.
        files: How many there are.
        bytes: How large they are together.
        since: When the oldest of them was last written to (Unix seconds); 0 if there is none.
        failing_since: Since when no pages could be kept (Unix seconds); 0 if that goes well.
        problem: Why.
    """

    folder: str
    files: int
    bytes: int
    since: float
    failing_since: float = 0.0
    problem: str = ""


async def save(redis: AsyncRedis, keys: Keys, state: RawState | None) -> None:
    """Store it in place of what was there; None if no raw pages are kept."""
    if state is None:
        await redis.delete(keys.raw_state)
        return
    fields: dict[Any, Any] = {
        name: getattr(state, name)
        for name in ("folder", "files", "bytes", "since", "failing_since", "problem")
    }
    await redis.hset(keys.raw_state, mapping=fields)


def load(redis: Redis, keys: Keys) -> RawState | None:
    """What is stored; None if no raw pages are kept."""
    fields = cast("dict[bytes, bytes]", redis.hgetall(keys.raw_state))
    if not fields:
        return None
    told = {name.decode(): value.decode(errors="replace") for name, value in fields.items()}
    return RawState(
        folder=told["folder"],
        files=int(told["files"]),
        bytes=int(told["bytes"]),
        since=float(told["since"]),
        failing_since=float(told["failing_since"]),
        problem=told["problem"],
    )
