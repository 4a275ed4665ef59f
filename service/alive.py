"""The service's signs of life."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time

from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill.store.keys import Keys
from service.tasks import heed_cancellation

_EVERY = 5.0  # seconds
_SECONDS = 20  # after which a service that gave no sign of life counts as gone


async def keep_showing(redis: AsyncRedis, keys: Keys) -> None:
    """Give a sign of life every few seconds, for ever."""
    while True:
        sign = json.dumps({"pid": os.getpid(), "at": round(time.time())})
        with contextlib.suppress(RedisError):
            await redis.set(keys.service, sign, ex=_SECONDS)
        heed_cancellation()
        await asyncio.sleep(_EVERY)
