"""In how many articles terms were: tables of counters, and a journal of the articles that are in no table yet.

An article has hundreds of terms. To count each of them up in Redis takes longer than all else that is done there
for the article; so its counters are only written down, and some hundred articles at a time a worker adds
them to the table. What the numbers are for is the workers' business (`workers.stories.learning`); here a
table is bytes. There is one for each generation, and it fades with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from redis import Redis
from redis.exceptions import WatchError

from feedmill.store.keys import Keys

GENERATION_SECONDS = 7 * 86_400  # the one before still counts
LIFE_SECONDS = 2 * GENERATION_SECONDS


@dataclass(frozen=True, slots=True)
class Counted:
    """What one generation has counted.

    Attributes:
        table: All counters, or nothing yet.
        journal: Of each article that is not in the table the numbers of its counters, the oldest first.
    """

    table: bytes
    journal: tuple[bytes, ...]


class TermCounts:
    """The counters that all workers share. Articles are written down by `StoryStore.assign`.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def read(self, generation: int) -> Counted:
        """All that a generation has counted; some megabytes at most.

        Args:
            generation: Its number, see `generation_of`.
        """
        with self._redis.pipeline(transaction=True) as pipe:
            pipe.get(self._keys.story_counters(generation))
            pipe.lrange(self._keys.story_journal(generation), 0, -1)
            table, journal = pipe.execute()
        return Counted(table or b"", tuple(journal))

    def fold(self, generation: int, added_up: Callable[[Counted], bytes]) -> bool:
        """Put the articles of the journal into the table.

        Args:
            generation: Its number.
            added_up: Makes the table that stands for all that was counted.

        Returns:
            False if another worker has done it at the same time; then nothing is changed.
        """
        table, journal = self._keys.story_counters(generation), self._keys.story_journal(generation)
        with self._redis.pipeline() as pipe:
            try:
                pipe.watch(table)  # type: ignore[no-untyped-call]
                stored = cast("bytes | None", pipe.get(table))
                entries = cast("list[bytes]", pipe.lrange(journal, 0, -1))
                pipe.multi()
                pipe.set(table, added_up(Counted(stored or b"", tuple(entries))), ex=LIFE_SECONDS)
                pipe.ltrim(journal, len(entries), -1)
                pipe.execute()
            except WatchError:
                return False
        return True


def generation_of(now: float) -> int:
    """The number of the generation that counts at a time.

    Args:
        now: Unix seconds.
    """
    return int(now // GENERATION_SECONDS)
