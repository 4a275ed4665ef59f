"""Which errors of Redis pass by themselves: it is gone, full, loading, or no primary any more."""

from __future__ import annotations

from redis.exceptions import (
    ClusterDownError,
    ConnectionError,  # noqa: A004 - redis' own
    MasterDownError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    TimeoutError,  # noqa: A004 - redis' own
    TryAgainError,
)

_PASSING = (
    ConnectionError,  # refused, reset, and `LOADING`
    TimeoutError,
    OutOfMemoryError,
    ReadOnlyError,
    MasterDownError,
    ClusterDownError,
    TryAgainError,
)
# What redis-py has no class of its own for: the append-only file cannot be written, too few replicas,
# a script runs too long, a transaction was refused because of one of the others.
_PASSING_CODES = ("MISCONF", "NOREPLICAS", "BUSY", "EXECABORT", "UNBLOCKED")


def passes(error: RedisError) -> bool:
    """Whether the same call may succeed later although nobody changes anything in it."""
    return isinstance(error, _PASSING) or str(error).partition(" ")[0] in _PASSING_CODES
