"""Accepted means kept: pending pages that are in no batch are enqueued again.

They lose their batch when the service dies between accepting and enqueuing, or when RQ gives a batch up. To
enqueue a page once too often is harmless, because the commit recognises its own repetition.
"""

from __future__ import annotations

import asyncio
import itertools

from redis.exceptions import RedisError

from feedmill import log
from feedmill.store.intake import Intake
from service.lease import Lease
from service.queue import PageQueue
from service.tasks import heed_cancellation

INTERVAL = 10.0  # seconds
_WEIGH_EVERY = 30  # rounds between two counts of the bytes that wait
GRACE = 10.0  # seconds that a page may take from acceptance into the queue


async def reconcile(intake: Intake, queue: PageQueue, *, grace: float = GRACE) -> int:
    """Enqueue the pages that were accepted over `grace` seconds ago and are not under way.

    Returns:
        How many.
    """
    stale = await intake.pending(older_than=grace)
    if not stale:
        return 0
    underway = await queue.underway()
    lost = [page_id for page_id in stale if page_id not in underway]
    for page_id in lost:
        queue.put(page_id)
    if lost:
        log.get("service").info("pages enqueued again", count=len(lost))
    return len(lost)


async def keep_reconciling(intake: Intake, queue: PageQueue, lease: Lease) -> None:
    """Reconcile as soon as the lease is held, and then for ever.

    The first time is without grace, because nothing is being accepted yet.
    """
    grace = 0.0
    for number in itertools.count():
        heed_cancellation()
        await lease.held()
        try:
            await reconcile(intake, queue, grace=grace)
            grace = GRACE
            if number % _WEIGH_EVERY == 0:
                await intake.weigh()
        except RedisError as error:
            log.get("service").warning("cannot look for lost pages now", error=str(error))
        heed_cancellation()
        await asyncio.sleep(INTERVAL)
