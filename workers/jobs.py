"""The job: work through a batch of pages, in the work-horse.

Named by its dotted path in the queue (`feedmill.jobs` holds the name), so that the service need not import
any of this.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from redis import Redis
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from feedmill import log
from feedmill.jobs import batch_job
from feedmill.store.keys import Keys
from workers.batch import Batch
from workers.limits import Limits
from workers.runner import StopFlag

RETRIES = 5  # of a batch whose work-horse is killed


@dataclass(frozen=True, slots=True)
class WorkHorse:
    """The process that a job runs in.

    Attributes:
        redis: Its client.
        limits: What one page may take.
        stop: Set when the worker is to stop.
    """

    redis: Redis
    limits: Limits = field(default_factory=Limits)
    stop: StopFlag = field(default_factory=StopFlag)


def process_pages(
    horse: WorkHorse, prefix: str, page_ids: list[str], *, whole: bool = False
) -> dict[str, int]:
    """Make articles of pages and commit them. Doing it twice changes nothing.

    If the worker is to stop, the pages that are left go back into the queue.

    Args:
        horse: Where this runs; the worker puts it in, all else stands in the job.
        prefix: Prefix of the Redis keys.
        page_ids: The pages; those finished already are passed over.
        whole: Whether to announce whole articles in the stream.

    Returns:
        How many pages ended with each verdict.
    """
    keys = Keys(prefix)
    batch = Batch(horse.redis, keys, whole=whole, limits=horse.limits, stop=horse.stop)
    left = batch.work_through(page_ids)
    if left:
        queue = Queue(keys.queue, connection=horse.redis, serializer=JSONSerializer)
        queue.enqueue_call(**batch_job(prefix, left, whole=whole), retry=Retry(max=RETRIES))
        log.get("workers").info("pages go back into the queue", count=len(left))
    return dict(batch.verdicts)
