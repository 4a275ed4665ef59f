"""Redis clients, asynchronous for the service and synchronous for workers and tools.

Calls are repeated on errors that pass by themselves, over a new connection: after a failover it leads to the new
primary. That is safe because a write that matters recognises its own repetition; the worst that comes of one is a
second line in the quarantine, or an attempt too many counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis import Redis
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import EqualJitterBackoff
from redis.exceptions import AuthenticationError, OutOfMemoryError, RedisError
from redis.retry import Retry

from feedmill.store.trouble import passes

_TIMEOUTS: dict[str, Any] = {"socket_timeout": 15, "socket_connect_timeout": 5}
_RETRIES = 10
_FOR_EVER = -1
_CONNECTIONS = 32


def connect(url: str, *, retries: int = _RETRIES) -> Redis:
    """A synchronous client that answers in bytes, as RQ wants it.

    Args:
        url: Where Redis is.
        retries: How often a call is repeated; ten times take some 10 seconds.
    """
    return Redis.from_url(url, retry=_Retry(_backoff(), retries), **_TIMEOUTS)


def connect_async(url: str, *, is_patient: bool = False) -> AsyncRedis:
    """An asynchronous client that answers in bytes. Callers beyond its connections wait for one.

    Args:
        url: Where Redis is.
        is_patient: Whether a call waits as long as it takes while Redis is gone, loading, full or takes no
            writes, until it is cancelled. Otherwise it is repeated ten times.
    """
    retry = (
        _PatientRetry(_backoff(), _FOR_EVER) if is_patient else _AsyncRetry(_backoff(), _RETRIES)
    )
    return _pooled(url, retry, **_TIMEOUTS)


def connect_watching(url: str, *, seconds: float = 5.0) -> AsyncRedis:
    """An asynchronous client that soon tells when Redis does not answer.

    Args:
        url: Where Redis is.
        seconds: How long an answer may take.
    """
    timeouts = {"socket_timeout": seconds, "socket_connect_timeout": seconds}
    return _pooled(url, _AsyncRetry(_backoff(), 1), **timeouts)


def _pooled(url: str, retry: AsyncRetry, **timeouts: float) -> AsyncRedis:
    pool = BlockingConnectionPool.from_url(
        url, max_connections=_CONNECTIONS, timeout=None, retry=retry, **timeouts
    )
    return AsyncRedis.from_pool(pool)


def _backoff() -> EqualJitterBackoff:
    return EqualJitterBackoff(cap=2, base=0.05)


def _is_worth_repeating(error: Exception) -> bool:
    """Memory does not come back within seconds, and a wrong password is wrong the next time too."""
    # The asynchronous client wraps what goes wrong in a handshake into another error.
    if isinstance(error, OutOfMemoryError) or any(
        isinstance(one, AuthenticationError) for one in (error, error.__cause__)
    ):
        return False
    return not isinstance(error, RedisError) or passes(error)


def _is_worth_waiting(error: Exception) -> bool:
    return isinstance(error, OutOfMemoryError) or _is_worth_repeating(error)


class _Retry(Retry):
    """Repeats what is worth it, and tells from the message where redis-py has no class for an error."""

    def __init__(self, backoff: EqualJitterBackoff, retries: int) -> None:
        super().__init__(backoff, retries, (RedisError, OSError))

    def call_with_retry(self, *args: Any, **options: Any) -> Any:
        return super().call_with_retry(*args, **{**options, "is_retryable": _is_worth_repeating})


class _AsyncRetry(AsyncRetry):
    """The same for asynchronous clients."""

    judge: Callable[[Exception], bool] = staticmethod(_is_worth_repeating)

    def __init__(self, backoff: EqualJitterBackoff, retries: int) -> None:
        super().__init__(backoff, retries, (RedisError,))

    async def call_with_retry(self, *args: Any, **options: Any) -> Any:
        return await super().call_with_retry(*args, **{**options, "is_retryable": self.judge})


class _PatientRetry(_AsyncRetry):
    """Waits for memory as well."""

    judge = staticmethod(_is_worth_waiting)
