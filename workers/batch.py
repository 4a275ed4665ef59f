"""A batch of pages: a bad one costs itself, and the others go on.

A page at which its runner ends is tried once more, alone. If it ends that one too, it is set aside with the
reason and what it has used. Where Redis was gone or full, no page is to blame: the batch waits and goes on.
"""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Sequence
from functools import partial
from itertools import chain, repeat

from redis import Redis
from redis.exceptions import RedisError

from feedmill import log
from feedmill.errors import ExtractionError, FeedmillError
from feedmill.store.keys import Keys
from feedmill.store.trouble import passes
from feedmill.store.workshop import MAX_ATTEMPTS, Workshop
from workers.desk import Desk
from workers.limits import Limits
from workers.runner import Cause, Ended, StopFlag, run

_PAUSES = (0.1, 0.3, 1.0, 2.0)  # seconds between two looks whether Redis is ready; the last is kept
_BLAMELESS: frozenset[Cause | None] = frozenset({"redis", "stopped"})
_UNFINISHED = frozenset({"suspect", "contended"})
_UNTOUCHED = frozenset({"suspect", "done-before"})
_MB = 1024 * 1024


class PageLimitError(ExtractionError):
    """A page ended the process that worked on it.

    ============= ====================================================================
    kind          meaning
    ============= ====================================================================
    `page-cpu`    it took more CPU time than a page may
    `page-time`   it took more time on the clock than a page may
    `page-memory` it took more memory than a page may
    `page-crash`  the process crashed
    `page-killed` the process was killed, perhaps by a system without memory
    ============= ====================================================================
    """

    default_kind = "page-crash"


class Batch:
    """Works through pages.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        whole: Whether to announce whole articles in the stream.
        limits: What one page may take.
        stop: Set when the work is to end soon.
    """

    def __init__(
        self, redis: Redis, keys: Keys, *, whole: bool, limits: Limits, stop: StopFlag
    ) -> None:
        self._workshop = Workshop(redis, keys)
        self._desk = Desk(redis, keys, whole=whole)
        self._limits = limits
        self._stop = stop
        self.verdicts: Counter[str] = Counter()

    def work_through(self, page_ids: Sequence[str]) -> list[str]:
        """Bring the pages to their ends. Doing it twice changes nothing.

        Returns:
            The pages that are left because the work is to end; all others are finished.
        """
        left, suspects = list(page_ids), list[str]()
        while left and self._is_ready():
            ended = self._run(left, alone=False)
            suspects += [one for one, said in ended.verdicts.items() if said in _UNFINISHED]
            left = [one for one in left if one not in ended.verdicts]
            if ended.at and ended.cause not in _BLAMELESS:
                left.remove(ended.at)
                suspects.append(ended.at)
        while suspects and self._is_ready():
            if self._finish_alone(suspects[0]):
                del suspects[0]
        return left + suspects

    def _finish_alone(self, page_id: str) -> bool:
        """Work on a page that has ended a runner before; whether it is finished now."""
        ended = self._run([page_id], alone=True)
        if not ended.at:
            return ended.verdicts.get(page_id, "contended") not in _UNFINISHED
        if ended.cause in _BLAMELESS:
            return False
        if ended.cause == "killed" and self._workshop.attempts(page_id) < MAX_ATTEMPTS:
            return False  # it may have been somebody from outside
        self._set_aside(page_id, ended)
        return True

    def _run(self, page_ids: Sequence[str], *, alone: bool) -> Ended:
        started = time.monotonic()
        ended = run(page_ids, partial(self._desk.work_on, alone=alone), self._limits, self._stop)
        self.verdicts.update(said for said in ended.verdicts.values() if said not in _UNFINISHED)
        if ended.at:
            self._tell(ended.at, ended)
        elif ended.cause and not ended.verdicts:
            raise FeedmillError("the process for pages ended before its first one", kind="runner")
        elif worked := sum(said not in _UNTOUCHED for said in ended.verdicts.values()):
            self._workshop.note_pace((time.monotonic() - started) / worked)
        return ended

    def _tell(self, page_id: str, ended: Ended) -> None:
        """Log how a runner ended in the middle of a page, and blame no page that is not to blame."""
        if ended.cause in _BLAMELESS:
            self._is_ready()
            with contextlib.suppress(RedisError):
                self._workshop.forgive(page_id)
            return
        log.get("workers").warning(
            "a page ended its process",
            page_id=page_id,
            kind=f"page-{ended.cause}",
            signal=ended.signal,
            cpu_seconds=round(ended.cpu_seconds, 2),
            max_rss=ended.max_rss,
        )

    def _is_ready(self) -> bool:
        """Wait until Redis takes articles; False if the work is to end before."""
        for pause in chain(_PAUSES, repeat(_PAUSES[-1])):
            if self._stop.is_set:
                break
            try:
                if self._workshop.is_ready():
                    return True
            except RedisError as error:
                if not passes(error):
                    raise
            time.sleep(pause)
        return False

    def _set_aside(self, page_id: str, ended: Ended) -> None:
        error = _as_error(ended, self._limits)
        used = {"cpu_seconds": ended.cpu_seconds, "max_rss": float(ended.max_rss)}
        if ended.signal:
            used["signal"] = float(ended.signal)
        self._workshop.set_aside(page_id, None, error, **used)
        self.verdicts["quarantined"] += 1
        log.get("workers").warning(
            "page set aside", page_id=page_id, kind=error.kind, error=error.message
        )


def _as_error(ended: Ended, limits: Limits) -> PageLimitError:
    """Why a page is set aside, in words."""
    rss = f"{ended.max_rss / _MB:.0f} MB"
    match ended.cause:
        case "cpu":
            return PageLimitError(
                f"the page took more than {limits.cpu_seconds} s of CPU time", kind="page-cpu"
            )
        case "time":
            return PageLimitError(
                f"the page took more than {limits.wall_seconds:.0f} s", kind="page-time"
            )
        case "memory":
            return PageLimitError(
                f"the page takes more than {limits.memory_bytes / _MB:.0f} MB of memory",
                kind="page-memory",
            )
        case "killed":
            return PageLimitError(
                f"the process that worked on the page was killed {MAX_ATTEMPTS} times, with {rss} "
                "of memory in use; perhaps the system had no more",
                kind="page-killed",
            )
    how = f"by signal {ended.signal}" if ended.signal else "by itself"
    return PageLimitError(f"the process that worked on the page ended {how}", kind="page-crash")
