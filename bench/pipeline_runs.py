"""Runs of the whole pipeline: from the queue, with fetching beside, and under half load."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

from bench.pipeline_bound import cores
from bench.plant import Namespace, Plant, Program
from bench.plant.processes import machine_seconds

_STEP = 0.02  # seconds
_SAMPLE = 0.25
_SETTLE = 90.0  # seconds that anything may take beyond what it should


@dataclass(frozen=True, slots=True)
class Spent:
    """CPU seconds of the parts of a plant in one phase, and of everybody else on the machine."""

    workers: float
    service: float
    server: float
    web: float
    others: float

    @property
    def whole(self) -> float:
        """Of all feedmill is: without the web, which stands for the sites of others."""
        return self.workers + self.service + self.server


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of a run.

    Attributes:
        pages: That came out of it.
        seconds: That it took.
        spent: CPU seconds meanwhile.
    """

    pages: int
    seconds: float
    spent: Spent

    @property
    def per_second(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    @property
    def per_core_second(self) -> float:
        """Pages for each second of a core that no program outside of the benchmark used."""
        return self.pages / (self.seconds * cores() - self.spent.others)

    @property
    def worker_ms(self) -> float:
        """CPU milliseconds of the workers per page."""
        return self.spent.workers / self.pages * 1000

    @property
    def server_ms(self) -> float:
        """CPU milliseconds of the server per page."""
        return self.spent.server / self.pages * 1000


@dataclass(frozen=True, slots=True)
class Backlog:
    """What pages in flight take.

    Attributes:
        pages: In flight.
        service_bytes: By which the service had grown at its peak.
        server_bytes: The same of the server.
        service_peak: What the service had then, with the processes that parse feeds.
        server_peak: What the server had.
    """

    pages: int
    service_bytes: int
    server_bytes: int
    service_peak: int
    server_peak: int

    def per_thousand(self, number: int) -> float:
        """Megabytes per 1,000 pages."""
        return number / self.pages * 1000 / 1e6


class Run:
    """Phases on one plant whose service and workers are started as they are needed.

    Args:
        plant: A running plant, nothing released.
    """

    def __init__(self, plant: Plant) -> None:
        self._plant = plant
        self._service: Program | None = None
        self._workers: list[Program] = []
        self._released = 0

    def fill(self, pages: int) -> Backlog:
        """Start the service and have pages accepted while no worker runs."""
        plant = self._plant
        self._service = plant.start_service()
        self._wait(lambda: plant.web.looked() == plant.options.hosts, "all feeds are looked at")
        before = (self._service.memory_bytes(), self._used())
        peak = list(before)
        self._release(pages)
        with _sampled(lambda: self._sample(peak)):
            self._wait(lambda: plant.pending() >= pages, "all pages are accepted")
        return Backlog(pages, peak[0] - before[0], peak[1] - before[1], *peak)

    def drain(self, workers: int, *, namespace: Namespace | None = None) -> Phase:
        """Start workers on what waits. The clock runs from when all have said that they take pages."""
        plant = self._plant
        waiting = plant.pending()
        self._workers.append(plant.start_workers(workers, namespace=namespace))
        self._wait(lambda: plant.registered_workers() >= workers, "all workers are ready")
        started, done_before, spent = time.time(), waiting - plant.pending(), self._spent()
        self._wait(lambda: not plant.pending(), "the queue is empty")
        spent = _minus(self._spent(), spent)
        return Phase(waiting - done_before, self._last() - started, spent)

    def fetch_and_work(self, pages: int) -> Phase:
        """Release pages while the workers run. The clock runs from the first page that is accepted."""
        plant, before = self._plant, self._finished()
        self._release(pages)
        self._wait(lambda: plant.pending() > 0, "the first page is accepted", step=0.005)
        started, spent = time.time(), self._spent()
        self._wait(lambda: self._finished() - before >= pages, "all have come out")
        spent = _minus(self._spent(), spent)
        return Phase(pages, self._last() - started, spent)

    def paced(self, pages: int, per_second: float) -> list[float]:
        """Release pages at a pace. Seconds from fetched to readable, for each page."""
        plant, before = self._plant, self._finished()
        noted = len(plant.consumer.entries())
        plant.web.release_at(per_second)
        target = self._released + pages
        self._wait(lambda: plant.web.released() >= target, "the pages are released")
        plant.web.release(target)
        self._released = target
        self._wait(lambda: self._finished() - before >= pages, "all have come out")
        time.sleep(1.0)  # for the consumer
        return self._latencies(noted)

    def _latencies(self, noted: int) -> list[float]:
        with self._plant.valkey.client() as redis:
            heads = cast("dict[bytes, bytes]", redis.hgetall(self._plant.keys.heads))
        fetched = {key.decode(): int(value.split(b":")[1]) / 1000 for key, value in heads.items()}
        entries = self._plant.consumer.entries()[noted:]
        return [one.at - fetched[one.fields["id"]] for one in entries if one.fields["op"] == "new"]

    def _release(self, pages: int) -> None:
        self._released += pages
        self._plant.web.release(self._released)

    def _finished(self) -> int:
        return sum(self._plant.stats().values())

    def _last(self) -> float:
        """When the last article was read. All have been written before this is called."""
        time.sleep(0.7)
        return self._plant.settled()

    def _spent(self) -> Spent:
        plant, busy = self._plant, machine_seconds()
        workers = sum(program.cpu_seconds() for program in self._workers)
        service = self._service.cpu_seconds() if self._service else 0.0
        server, web = plant.valkey.cpu_seconds(), plant.web.cpu_seconds()
        ours = workers + service + server + web + time.process_time()
        return Spent(workers, service, server, web, busy - ours)

    def _used(self) -> int:
        with self._plant.valkey.client() as redis:
            return int(redis.info("memory")["used_memory"])

    def _sample(self, peak: list[int]) -> None:
        assert self._service is not None
        peak[0] = max(peak[0], self._service.memory_bytes())
        peak[1] = max(peak[1], self._used())

    def _wait(self, condition: Callable[[], bool], what: str, *, step: float = _STEP) -> None:
        deadline = time.monotonic() + _SETTLE + self._plant.options.pages / 5
        while not condition():
            if time.monotonic() > deadline:
                logs = "".join(program.log.read_text()[-800:] for program in self._plant.programs)
                raise RuntimeError(f"not in time: {what}\n{logs}")
            time.sleep(step)


@contextmanager
def _sampled(sample: Callable[[], None]) -> Iterator[None]:
    """Call a function now and then while the context lasts, and once at its end."""
    ended = threading.Event()

    def keep_sampling() -> None:
        while not ended.wait(_SAMPLE):
            sample()

    thread = threading.Thread(target=keep_sampling)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        sample()


def _minus(after: Spent, before: Spent) -> Spent:
    return Spent(
        after.workers - before.workers,
        after.service - before.service,
        after.server - before.server,
        after.web - before.web,
        max(0.0, after.others - before.others),
    )


def percentile(values: list[float], percent: int) -> float:
    """The value that so many percent of all do not exceed."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
