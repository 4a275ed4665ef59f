"""Soak: at 80 % of what the mill can do, with a random kill every 20 seconds: lost, doubled, memory.

First the capacity is measured with a burst of pages. Then pages come at their pace for `--minutes` (30; `--quick`:
half a minute), while processes are killed or stopped at random (the seed is printed). In the end every page that was in
a feed must have come out, and once.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from random import Random
from typing import Any, cast

from redis.exceptions import RedisError

from bench.faults_look import empty_pages, finished, told_twice, until
from bench.faults_stage import Setting, Stage, staged
from bench.plant import PlantOptions
from bench.plant.processes import memory_bytes
from bench.report import Goal, print_report
from bench.soak_kills import KILLS
from bench.soak_memory import Sample, growth

_MINUTES, _QUICK_MINUTES = 30.0, 0.25
_LOAD = 0.8
_BURST, _QUICK_BURST = 1200, 120
_HOSTS, _QUICK_HOSTS = 4, 2
_KILL_EVERY, _QUICK_KILL_EVERY = 20.0, 4.0  # seconds
_TELL_EVERY, _QUICK_TELL_EVERY = 10.0, 2.0
_LOOK_EVERY = 20.0  # seconds between two looks at a feed, in a long soak
_SHOWN = 60.0  # seconds for which a page stays in its feed: longer than anything here is down
_DONE_SECONDS = 240.0
_FLAT = 0.1  # growth of a process in the last quarter, share
_FLAT_PER_ARTICLE = 1.15  # bytes to an article in the second half, to those in the first
_LEAST_MINUTES = 5.0  # below this, memory is told and not judged


@dataclass(slots=True)
class Soak:
    """What a soak has seen.

    Attributes:
        rate: Pages a second that came.
        capacity: Pages a second that the mill can do.
        minutes: How long pages came.
        kills: How often each thing happened.
        samples: Of memory.
    """

    capacity: float
    rate: float
    minutes: float
    kills: Counter[str] = field(default_factory=Counter)
    samples: list[Sample] = field(default_factory=list)


def run(*, as_json: bool, quick: bool, minutes: float | None = None, seed: int = 0) -> None:
    """Run the soak and print its report. A lost or doubled page ends the program with 1."""
    seed = seed or int(time.time())
    lasting = minutes or (_QUICK_MINUTES if quick else _MINUTES)
    print(f"seed {seed}")
    capacity = measure(*((_QUICK_BURST, _QUICK_HOSTS) if quick else (_BURST, _HOSTS)))
    soak = Soak(round(capacity, 1), round(capacity * _LOAD, 1), lasting)
    print(f"capacity {soak.capacity} pages/s; {soak.rate} pages/s for {lasting:g} minutes")
    with staged(Setting(), _options(soak, quick=quick)) as stage:
        stage.start()
        until(lambda: _is_looked_at(stage), 60.0)
        _go_on(stage, soak, Random(seed), quick=quick)
        until(lambda: _is_done(stage), _DONE_SECONDS)
        time.sleep(1.0)
        outcome = stage.plant.outcome()
        result = {
            "seed": seed,
            **{name: getattr(soak, name) for name in ("capacity", "rate", "minutes")},
            "kills": dict(soak.kills),
            "pages": outcome.expected,
            "new": outcome.new,
            "linked": outcome.linked,
            "quarantined": outcome.quarantined,
            "wrongly aside": outcome.quarantined - empty_pages(stage.plant),
            "lost": len(outcome.lost),
            "doubled": len(outcome.doubled) + len(told_twice(stage.plant)),
            "memory": asdict(growth(soak.samples)),
        }
    rows = [{"": name, "value": value} for name, value in _flat(result)]
    goals = _goals(result)
    print_report("soak", rows, goals, as_json=as_json, results=result)
    if not all(goal.met for goal in goals):
        sys.exit(1)


def measure(pages: int, hosts: int) -> float:
    """Pages a second that the mill can do, from the feed to the store: a burst, until the last of it is finished."""
    options = PlantOptions(pages=pages, hosts=hosts, copies=0.04, empty=0.02)
    with staged(Setting(), options) as stage:
        stage.start()
        until(lambda: _is_looked_at(stage) and stage.plant.registered_workers() > 1, 60.0)
        begun = time.monotonic()
        stage.plant.web.release()
        until(lambda: finished(stage.plant) >= pages, 180.0)
        return finished(stage.plant) / (time.monotonic() - begun)


def _options(soak: Soak, *, quick: bool) -> PlantOptions:
    hosts = _QUICK_HOSTS if quick else _HOSTS
    return PlantOptions(
        pages=int(soak.rate * soak.minutes * 60),
        hosts=hosts,
        copies=0.04,
        empty=0.02,
        window=0 if quick else int(_SHOWN * soak.rate / hosts),
        every="1s" if quick else f"{_LOOK_EVERY:g}s",
    )


def _go_on(stage: Stage, soak: Soak, chance: Random, *, quick: bool) -> None:
    """Have pages come at their pace, and something happen every now and then."""
    kill_every = _QUICK_KILL_EVERY if quick else _KILL_EVERY
    tell_every = _QUICK_TELL_EVERY if quick else _TELL_EVERY
    started = time.monotonic()
    kill_at, tell_at = started + kill_every / 2, started + tell_every
    stage.plant.web.release_at(soak.rate)
    while (now := time.monotonic()) < started + soak.minutes * 60:
        if now >= kill_at:
            kill_at += kill_every
            _hurt(stage, soak, chance)
        if now >= tell_at:
            tell_at = now + tell_every
            with contextlib.suppress(RedisError, OSError):
                _sample(stage, soak, now - started)
        time.sleep(0.1)
    stage.plant.web.release()


def _hurt(stage: Stage, soak: Soak, chance: Random) -> None:
    name = chance.choice(list(KILLS))
    try:
        KILLS[name](stage, chance)
    except (TimeoutError, OSError, RedisError, IndexError) as error:
        name = f"{name} (was not to be had: {type(error).__name__})"
    soak.kills[name] += 1


def _sample(stage: Stage, soak: Soak, at: float) -> None:
    assert stage.service is not None
    with stage.redis() as redis:
        used = int(redis.info("memory")["used_memory"])
        stored = cast("int", redis.hlen(stage.plant.keys.heads))
    workers = max(map(memory_bytes, stage.pids("worker")), default=0)
    service = memory_bytes(stage.service.pid)
    soak.samples.append(Sample(round(at, 1), service, workers, used, stored))
    print(
        f"{at / 60:6.2f} min  stored {stored}  pending {stage.plant.pending()}  "
        f"kills {soak.kills.total()}  service {service >> 20} MB  worker {workers >> 20} MB  server {used >> 20} MB",
        flush=True,
    )


def _goals(result: dict[str, Any]) -> list[Goal]:
    memory = result["memory"]
    goals = [
        Goal(f"pages lost of {result['pages']}", "0", result["lost"], not result["lost"]),
        Goal("articles doubled", "0", result["doubled"], not result["doubled"]),
        Goal(
            "pages set aside that are not to blame",
            "0",
            result["wrongly aside"],
            not result["wrongly aside"],
        ),
    ]
    if result["minutes"] < _LEAST_MINUTES:
        return goals
    for name in ("service", "workers"):
        value = memory[name]
        goals.append(
            Goal(f"growth of the {name} in the last quarter", "at most 10 %", value, value <= _FLAT)
        )
    ratio = round(memory["per_article"] / max(memory["per_article_before"], 1), 3)
    name = "server's bytes to an article, second half to first"
    return [*goals, Goal(name, "at most 1.15", ratio, ratio <= _FLAT_PER_ARTICLE)]


def _flat(result: dict[str, Any]) -> list[tuple[str, Any]]:
    rows: list[tuple[str, Any]] = []
    for name, value in result.items():
        rows += _flat(value) if isinstance(value, dict) else [(name, value)]
    return rows


def _is_looked_at(stage: Stage) -> bool:
    """Whether every source has been looked at once: the first looks are spread over some seconds."""
    with stage.redis() as redis:
        hosts = range(stage.plant.options.hosts)
        keys = [stage.plant.keys.source(f"host-{number}") for number in hosts]
        return all(redis.hexists(key, "polled_at") for key in keys)


def _is_done(stage: Stage) -> bool:
    return not stage.plant.pending() and finished(stage.plant) >= stage.plant.options.pages
