"""Sweeps over what is stored: articles that are too old, names that lead nowhere, items of long ago.

Nothing is sorted by age in Redis, because an index would cost more than the sweeps do (docs/adr/0023). Each round
goes a bounded number of steps and notes where it stopped.
"""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Iterator, Sequence
from datetime import timedelta

from feedmill import log
from feedmill.config import RetentionOptions
from feedmill.store.retention import Head, Reason, Retention

BATCH = 25  # articles that are removed at a time
STEPS = 100  # of each sweep in a round
_PAUSE = 0.005  # seconds between two steps, so that others come to their turn
_PASS_SECONDS = 3600.0  # from the end of a sweep over the articles to the next
_DAY = 86_400.0
_OLDEST = 20_000  # articles that are looked out at a time when memory is short
_RELIEF = 0.98  # of the allowed share of memory: where removing stops, so that it does not begin again at once
_STALE = 0.01  # share of the names that may lead nowhere before they are swept


class Sweeps:
    """Goes on with each of the sweeps.

    Args:
        retention: The steps.
    """

    def __init__(self, retention: Retention) -> None:
        self._retention = retention
        self._sources: deque[str] = deque()

    async def go_on(self, options: RetentionOptions, now: float) -> None:
        """Do some of what is due.

        Args:
            options: What is kept for how long.
            now: Unix seconds.

        Raises:
            redis.RedisError: Redis is gone or refuses; the rest is done another time.
        """
        progress = await self._retention.progress()
        if options.articles:
            await self._articles(options.articles, progress, now)
            progress = await self._retention.progress()
        await self._names(progress, now)
        await self._seen(options.seen, progress, now)

    async def relieve(self, share: float, now: float) -> int:
        """If more than a share of the server's memory is used, remove the oldest articles until it is less.

        Pages on their way do not count, and articles that were fetched within a day stay. What a consumer group
        has yet to read goes only if nothing else is left to go.

        Args:
            share: Of `maxmemory`. Without a limit nothing is removed.
            now: Unix seconds.

        Returns:
            How many were removed. If that was not enough, the next call goes on.
        """
        if (await self._retention.memory()).share <= share:
            return 0
        oldest = await self._oldest(now - _DAY)
        removed = await self._remove(oldest, "memory", now, until=share * _RELIEF)
        if not removed:
            removed = await self._remove(
                oldest, "memory", now, until=share * _RELIEF, even_unread=True
            )
        return removed

    async def _articles(self, age: timedelta, progress: dict[str, float], now: float) -> None:
        pause = min(_PASS_SECONDS, age.total_seconds() / 20)
        cursor = int(progress.get("heads", 0))
        if not cursor and now - progress.get("heads_at", 0.0) < pause:
            return
        before = int((now - age.total_seconds()) * 1000)
        for _ in range(STEPS):
            cursor, heads = await self._retention.heads(cursor)
            await self._remove([head for head in heads if head.fetched < before], "age", now)
            if not cursor:
                break
            await asyncio.sleep(_PAUSE)
        await self._retention.note({"heads": cursor} if cursor else {"heads": 0, "heads_at": now})

    async def _remove(
        self,
        heads: Sequence[Head],
        reason: Reason,
        now: float,
        *,
        until: float = 0.0,
        even_unread: bool = False,
    ) -> int:
        """Remove articles in their order; with `until`, only as long as more of the memory is used."""
        removed = unread = 0
        for batch in _batches(heads):
            before = max(head.fetched for head in batch) + 1
            ids = [head.article_id for head in batch]
            done = await self._retention.retire(
                ids, before=before, reason=reason, now=now, even_unread=even_unread
            )
            removed, unread = removed + done.removed, unread + done.unread
            if until and (await self._retention.memory()).share <= until:
                break
            await asyncio.sleep(_PAUSE)
        if unread:
            log.get("service").warning("articles removed unread", count=unread, why=reason)
        if removed > unread:
            log.get("service").info("articles removed", count=removed - unread, why=reason)
        return removed

    async def _oldest(self, until: float) -> list[Head]:
        """The articles that were fetched longest ago, and before `until` (Unix seconds); the oldest first."""
        found: list[Head] = []
        limit, cursor, is_first = int(until * 1000), 0, True
        while cursor or is_first:
            is_first = False
            cursor, heads = await self._retention.heads(cursor)
            found += [head for head in heads if head.fetched < limit]
            if len(found) > 2 * _OLDEST:
                found = heapq.nsmallest(_OLDEST, found)
                limit = found[-1].fetched
            await asyncio.sleep(_PAUSE)
        return heapq.nsmallest(_OLDEST, found)

    async def _names(self, progress: dict[str, float], now: float) -> None:
        cursor = int(progress.get("names", 0))
        if not cursor:
            removed = progress.get("removed", 0.0)
            many = removed > _STALE * await self._retention.names_count()
            if not removed or not (many or now - progress.get("names_at", 0.0) > _DAY):
                return
            await self._retention.note({"removed": 0})
        for _ in range(STEPS):
            cursor, _looked, _gone = await self._retention.sweep_names(cursor)
            if not cursor:
                break
            await asyncio.sleep(_PAUSE)
        await self._retention.note({"names": cursor} if cursor else {"names": 0, "names_at": now})

    async def _seen(self, window: timedelta, progress: dict[str, float], now: float) -> None:
        if not self._sources:
            if now - progress.get("seen_at", 0.0) < _DAY:
                return
            self._sources.extend(await self._retention.source_ids())
            await self._retention.forget_counts(now)
        for _ in range(min(STEPS, len(self._sources))):
            await self._forget_items(self._sources.popleft(), window, now)
        if not self._sources:
            await self._retention.note({"seen_at": now})

    async def _forget_items(self, source_id: str, window: timedelta, now: float) -> None:
        cursor, is_first = 0, True
        while cursor or is_first:
            is_first = False
            cursor, _looked, _gone = await self._retention.sweep_seen(
                source_id, cursor, now=now, days=max(window.days, 1)
            )
            await asyncio.sleep(_PAUSE)


def _batches(heads: Sequence[Head]) -> Iterator[Sequence[Head]]:
    return (heads[start : start + BATCH] for start in range(0, len(heads), BATCH))
