"""The RQ worker: forks a work-horse for each batch of pages.

The settings are those measured in our research on RQ's faults: orphaned batches come back within some
20 seconds (RQ's defaults: 13 minutes), nothing but our own job is ever run, and one queue per
worker, because with several RQ can lose a job.

The worker itself touches no page. Its work-horse keeps the batch, and forks a runner, in which strangers'
pages are worked on within limits (`workers.batch`, `workers.runner`).
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable
from functools import partial
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.executions import Execution, ExecutionRegistry
from rq.job import Job
from rq.serializers import JSONSerializer

from feedmill.errors import FeedmillError
from feedmill.jobs import PROCESS_PAGES
from feedmill.launch import die_with_parent
from feedmill.store.keys import Keys
from workers.jobs import WorkHorse, process_pages
from workers.limits import Limits
from workers.runner import STOP, StopFlag

_HEARTBEAT_SECONDS = 10
_MONITOR_SECONDS = 3
_MAINTENANCE_SECONDS = 3
_MAINTENANCE_LOCK_SECONDS = 10
_WORKER_SECONDS = 18  # an idle worker wakes up this long minus 15 seconds
_MAX_JOBS = 5000  # then the process is replaced, whatever may have leaked in it

_ALLOWED: dict[str, Callable[..., Any]] = {PROCESS_PAGES: process_pages}


class JobRefusedError(FeedmillError):
    """Somebody put a job into the queue that is not ours."""

    default_kind = "job-refused"


class PageExecutions(ExecutionRegistry):
    """The executions of a job that are not over.

    RQ 3.0 keeps the names of abandoned ones a minute longer than what it knows of them, and then fails the
    job that was done in a second execution.
    """

    def get_executions(self, start: int = 0, end: int = -1) -> list[Execution]:
        """Those of which something is known."""
        found = []
        for execution_id in self.get_execution_ids(start, end):
            with contextlib.suppress(ValueError):
                found.append(Execution.fetch(execution_id, self.job_id, self.connection))
        return found


class PageJob(Job):
    """A job that can be nothing but the processing of pages.

    RQ imports whatever dotted name stands in the job. Whoever can write to Redis could so run any
    function; here only listed ones run, and callbacks never.

    Attributes:
        horse: The process that it runs in, given to the function besides what stands in the job.
    """

    horse: WorkHorse | None = None

    @property
    def func(self) -> Callable[..., Any]:
        """The function to call, with the work-horse put in.

        Raises:
            JobRefusedError: The job asks for another one.
        """
        name = self.func_name
        if self.instance is not None or name not in _ALLOWED:
            raise JobRefusedError("a job asks for a function that workers do not run")
        return partial(_ALLOWED[name], self.horse or WorkHorse(self.connection))

    @property
    def execution_registry(self) -> PageExecutions:
        """The executions of this job."""
        return PageExecutions(self.id, connection=self.connection)

    @property
    def success_callback(self) -> None:
        """None: never run what a job brings along."""

    @property
    def failure_callback(self) -> None:
        """None: never run what a job brings along."""

    @property
    def stopped_callback(self) -> None:
        """None: never run what a job brings along."""

    def send_webhooks(self, status: str, *, exc_string: str | None = None) -> None:
        """Do nothing: never call the addresses that a job brings along."""


class PageQueue(Queue):
    """The queue as workers see it.

    A clean-up that is killed half-way blocks the next one for 30 seconds, not for RQ's 15 minutes.
    """

    def acquire_maintenance_lock(self) -> bool:
        """Whether this worker may clean up now."""
        return bool(
            self.connection.set(
                self.registry_cleaning_key, 1, nx=True, ex=_MAINTENANCE_LOCK_SECONDS
            )
        )


class PageWorker(Worker):
    """Takes batches from the one queue of pages.

    Args:
        redis: A synchronous client.
        keys: Names of the keys; `keys.queue` is the queue.
        name: Name of the worker; a random one by default.
        limits: What one page may take.
    """

    def __init__(
        self, redis: Redis, keys: Keys, *, name: str | None = None, limits: Limits | None = None
    ) -> None:
        self._limits = limits or Limits()
        super().__init__(
            [keys.queue],
            name=name,
            connection=redis,
            job_class=PageJob,
            queue_class=PageQueue,
            serializer=JSONSerializer,
            worker_ttl=_WORKER_SECONDS,
            maintenance_interval=_MAINTENANCE_SECONDS,
            job_monitoring_interval=_MONITOR_SECONDS,
            log_job_description=False,
        )

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:  # noqa: ARG002
        """How long a batch counts as alive without a sign of life, in seconds."""
        return _HEARTBEAT_SECONDS

    def maintain_heartbeats(self, job: Job, execution: Execution) -> None:
        """Give signs of life while a batch is worked on. If Redis is gone or full for now, the work goes on."""
        with contextlib.suppress(RedisError):
            super().maintain_heartbeats(job, execution)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Work on one batch, in the forked process. It ends with its worker, who looks at the clock."""
        die_with_parent(signal.SIGKILL)
        stop = StopFlag()
        stop.listen()
        if isinstance(job, PageJob):
            job.horse = WorkHorse(self.connection, self._limits, stop)
        super().main_work_horse(job, queue)

    def handle_warm_shutdown_request(self) -> None:
        """Have the work-horse end after the page at hand: the rest of its batch goes back into the queue."""
        if self.horse_pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.horse_pid, STOP)

    def run(self, *, burst: bool = False) -> None:
        """Work until asked to stop (SIGTERM, SIGINT: the page at hand is finished first).

        Args:
            burst: End as soon as the queue is empty.
        """
        signal.signal(STOP, signal.SIG_IGN)  # a work-horse just forked must not die of it
        self.work(burst=burst, logging_level="WARNING", max_jobs=_MAX_JOBS)
