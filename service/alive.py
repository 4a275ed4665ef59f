"""The service's signs of life."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Callable

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill.store.keys import Keys
from service.tasks import heed_cancellation

_EVERY = 5.0  # seconds
_SECONDS = 20  # after which a service that gave no sign of life counts as gone


async def keep_showing(redis: AsyncRedis, keys: Keys, clock: Callable[[], float]) -> None:
    """Give a sign of life every few seconds, for ever.

    Args:
        redis: A client.
        keys: Names of the keys.
        clock: Unix seconds.
    """
    while True:
        sign = json.dumps({"pid": os.getpid(), "at": round(clock())})
        with contextlib.suppress(RedisError):
            await redis.set(keys.service, sign, ex=_SECONDS)
        heed_cancellation()
        await asyncio.sleep(_EVERY)
