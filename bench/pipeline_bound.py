"""The bound of the pipeline: nothing but the extraction, on the same pages, in as many processes.

A program of its own, `python -m bench.pipeline_bound`, that goes on between the rounds of the benchmark: it
is told how many processes to use, forks them, and answers how long they took. `Bound` starts it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from bench.plant import Plan
from bench.plant.processes import machine_seconds
from feedmill.errors import ExtractionError
from feedmill.launch import with_parent
from feedmill.page import EntryHints, Page

_ROOT = Path(__file__).parents[1]
_PORT = 8000  # in the addresses of pages; nobody is asked there
_READY_SECONDS = 120
_WARM_UP = 8  # pages that each process extracts before the clock runs: the bound is that of a loop that runs for long


@dataclass(frozen=True, slots=True)
class Loop:
    """One run of the bare loop.

    Attributes:
        pages: How many.
        seconds: By the clock, from when all processes had started.
        cpu_seconds: Of all processes.
        others: CPU seconds that the cores spent on anything else meanwhile.
    """

    pages: int
    seconds: float
    cpu_seconds: float
    others: float

    @property
    def per_second(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    @property
    def per_core_second(self) -> float:
        """Pages for each second of a core that nobody else used."""
        return self.pages / (self.seconds * cores() - self.others)

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per page."""
        return self.cpu_seconds / self.pages * 1000


class Bound:
    """The bare loop, ready to run whenever it is wanted. A context manager.

    Args:
        plan: Where the pages are.
        first: Number of the first page.
        last: Behind the last one.
    """

    def __init__(self, plan: Plan, first: int, last: int) -> None:
        self._told = {
            "pages": plan.pages,
            "hosts": plan.hosts,
            "data": str(plan.data.resolve()) if plan.data else None,
            "seed": plan.seed,
        }
        self._span = [first, last]

    def __enter__(self) -> Self:
        command = [
            *(sys.executable, "-m", "bench.pipeline_bound"),
            *(json.dumps(self._told), json.dumps(self._span)),
        ]
        self._process = subprocess.Popen(
            with_parent(command, number=signal.SIGKILL),
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._answer()
        return self

    def __exit__(self, *_error: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()

    def run(self, processes: int) -> Loop:
        """Extract all pages once in so many processes."""
        assert self._process.stdin
        self._process.stdin.write(f"{processes}\n")
        self._process.stdin.flush()
        told = self._answer()
        return Loop(**told)

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the bare loop has ended")
        told: dict[str, Any] = json.loads(line)
        return told


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))


def pages_of(plan: Plan, first: int, last: int) -> list[Page]:
    """Pages as the service accepts them."""
    return [
        Page(
            id=f"page{leaf.number:012d}",
            kind="page",
            source_id=f"host-{leaf.host}",
            feed_url=f"http://{leaf.host}:{_PORT}/feed.xml",
            url=(url := f"http://{leaf.host}:{_PORT}{leaf.path}"),
            identity=url,
            final_url=url,
            status=200,
            fetched_at=datetime.now(UTC),
            content=plan.content(leaf),
            content_type="text/html",
            hints=EntryHints(guid=f"page-{leaf.number}", title=f"Page {leaf.number}, edition 1"),
        )
        for leaf in plan.leaves[first:last]
    ]


def main() -> None:
    """Read how many processes to use, line by line, and answer each."""
    from workers import extract, making  # noqa: PLC0415 - only this program needs them

    told, (first, last) = json.loads(sys.argv[1]), json.loads(sys.argv[2])
    data = told.pop("data")
    pages = pages_of(Plan(**told, data=Path(data) if data else None), first, last)
    extract.warm_up()
    gc.collect()
    gc.freeze()  # as the workers do, so that no process copies what it only looks through
    print("{}", flush=True)
    for line in sys.stdin:
        print(json.dumps(_run(pages, int(line), making.to_article)), flush=True)


def _run(pages: list[Page], processes: int, to_article: Any) -> dict[str, float]:
    context = multiprocessing.get_context("fork")
    next_one, spent = context.Value("i", 0), context.Array("d", processes)
    ready = context.Barrier(processes + 1)
    children = [
        context.Process(target=_loop, args=(pages, to_article, (next_one, spent, ready), number))
        for number in range(processes)
    ]
    for child in children:
        child.start()
    ready.wait(_READY_SECONDS)
    started, busy = time.perf_counter(), machine_seconds()
    for child in children:
        child.join()
    seconds, busy = time.perf_counter() - started, machine_seconds() - busy
    return {
        "pages": len(pages),
        "seconds": seconds,
        "cpu_seconds": sum(spent),
        "others": max(0.0, busy - sum(spent)),
    }


def _loop(pages: list[Page], to_article: Any, shared: tuple[Any, Any, Any], number: int) -> None:
    next_one, spent, ready = shared
    _extract(pages[number : number + _WARM_UP], to_article)
    ready.wait(_READY_SECONDS)
    started = time.process_time()
    while True:
        with next_one.get_lock():
            at = next_one.value
            next_one.value += 1
        if at >= len(pages):
            break
        _extract(pages[at : at + 1], to_article)
    spent[number] = time.process_time() - started


def _extract(pages: list[Page], to_article: Any) -> None:
    for page in pages:
        with contextlib.suppress(ExtractionError):
            to_article(page)


if __name__ == "__main__":
    main()
