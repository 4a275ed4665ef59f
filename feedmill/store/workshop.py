"""The workers' side of pages on their way: take them, and set aside what cannot be worked on.

What a worker makes of a page is stored by the commit (`feedmill.store.commit`), which ends its being pending.
"""

from __future__ import annotations

from typing import Any, NamedTuple, cast

from redis import Redis

from feedmill import page as pages
from feedmill.errors import FeedmillError, StoreError
from feedmill.page import Page
from feedmill.store import quarantine, replays, scripts
from feedmill.store.keys import Keys
from feedmill.store.packing import unpacked
from feedmill.store.replays import Replays

QUARANTINED_RAW_SECONDS = 30 * 86400
MAX_ATTEMPTS = 3
_NEWEST = 0.2  # weight of a batch in the moving average of the pace
_PACE_SECONDS = 86_400  # a pace of long ago tells nothing
_FULL = 0.95  # share of the memory that may be used, up to which articles are made


class Taken(NamedTuple):
    """What came of taking a page: at most one of the two; neither for a page that is finished.

    Attributes:
        page: The page.
        is_suspect: Whether an earlier attempt never ended, so that it has to be worked on alone.
    """

    page: Page | None
    is_suspect: bool = False


class Workshop:
    """Takes pages, and sets aside what cannot be worked on.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._begin = redis.register_script(scripts.load("begin.lua"))
        self._quarantine = redis.register_script(scripts.load("quarantine.lua"))
        self._replays = Replays(redis, keys)

    def begin(self, page_id: str, *, alone: bool = True) -> Taken:
        """Take a page into work and count the attempt.

        Args:
            page_id: The page.
            alone: Whether it is the only page of its process: suspects are not given otherwise.

        Raises:
            StoreError: kind `raw-expired`, `page-format`, or `crashed` when the work on the page was begun
                `MAX_ATTEMPTS` times and never ended. All of them are for `set_aside`.
        """
        keys = self._keys
        taken = cast(
            "list[Any]",
            self._begin(
                keys=[keys.pending, keys.attempts, keys.raw(page_id)], args=[page_id, int(alone)]
            ),
        )
        if not taken:
            return Taken(None)
        if taken == [0]:
            return Taken(None, is_suspect=True)
        attempt, raw = taken
        if attempt > MAX_ATTEMPTS:
            raise StoreError(
                f"the worker process ended {MAX_ATTEMPTS} times while it worked on this page",
                kind="crashed",
            )
        if raw is None:
            raise StoreError(
                "the stored page has expired before a worker came to it", kind="raw-expired"
            )
        return Taken(pages.decode(unpacked(raw)))

    def attempts(self, page_id: str) -> int:
        """How often the work on a pending page was begun."""
        count = cast("bytes | None", self._redis.hget(self._keys.attempts, page_id))
        return int(count or 0)

    def forgive(self, page_id: str) -> None:
        """Count no attempt against a page that was not to blame. Works when Redis is full, too."""
        self._redis.hdel(self._keys.attempts, page_id)

    def set_aside(
        self, page_id: str, page: Page | None, error: FeedmillError, **used: float
    ) -> None:
        """Put a page into quarantine with the reason. It is pending no longer.

        A page of a replay is not set aside: its article stays as it is.

        Args:
            page_id: The page.
            page: The page itself, if it could be read; it is looked up otherwise.
            error: The reason.
            used: What it has used, such as `cpu_seconds`, where that is the reason.
        """
        if replays.is_replay(page_id):
            self._replays.end(page_id, "failed")
            return
        keys = self._keys
        known = page or self._look_up(page_id)
        entry = quarantine.entry(
            page_id,
            known.source_id if known else None,
            known.url if known else None,
            error,
            raw_ref=known.raw_ref if known else None,
        )
        for name, value in used.items():
            entry += [name, f"{value:.6g}"]
        self._quarantine(
            keys=[
                *(keys.pending, keys.attempts, keys.quarantine, keys.stats),
                *(keys.raw(page_id), keys.waiting_bytes),
            ],
            args=[page_id, QUARANTINED_RAW_SECONDS, *entry],
        )

    def note_pace(self, seconds: float) -> None:
        """Remember how long a page takes now, for the size of batches: a moving average of all workers.

        Args:
            seconds: Per page, of a batch just done.
        """
        before = self._redis.get(self._keys.pace)
        pace = seconds if before is None else _NEWEST * seconds + (1 - _NEWEST) * float(before)
        self._redis.set(self._keys.pace, f"{pace:.6f}", ex=_PACE_SECONDS)

    def is_ready(self) -> bool:
        """Whether Redis takes writes and has room for what is made of pages.

        The last part of a full server's memory is left to what keeps everything going: signs of life,
        the queue, the states of sources.

        Raises:
            redis.RedisError: It does not.
        """
        self._redis.set(self._keys.probe, 1, px=1000)
        memory = self._redis.info("memory")
        return not memory["maxmemory"] or memory["used_memory"] < _FULL * memory["maxmemory"]

    def _look_up(self, page_id: str) -> Page | None:
        raw = cast("bytes | None", self._redis.get(self._keys.raw(page_id)))
        try:
            return pages.decode(unpacked(raw)) if raw else None
        except StoreError:
            return None
