"""What a look changes in the state of its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from feedmill.config import Source
from feedmill.errors import SourceError
from feedmill.store.sources import SourceState
from service.schedule import due, failures, liars, moves, rhythm, waits, why
from service.sources.item import Answer, Polled

_OK, _NOT_MODIFIED = 200, 304
_HUB_MARGIN = 3600.0  # seconds that a hub may be late


def begun(state: SourceState, source: Source, *, now: float) -> SourceState:
    """What to save before a look: should it never end, the next one is not at once."""
    state = moves.of_address(state, source)
    if state.is_gone:
        return state
    checks = not state.is_liar and liars.is_suspicious(state, now=now)
    least = max(due.interval(source), due.asked(state).seconds)
    return replace(
        state, asked_at=now, next_at=now + least, full_at=now if checks else state.full_at
    )


def after_success(
    state: SourceState,
    polled: Polled,
    source: Source,
    *,
    new: int,
    now: float,
    random: Callable[[], float],
    hours: float = rhythm.HOURS,
) -> SourceState:
    """The state after a look that succeeded and whose entries are all taken; "not modified" is success too.

    Args:
        state: The state that `begun` gave.
        polled: What the look found.
        source: The source's configuration.
        new: How many entries were not known before.
        now: Unix seconds.
        random: A random number in [0, 1), for jitter.
        hours: Looks against delay; see `service.schedule.rhythm`.
    """
    state = moves.of_address(state, source)
    if polled.answer is not None:
        state = _heard(state, polled.answer, source, new=new, now=now)
    elif source.url:
        state = rhythm.followed(state, published=(), new=new, window=None, now=now)
    state = replace(
        state,
        polled_at=now,
        succeeded_at=now,
        new_at=now if new else state.new_at,
        failures=0.0,
        error_kind=None,
        error=None,
        not_before=0.0,
        is_gone=False,
    )
    return due.after(state, source, now=now, random=random, hours=hours)


def after_failure(
    state: SourceState,
    error: SourceError,
    source: Source,
    *,
    now: float,
    random: Callable[[], float],
) -> SourceState:
    """The state after a look that failed. Validators, rhythm and redirects stay as they were.

    Args:
        state: The state that `begun` gave.
        error: What went wrong.
        source: The source's configuration.
        now: Unix seconds.
        random: A random number in [0, 1), for jitter.
    """
    state = moves.of_address(state, source)
    asked = min(failures.asked_to_wait(error) or 0.0, waits.MOST_RETRY_AFTER)
    if error.kind in failures.PUT_OFF:
        return _put_off(state, error, source, asked, now=now, random=random)
    falls_back = moves.leads_nowhere(state, error, source)
    if falls_back:
        state = _without_validators(moves.forgotten(state))
    state = replace(
        state,
        polled_at=now,
        failures=state.failures + failures.weight(error),
        error_kind=error.kind,
        error=error.message,
        status=failures.status_of(error),
        not_before=now + asked if asked else 0.0,
    )
    if failures.is_gone(error) and not falls_back:
        return replace(state, is_gone=True, next_at=due.NEVER, why=why.GONE)
    return _later(state, error, source, asked, now=now, random=random)


def after_push(
    state: SourceState, published: Sequence[float], *, new: int, now: float
) -> SourceState:
    """The state after a hub has brought entries: the rhythm goes on, the next look stays where it is."""
    if not new:
        return replace(state, pushed_at=now)
    state = rhythm.followed(state, published=published, new=new, window=None, now=now)
    return replace(state, pushed_at=now, new_at=now)


def reconfigured(
    state: SourceState, source: Source, *, now: float, random: Callable[[], float]
) -> SourceState:
    """The state after the source's own settings have changed: due as if they had held at the last look."""
    state = moves.of_address(state, source)
    if state.is_gone or state.failures or not state.succeeded_at or state.next_at <= now:
        return state
    return due.after(state, source, now=min(state.polled_at, now), random=random)


def revived(state: SourceState, *, now: float) -> SourceState:
    """The state after a person has asked for a look: due at once, a feed that was gone too, unless it is to wait."""
    state = replace(state, is_gone=False)
    return replace(state, next_at=max(now, due.earliest(state)), why=why.ASKED)


def _heard(
    state: SourceState, answer: Answer, source: Source, *, new: int, now: float
) -> SourceState:
    """With everything that an answer says."""
    state = _with_validators(state, answer, new=new)
    state = waits.heard(moves.seen(state, answer, source, now=now), answer)
    if new and answer.not_modified is False and _hub_was_late(state, answer, now=now):
        state = replace(state, push_until=0.0)
    state = rhythm.followed(
        state, published=answer.published, new=new, window=answer.window, now=now
    )
    return replace(
        state,
        status=_NOT_MODIFIED if answer.not_modified else _OK,
        format=answer.format or state.format,
        title=answer.title or state.title,
        feed_url=answer.feed_url or state.feed_url,
        found_at=now if answer.feed_url else state.found_at,
    )


def _with_validators(state: SourceState, answer: Answer, *, new: int) -> SourceState:
    """Both validators as they were received, and none that the answer no longer sends.

    Those of "not modified" replace only what they name (RFC 9111, section 4.3.4). Where another address gave that
    answer than the one that the validators came from, it proves nothing, and the whole feed is asked for next.
    """
    if liars.has_lied(state, answer, new=new):
        return _without_validators(replace(state, is_liar=True))
    if state.is_liar:
        return state
    if not answer.not_modified:
        return replace(
            state,
            etag=answer.etag,
            last_modified=answer.last_modified,
            validators_url=answer.final_url,
        )
    if state.validators_url and answer.final_url not in (None, state.validators_url):
        return _without_validators(state)
    return replace(
        state,
        etag=answer.etag or state.etag,
        last_modified=answer.last_modified or state.last_modified,
    )


def _without_validators(state: SourceState) -> SourceState:
    return replace(state, etag=None, last_modified=None, validators_url=None)


def _hub_was_late(state: SourceState, answer: Answer, *, now: float) -> bool:
    """Whether a look found what the hub should have brought long ago."""
    if state.push_until <= now:
        return False
    unseen = [at for at in answer.published if at > state.newest_at]
    return not answer.published or any(at < now - _HUB_MARGIN for at in unseen)


def _put_off(
    state: SourceState,
    error: SourceError,
    source: Source,
    asked: float,
    *,
    now: float,
    random: Callable[[], float],
) -> SourceState:
    """Not looked at, because of its host: no failure, and no change but the time."""
    wait = max(asked, waits.LEAST) if asked else due.interval(source)
    again = max(now + _later_by(wait, random), due.earliest(state))
    return due.at(state, again, failures.PUT_OFF[error.kind], random)


def _later(
    state: SourceState,
    error: SourceError,
    source: Source,
    asked: float,
    *,
    now: float,
    random: Callable[[], float],
) -> SourceState:
    """With the time of the next look after a failure, never before the server's `Retry-After`."""
    shortest = max(due.interval(source), due.asked(state).seconds)
    wait = failures.back_off(
        error, state.failures, shortest=shortest, longest=max(due.longest(source), shortest)
    )
    reason = why.RETRY_AFTER if asked >= wait else why.FAILED
    wait = max(wait, asked)
    return due.at(state, now + _later_by(wait, random), reason, random)


def _later_by(seconds: float, random: Callable[[], float]) -> float:
    """Up to a tenth longer, so that the sources of a host do not come back together."""
    return seconds * (1 + 0.1 * random())
