"""Where the CPU time of a worker goes behind the extraction: the work of its runner, done in this process.

What cannot be seen from outside, that is how much of a worker's time is the client of Redis and how much is
judging, is measured by doing the same work once more here, with clocks around the doors of the store.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from redis import Redis
from redis.client import Pipeline

from bench.plant import Valkey
from feedmill.errors import ExtractionError
from feedmill.page import Page
from feedmill.store.commit import Committer
from feedmill.store.connection import connect, connect_async
from feedmill.store.intake import Intake
from feedmill.store.keys import Keys
from feedmill.store.workshop import Workshop
from workers import extract, making
from workers.dedup.sketch import sketch
from workers.desk import Desk
from workers.memory import Memory
from workers.stories.assign import Stories


@dataclass(frozen=True, slots=True)
class Stages:
    """CPU milliseconds per page, in one process without a queue. They add up to `whole`.

    Attributes:
        whole: All that a runner does with a page.
        extraction: Making the article of it: reading, extracting, normalising.
        store: Taking the page, the client of Redis, and the commit.
        memory: What the site's other pages teach, without the calls of Redis.
        judging: Fingerprint, story and the rest, without the calls of Redis.
        trips: Calls of Redis.
        server: CPU milliseconds of the server for them.
    """

    whole: float
    extraction: float
    store: float
    memory: float
    judging: float
    trips: float
    server: float


@dataclass(slots=True)
class _Clocks:
    """CPU seconds under each name, those of names inside of it left out."""

    seconds: Counter[str] = field(default_factory=Counter)
    calls: Counter[str] = field(default_factory=Counter)
    _inner: list[float] = field(default_factory=list)

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **options: Any) -> Any:
            self._inner.append(0.0)
            started = time.process_time()
            try:
                return function(*args, **options)
            finally:
                spent = time.process_time() - started
                self.seconds[name] += spent - self._inner.pop()  # type: ignore[assignment]
                self.calls[name] += 1
                if self._inner:
                    self._inner[-1] += spent

        return timed


_DOORS: tuple[tuple[type, str, str], ...] = (
    (Redis, "execute_command", "redis"),
    (Pipeline, "execute", "redis"),
    (Workshop, "begin", "store"),
    (Committer, "commit", "store"),
    (Memory, "recall", "memory"),
    (Memory, "remember", "memory"),
    (Stories, "assign", "judging"),
)


def stages(pages: Sequence[Page]) -> Stages:
    """Work on pages in this process."""
    extract.warm_up()
    sketch("Warm up what is made when it is first used.")
    clocks, bare, whole = _Clocks(), 0.0, 0.0
    with _accepted(pages) as (server, redis), _around_the_doors(clocks):
        server_before, desk = server.cpu_seconds(), Desk(redis, Keys())
        for number, page in enumerate(pages):
            # In turn, and each as often the first that sees a page: what disturbs one disturbs the other.
            if number % 2:
                bare += _cpu(making.to_article, page)
            whole += _cpu(desk.work_on, page.id)
            if not number % 2:
                bare += _cpu(making.to_article, page)
        spent_by_server = server.cpu_seconds() - server_before
    spent = clocks.seconds
    store, per_page = spent["redis"] + spent["store"], 1000 / len(pages)
    return Stages(
        whole=whole * per_page,
        extraction=bare * per_page,
        store=store * per_page,
        memory=spent["memory"] * per_page,
        judging=(whole - bare - store - spent["memory"]) * per_page,
        trips=clocks.calls["redis"] / len(pages),
        server=spent_by_server * per_page,
    )


def _cpu(work: Callable[[Any], object], what: Any) -> float:
    started = time.process_time()
    with suppress(ExtractionError):
        work(what)
    return time.process_time() - started


@contextmanager
def _around_the_doors(clocks: _Clocks) -> Iterator[None]:
    with ExitStack() as stack:
        for owner, name, label in _DOORS:
            timed = clocks.around(label, getattr(owner, name))
            stack.enter_context(patch.object(owner, name, timed))
        yield


@contextmanager
def _accepted(pages: Sequence[Page]) -> Iterator[tuple[Valkey, Redis]]:
    """A server in which the pages wait."""
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        Valkey(Path(folder)) as server,
        connect(server.url) as redis,
    ):
        asyncio.run(_accept(server.url, pages))
        yield server, redis


async def _accept(url: str, pages: Sequence[Page]) -> None:
    redis = connect_async(url)
    try:
        intake = Intake(redis, Keys())
        for page in pages:
            await intake.accept(page, None)
    finally:
        await redis.aclose()
