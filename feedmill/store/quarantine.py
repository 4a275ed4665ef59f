"""The quarantine: what failed for good, with the reason. A stream, written by the service and by workers.

An entry leaves it when it is tried again or dropped, each in one atomic step, so that doing so twice, or at the
same time as somebody else, does it once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, cast

import zstandard
from redis import Redis

from feedmill import page as pages
from feedmill import urls
from feedmill.errors import FeedmillError, StoreError
from feedmill.page import Page
from feedmill.store import packing, scripts
from feedmill.store.keys import Keys

Retried = Literal["page", "item", "no-page", "gone"]
"""What trying an entry again came to: the page is on its way again; the service will ask for it; its bytes are
nowhere any more; somebody else was faster."""

_RAW_SECONDS = 7 * 86_400
_DEFERRED_SECONDS = 30 * 86_400
_AT_A_TIME = 500
_ENTRY_ID = re.compile(r"[0-9]{1,20}-[0-9]{1,20}")
MEASURES = ("signal", "cpu_seconds", "max_rss")  # of a page that broke the limits of its worker


def entry(
    page_id: str | None,
    source_id: str | None,
    url: str | None,
    error: FeedmillError,
    *,
    raw_ref: str | None = None,
    blank: Page | None = None,
) -> list[str]:
    """Name, value, ... of an entry; what is not known is left out.

    Args:
        page_id: The page, where there is one.
        source_id: Its source.
        url: Where it is from.
        error: Why it is set aside.
        raw_ref: Where its bytes are kept (`feedmill.raw`).
        blank: What could not be had, without bytes, so that it can be asked for again.
    """
    fields = {
        "page_id": page_id,
        "source_id": source_id,
        "url": url,
        "kind": error.kind,
        "reason": error.message,
        "raw_ref": raw_ref,
        "blank": pages.encode_head(blank).decode() if blank else None,
    }
    return [part for name, value in fields.items() if value for part in (name, value)]


@dataclass(frozen=True, slots=True)
class Quarantined:
    """One entry.

    Attributes:
        id: Of the entry in the stream.
        at: When it was set aside, Unix seconds.
        kind: Of the error.
        reason: In words.
        page_id: The page; None if there was not even a page.
        source_id: Its source.
        url: Where it is from.
        raw_ref: Where its bytes are kept in a file.
        measures: What a page has used that broke the limits of its worker: `signal`, `cpu_seconds`, `max_rss`.
        blank: What could not be had, as JSON.
    """

    id: str
    at: float
    kind: str
    reason: str
    page_id: str | None = None
    source_id: str | None = None
    url: str | None = None
    raw_ref: str | None = None
    measures: dict[str, float] = field(default_factory=dict)
    blank: str | None = None


class Quarantine:
    """Reads the quarantine and takes entries out of it.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
        clock: Unix seconds.
    """

    def __init__(self, redis: Redis, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._redis = redis
        self._keys = keys
        self._clock = clock
        self._retry_page = redis.register_script(scripts.load("quarantine_retry.lua"))
        self._retry_item = redis.register_script(scripts.load("quarantine_ask.lua"))
        self._drop = redis.register_script(scripts.load("quarantine_drop.lua"))

    def count(self) -> int:
        """How many entries there are."""
        return self._redis.xlen(self._keys.quarantine)

    def newest(
        self,
        *,
        kind: str | None = None,
        source_id: str | None = None,
        since: float | None = None,
    ) -> Iterator[Quarantined]:
        """Entries, newest first.

        Args:
            kind: Only those of this kind.
            source_id: Only those of this source.
            since: Only those that were set aside from this time on (Unix seconds).
        """
        end, oldest = "+", str(max(0, round((since or 0.0) * 1000)))
        while True:
            rows = cast(
                "list[Any]",
                self._redis.xrevrange(self._keys.quarantine, end, oldest, count=_AT_A_TIME),
            )
            for row in rows:
                found = _read(row)
                if kind in {None, found.kind} and source_id in {None, found.source_id}:
                    yield found
            if len(rows) < _AT_A_TIME:
                return
            end = f"({rows[-1][0].decode()}"

    def get(self, asked: str) -> Quarantined | None:
        """The entry with this id, or the newest one about the page with this id."""
        if _ENTRY_ID.fullmatch(asked):
            rows = cast("list[Any]", self._redis.xrange(self._keys.quarantine, asked, asked))
            return _read(rows[0]) if rows else None
        return next((one for one in self.newest() if one.page_id == asked), None)

    def page(self, one: Quarantined) -> Page | None:
        """The page of an entry as far as Redis still has it."""
        raw = one.page_id and self._redis.get(self._keys.raw(one.page_id))
        try:
            return pages.decode(packing.unpacked(cast("bytes", raw))) if raw else None
        except StoreError:
            return None

    def has_raw(self, one: Quarantined) -> bool:
        """Whether Redis still has the bytes of an entry's page, in whatever form."""
        return bool(one.page_id and self._redis.exists(self._keys.raw(one.page_id)))

    def retry(self, one: Quarantined, kept: Page | None = None) -> Retried:
        """Put an entry's page on its way again, or have the service ask for what could not be had.

        Args:
            one: The entry.
            kept: Its page as it was read from a file, for when Redis has it no longer.

        Raises:
            redis.RedisError: Nothing has been done, or it is not known; trying again is right in both cases.
        """
        if one.page_id is None:
            return self._ask_again(one)
        keys, page_id = self._keys, one.page_id
        packed = zstandard.compress(pages.encode(kept), packing.LEVEL) if kept else b""
        result = self._retry_page(
            keys=[
                *(keys.quarantine, keys.pending, keys.attempts, keys.raw(page_id)),
                *(keys.waiting_bytes, keys.stats),
            ],
            args=[one.id, page_id, self._clock(), _RAW_SECONDS, packed],
        )
        return cast("Retried", cast("bytes", result).decode())

    def drop(self, one: Quarantined) -> bool:
        """Remove an entry for good, and the bytes of its page from Redis; False if it was gone already."""
        keys = self._keys
        page_id = one.page_id or ""
        dropped = self._drop(
            keys=[keys.quarantine, keys.pending, keys.raw(page_id), keys.stats],
            args=[one.id, page_id],
        )
        return bool(dropped)

    def _ask_again(self, one: Quarantined) -> Retried:
        page = _blank(one, self._clock())
        keys = self._keys
        done = self._retry_item(
            keys=[keys.quarantine, keys.later, keys.deferred(page.id), keys.stats],
            args=[one.id, page.id, self._clock(), _DEFERRED_SECONDS, pages.encode(page)],
        )
        return "item" if done else "gone"


def _blank(one: Quarantined, now: float) -> Page:
    """What is to be asked for, from the entry itself where it is of a version that did not write it down."""
    if one.blank:
        return pages.decode(one.blank.encode() + b"\n")
    url = one.url or ""
    return Page(
        id=urls.digest(f"{one.source_id}\n{url}\nasked again"),
        kind="page",
        source_id=one.source_id or "",
        url=url,
        identity=url,
        fetched_at=datetime.fromtimestamp(now, UTC),
        content=b"",
    )


def _read(row: tuple[bytes, dict[bytes, bytes]]) -> Quarantined:
    entry_id, fields = row
    told = {name.decode(): value.decode(errors="replace") for name, value in fields.items()}
    return Quarantined(
        id=entry_id.decode(),
        at=int(entry_id.partition(b"-")[0]) / 1000,
        kind=told.get("kind", "unknown"),
        reason=told.get("reason", ""),
        page_id=told.get("page_id"),
        source_id=told.get("source_id"),
        url=told.get("url"),
        raw_ref=told.get("raw_ref"),
        measures={name: float(told[name]) for name in MEASURES if name in told},
        blank=told.get("blank"),
    )
