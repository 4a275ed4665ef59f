"""Manners: the real service on a fake web and a virtual clock, checked against the 17 rules of etiquette.

A fake web on loopback (`bench/fakeweb`: 10,000 feeds on 3,000 hosts, every behaviour of research/feeds.md, section 5.4)
is read for days by the real scheduler, fetcher and store over real sockets and a real Valkey, in one event loop whose
time is virtual (`bench/virtual.py`). In the middle the service is killed and started anew. Then the web's log is
checked (`bench/manners_rules`). Two models of other clients are run on a smaller web of the same kind: the rules have
to find what they do wrong.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import structlog

from bench import manners_peers, manners_rules
from bench.fakeweb.plan import DAY, EPOCH, HOUR, Plan
from bench.fakeweb.population import Size, draw
from bench.fakeweb.server import Served, serving
from bench.fakeweb.web import FakeWeb
from bench.manners_rules import Facts, History, Violation
from bench.manners_rules.timing import repeated
from bench.manners_score import Score, score
from bench.manners_service import MAX_BYTES, ServiceUnderTest
from bench.report import Goal, print_report
from bench.virtual import VirtualLoop, redis_outside
from feedmill.embedded import EmbeddedServer

_SEED = 54
_FULL = Size(feeds=10_000, hosts=3000, days=8.0)
_QUICK = Size(feeds=400, hosts=120, days=8.0)
_PEERS = Size(feeds=400, hosts=120, days=4.0)
_DOWN_FOR = 2 * HOUR
_LINE = 200  # characters of a violation shown
_EXAMPLES = 3  # violations shown of each rule


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one client did: its figures, and what it broke."""

    name: str
    feeds: int
    score: Score
    violations: Mapping[int, Sequence[Violation]]
    repeated: Sequence[Violation] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """What the run has cost in CPU seconds, and how long it took."""

    cpu: float
    serving: float
    wall: float


def run(*, as_json: bool, quick: bool, seed: int = _SEED) -> None:
    """Run the benchmark and print its report."""
    plan = draw(_QUICK if quick else _FULL, seed)
    history, cost = visit(plan, seed)
    ours = outcome("feedmill", history, plan)
    small = draw(_PEERS, seed)
    peers = [
        outcome(habits.name, manners_peers.visit(small, habits), small)
        for habits in (manners_peers.CRON, manners_peers.MINIFLUX)
    ]
    for number, found in ours.violations.items():
        _show(f"rule {number}", found)
    _show("repeated after the restart", ours.repeated)
    print_report(
        "manners",
        _table([ours, *peers]),
        _goals(ours, cost),
        as_json=as_json,
        results=[_results(one) for one in (ours, *peers)] + [asdict(cost)],
    )


def outcome(name: str, history: History, plan: Plan) -> Outcome:
    """The figures of a client and what it broke."""
    violations = manners_rules.check(history)
    return Outcome(name, len(plan.feeds), score(history, plan), violations, repeated(history))


def visit(plan: Plan, seed: int) -> tuple[History, Cost]:
    """Let the service read a web for its whole time, with a restart in the middle."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    cpu, wall = time.process_time(), time.perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as name,
        EmbeddedServer(Path(name)) as valkey,
        asyncio.Runner(loop_factory=lambda: VirtualLoop(EPOCH)) as runner,
    ):
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        with redis_outside(loop):
            history, served = runner.run(_visit(loop, plan, valkey.url, seed, Path(name)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return history, Cost(round(cpu, 1), round(served.seconds, 1), round(wall, 1))


async def _visit(
    loop: VirtualLoop, plan: Plan, redis_url: str, seed: int, folder: Path
) -> tuple[History, Served]:
    end = EPOCH + plan.days * DAY
    async with serving(lambda port: FakeWeb(plan, port), loop.unix) as served:
        service = ServiceUnderTest(served.web, loop.unix, redis_url, seed, folder)
        progress = asyncio.create_task(_tell_progress(served, plan.days))
        started = [loop.unix()]
        async with service.running():
            await asyncio.sleep(plan.days * DAY / 2)
            stopped = loop.unix()
        due = await service.due()
        await asyncio.sleep(_DOWN_FOR)
        started.append(loop.unix())
        async with service.running():
            await asyncio.sleep(end - loop.unix())
        progress.cancel()
        facts = Facts(
            user_agent=service.settings.fetch.user_agent,
            feeds=len(plan.feeds),
            started=tuple(started),
            stopped=(stopped,),
            ended=end,
            max_bytes=MAX_BYTES,
            peak=served.peak,
            unresolved=served.web.unresolved,
            intrusions=served.intrusions,
            due=due,
            failures=await service.failures(),
        )
    return History(served.web.log, facts), served


async def _tell_progress(served: Served, days: float) -> None:
    for day in range(1, int(days)):
        await asyncio.sleep(DAY)
        print(f"day {day} of {days:g}: {len(served.web.log)} requests", file=sys.stderr)


def _show(name: str, found: Sequence[Violation]) -> None:
    if found:
        print(f"{name}: {len(found)} violations, for example")
    for violation in found[:_EXAMPLES]:
        print(
            f"    {(violation.at - EPOCH) / HOUR:9.3f} h  {violation.place}: {violation.what[:_LINE]}"
        )


def _table(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """One line for each rule, one column for each client, then the figures."""
    rows: list[dict[str, Any]] = [{"rule": "feeds"} | {one.name: one.feeds for one in outcomes}]
    rows.extend(
        {"rule": f"{number:2} {name}"} | {one.name: len(one.violations[number]) for one in outcomes}
        for number, (name, _) in manners_rules.RULES.items()
    )
    figures = [asdict(one.score) for one in outcomes]
    rows.extend(
        {"rule": name} | {one.name: own[name] for one, own in zip(outcomes, figures, strict=True)}
        for name in figures[0]
    )
    return rows


def _results(one: Outcome) -> dict[str, Any]:
    return {
        "client": one.name,
        "feeds": one.feeds,
        "score": asdict(one.score),
        "violations": {str(number): len(found) for number, found in one.violations.items()},
        "repeated": len(one.repeated),
    }


def _goals(ours: Outcome, cost: Cost) -> list[Goal]:
    broken = sum(map(len, ours.violations.values()))
    requests = ours.score.requests
    rate = requests / cost.cpu
    alone = requests / max(cost.cpu - cost.serving, 0.001)
    return [
        Goal("violations of the 17 rules", "0", broken, not broken),
        Goal("polls repeated after the restart", "0", len(ours.repeated), not ours.repeated),
        Goal("items missed", "0", ours.score.missed, not ours.score.missed),
        Goal("requests per CPU-second, in all", "told", round(rate), met=True),
        Goal("requests per CPU-second, without the fake web", "told", round(alone), met=True),
    ]
