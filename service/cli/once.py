"""One round over all sources: poll, wait for the workers, show what came of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict

from redis import Redis

from feedmill import log
from feedmill.config import Settings, Source
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from service.app import Service, running
from service.cli import report
from service.cli.health import has_live_worker
from service.tasks import heed_cancellation

_LOOK_EVERY = 0.1  # seconds
_SHOWN = 20  # articles
_PATIENCE = 20.0  # seconds without a page being finished before it is asked whether workers run


async def once(settings: Settings, redis_url: str, *, as_json: bool) -> int:
    """Ingest every source once and print the outcome.

    Returns:
        The exit code: 1 if no source at all could be read, else 0.

    Raises:
        LeaseError: Another service works with this Redis.
    """
    keys = Keys(settings.prefix)
    with connect(redis_url) as redis:
        articles = ArticleLog(redis, keys)
        started, last_id = time.monotonic(), articles.last_id()
        async with running(settings, redis_url) as app:
            await app.alone()
            before = await app.intake.verdicts()
            with report.progress(enabled=not as_json) as show:
                waiting = await _work(app, show, _Watch(redis, keys))
            after = await app.intake.verdicts()
        entries = list(articles.since(last_id))
        outcome = report.Outcome(
            verdicts={name: after[name] - before.get(name, 0) for name in after},
            polled=asdict(app.tally),
            entries=entries or articles.newest(_SHOWN),
            has_news=bool(entries),
            asked_to_wait=tuple(source.id for source in waiting),
            seconds=time.monotonic() - started,
        )
        report.show(outcome, settings, redis_url, articles, as_json=as_json)
    return int(bool(app.sources) and app.tally.failed == len(app.sources))


class _Watch:
    """Says once that pages wait and nobody works on them."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._count = 0
        self._since = time.monotonic()
        self._is_told = False

    async def look(self, pending: int) -> None:
        if pending == 0 or pending != self._count:
            self._count, self._since = pending, time.monotonic()
        if self._is_told or time.monotonic() - self._since < _PATIENCE:
            return
        self._since = time.monotonic()
        if not await asyncio.to_thread(has_live_worker, self._redis, self._keys):
            self._is_told = True
            log.get("service").warning(
                "pages wait and no worker runs: start one with `feedmill worker`", count=pending
            )


async def _work(app: Service, show: report.Show, watch: _Watch) -> tuple[Source, ...]:
    """Poll, and wait until the workers have finished every page that was accepted.

    Returns:
        The sources that have asked to wait.
    """
    polling = asyncio.create_task(app.poll_once())
    try:
        while not polling.done() or await app.intake.pending_count():
            heed_cancellation()
            pending = await app.intake.pending_count()
            show(app.tally, pending)
            await watch.look(pending)
            await asyncio.sleep(_LOOK_EVERY)
        return await polling
    finally:
        polling.cancel()
