"""What the status of an answer means. Pure."""

from __future__ import annotations

from feedmill.errors import FetchError
from service.http.messages import Reply

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_SUCCESS = range(200, 300)
_NOT_MODIFIED = 304
_EMPTY = frozenset({204, 205})
_PARTIAL = 206  # of which only a part was asked for, and we never ask for a part
_FORBIDDEN = 403
# Ours to repeat: too early, too often, or trouble of the server's or of those it asks (520 to 530).
_TRY_LATER = frozenset(
    {408, 420, 425, 429, 500, 502, 503, 504, 507, 508, 509, *range(520, 528), 529, 530}
)


def is_redirect(status: int) -> bool:
    """Whether the answer is to be had elsewhere."""
    return status in _REDIRECTS


def is_permanent(status: int) -> bool:
    """Whether it is to be had elsewhere from now on."""
    return status in _PERMANENT


def has_body(status: int) -> bool:
    """Whether the answer has a body that is worth reading."""
    return status in _SUCCESS and status not in _EMPTY and status != _PARTIAL


def check_status(reply: Reply, *, wait: float | None) -> None:
    """Let answers pass that have a body, an empty one, or none because nothing has changed.

    A 304 passes unasked too: it has nothing to read, and asking again would not change that.

    Args:
        reply: The answer.
        wait: Seconds that it asks to wait, if it does.

    Raises:
        FetchError: kind `http-status`, with `retry_after` where the server says it.
    """
    status = reply.status
    if status == _NOT_MODIFIED or (status in _SUCCESS and status != _PARTIAL):
        return
    raise FetchError(
        f"the server answered with status {status}",
        kind="http-status",
        # With a time to wait, "forbidden" means "too often".
        retryable=status in _TRY_LATER or (status == _FORBIDDEN and wait is not None),
        status=status,
        retry_after=wait,
    )
