"""Asks again for the pages that could not be had, when they are due."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Source
from feedmill.errors import FetchError, SourceError
from feedmill.store.deferred import Deferred, DeferredPages
from feedmill.store.intake import Intake, Validators
from service import later, pages
from service.acceptance import Acceptance
from service.http.pacing import Pace
from service.ingest import in_words
from service.sources.pace import pace_of
from service.tasks import heed_cancellation
from service.visits import Visits

_AT_A_TIME = 50
_LOOK_EVERY = 15.0  # seconds


class Retries:
    """Tries deferred pages again.

    Args:
        acceptance: What accepts pages.
        deferred: Where they wait.
        intake: Where what is never accepted is set aside.
        visits: What fetches pages.
        source: The source of an id; None if it is configured no longer.
        clock: Unix seconds.
        chance: A random number in [0, 1), for jitter.
    """

    def __init__(
        self,
        acceptance: Acceptance,
        deferred: DeferredPages,
        intake: Intake,
        visits: Visits,
        *,
        source: Callable[[str], Source | None],
        clock: Callable[[], float],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._deferred = deferred
        self._intake = intake
        self._acceptance = acceptance
        self._visits = visits
        self._source = source
        self._clock = clock
        self._chance = chance

    async def keep_trying(self) -> None:
        """Try what is due, for ever."""
        while True:
            heed_cancellation()
            try:
                await self.try_due()
            except* RedisError as group:
                log.get("service").warning(
                    "cannot look for deferred pages now", error=str(group.exceptions[0])
                )
            heed_cancellation()
            await asyncio.sleep(_LOOK_EVERY)

    async def try_due(self) -> int:
        """Try the pages that are due now.

        Returns:
            How many were tried.

        Raises:
            redis.RedisError: (maybe in an ExceptionGroup) Redis refuses or is gone.
        """
        due = await self._deferred.due(self._clock(), limit=_AT_A_TIME)
        async with asyncio.TaskGroup() as tasks:
            for one in due:
                tasks.create_task(self._try(one))
        return len(due)

    async def _try(self, one: Deferred) -> None:
        source = self._source(one.page.source_id)
        if source is None:
            error = SourceError("its source is configured no longer", kind="source-removed")
            await self._give_up(one, error)
            return
        await self._acceptance.room()
        try:
            known = await self._intake.validators(one.page.url)
            answer = await self._visits.visit(one.page.url, _careful(pace_of(source)), known)
        except Exception as error:  # noqa: BLE001 - a bug must cost this page only, and be seen
            await self._again(one, in_words(error))
            return
        if answer.not_modified:
            await self._deferred.forget(one.page.id)
            return
        page = pages.of_answer(one.page, answer, now=self._clock())
        await self._acceptance.accept(page, None, Validators(answer.etag, answer.last_modified))
        log.get("service").info("deferred page had", source_id=source.id, url=page.url)

    async def _again(self, one: Deferred, error: FetchError) -> None:
        tried = replace(one, tries=later.counted(one.tries, error))
        if later.is_hopeless(tried, error):
            await self._give_up(one, error)
            return
        at = later.due(tried, error, now=self._clock(), chance=self._chance())
        await self._deferred.put(tried, at)

    async def _give_up(self, one: Deferred, error: SourceError) -> None:
        log.get("service").info(
            "deferred page given up",
            source_id=one.page.source_id,
            url=one.page.url,
            kind=error.kind,
            error=error.message,
        )
        if one.has_standin:
            await self._deferred.forget(one.page.id)
        else:
            await self._intake.refuse(one.page, None, error, is_deferred=True)


def _careful(pace: Pace) -> Pace:
    """One at a time: the host was in trouble a while ago."""
    return Pace(1, pace.delay)
