"""One look at one source: what it holds, taken in, and the outcome remembered.

A source never stops another: whatever goes wrong with it ends here, in its state and in the log.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from redis.exceptions import RedisError

from feedmill import log
from feedmill.config import Source
from feedmill.errors import SourceError
from feedmill.store.sources import SourceState, SourceStates
from service import schedule
from service.ingest import Ingest, Tally
from service.sources.item import Polled
from service.sources.looker import Looker


class Poller:
    """Polls sources of every kind.

    Args:
        states: Where the states of sources are kept.
        ingest: What takes items in.
        looker: What looks at them.
        clock: Unix seconds.
        chance: A random number in [0, 1), for jitter.
    """

    def __init__(
        self,
        states: SourceStates,
        ingest: Ingest,
        looker: Looker,
        *,
        clock: Callable[[], float],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._states = states
        self._ingest = ingest
        self._looker = looker
        self._clock = clock
        self._chance = chance

    async def poll(self, source: Source, tally: Tally, *, push_until: float = 0.0) -> SourceState:
        """Look at a source and take in what is new.

        Args:
            source: The source.
            tally: The source's own; counts on while its items are taken in.
            push_until: Until when the source's hub is relied on to bring what is new, Unix seconds.

        Returns:
            The source's new state, which is saved already.

        Raises:
            redis.RedisError: (maybe in an ExceptionGroup) Redis refuses or is gone.
        """
        stored = await self._states.load(source.id)
        stored = schedule.set_back(stored, now=self._clock())
        relied_on = replace(stored, push_until=push_until)
        state = schedule.begun(relied_on, source, now=self._clock())
        if state.is_gone:
            return state
        # Before anything is asked: a crash in the middle must not make the next start ask again at once.
        await self._states.save(source.id, state, stored=stored)
        try:
            after = await self._look(source, state, tally)
        except Exception as unexpected:
            if _is_redis(unexpected):
                raise
            after = self._failed(source, state, _in_words(unexpected), tally)
        await self._states.save(source.id, after, stored=state)
        return after

    async def _look(self, source: Source, state: SourceState, tally: Tally) -> SourceState:
        logger = log.get("service").bind(source_id=source.id)
        before, polled = replace(tally), Polled()
        question = schedule.question(state, now=self._clock())
        asked = replace(state, etag=question.etag, last_modified=question.last_modified)
        async for polled in self._looker.look(source, asked):
            for problem in polled.problems:
                logger.warning("part of the source not read", error=problem)
            await self._ingest.take(source, polled.items, tally)
            await self._ingest.pass_over(source, polled.known)
        news = tally.since(before)
        logger.info("polled", found=news.found, known=news.known, accepted=news.accepted)
        after = schedule.after_success(
            state, polled, source, new=news.new, now=self._clock(), random=self._chance
        )
        return _with_hub(after, polled)

    def _failed(
        self, source: Source, state: SourceState, error: SourceError, tally: Tally
    ) -> SourceState:
        tally.failed += 1
        log.get("service").warning(
            "source not read", source_id=source.id, kind=error.kind, error=error.message
        )
        return schedule.after_failure(state, error, source, now=self._clock(), random=self._chance)


def _with_hub(state: SourceState, polled: Polled) -> SourceState:
    """With the hub that the feed names; after "not modified" it is the one it named before."""
    answer = polled.answer
    if answer is None:
        return state
    return replace(state, hub=answer.hub, topic=answer.topic or answer.final_url)


def _is_redis(error: Exception) -> bool:
    if isinstance(error, ExceptionGroup):
        return any(_is_redis(one) for one in error.exceptions)
    return isinstance(error, RedisError)


def _in_words(error: Exception) -> SourceError:
    """The error itself if it is one of ours. Others are bugs, which must cost one source only."""
    if isinstance(error, SourceError):
        return error
    return SourceError(f"unexpected {type(error).__name__}: {error}"[:300], kind="bug")
