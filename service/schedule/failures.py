"""What a failure counts, and how long to wait after it.

The weights are those of Media Cloud's fetcher (hard 1, soft 0.5, a name that cannot be resolved just now 0.25);
a look that was put off because of its host is no failure of the source at all.
"""

from __future__ import annotations

import math

from feedmill.errors import SourceError
from service.schedule import why

HARD, SOFT, PASSING, NONE = 1.0, 0.5, 0.25, 0.0

PUT_OFF = {"host-waits": why.HOST, "robots-waits": why.ROBOTS}
"""Kinds of errors that say nothing about the source, and what they are in `why`."""

_WEIGHTS = {
    **dict.fromkeys(PUT_OFF, NONE),
    **dict.fromkeys(("truncated",), PASSING),
    **dict.fromkeys(("connect", "tls", "timeout", "too-slow", "protocol", "fetch"), SOFT),
    **dict.fromkeys(("url-refused", "address-refused", "robots-denied", "too-big"), HARD),
    **dict.fromkeys(("encoding", "redirects", "not-a-feed", "feed-parse", "bug"), HARD),
}
_TOO_MANY, _UNAVAILABLE, _GONE, _SERVER_ERRORS = 429, 503, 410, 500
_POLITE = frozenset((401, 403, 404, _TOO_MANY, _UNAVAILABLE))
_POLITE_WAIT = 3600.0  # seconds, at least, after one of these
_MAX_DOUBLINGS = 30.0


def status_of(error: SourceError) -> int | None:
    """The HTTP status of an error, where there was one."""
    status = getattr(error, "status", None)
    return status if isinstance(status, int) else None


def asked_to_wait(error: SourceError) -> float | None:
    """Seconds that the server asked for with `Retry-After`, if it did."""
    wait = getattr(error, "retry_after", None)
    return float(wait) if isinstance(wait, int | float) and wait > 0 else None


def is_gone(error: SourceError) -> bool:
    """Whether the server says that there is nothing any more, for good."""
    return status_of(error) == _GONE


def weight(error: SourceError) -> float:
    """What the failure counts: 1 for one that does not go away by itself, less for others."""
    status = status_of(error)
    if error.kind == "dns":
        return PASSING if error.retryable else HARD
    if error.kind == "http-status" and status is not None:
        if status in (_TOO_MANY, _UNAVAILABLE):
            return SOFT if asked_to_wait(error) else HARD  # without a word, doubling from an hour
        return SOFT if status >= _SERVER_ERRORS else HARD
    return _WEIGHTS.get(error.kind, SOFT if error.retryable else HARD)


def back_off(error: SourceError, failures: float, *, shortest: float, longest: float) -> float:
    """Seconds to wait: the shortest interval, doubled for each hard failure after the first.

    Args:
        error: What went wrong.
        failures: The weight of all failures in a row, with this one.
        shortest: Seconds after the first failure.
        longest: Seconds, at most, though at least `shortest`.
    """
    if status_of(error) in _POLITE:
        shortest = max(shortest, _POLITE_WAIT)
    doublings = min(max(failures - 1, 0.0), _MAX_DOUBLINGS)
    return min(shortest * math.exp2(doublings), max(longest, shortest))
