"""When a source is due next. Pure."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

from feedmill.config import Source
from feedmill.errors import SourceError
from feedmill.store.sources import SourceState
from service.sources.item import Polled

_FILES_EVERY = 30.0  # seconds; looking at a folder costs nobody anything
_JITTER = 0.1
_MAX_DOUBLINGS = 10


def after_success(state: SourceState, polled: Polled, source: Source, *, now: float) -> SourceState:
    """The state after a look that succeeded.

    Args:
        state: The state before.
        polled: What the look found; its validators are kept.
        source: The source's configuration.
        now: Unix seconds.
    """
    return replace(
        state,
        etag=polled.answer.etag if polled.answer else None,
        last_modified=polled.answer.last_modified if polled.answer else None,
        polled_at=now,
        next_at=now + _spread(interval(source)),
        failures=0,
        error_kind=None,
        error=None,
    )


def after_failure(
    state: SourceState, error: SourceError, source: Source, *, now: float
) -> SourceState:
    """The state after a look that failed: each failure in a row doubles the wait, up to `max`."""
    failures = state.failures + 1
    wait = interval(source) * 2 ** min(failures - 1, _MAX_DOUBLINGS)
    return replace(
        state,
        polled_at=now,
        next_at=now + _spread(min(wait, max(source.max.total_seconds(), interval(source)))),
        failures=failures,
        error_kind=error.kind,
        error=error.message,
    )


def interval(source: Source) -> float:
    """Seconds between two looks at a source that works."""
    if isinstance(source.every, timedelta):
        return source.every.total_seconds()
    return source.min.total_seconds() if source.url else _FILES_EVERY


def _spread(seconds: float) -> float:
    """Up to a tenth longer, so that sources do not fall into step."""
    return seconds * (1 + _JITTER * random.random())  # noqa: S311 - no secret
