"""The service's side of pages on their way: accept them, and know what was accepted before.

A page is accepted at the moment when `accept.lua` has run: its bytes, its place among the pending pages, and the
mark that this version of the item has been seen are written in one atomic step. From then on it is pending until
a worker commits it or sets it aside (`feedmill.store.workshop`), whatever is killed in between. Before that
moment nothing of it is remembered, so that its source brings it again.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

import zstandard
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import page as pages
from feedmill import urls
from feedmill.errors import FeedmillError
from feedmill.page import Page
from feedmill.store import quarantine, scripts
from feedmill.store.keys import Keys

RAW_SECONDS = 7 * 86400
_CLOCK_TOLERANCE = 60.0  # seconds that clocks may differ
_DAY = 86_400
LISTED_DAYS = 7  # after which the day with an item that is still listed is written anew
_VISITED_SECONDS = 14 * 86400  # articles that change do so soon
_ZSTD_LEVEL = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """Identifies a version of an item of a source: `key` the item, `fingerprint` its version."""

    key: str
    fingerprint: str


class Validators(NamedTuple):
    """What an answer was served with, byte for byte, to ask whether it has changed since."""

    etag: str | None
    last_modified: str | None

    def __bool__(self) -> bool:
        return any(self)


class Limits(NamedTuple):
    """What may be pending at most; 0 for any number.

    Attributes:
        pages: How many pages.
        bytes: How many bytes of them, as they are stored. A single page may be larger.
    """

    pages: int = 0
    bytes: int = 0


class Intake:
    """The service's side: accept pages and know what was accepted before.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
        clock: Unix seconds.
    """

    def __init__(
        self, redis: AsyncRedis, keys: Keys, clock: Callable[[], float] = time.time
    ) -> None:
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._accept = redis.register_script(scripts.load("accept.lua"))
        self._weigh = redis.register_script(scripts.load("weigh.lua"))

    async def seen(self, source_id: str, item_keys: Sequence[str]) -> dict[str, str | None]:
        """The fingerprint of the accepted version of each item, None for items never accepted."""
        if not item_keys:
            return {}
        digests = [urls.digest(key) for key in item_keys]
        values = cast(
            "list[bytes | None]", await self._redis.hmget(self._keys.seen(source_id), digests)
        )
        found = {
            digest: value.decode()
            for digest, value in zip(digests, values, strict=True)
            if value is not None
        }
        await self._still_listed(source_id, found)
        known = [found.get(digest) for digest in digests]
        return {
            key: value and value.partition("@")[0]
            for key, value in zip(item_keys, known, strict=True)
        }

    async def _still_listed(self, source_id: str, found: Mapping[str, str]) -> None:
        """Note the day with items whose day is a while ago, so that they are not forgotten (`retention`)."""
        today = int(self._clock() // _DAY)
        listed: dict[Any, Any] = {}
        for digest, value in found.items():
            fingerprint, _, day = value.partition("@")
            if day and int(day) <= today - LISTED_DAYS:
                listed[digest] = f"{fingerprint}@{today}"
        if listed:
            with contextlib.suppress(RedisError):  # the next look does it
                await self._redis.hset(self._keys.seen(source_id), mapping=listed)

    async def mark_seen(self, source_id: str, mark: Mark) -> None:
        """Remember an item that needs no page of its own."""
        await self._redis.hset(self._keys.seen(source_id), urls.digest(mark.key), mark.fingerprint)

    async def mark_all_seen(self, source_id: str, marks: Sequence[Mark]) -> None:
        """Remember many items that need no page of their own."""
        if marks:
            seen: dict[Any, Any] = {urls.digest(mark.key): mark.fingerprint for mark in marks}
            await self._redis.hset(self._keys.seen(source_id), mapping=seen)

    async def known_urls(self, url_keys: Sequence[str]) -> set[str]:
        """Those of the URL keys that lead to a stored article or to a copy of one."""
        if not url_keys:
            return set()
        digests = [urls.digest(key) for key in url_keys]
        values = await self._redis.hmget(self._keys.names, digests)
        return {key for key, value in zip(url_keys, values, strict=True) if value is not None}

    async def accept(
        self,
        page: Page,
        mark: Mark | None,
        validators: Validators | None = None,
        limits: Limits = Limits(),  # noqa: B008 - immutable
    ) -> str | None:
        """Take responsibility for a page. Accepting the same page again changes nothing.

        Args:
            page: The page. If it had been deferred, it is so no longer.
            mark: The version of the item that is seen with it; None where it is marked already.
            validators: What the page was served with, for asking again when the item changes.
            limits: What may be pending at most. They hold whoever else accepts pages at the same time.

        Returns:
            None when it is accepted; else nothing is written, and this is the limit that stands in the way:
            `pages` or `bytes`.
        """
        keys = self._keys
        raw = zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(pages.encode(page))
        marked = (urls.digest(mark.key), mark.fingerprint) if mark else ("", "")
        stands_in_the_way = await self._accept(
            keys=[
                keys.raw(page.id),
                keys.pending,
                keys.waiting_bytes,
                keys.later,
                keys.deferred(page.id),
                keys.seen(page.source_id),
                keys.visited(urls.digest(page.url)),
            ],
            args=[
                *(page.id, raw, RAW_SECONDS, self._clock(), limits.pages, limits.bytes, *marked),
                *(json.dumps(validators) if validators else "", _VISITED_SECONDS),
            ],
        )
        return cast("bytes", stands_in_the_way).decode() or None

    async def weigh(self) -> int:
        """Count the bytes of the pending pages anew; how many they are.

        The count is too high after a raw page has expired, until this is done.
        """
        keys = self._keys
        return int(await self._weigh(keys=[keys.pending, keys.waiting_bytes], args=[keys.raw("")]))

    async def validators(self, url: str) -> Validators:
        """What a page was served with when it was had last, if that is not long ago."""
        stored = await self._redis.get(self._keys.visited(urls.digest(url)))
        if stored is None:
            return Validators(None, None)
        return Validators(*json.loads(stored))

    async def refuse(
        self, page: Page, mark: Mark | None, error: FeedmillError, *, is_deferred: bool = False
    ) -> None:
        """Set an item aside of which not even a page could be had, and do not try it again."""
        entry = quarantine.entry(None, page.source_id, page.url, error, blank=page)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.xadd(self._keys.quarantine, dict(zip(entry[::2], entry[1::2], strict=True)))
            pipe.hincrby(self._keys.stats, "quarantined", 1)
            if mark:
                pipe.hset(self._keys.seen(page.source_id), urls.digest(mark.key), mark.fingerprint)
            if is_deferred:
                _forget_deferred(pipe, self._keys, page.id)
            await pipe.execute()

    async def pending(self, *, older_than: float = 0.0) -> list[str]:
        """Ids of pages accepted at least `older_than` seconds ago and not finished, oldest first.

        Those accepted in the future are among them: the clock has been set back since.
        """
        now = self._clock()
        ids = [
            *await self._accepted_between("-inf", now - older_than),
            *await self._accepted_between(now + _CLOCK_TOLERANCE, "+inf"),
        ]
        return [page_id.decode() for page_id in ids]

    async def _accepted_between(self, first: float | str, last: float | str) -> list[bytes]:
        found = await self._redis.zrange(
            self._keys.pending, cast("Any", first), cast("Any", last), byscore=True
        )
        return cast("list[bytes]", found)

    async def verdicts(self) -> dict[str, int]:
        """How many pages have ever ended with each verdict, `quarantined` included."""
        fields = cast("dict[bytes, bytes]", await self._redis.hgetall(self._keys.stats))
        return {name.decode(): int(count) for name, count in fields.items()}

    async def pending_count(self) -> int:
        """How many accepted pages are not finished."""
        return int(await self._redis.zcard(self._keys.pending))


def _forget_deferred(pipe: Any, keys: Keys, page_id: str) -> None:
    pipe.zrem(keys.later, page_id)
    pipe.delete(keys.deferred(page_id))
