"""Hosts that have asked to be left alone, and for how long that is honoured.

A 429 or 503 holds the host, not only the address that was asked. `Retry-After` is a promise asked of us: it is
kept to the second or longer, up to a ceiling. Without one the wait is an hour, doubled for each such answer
in a row. Some platforms say 403 and mean 429; it counts as one if it says when to come back.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

from service.http.lanes import Place, place

_TOO_MANY = 429
_UNAVAILABLE = 503
_FORBIDDEN = 403
_FIRST_ERROR = 400
_MAX_NAMES = 10_000
_MAX_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class HoldPolicy:
    """For how long, all in seconds.

    Attributes:
        least: Shortest hold, whatever the server asks.
        unasked: Hold where the server does not say how long.
        most_unasked: The longest that doubling makes of it.
        ceiling: Longest `Retry-After` that is honoured.
        shared: Longest hold that one tenant's answer puts on the other tenants of a platform.
        jitter: Part of the hold that chance may add, so that what waited does not return together.
    """

    least: float = 60.0
    unasked: float = 3600.0
    most_unasked: float = 86400.0
    ceiling: float = 7 * 86400.0
    shared: float = 3600.0
    jitter: float = 0.1


def is_hold(status: int, retry_after: float | None) -> bool:
    """Whether an answer asks to be left alone.

    Args:
        status: Of the answer.
        retry_after: Seconds of its `Retry-After`, None without a readable one.
    """
    return status in {_TOO_MANY, _UNAVAILABLE} or (status == _FORBIDDEN and retry_after is not None)


def hold_seconds(
    retry_after: float | None, *, row: int, chance: float, policy: HoldPolicy
) -> float:
    """How long to leave a host alone.

    Args:
        retry_after: Seconds it asked for; None if it did not say.
        row: How many holds in a row came before this one.
        chance: 0 to 1.
        policy: The bounds.
    """
    if retry_after is None or not isfinite(retry_after):
        seconds = min(policy.unasked * 2.0 ** min(row, _MAX_DOUBLINGS), policy.most_unasked)
    else:
        seconds = min(retry_after, policy.ceiling)
    return max(seconds, policy.least) * (1 + policy.jitter * chance)


@dataclass(slots=True)
class _Hold:
    until: float
    row: int


class Holds:
    """The holds in force. What a host did is forgotten when it answers well again.

    Args:
        policy: The bounds.
        clock: Unix seconds.
        chance: A random number in [0, 1).
    """

    def __init__(
        self,
        policy: HoldPolicy | None = None,
        *,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._policy = policy or HoldPolicy()
        self._clock = clock
        self._chance = chance
        self._holds: dict[str, _Hold] = {}

    def answered(self, host: str, status: int, retry_after: float | None) -> dict[str, float]:
        """Take note of an answer.

        On a shared platform, 503 speaks for the tenant alone; 429 speaks for the platform as well, but
        a tenant may have set it himself, so that it keeps the others waiting for a bounded time only.

        Returns:
            The names that are held from now on, until when (Unix seconds).
        """
        where = place(host)
        if not is_hold(status, retry_after):
            if status < _FIRST_ERROR:
                self._forgive(where)
            return {}
        spans = {where.tenant: self._span(where.tenant, retry_after)}
        if where.is_shared and status != _UNAVAILABLE:
            spans[where.lane] = min(self._span(where.lane, retry_after), self._policy.shared)
        now = self._clock()
        return {name: now + span for name, span in spans.items() if self._extend(name, now + span)}

    def hold(self, host: str, until: float) -> None:
        """Hold a host as it was held before a restart; a time beyond all bounds is cut."""
        most = max(self._policy.ceiling, self._policy.most_unasked) * (1 + self._policy.jitter)
        self._extend(place(host).tenant, min(until, self._clock() + most))

    def until(self, host: str) -> float:
        """Until when a host is held, Unix seconds; 0 if it is not."""
        where = place(host)
        until = max(self._until(where.lane), self._until(where.tenant))
        return until if until > self._clock() else 0.0

    def seconds_left(self, host: str) -> float:
        """For how long a host is held still; 0 if it is not."""
        until = self.until(host)
        return until and until - self._clock()

    def seconds_with_jitter(self, host: str) -> float:
        """As `seconds_left`, with a share of chance for each caller, so that not all return together."""
        return self.seconds_left(host) * (1 + self._policy.jitter * self._chance())

    def _until(self, name: str) -> float:
        hold = self._holds.get(name)
        return hold.until if hold else 0.0

    def _span(self, name: str, retry_after: float | None) -> float:
        hold = self._holds.get(name)
        row = hold.row if hold else 0
        if hold and hold.until > self._clock():
            row -= 1  # the request was on its way already: no new refusal, the same one again
        return hold_seconds(retry_after, row=row, chance=self._chance(), policy=self._policy)

    def _extend(self, name: str, until: float) -> bool:
        """Note one more hold; whether it lasts longer than what was known."""
        hold = self._holds.get(name)
        now = self._clock()
        if hold is None:
            self._make_room()
            self._holds[name] = _Hold(until, 1)
            return until > now
        if hold.until <= now:
            hold.row += 1
        is_longer = until > hold.until
        hold.until = max(hold.until, until)
        return is_longer

    def _forgive(self, where: Place) -> None:
        """An answer to a request that was on its way when the hold began does not lift it."""
        now = self._clock()
        for name in {where.lane, where.tenant} & self._holds.keys():
            if self._holds[name].until <= now:
                del self._holds[name]

    def _make_room(self) -> None:
        if len(self._holds) < _MAX_NAMES:
            return
        now = self._clock()
        self._holds = {name: hold for name, hold in self._holds.items() if hold.until > now}
        while len(self._holds) >= _MAX_NAMES:
            del self._holds[min(self._holds, key=lambda name: self._holds[name].until)]
