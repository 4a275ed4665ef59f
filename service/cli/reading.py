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
    from feedmill.embedded import attached_or_own
    from feedmill.store.connection import connect

    with contextlib.ExitStack() as stack:
        url = redis_url or settings.redis
        if url == "embedded":
            url = stack.enter_context(attached_or_own(settings.data_dir))
        client = connect(url, retries=2)
        stack.callback(client.close)
        yield client
