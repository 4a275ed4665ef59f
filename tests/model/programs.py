"""What runs on one Redis: the service, workers, and an operator. All of it is the real code, in this one process.

Two things only are not as in production: nothing is forked (`tests.model.horse`), and clocks can be put forward.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from feedmill.store.intake import Intake
from feedmill.store.intake import Limits as IntakeLimits
from feedmill.store.keys import Keys
from feedmill.store.quarantine import Quarantine
from service.queue import PageQueue
from service.reconcile import reconcile
from tests.model.faults import Death, Fault, Process
from tests.model.horse import Worker, current
from tests.model.ledger import Ledger
from tests.model.pages import Sheet
from workers.runner import StopFlag

KEYS = Keys()
_ROUNDS = 5  # that it may take until all is done
_LONG = 180.0  # seconds: longer than any lock, lease or sign of life


@dataclass(slots=True)
class World:
    """One Redis and all that runs on it.

    Attributes:
        url: Where it is.
        redis: A client to look at it.
        ledger: Follows what happens.
        began: When the world began, Unix seconds.
        later: How far the clocks have been put forward, in seconds.
        broken: The first promise that was broken.
    """

    url: str
    redis: Redis
    ledger: Ledger = field(default_factory=Ledger)
    began: float = field(default_factory=time.time)
    later: float = 0.0
    broken: AssertionError | None = None

    # ---- the service

    def take_in(
        self, sheets: Sequence[Sheet], fault: Fault | None = None, *, most: int = 0
    ) -> Process:
        """Accept what has not been seen yet, and enqueue it, as the service does with what a source brings.

        Args:
            sheets: What it brings.
            fault: What happens.
            most: How many pages may be pending.
        """

        async def run(intake: Intake, queue: PageQueue) -> None:
            for sheet in sheets:
                page, mark = sheet.page, sheet.mark
                self.ledger.known[page.id] = sheet
                if (await intake.seen(page.source_id, [mark.key]))[mark.key] == mark.fingerprint:
                    continue
                if await intake.accept(page, mark, limits=IntakeLimits(pages=most)):
                    return  # brought again another time
                queue.put(page.id)

        self.ledger.most = most
        return self._serve(run, fault)

    def reconcile(self, fault: Fault | None = None) -> Process:
        """Enqueue what is pending and in no batch, as the service does now and then."""

        async def run(intake: Intake, queue: PageQueue) -> None:
            await reconcile(intake, queue)

        return self._serve(run, fault)

    def _serve(self, run: Callable[[Intake, PageQueue], Any], fault: Fault | None) -> Process:
        async def serve(process: Process) -> None:
            with process.client(self.url) as redis:
                async with (
                    process.async_client(self.url) as client,
                    PageQueue(redis, KEYS) as queue,
                ):
                    await run(Intake(client, KEYS, clock=self.time), queue)

        return self._run(lambda process: asyncio.run(serve(process)), fault)

    # ---- a worker

    def work(self, fault: Fault | None = None) -> Process:
        """Take the next batch from the queue and work through it."""

        def run(process: Process) -> None:
            with process.client(self.url) as redis:
                worker = self._worker(redis, process)
                worker.last_cleaned_at = datetime.now(UTC)  # that is `clean_up`
                if found := worker.dequeue_job_and_maintain_ttl(None):
                    worker.execute_job(*found)

        return self._run(run, fault)

    def clean_up(self, fault: Fault | None = None) -> Process:
        """Bring back what dead workers have left, as each worker does now and then."""

        def run(process: Process) -> None:
            with process.client(self.url) as redis:
                self._worker(redis, process).clean_registries()

        return self._run(run, fault)

    def _worker(self, redis: Redis, process: Process) -> Worker:
        worker = Worker(redis, KEYS)
        worker.process, worker.stop = process, StopFlag()
        process.stop = lambda: worker.stop._ask(0, None)
        return worker

    # ---- an operator

    def retry(self, fault: Fault | None = None) -> Process:
        """Try all again that was set aside."""

        def run(process: Process) -> None:
            with process.client(self.url) as redis:
                quarantine = Quarantine(redis, KEYS, clock=self.time)
                for one in list(quarantine.newest()):
                    quarantine.retry(one)

        return self._run(run, fault)

    def drop(self, fault: Fault | None = None) -> Process:
        """Drop the newest that was set aside."""

        def run(process: Process) -> None:
            with process.client(self.url) as redis:
                quarantine = Quarantine(redis, KEYS, clock=self.time)
                for one in list(quarantine.newest())[:1]:
                    quarantine.drop(one)

        return self._run(run, fault)

    # ---- time

    def wait(self) -> None:
        """Let minutes pass: what has a short life expires, and the clocks go forward."""
        self.later += _LONG
        names = list(self.redis.scan_iter(count=1000))
        pipe = self.redis.pipeline()
        for name in names:
            pipe.pttl(name)
        short = [
            name
            for name, left in zip(names, pipe.execute(), strict=True)
            if 0 <= left < _LONG * 1000
        ]
        if short:
            self.redis.delete(*short)

    def time(self) -> float:
        """Unix seconds. The clock stands still while programs run."""
        return self.began + self.later

    def moment(self) -> datetime:
        """The same for RQ."""
        return datetime.fromtimestamp(self.time(), UTC)

    def come_to_rest(self) -> None:
        """Nothing happens any more: let programs run until all is done.

        Raises:
            AssertionError: It does not come to an end.
        """
        queue = Queue(KEYS.queue, connection=self.redis, serializer=JSONSerializer)
        started = StartedJobRegistry(queue=queue)
        for _ in range(_ROUNDS):
            while queue.get_job_ids():
                self.work()
            batches = [*queue.intermediate_queue.get_job_ids(), *started.get_job_ids(cleanup=False)]
            if not batches and not self.ledger.now.pending:
                return
            self.wait()
            self.clean_up()
            self.reconcile()
        raise AssertionError(f"there are still {batches} and {self.ledger.now.pending}")

    # ---- all of them

    def look(self) -> None:
        """Have the ledger follow what happens."""
        try:
            self.ledger.look(self.redis, KEYS)
        except AssertionError as error:
            self.broken = self.broken or error  # RQ would take it for an error of the job
            raise

    def others(self, names: str) -> None:
        """Run others, one after the other.

        Args:
            names: Of methods, with commas between them.
        """
        for name in names.split(", "):
            getattr(self, name)()

    def _run(self, program: Callable[[Process], object], fault: Fault | None) -> Process:
        """Run a program until it ends, dies, or gives up because Redis is gone."""
        process = Process(fault, look=self.look, blow=self.ledger.blow, meanwhile=self.others)
        token = current.set(process)
        try:
            program(process)
        except Death:
            pass
        except RedisError:
            assert process.has_happened, "there was no reason to give up"
        finally:
            current.reset(token)
            if self.broken:
                raise self.broken
        self.look()
        return process
