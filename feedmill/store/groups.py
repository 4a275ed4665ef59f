"""How the consumer groups of a stream stand: what they have, what they have not, and what they may lose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from feedmill.store import scripts
from feedmill.store.keys import Keys

CLOSE = 0.8  # share of the greatest length that a group may need before it is said to be close to losing
BEHIND_SECONDS = 3600.0  # that the oldest entry may wait before a group is said to be behind
_REMEMBERED_SECONDS = 86_400.0  # that a loss is what is said of a group first

Health = Literal["ok", "behind", "close to losing", "has lost"]


@dataclass(frozen=True, slots=True)
class GroupState:
    """How one consumer group stands. Ids are those of stream entries, None where there is no such entry.

    Attributes:
        stream: The stream, without the prefix of its key.
        name: The group.
        consumers: How many consumers it has or had.
        last_delivered: The last entry that was given to one of them.
        pending: Entries delivered and not acknowledged.
        oldest_pending: The oldest of them that is still in the stream.
        oldest_unread: The oldest entry that was not delivered.
        lag: Entries not delivered. Unlike the lag that Redis tells, without what was trimmed away.
        is_exact: Whether the lag is; else it is at most this.
        needed: Entries from the oldest that the group has not finished to the newest; estimated where the oldest
            is one that is pending.
        lost: Entries that were removed before the group had finished them, ever.
        lost_at: When that happened last, Unix seconds; 0 for never.
    """

    stream: str
    name: str
    consumers: int
    last_delivered: str
    pending: int
    oldest_pending: str | None
    oldest_unread: str | None
    lag: int
    is_exact: bool
    needed: int
    lost: int = 0
    lost_at: float = 0.0

    @property
    def oldest(self) -> str | None:
        """The oldest entry that the group has not finished."""
        ids = [one for one in (self.oldest_pending, self.oldest_unread) if one]
        return min(ids, key=_parts) if ids else None

    def waits(self, now: float) -> float:
        """For how many seconds that entry has waited; 0 if there is none.

        Args:
            now: Unix seconds.
        """
        return max(now - _seconds(self.oldest), 0.0) if self.oldest else 0.0

    def health(self, now: float, most: int) -> Health:
        """How well the group keeps up.

        Args:
            now: Unix seconds.
            most: Entries that the stream may have; beyond them the oldest are removed.
        """
        if self.lost and now - self.lost_at < _REMEMBERED_SECONDS:
            return "has lost"
        if self.needed > CLOSE * most:
            return "close to losing"
        return "behind" if self.waits(now) > BEHIND_SECONDS else "ok"


class Groups:
    """Reads the groups of streams; for programs that only look.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._keys = keys
        self._script = redis.register_script(_source())

    def of(self, stream: str) -> list[GroupState]:
        """The groups of a stream, by the name of its key; none if there is no stream."""
        answer = self._script(keys=[stream, self._keys.lost(stream)])
        return _states(stream.removeprefix(self._keys.prefix), cast("list[Any]", answer))


class AsyncGroups:
    """The same for the service.

    Args:
        redis: An asynchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._keys = keys
        self._script = redis.register_script(_source())

    async def of(self, stream: str) -> list[GroupState]:
        """The groups of a stream, by the name of its key; none if there is no stream."""
        answer = await self._script(keys=[stream, self._keys.lost(stream)])
        return _states(stream.removeprefix(self._keys.prefix), cast("list[Any]", answer))


def _source() -> str:
    return scripts.load("groups.lua") + scripts.load("groups_read.lua")


def _states(stream: str, answer: Sequence[Any]) -> list[GroupState]:
    length, first, last, *rows = answer
    return [_state(stream, row, int(length), first.decode(), last.decode()) for row in rows]


def _state(stream: str, row: Sequence[Any], length: int, first: str, last: str) -> GroupState:
    name, consumers, pending, delivered, lag, is_exact, held, fresh, losses = row
    oldest_pending, oldest_unread = held.decode() or None, fresh.decode() or None
    lost, _, lost_at = losses.decode().partition(" ")
    return GroupState(
        stream=stream,
        name=name.decode(errors="replace"),
        consumers=consumers,
        last_delivered=delivered.decode(),
        pending=pending,
        oldest_pending=oldest_pending,
        oldest_unread=oldest_unread,
        lag=lag,
        is_exact=bool(is_exact),
        needed=max(lag, _from_there(oldest_pending, length, first, last)),
        lost=int(lost or 0),
        lost_at=float(lost_at or 0),
    )


def _from_there(entry_id: str | None, length: int, first: str, last: str) -> int:
    """How many entries there are from one on, as if they had come evenly over time."""
    if entry_id is None:
        return 0
    begin, end = _seconds(first), _seconds(last)
    share = (end - _seconds(entry_id)) / (end - begin) if end > begin else 1.0
    return max(round(share * length), 1)


def _parts(entry_id: str) -> tuple[int, int]:
    time, _, count = entry_id.partition("-")
    return int(time), int(count)


def _seconds(entry_id: str) -> float:
    return _parts(entry_id)[0] / 1000
