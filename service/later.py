"""When a page that could not be had is asked for again. Pure."""

from __future__ import annotations

from feedmill.errors import FetchError
from feedmill.store.deferred import Deferred

# Minutes until the next try, by how often it was tried: a busy moment, an outage, a day of repairs.
_WAITS = (1, 10, 60, 360, 1440)
_JITTER = 0.2
# The host or its robots.txt asked to wait: the page itself has not been tried.
_UNTRIED = frozenset({"host-waits", "robots-waits"})


def counted(tries: int, error: FetchError) -> int:
    """How often a page has been tried, after this error."""
    return tries if error.kind in _UNTRIED else tries + 1


def is_hopeless(deferred: Deferred, error: FetchError) -> bool:
    """Whether the page is not to be asked for any more.

    Args:
        deferred: The page, its tries with this one.
        error: Why it could not be had now.
    """
    return not error.retryable or deferred.tries > len(_WAITS)


def due(deferred: Deferred, error: FetchError, *, now: float, chance: float = 0.5) -> float:
    """When to ask for a page again, Unix seconds; never earlier than the server asked for.

    Args:
        deferred: The page, its tries with this one.
        error: Why it could not be had now.
        now: Unix seconds.
        chance: 0 to 1: how much later than needed, so that pages do not come back all at once.
    """
    minutes = _WAITS[min(max(deferred.tries, 1), len(_WAITS)) - 1]
    wait = max(60.0 * minutes, error.retry_after or 0.0)
    return now + wait * (1 + _JITTER * chance)
