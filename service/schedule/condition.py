"""How a source is doing. Fixed strings."""

from __future__ import annotations

from typing import Final

from feedmill.config import Source
from feedmill.store.sources import SourceState

NEW: Final = "new"
OK: Final = "ok"
SILENT: Final = "silent"
FAILING: Final = "failing"
WAITS: Final = "waits"
GONE: Final = "gone"
OFF: Final = "off"

_DAY = 86_400.0
_FAILURES = 1.0  # one hard failure, or several that may pass
_LONGEST, _MEAN, _GRACE = 2.0, 4.0, 3 * _DAY
_MOST = 400 * _DAY  # longer than a year's rhythm


def health(state: SourceState, source: Source, *, now: float) -> str:
    """How a source is doing.

    Returns:
        `off` (not enabled), `gone` (410), `waits` (the server asked for time), `failing`, `new` (not looked at
        yet), `silent` (answers, but publishes nothing any more, against its own rhythm) or `ok`.
    """
    if not source.enabled:
        return OFF
    if state.is_gone:
        return GONE
    if state.not_before > now:
        return WAITS
    if state.failures >= _FAILURES or (state.failures and not state.succeeded_at):
        return FAILING
    if not state.succeeded_at:
        return NEW
    return SILENT if source.url and is_silent(state, now=now) else OK


def is_silent(state: SourceState, *, now: float) -> bool:
    """Whether a feed publishes nothing any more though it used to.

    It is silent for more than twice as long as ever of late, or four mean gaps, and three days of holiday on top.
    """
    if not state.longest_gap or not state.newest_at:
        return False
    mean = (state.seconds + _DAY) / (state.items + 1)
    limit = max(_LONGEST * state.longest_gap, _MEAN * min(mean, state.longest_gap)) + _GRACE
    return now - state.newest_at > min(limit, _MOST)
