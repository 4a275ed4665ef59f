"""The line before one lane: who is let through, who rests after his request, who waits. No clock in here."""

from __future__ import annotations

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """`concurrency` requests at a time, `delay` seconds of pause after each."""

    concurrency: int = 1
    delay: float = 2.0


class Line:
    """First come, first served; of the paces of all who are in it, the most careful holds."""

    def __init__(self) -> None:
        self._paces: Counter[Pace] = Counter()
        self._taken = 0
        self._waiting: OrderedDict[asyncio.Future[None], str] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits, asks or rests."""
        return not self._paces

    @property
    def delay(self) -> float:
        """Seconds to rest after a request."""
        return max((pace.delay for pace in self._paces), default=0.0)

    async def enter(self, host: str, pace: Pace) -> None:
        """Wait for a slot, to be given back by `leave`.

        Raises:
            Exception: What `turn_away` gave for this host.
        """
        self._paces[pace] += 1
        if self._taken < self._slots:  # then nobody waits
            self._taken += 1
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting[future] = host
        try:
            await future
        except BaseException:
            self._waiting.pop(future, None)
            if not future.cancelled() and future.exception() is None:
                self._taken -= 1  # the slot was given in the same moment in which it was given up
            self._forget(pace)
            raise

    def leave(self, pace: Pace) -> None:
        """Give a slot back; the next ones in line have it."""
        self._taken -= 1
        self._forget(pace)

    def turn_away(self, refusal: Callable[[str], Exception | None]) -> None:
        """Let those go who wait in vain.

        Args:
            refusal: Why a host's requests are not made any more; None if they are.
        """
        for future, host in list(self._waiting.items()):
            error = None if future.done() else refusal(host)
            if error is not None:
                del self._waiting[future]
                future.set_exception(error)

    @property
    def _slots(self) -> int:
        return max(1, min(pace.concurrency for pace in self._paces))

    def _forget(self, pace: Pace) -> None:
        self._paces[pace] -= 1
        if not self._paces[pace]:
            del self._paces[pace]
        while self._waiting and self._taken < self._slots:
            future, _ = self._waiting.popitem(last=False)
            if not future.done():
                self._taken += 1
                future.set_result(None)
