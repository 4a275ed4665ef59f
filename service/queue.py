"""The way to the workers: batches of page ids on the one RQ queue.

An RQ job costs some 60 Redis commands and two forks, so pages travel in batches: as soon as a batch is full,
or a fifth of a second after its first page. A batch is full when it is work for `AIM` seconds, by what the
workers say a page takes them. One that cannot be enqueued is not lost: its pages are pending, and
`reconcile` finds them.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Self, cast

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.exceptions import DeserializationError
from rq.job import Job
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from feedmill import log
from feedmill.jobs import PROCESS_PAGES, batch_job
from feedmill.store.keys import Keys

AIM = 2.0  # seconds of work in a batch
FIRST_BATCH = 25  # pages, as long as nobody has said what one takes
MAX_BATCH = 200
MAX_WAIT = 0.2  # seconds
_RETRIES = 5
_LONGEST_SIGN = 120.0  # seconds for which a sign of life holds; workers give some for 10


class PageQueue:
    """Collects page ids and enqueues them in batches. An asynchronous context manager.

    Args:
        redis: A synchronous client, as RQ needs it; used in threads.
        keys: Names of the keys.
        whole: Whether the workers announce whole articles in the stream.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._queue = Queue(keys.queue, connection=redis, serializer=JSONSerializer)
        self._redis = redis
        self._keys = keys
        self._full = FIRST_BATCH
        self._whole = whole
        self._waiting: asyncio.Queue[str | None] = asyncio.Queue()
        self._sender: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sender = asyncio.create_task(self._send_batches())
        return self

    async def __aexit__(self, *_error: object) -> None:
        assert self._sender is not None
        self._waiting.put_nowait(None)
        await self._sender

    def put(self, page_id: str) -> None:
        """Send a page on its way; the batch it is in leaves within `MAX_WAIT` seconds."""
        self._waiting.put_nowait(page_id)

    async def underway(self) -> set[str]:
        """Ids of the pages in batches that wait or run."""
        return await asyncio.to_thread(self._underway)

    async def _send_batches(self) -> None:
        while batch := await self._collect():
            await self._send(batch)

    async def _collect(self) -> list[str]:
        """The next batch; empty when the last one has been sent and the queue is being left."""
        batch: list[str] = []
        leaves_at: float | None = None  # on the loop's clock; set by the first page
        with contextlib.suppress(TimeoutError):
            while len(batch) < self._full:
                async with asyncio.timeout_at(leaves_at):
                    page_id = await self._waiting.get()
                if page_id is None:
                    self._waiting.put_nowait(None)  # ends the next batch, or the sender
                    break
                leaves_at = leaves_at or asyncio.get_running_loop().time() + MAX_WAIT
                batch.append(page_id)
        return batch

    async def _send(self, batch: list[str]) -> None:
        try:
            await asyncio.to_thread(self._enqueue, batch)
        except RedisError as error:
            log.get("service").error(
                "batch not enqueued; its pages stay pending", count=len(batch), error=str(error)
            )

    def _enqueue(self, batch: list[str]) -> None:
        job = batch_job(self._keys.prefix, batch, whole=self._whole)
        self._queue.enqueue_call(**job, retry=Retry(max=_RETRIES))
        pace = cast("bytes | None", self._redis.get(self._keys.pace))
        self._full = batch_size(float(pace) if pace else None)

    def _underway(self) -> set[str]:
        # cleanup=False: RQ's clean-up from outside a worker can enqueue jobs twice.
        # A job is between queue and worker for milliseconds. Where one stays there its worker is dead,
        # which RQ would find out after a minute: its pages count as lost at once.
        ids = [*self._queue.get_job_ids(), *self._at_work()]
        jobs = Job.fetch_many(ids, connection=self._redis, serializer=JSONSerializer)
        return {page_id for job in jobs if job is not None for page_id in _page_ids(job)}

    def _at_work(self) -> list[str]:
        """Jobs in the hands of workers, by how long their last signs of life hold.

        One that holds for minutes was given before the clock was set back: its worker may be dead.
        """
        key = StartedJobRegistry(queue=self._queue).key
        found = self._redis.zrangebyscore(key, "-inf", time.time() + _LONGEST_SIGN)
        return [one.decode().partition(":")[0] for one in cast("list[bytes]", found)]


def batch_size(pace: float | None) -> int:
    """How many pages make a batch.

    Args:
        pace: Seconds that the work on a page takes; None if nobody has said.
    """
    if not pace:
        return FIRST_BATCH
    return max(1, min(round(AIM / pace), MAX_BATCH))


def _page_ids(job: Job) -> list[str]:
    """The pages of a batch; none for a job that somebody else has put into the queue."""
    try:
        return [str(page_id) for page_id in job.args[1]] if job.func_name == PROCESS_PAGES else []
    except (DeserializationError, IndexError, TypeError):
        return []
