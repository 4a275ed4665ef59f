"""One round over all sources: poll, wait for the workers, show what came of it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import asdict

from feedmill.config import Settings, Source
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from service.app import Service, running
from service.cli import report
from service.tasks import heed_cancellation

_LOOK_EVERY = 0.1  # seconds
_SHOWN = 20  # articles


async def once(settings: Settings, redis_url: str, *, as_json: bool) -> int:
    """Ingest every source once and print the outcome.

    Returns:
        The exit code: 1 if no source at all could be read, else 0.
    """
    keys = Keys(settings.prefix)
    with connect(redis_url) as redis:
        log = ArticleLog(redis, keys)
        started, last_id = time.monotonic(), log.last_id()
        async with running(settings, redis_url) as app:
            before = await app.intake.verdicts()
            with report.progress(enabled=not as_json) as show:
                waiting = await _work(app, show)
            after = await app.intake.verdicts()
        entries = list(log.since(last_id))
        outcome = report.Outcome(
            verdicts={name: after[name] - before.get(name, 0) for name in after},
            polled=asdict(app.tally),
            entries=entries or log.newest(_SHOWN),
            has_news=bool(entries),
            asked_to_wait=tuple(source.id for source in waiting),
            seconds=time.monotonic() - started,
        )
        report.show(outcome, settings, redis_url, log, as_json=as_json)
    return int(bool(app.sources) and app.tally.failed == len(app.sources))


async def _work(app: Service, show: report.Show) -> tuple[Source, ...]:
    """Poll, and wait until the workers have finished every page that was accepted.

    Returns:
        The sources that have asked to wait.
    """
    polling = asyncio.create_task(app.poll_once())
    try:
        while not polling.done() or await app.intake.pending_count():
            heed_cancellation()
            show(app.tally, await app.intake.pending_count())
            await asyncio.sleep(_LOOK_EVERY)
        return await polling
    finally:
        polling.cancel()
