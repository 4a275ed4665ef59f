"""Servers that answer "not modified" although the feed has changed.

Where a feed has fallen silent against its own rhythm and the server goes on answering 304, the whole feed is
asked for without validators: once a week at most, and never of feeds that behave as they always did.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedmill.store.sources import SourceState
from service.schedule.condition import is_silent
from service.sources.item import Answer

EVERY = 7 * 86_400.0
"""Seconds between two looks that check whether a server lies."""

LEAST = 3600.0
"""Seconds between two looks at a server that lies: each of them has to ask for the whole feed."""

_MARGIN = 3600.0  # dates of entries may be off by so much


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask with.

    Attributes:
        etag: For `If-None-Match`, byte for byte as it was received.
        last_modified: For `If-Modified-Since`, byte for byte as it was received.
        delta: Whether a part of the feed will do (RFC 3229).
    """

    etag: str | None = None
    last_modified: str | None = None
    delta: bool = False


def question(state: SourceState, *, now: float) -> Question:
    """The validators to send: those of the last whole answer, none where a liar may be caught."""
    if state.is_liar or is_checked(state) or is_suspicious(state, now=now):
        return Question()
    known = bool(state.etag or state.last_modified)
    return Question(state.etag, state.last_modified, delta=known)


def is_suspicious(state: SourceState, *, now: float) -> bool:
    """Whether to ask for the whole feed, to see whether "not modified" is true."""
    has_validators = bool(state.etag or state.last_modified)
    was_checked = now - max(state.full_at, state.new_at) < EVERY
    return has_validators and not was_checked and is_silent(state, now=now)


def is_checked(state: SourceState) -> bool:
    """Whether the look that is under way asks for the whole feed."""
    return state.full_at > 0 and state.full_at == state.asked_at


def has_lied(state: SourceState, answer: Answer, *, new: int) -> bool:
    """Whether the answer to a check proves that "not modified" was not true.

    It does if there was news under the validators that we had, or news older than the last "not modified".
    """
    if not is_checked(state) or answer.not_modified or not new:
        return False
    if answer.etag and state.etag:
        same = answer.etag == state.etag
    else:
        same = answer.last_modified is not None and answer.last_modified == state.last_modified
    unseen = [at for at in answer.published if at > state.newest_at]
    return same or any(at < state.polled_at - _MARGIN for at in unseen)
