"""Where Redis is, for commands that only read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis

    from feedmill.config import Settings


@contextlib.contextmanager
def reading(settings: Settings, redis_url: str | None) -> Iterator[Redis]:
    """A client for the configured Redis. The embedded one is started if it does not run.

    Raises:
        EmbeddedError: It cannot be started.
    """
    from feedmill.store.connection import connect

    with located(settings, redis_url) as url, contextlib.closing(connect(url, retries=2)) as client:
        yield client


@contextlib.contextmanager
def located(settings: Settings, redis_url: str | None) -> Iterator[str]:
    """Where the configured Redis is. The embedded one is started if it does not run.

    Raises:
        EmbeddedError: It cannot be started.
    """
    from feedmill.embedded import attached_or_own

    url = redis_url or settings.redis
    if url != "embedded":
        yield url
        return
    with attached_or_own(settings.data_dir) as own:
        yield own
