"""A worker without forks: its work-horse and its runner are calls, and their deaths are raised (`tests.model.faults`)."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Any

from redis.exceptions import RedisError
from rq.job import Job
from rq.timeouts import BaseDeathPenalty

from feedmill.article import Article
from feedmill.page import Page
from tests.model.faults import Death, Process
from tests.model.pages import POISON
from workers.desk import Verdict
from workers.jobs import WorkHorse
from workers.limits import Limits
from workers.making import make
from workers.memory import Memory, Recalled
from workers.runner import Ended, StopFlag
from workers.worker import PageJob, PageWorker

current: ContextVar[Process] = ContextVar("current")
_MANY_DEATHS = 20


class NoPenalty(BaseDeathPenalty):
    """No alarm: nothing takes long here, and alarms work in the main thread only."""

    def setup_death_penalty(self) -> None:
        """Set none."""

    def cancel_death_penalty(self) -> None:
        """None was set."""


class Worker(PageWorker):
    """A worker with its horse in the same process."""

    death_penalty_class = NoPenalty
    process: Process
    stop: StopFlag

    def fork_work_horse(self, job: Job, queue: Any) -> None:
        """Be the horse: work on the batch until it is done, or the horse is dead."""
        assert isinstance(job, PageJob)
        job.horse = WorkHorse(self.connection, Limits(), self.stop)
        self._status = os.EX_OK
        try:
            with self.process.child("horse"):
                self.perform_job(job, queue, self.execution)
        except Death:
            if self.process.dead:
                raise
            self._status = signal.SIGKILL
        except RedisError:
            self._status = 1 << 8  # `main_work_horse` ends like this

    def wait_for_horse(self) -> tuple[int, int, None]:
        """How the horse has ended."""
        return 1, self._status, None


def run_here(
    page_ids: Sequence[str], work: Callable[[str], Verdict], _limits: Limits, stop: StopFlag
) -> Ended:
    """Be the runner of a batch: what `workers.runner.run` does with a forked process."""
    process, ended = current.get(), Ended()
    for page_id in page_ids:
        if stop.is_set:
            break
        ended.at = process.page = page_id
        try:
            with process.child("runner"):
                ended.verdicts[page_id] = work(page_id)
        except Death:
            if process.dead:
                raise
            ended.cause, ended.signal = "killed", signal.SIGKILL
            break
        except RedisError:
            ended.cause = "redis"
            break
        finally:
            process.page = None
        ended.at = None
    return ended


def make_or_die(page: Page, memory: Memory | None) -> tuple[Article, Recalled | None]:
    """Make an article of a page, unless the page is one that kills whoever tries."""
    if POISON.encode() in page.content:
        process = current.get()
        process.blow(page.id)
        assert process.deaths < _MANY_DEATHS, "the page kills one runner after the other"
        process.die("runner")
    return make(page, memory)
