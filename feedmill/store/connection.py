"""Redis clients, asynchronous for the service and synchronous for workers and tools.

Calls are repeated on connection errors. That is safe because a write that matters recognises its own
repetition; the worst that comes of one is a second line in the quarantine, or an attempt too many counted.
"""

from __future__ import annotations

from typing import Any

from redis import Redis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

_TIMEOUTS: dict[str, Any] = {"socket_timeout": 15, "socket_connect_timeout": 5}
_RETRIES = 10
_CONNECTIONS = 32


def connect(url: str, *, retries: int = _RETRIES) -> Redis:
    """A synchronous client that answers in bytes, as RQ wants it.

    Args:
        url: Where Redis is.
        retries: How often a call is repeated; ten times take some 13 seconds.
    """
    return Redis.from_url(url, retry=Retry(_backoff(), retries), **_TIMEOUTS)


def connect_async(url: str) -> AsyncRedis:
    """An asynchronous client that answers in bytes. Callers beyond its connections wait for one."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=_CONNECTIONS,
        timeout=None,
        retry=AsyncRetry(_backoff(), _RETRIES),
        **_TIMEOUTS,
    )
    return AsyncRedis.from_pool(pool)


def _backoff() -> ExponentialBackoff:
    return ExponentialBackoff(cap=2, base=0.05)
