"""Pages that could not be had when their item was new, and when to ask for them again.

The item itself counts as seen from then on, so that its feed need not be read again for its sake.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from redis.asyncio import Redis as AsyncRedis

from feedmill import page as pages
from feedmill import urls
from feedmill.errors import StoreError
from feedmill.page import Page
from feedmill.store.intake import Mark
from feedmill.store.keys import Keys

_SECONDS = 30 * 86400  # how long a deferred page is kept at most


@dataclass(frozen=True, slots=True)
class Deferred:
    """A page that is still to be had.

    Attributes:
        page: The page without its bytes.
        tries: How often it was asked for.
        has_standin: Whether the feed's own content has been taken in its place meanwhile.
    """

    page: Page
    tries: int
    has_standin: bool


class DeferredPages:
    """Puts pages off and finds those that are due."""

    def __init__(self, redis: AsyncRedis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    async def put(self, deferred: Deferred, due: float, mark: Mark | None = None) -> None:
        """Ask for a page again at `due` (Unix seconds); with `mark` its item is seen from now on."""
        page = deferred.page
        key = self._keys.deferred(page.id)
        fields: dict[Any, Any] = {
            "page": pages.encode(page),
            "tries": deferred.tries,
            "has_standin": int(deferred.has_standin),
        }
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=fields)
            pipe.expire(key, _SECONDS)
            pipe.zadd(self._keys.later, {page.id: due})
            if mark:
                pipe.hset(self._keys.seen(page.source_id), urls.digest(mark.key), mark.fingerprint)
            await pipe.execute()

    async def due(self, now: float, *, limit: int) -> list[Deferred]:
        """The pages to ask for again by now, longest overdue first."""
        found = await self._redis.zrange(
            self._keys.later,
            cast("Any", "-inf"),
            cast("Any", now),
            byscore=True,
            offset=0,
            num=limit,
        )
        ids = [page_id.decode() for page_id in cast("list[bytes]", found)]
        loaded = [await self._load(page_id) for page_id in ids]
        return [one for one in loaded if one is not None]

    async def next_due(self) -> float | None:
        """When the next page is due (Unix seconds); None if there is none."""
        first = cast(
            "Sequence[tuple[bytes, float]]",
            await self._redis.zrange(self._keys.later, 0, 0, withscores=True),
        )
        return float(first[0][1]) if first else None

    async def count(self) -> int:
        """How many pages are put off."""
        return int(await self._redis.zcard(self._keys.later))

    async def forget(self, page_id: str) -> None:
        """Ask for a page no more."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.zrem(self._keys.later, page_id)
            pipe.delete(self._keys.deferred(page_id))
            await pipe.execute()

    async def _load(self, page_id: str) -> Deferred | None:
        fields = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.deferred(page_id)))
        try:
            page = pages.decode(fields[b"page"])
            return Deferred(page, int(fields[b"tries"]), fields[b"has_standin"] == b"1")
        except (KeyError, ValueError, StoreError):
            await self.forget(page_id)  # expired, or written by another version
            return None
