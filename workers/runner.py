"""The process in which pages are worked on: forked by the work-horse, ended by the kernel if a page goes too far.

The runner says on a pipe which page it begins and how each ended. So whatever ends it, the work-horse knows
which page it was at, and goes on with the others in another runner.
"""

from __future__ import annotations

import os
import select
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Literal

from redis.exceptions import RedisError

from feedmill import log
from feedmill.launch import die_with_parent
from workers.desk import Verdict
from workers.limits import Limits, confine, page_limits

Work = Callable[[str], Verdict]
Cause = Literal["redis", "memory", "cpu", "time", "crash", "killed", "stopped"]

STOP = signal.SIGUSR1  # asks the work-horse, and by it the runner, to end after the page at hand
_STOP_SECONDS = 6.0  # that the page at hand may take then
_LOOK_EVERY = 0.5  # seconds
_REDIS, _MEMORY, _BUG = 113, 114, 115  # exit codes that nobody else has
_CAUSES: dict[int, Cause] = {
    _REDIS: "redis",
    _MEMORY: "memory",
    -signal.SIGXCPU: "cpu",
    -signal.SIGALRM: "time",
    -signal.SIGKILL: "killed",
}


class StopFlag:
    """Whether the work is to end soon. Set by the signal `STOP` once it is `listening`."""

    def __init__(self) -> None:
        self.asked_at: float | None = None

    def listen(self) -> None:
        """From now on the signal sets this flag."""
        signal.signal(STOP, self._ask)

    @property
    def is_set(self) -> bool:
        """Whether it was asked for."""
        return self.asked_at is not None

    @property
    def is_overdue(self) -> bool:
        """Whether the page at hand has had its time to end."""
        return self.asked_at is not None and time.monotonic() - self.asked_at > _STOP_SECONDS

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked_at = self.asked_at or time.monotonic()


@dataclass(slots=True)
class Ended:
    """How a runner ended.

    Attributes:
        verdicts: What became of the pages that were finished, by id.
        at: The page that was being worked on, if the runner did not end in order.
        cause: What ended it then.
        signal: The number of the signal that ended it, if one did.
        cpu_seconds: What that page has used.
        max_rss: Most memory that the runner had, in bytes.
    """

    verdicts: dict[str, Verdict] = field(default_factory=dict)
    at: str | None = None
    cause: Cause | None = None
    signal: int | None = None
    cpu_seconds: float = 0.0
    max_rss: int = 0


def run(page_ids: Sequence[str], work: Work, limits: Limits, stop: StopFlag) -> Ended:
    """Work on pages, one after the other, in a process of their own.

    Args:
        page_ids: The pages.
        work: What is done with each; called in the forked process.
        limits: What each may take.
        stop: Asked while the runner is at work, it ends after the page at hand, or within seconds.

    Returns:
        How it ended. Pages in neither `verdicts` nor `at` were not begun.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        _be_runner(writing, page_ids, work, limits, stop)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as told:
        lines = _listen(told.fileno(), pid, stop)
    _, status, usage = os.wait4(pid, 0)
    ended = _read(lines, page_ids, usage.ru_utime + usage.ru_stime)
    ended.max_rss = usage.ru_maxrss * 1024
    _explain(ended, os.waitstatus_to_exitcode(status), stop)
    return ended


def _listen(told: int, pid: int, stop: StopFlag) -> list[str]:
    """All that the runner says until it ends. Passes a stop on to it."""
    parts: list[bytes] = []
    is_passed_on = False
    while True:
        if stop.is_set and not is_passed_on:
            os.kill(pid, STOP)
            is_passed_on = True
        if stop.is_overdue:
            os.kill(pid, signal.SIGKILL)
        ready, _, _ = select.select([told], [], [], _LOOK_EVERY)
        part = os.read(told, 1 << 16) if ready else None
        if part == b"":
            return b"".join(parts).decode().splitlines()
        parts.append(part or b"")


def _read(lines: Sequence[str], page_ids: Sequence[str], cpu_seconds: float) -> Ended:
    """What the runner has said: `NUMBER CPU_SECONDS` at the beginning of a page, `= VERDICT` at its end."""
    ended = Ended()
    for line in lines:
        first, _, second = line.partition(" ")
        if first == "=" and ended.at is not None:
            ended.verdicts[ended.at] = second  # type: ignore[assignment]
            ended.at = None
        else:
            ended.at = page_ids[int(first)]
            ended.cpu_seconds = cpu_seconds - float(second)
    return ended


def _explain(ended: Ended, code: int, stop: StopFlag) -> None:
    if ended.at is None and code == 0:
        ended.cpu_seconds = 0.0
        return
    ended.cause = "stopped" if stop.is_overdue else _CAUSES.get(code, "crash")
    ended.signal = -code if code < 0 else None


def _be_runner(
    writing: int, page_ids: Sequence[str], work: Work, limits: Limits, stop: StopFlag
) -> None:
    """The life of the runner. Never returns."""
    code = _BUG
    try:
        die_with_parent(signal.SIGKILL)
        stop.listen()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)  # the kernel's way, not an exception
        confine(limits.memory_bytes)
        code = _work_on_all(writing, page_ids, work, limits, stop)
    except BrokenPipeError:
        pass  # the work-horse is gone, and so will this be
    except BaseException:  # noqa: BLE001 - nothing may get back into the work-horse's code
        log.get("workers").error("runner failed: a bug", error=traceback.format_exc(limit=-5))
    finally:
        os._exit(code)


def _work_on_all(
    writing: int, page_ids: Sequence[str], work: Work, limits: Limits, stop: StopFlag
) -> int:
    """Work on the pages; the exit code."""
    for number, page_id in enumerate(page_ids):
        if stop.is_set:
            break
        os.write(writing, f"{number} {time.process_time():.6f}\n".encode())
        try:
            with page_limits(limits):
                verdict = work(page_id)
        except MemoryError:
            return _MEMORY
        except RedisError as error:
            log.get("workers").warning("Redis refuses for now", error=str(error)[:300])
            return _REDIS
        os.write(writing, f"= {verdict}\n".encode())
    return 0
