"""The workers' side of pages on their way: take them, and set aside what cannot be worked on.

What a worker makes of a page is stored by the commit (`feedmill.store.commit`), which ends its being pending.
"""

from __future__ import annotations

from typing import Any, cast

import zstandard
from redis import Redis

from feedmill import page as pages
from feedmill.errors import FeedmillError, StoreError
from feedmill.page import Page
from feedmill.store import quarantine, scripts
from feedmill.store.keys import Keys

QUARANTINED_RAW_SECONDS = 30 * 86400
MAX_ATTEMPTS = 3
_MAX_PAGE_BYTES = 64 * 1024 * 1024  # decoded; far above what the fetcher lets through


class Workshop:
    """The workers' side: take pages and set aside what cannot be worked on."""

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._begin = redis.register_script(scripts.load("begin.lua"))
        self._quarantine = redis.register_script(scripts.load("quarantine.lua"))

    def begin(self, page_id: str) -> Page | None:
        """Take a page into work and count the attempt.

        Returns:
            The page, or None if it is finished already.

        Raises:
            StoreError: kind `raw-expired`, `page-format`, or `crashed` when the work on the page was begun
                `MAX_ATTEMPTS` times and never ended. All of them are for `set_aside`.
        """
        keys = self._keys
        taken = cast(
            "list[Any]",
            self._begin(keys=[keys.pending, keys.attempts, keys.raw(page_id)], args=[page_id]),
        )
        if not taken:
            return None
        attempt, raw = taken
        if attempt > MAX_ATTEMPTS:
            raise StoreError(
                f"the worker process ended {MAX_ATTEMPTS} times while it worked on this page",
                kind="crashed",
            )
        if raw is None:
            raise StoreError(
                "the stored page has expired before a worker came to it", kind="raw-expired"
            )
        return pages.decode(_decompress(raw))

    def set_aside(self, page_id: str, page: Page | None, error: FeedmillError) -> None:
        """Put a page into quarantine with the reason. It is pending no longer."""
        keys = self._keys
        self._quarantine(
            keys=[keys.pending, keys.attempts, keys.quarantine, keys.stats, keys.raw(page_id)],
            args=[
                page_id,
                QUARANTINED_RAW_SECONDS,
                *quarantine.entry(
                    page_id, page.source_id if page else None, page.url if page else None, error
                ),
            ],
        )


def _decompress(raw: bytes) -> bytes:
    try:
        if zstandard.frame_content_size(raw) > _MAX_PAGE_BYTES:
            raise StoreError("the stored page is too large", kind="page-format")
        return zstandard.ZstdDecompressor().decompress(raw, max_output_size=_MAX_PAGE_BYTES)
    except zstandard.ZstdError as error:
        raise StoreError("the stored page cannot be decompressed", kind="page-format") from error
