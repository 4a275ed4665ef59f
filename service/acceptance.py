"""The moment at which the service takes responsibility for a page, and how long it waits for it.

A page that has been fetched waits here, in memory, while the queue is at its bound or Redis is gone, full or takes no
writes. How many there are is bounded by how many are asked for at a time.
"""

from __future__ import annotations

from typing import Protocol

from feedmill.page import Page
from feedmill.store.intake import Intake, Mark, Validators
from service.pressure import Pressure
from service.queue import PageQueue


class Keeper(Protocol):
    """Writes pages down before they are accepted."""

    async def keep(self, page: Page) -> Page:
        """The page, with the place where it is kept."""
        ...


class Acceptance:
    """Accepts pages and sends them on their way.

    Args:
        intake: Where pages are accepted. Its client is patient.
        queue: The way to the workers.
        pressure: The gate.
        keeper: What writes pages down first; None for nothing.
    """

    def __init__(
        self, intake: Intake, queue: PageQueue, pressure: Pressure, keeper: Keeper | None = None
    ) -> None:
        self._intake = intake
        self._queue = queue
        self._pressure = pressure
        self._keeper = keeper

    async def room(self) -> None:
        """Wait until another page may be asked for."""
        await self._pressure.passed()

    async def accept(
        self, page: Page, mark: Mark | None, validators: Validators | None = None
    ) -> None:
        """Accept a page, however long that takes.

        Args:
            page: The page. If it had been deferred, it is so no longer.
            mark: The version of the item that is seen with it; None where it is marked already.
            validators: What the page was served with, for asking again when the item changes.

        Raises:
            redis.RedisError: Redis refuses for a reason that does not pass by itself.
        """
        if self._keeper:
            page = await self._keeper.keep(page)
        limits = self._pressure.bounds.limits
        while bound := await self._intake.accept(page, mark, validators, limits):
            await self._pressure.refused(bound)
            limits = self._pressure.bounds.limits
        self._queue.put(page.id)
