"""One fault, from a fresh plant to the reckoning."""

from __future__ import annotations

import contextlib
import re
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import partial

from redis.exceptions import RedisError

from bench import faults_page
from bench.faults_list import Fault
from bench.faults_look import STEP, empty_pages, finished, seconds_out, told_twice, until
from bench.faults_stage import Stage, lines_of, staged
from bench.plant import Outcome, PlantOptions
from feedmill.store import gauge

_LOOK_EVERY = 0.5  # seconds
_FIRST = 40  # pages that are finished before anything happens
_START_SECONDS, _WORK_SECONDS, _DONE_SECONDS, _QUIET_SECONDS = 90.0, 120.0, 150.0, 30.0
_PLANT = PlantOptions(hosts=2, copies=0.04, edits=0.05, empty=0.02)
_IN_NAMES = re.compile(r"[0-9a-f]{32}|retpid=.*|/tmp/[^ .]*")
_OF_EMPTY_PAGES = "no-text"  # kind; what the web of a plant has some of


@dataclass(slots=True)
class Told:
    """What came of a fault.

    Attributes:
        name: Of the fault.
        pages: How many were released.
        lost: Addresses of which nothing came out.
        doubled: Addresses that came out more than once, and articles that the consumer was told twice as new.
        aside: How many pages were set aside that should not have been, or were not and should.
        resumes: Seconds from the end of the fault to the next finished page; None if there was none for long.
        orphans: Seconds from the end of the fault until the pages are finished that were in the batches in hand when it began;
            until those are stored that came with a poisoned page.
        all_out: Seconds from the end of the fault until everything that was in the feeds had come out.
        in_work: How many pages were in hand.
        states: What the service said of itself meanwhile, besides `ok`.
        seen: What the log said as a warning or an error, and how often.
        reasons: Of poisoned pages: what stands in the quarantine.
    """

    name: str
    pages: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    aside: int = 0
    resumes: float | None = None
    orphans: float | None = None
    all_out: float | None = None
    in_work: int = 0
    states: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    reasons: list[dict[str, str]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """Until everything goes on that the fault has held up."""
        each = (self.resumes, self.orphans)
        return max(_WORK_SECONDS if one is None else one for one in each)


def try_out(fault: Fault, *, pages: int) -> Told:
    """Do what the fault is to a plant under load, and see what comes of it."""
    with staged(fault.setting, replace(_PLANT, pages=pages)) as stage:
        stage.start()
        told = Told(fault.name, pages=pages)
        stage.plant.web.release(pages // 2)
        if not until(
            lambda: finished(stage.plant) >= _FIRST and bool(stage.in_work()), _START_SECONDS
        ):
            raise RuntimeError(f"the plant does not get to work: {_last_words(stage)}")
        orphans = stage.in_work()
        told.in_work = len(orphans)
        fault.hurt(stage)
        stage.plant.web.edit()
        stage.plant.web.release()
        _wait(stage, told, fault.lasts)
        if fault.mend:
            fault.mend(stage)
        ended = time.monotonic()
        _watch(stage, told, orphans, ended)
        if stage.plant.wait_until_done(_DONE_SECONDS):
            told.all_out = round(time.monotonic() - ended, 1)
        until(stage.is_quiet, _QUIET_SECONDS)
        _reckon(stage, told)
        return told


def _wait(stage: Stage, told: Told, seconds: float) -> None:
    """Let time pass, and note what the service says of itself."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        _note_state(stage, told)
        time.sleep(min(_LOOK_EVERY, left))


def _note_state(stage: Stage, told: Told) -> None:
    with contextlib.suppress(RedisError, OSError), stage.redis() as redis:
        standing = gauge.load(redis, stage.plant.keys)
        if standing and standing.state not in {"ok", *told.states}:
            told.states.append(standing.state)


def _watch(stage: Stage, told: Told, orphans: set[str], ended: float) -> None:
    """Note when work goes on, and when the pages are finished that were in hand."""
    before: int | None = None
    is_done = partial(_are_stored if stage.setting.poison else _are_finished, stage, orphans)
    while time.monotonic() < ended + _WORK_SECONDS and None in {told.resumes, told.orphans}:
        with contextlib.suppress(RedisError, OSError):
            now = finished(stage.plant)
            passed = round(time.monotonic() - ended, 2)
            before = now if before is None else before
            if told.resumes is None and now > before:
                told.resumes = passed
            if told.orphans is None and is_done():
                told.orphans = passed
        time.sleep(STEP)


def _reckon(stage: Stage, told: Told) -> None:
    outcome = stage.plant.outcome()
    told.lost, told.doubled = outcome.lost, [*outcome.doubled, *told_twice(stage.plant)]
    if stage.clock:  # by which the ledger cannot tell the second editions
        told.lost = [url for url in outcome.lost if url not in seconds_out(stage.plant)]
    told.seen = _seen(stage)
    told.aside = outcome.quarantined - empty_pages(stage.plant)
    strangers = outcome.unforeseen
    if stage.setting.poison:
        strangers = _reckon_poison(stage, told, outcome)
    told.doubled += strangers


def _reckon_poison(stage: Stage, told: Told, outcome: Outcome) -> list[str]:
    """The good files must be stored, the poisoned ones set aside, with a reason."""
    fate = faults_page.fate(stage.plant)
    told.lost += ["a good page beside a poisoned one"] * (fate.good - fate.stored)
    told.reasons = list(fate.aside)
    told.aside = outcome.quarantined - len(stage.setting.poison) - empty_pages(stage.plant)
    if len(told.reasons) < len(stage.setting.poison):
        told.lost.append("a poisoned page")
    return [url for url in outcome.unforeseen if faults_page.SOURCE not in url]


def _are_finished(stage: Stage, pages: set[str]) -> bool:
    with stage.redis() as redis:
        return not pages & stage.pending(redis)


def _are_stored(stage: Stage, _orphans: set[str]) -> bool:
    """Whether the good pages of a poisoned batch are stored."""
    fate = faults_page.fate(stage.plant)
    return fate.stored == fate.good


def _seen(stage: Stage) -> dict[str, int]:
    """What the programs have logged as warnings and errors."""
    events = [
        _IN_NAMES.sub("…", str(line.get("event")).partition("\n")[0])[:90]
        for line in lines_of(stage)
        if line.get("level") in {"warning", "error", "critical"}
        and line.get("kind") != _OF_EMPTY_PAGES
    ]
    return dict(Counter(events).most_common())


def _last_words(stage: Stage) -> str:
    """What the programs have said last."""
    logs = [program.log.read_text(errors="replace") for program in stage.plant.programs]
    return "\n".join(log[-500:] for log in logs)
