"""Permanent redirects (301, 308): followed at once, kept only when they have proved stable."""

from __future__ import annotations

from dataclasses import replace

from feedmill.config import Source
from feedmill.errors import SourceError
from feedmill.store.sources import SourceState
from service.schedule.failures import status_of
from service.sources.item import Answer

_LOOKS = 5
_SECONDS = 3 * 86_400.0
_ENDS = frozenset(("dns", "url-refused", "address-refused", "tls", "redirects", "not-a-feed"))
_ENDING_STATUSES = frozenset((401, 403, 404, 410))


def of_address(state: SourceState, source: Source) -> SourceState:
    """The state, if it belongs to the address that is configured now; otherwise a new one.

    Another address is another source: no validator, redirect, failure or rhythm of the old one holds.
    """
    if state.url == source.url:
        return state
    return SourceState(url=source.url) if state.url else replace(state, url=source.url)


def address(state: SourceState, source: Source) -> str:
    """The address to ask: the configured one, or where a stable permanent redirect leads."""
    configured = source.url or ""
    return state.moved_to if is_kept(state, source) and state.moved_to else configured


def is_kept(state: SourceState, source: Source) -> bool:
    """Whether the redirect has led to one place often and long enough, without leaving HTTPS."""
    if not state.moved_to or state.url != source.url:
        return False
    lasted = state.polled_at - state.moved_since
    stays_safe = state.moved_to.startswith("https:") or not (source.url or "").startswith("https:")
    return state.moved_count >= _LOOKS and lasted >= _SECONDS and stays_safe


def seen(state: SourceState, answer: Answer, source: Source, *, now: float) -> SourceState:
    """With what an answer, which was taken in whole, says about the address."""
    if is_kept(state, source) and answer.moved_to is None:
        return state  # the new address was asked, and answered
    if answer.moved_to is None:
        return forgotten(state)
    if answer.moved_to == state.moved_to:
        return replace(state, moved_count=state.moved_count + 1)
    return replace(state, moved_to=answer.moved_to, moved_since=now, moved_count=1)


def forgotten(state: SourceState) -> SourceState:
    """Without any redirect: the configured address is asked again."""
    if state.moved_to is None:
        return state
    return replace(state, moved_to=None, moved_since=0.0, moved_count=0)


def leads_nowhere(state: SourceState, error: SourceError, source: Source) -> bool:
    """Whether a failure shows that a redirect which was kept leads to nothing any more."""
    ends = error.kind in _ENDS or status_of(error) in _ENDING_STATUSES
    return is_kept(state, source) and ends
