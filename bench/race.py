"""Run extractors over pages one page at a time in turn, so that a noisy machine slows all alike."""

from __future__ import annotations

import contextlib
import gc
import logging
import signal
import socket
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from bench.corpus import Page

PAGE_SECONDS = 20
_WARM_UP = 3  # pages

Key = tuple[str, str]  # set and id of a page


@dataclass(frozen=True, slots=True)
class Answer:
    """What an extractor says of a page; `quality` where it has an opinion on itself."""

    text: str
    quality: float | None = None


Extract = Callable[[bytes, str | None], Answer | str | None]


@dataclass(slots=True)
class Runs:
    """What one extractor did, page by page.

    Attributes:
        answers: Of every page; an error or a page that took too long leaves an empty text.
        seconds: CPU time, the least of all rounds.
        errors: The exceptions, by their class.
        late: Pages that took longer than the limit.
    """

    answers: dict[Key, Answer] = field(default_factory=dict)
    seconds: dict[Key, float] = field(default_factory=dict)
    errors: dict[Key, str] = field(default_factory=dict)
    late: set[Key] = field(default_factory=set)

    def empty(self, keys: Sequence[Key]) -> int:
        """On how many pages there is no text."""
        return sum(not self.answers[key].text.strip() for key in keys)


@dataclass(frozen=True, slots=True)
class Speed:
    """Pages per CPU second as a ratio to the base: of the sums, and the median of the pages' ratios."""

    total: float
    median: float
    pages_per_second: float


def race(
    extractors: Mapping[str, Extract], pages: Sequence[Page], *, rounds: int, timed_every: int = 1
) -> dict[str, Runs]:
    """Give every page to every extractor.

    Args:
        extractors: By name.
        pages: The pages.
        rounds: How often; the texts are those of the first round.
        timed_every: After the first round only one page in so many is used.
    """
    runs = {name: Runs() for name in extractors}
    order = list(extractors.items())
    with _quiet(), _offline():
        for page in pages[:_WARM_UP]:
            for _, extract in order:
                _call(extract, page)
        gc.collect()
        gc.freeze()
        for number in range(rounds):
            chosen = pages if number == 0 else pages[::timed_every]
            for index, page in enumerate(chosen):
                _show(f"round {number + 1} of {rounds}, page {index + 1} of {len(chosen)}")
                turn = (index + number) % len(order)
                for name, extract in order[turn:] + order[:turn]:
                    _note(runs[name], page, _call(extract, page))
        gc.unfreeze()
    _show("")
    return runs


def speed(runs: Runs, base: Runs, keys: Sequence[Key]) -> Speed:
    """How fast an extractor was on some pages."""
    ours, theirs = ([run.seconds[key] for key in keys] for run in (runs, base))
    return Speed(
        total=sum(theirs) / sum(ours),
        median=statistics.median(t / o for o, t in zip(ours, theirs, strict=True)),
        pages_per_second=len(keys) / sum(ours),
    )


class _LateError(BaseException):
    """Not an Exception, so that no extractor catches it."""


def _call(extract: Extract, page: Page) -> tuple[Answer, float, str | None]:
    """The answer, the CPU time, and what went wrong (`late`, or the class of the exception)."""
    trouble = None
    answer: Answer | str | None = None
    signal.signal(signal.SIGALRM, _ring)
    started = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_REAL, PAGE_SECONDS)
        try:
            answer = extract(page.html, page.url)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except _LateError:
        trouble = "late"
    except Exception as error:  # noqa: BLE001 - whatever a peer raises is counted
        trouble = type(error).__name__
    seconds = time.process_time() - started
    return answer if isinstance(answer, Answer) else Answer(answer or ""), seconds, trouble


def _note(runs: Runs, page: Page, outcome: tuple[Answer, float, str | None]) -> None:
    answer, seconds, trouble = outcome
    key = (page.set, page.id)
    runs.answers.setdefault(key, answer)
    runs.seconds[key] = min(seconds, runs.seconds.get(key, seconds))
    if trouble == "late":
        runs.late.add(key)
    elif trouble:
        runs.errors[key] = trouble


def _ring(*_: Any) -> NoReturn:
    raise _LateError


def _show(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Peers warn and log of pages; here only their answers count."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            logging.disable(before)


@contextlib.contextmanager
def _offline() -> Iterator[None]:
    """Some peers would fetch lists or pictures: nothing that is compared may wait for a network."""

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError("a benchmark has no network")

    before = socket.socket.connect, socket.getaddrinfo
    socket.socket.connect, socket.getaddrinfo = refuse, refuse  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        socket.socket.connect, socket.getaddrinfo = before  # type: ignore[method-assign]
