"""The whole pipeline beside its bound: articles per second, what queue and commit cost, and how soon articles are readable.

The bound is a bare loop of the same extraction on the same pages, in as many processes, in the same run. Around it
everything is real: pages over loopback HTTP from several hosts, the service, Valkey with AOF everysec, workers,
a consumer. What is judged by which clock, and why, is said with the goals.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from bench import pipeline_peers as peers
from bench import pipeline_report as report
from bench import pipeline_store as store
from bench.pipeline_bound import Bound, pages_of
from bench.pipeline_plot import Measured, draw
from bench.pipeline_report import Figures, Main
from bench.pipeline_runs import Run
from bench.pipeline_stages import stages
from bench.plant import AclUser, Namespace, Plant, PlantOptions, ValkeyOptions
from bench.report import print_report
from feedmill import log

_MAIN_SECONDS = 200.0  # after which no round of the main run is begun
_MOST_SECONDS = 560.0  # after which no other part is
_RULES = ("~*", "&*", "+@all", "-@admin", "-@dangerous", "+info", "+client", "+keys")


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured.

    Attributes:
        pages: Of each phase.
        hosts: That they come from.
        rounds: Of the main run.
        paced: Pages under half load, of each round.
        scaling: Numbers of workers besides those of the main run.
        staged: Pages on which the work of a runner is taken apart.
        commits: For each process that commits.
        committing: Numbers of processes that do.
        one_by_one: Pages for RQ's defaults; tenfold with code loaded before the fork.
        scripted: Pages for each script.
        has_second_host: Whether workers run on a second host.
    """

    pages: int = 600
    hosts: int = 4
    rounds: int = 3
    paced: int = 250
    scaling: tuple[int, ...] = (1, 4)
    staged: int = 200
    commits: int = 1500
    committing: tuple[int, ...] = (1, 2, 4)
    one_by_one: int = 20
    scripted: int = 150
    has_second_host: bool = True


_QUICK = Scale(80, 2, 1, 40, (), 30, 300, (2,), 0, 0, has_second_host=False)


def run(
    *, as_json: bool, quick: bool, data: Path, pages: int | None = None, workers: int | None = None
) -> None:
    """Run the benchmark and print its report.

    Args:
        as_json: Whether to end with one line of JSON.
        quick: Whether to finish within a minute.
        data: Where the pages are.
        pages: Of each phase.
        workers: Of the main runs, 2 by default.
    """
    log.configure(level="warning")
    scale, count = _QUICK if quick else Scale(), workers or 2
    if pages:
        scale = replace(scale, pages=pages)
    options = PlantOptions(pages=2 * scale.pages + scale.paced, hosts=scale.hosts, data=data)
    started = time.monotonic()
    with Bound(options.plan, 0, scale.pages) as bound:
        main = _main_runs(options, bound, scale, count)
        scaling = [report.measured(f"{count} workers", count, main.drained, main.loops)]
        scaling += [
            _scaled(options, bound, scale, others)
            for others in scale.scaling
            if _has_time(started, f"{others} workers")
        ]
        if scale.has_second_host and _has_time(started, "second host"):
            scaling += _second_host(options, bound, scale, count)
    figures = Figures(
        workers=count,
        main=main,
        scaling=scaling,
        stages=stages(pages_of(options.plan, 0, scale.staged)),
        rates=[store.rate(scale.commits, processes) for processes in scale.committing],
        beside=_peers(options, scale, count)
        if scale.scripted and _has_time(started, "what else one could do")
        else [],
    )
    if not quick:
        draw(scaling, figures.beside)
    report.show(figures)
    print_report(
        "pipeline",
        report.rows(figures),
        report.goals(figures),
        as_json=as_json,
        results=report.results(figures),
    )


def _has_time(started: float, what: str) -> bool:
    """Whether there is time for a further part."""
    if time.monotonic() - started < _MOST_SECONDS:
        return True
    print(f"{what}: left out, the time is up")
    return False


def _main_runs(options: PlantOptions, bound: Bound, scale: Scale, workers: int) -> Main:
    main, started = Main(), time.monotonic()
    for number in range(scale.rounds):
        if number and time.monotonic() - started > _MAIN_SECONDS:
            print(f"{number} of {scale.rounds} rounds: this machine is busy")
            break
        with Plant(options) as plant:
            phases = Run(plant)
            main.backlogs.append(phases.fill(scale.pages))
            main.loops.append(bound.run(workers))
            main.drained.append(phases.drain(workers))
            main.loops.append(bound.run(workers))
            main.fetched.append(phases.fetch_and_work(scale.pages))
            capacity = main.fetched[-1].per_second
            main.latencies += phases.paced(scale.paced, capacity / 2)
            outcome = plant.outcome()
            main.wrong += [*outcome.lost, *outcome.doubled, *outcome.unforeseen]
        report.tell(f"round {number + 1}", main.drained[-1], main.loops[-2:])
    return main


def _scaled(options: PlantOptions, bound: Bound, scale: Scale, workers: int) -> Measured:
    """The same queue worked off by another number of workers."""
    name = f"{workers} worker{'s' if workers > 1 else ''}"
    with Plant(replace(options, pages=scale.pages)) as plant:
        phases = Run(plant)
        phases.fill(scale.pages)
        loops = [bound.run(workers)]
        drained = phases.drain(workers)
        loops.append(bound.run(workers))
    report.tell(name, drained, loops)
    return report.measured(name, workers, [drained], loops)


def _second_host(options: PlantOptions, bound: Bound, scale: Scale, workers: int) -> list[Measured]:
    """Workers in a network namespace, who come to the server over a cable, with a user and a password."""
    if not Namespace.possible():
        print("second host: left out, a network namespace needs root and iproute2")
        return []
    name = f"{workers} workers on a second host"
    with ExitStack() as stack:
        other = stack.enter_context(Namespace("fm-bench"))
        server = ValkeyOptions(
            tcp=True,
            address=f"127.0.0.1 {other.outside}",
            password="of-the-operator",
            user=AclUser("feedmill", "of-feedmill", _RULES),
        )
        plant = stack.enter_context(Plant(replace(options, pages=scale.pages, valkey=server)))
        phases = Run(plant)
        phases.fill(scale.pages)
        loops = [bound.run(workers)]
        drained = phases.drain(workers, namespace=other)
        loops.append(bound.run(workers))
    report.tell(name, drained, loops)
    return [report.measured(name, workers, [drained], loops)]


def _peers(options: PlantOptions, scale: Scale, workers: int) -> list[peers.Peer]:
    """What one would do without feedmill, on the same pages."""
    few, more = scale.one_by_one, scale.one_by_one * 10
    with Plant(replace(options, pages=scale.pages)) as plant:
        Run(plant).fill(min(scale.pages, few + more))
        found = [
            peers.one_page_per_job(plant, few, workers, preloaded=False),
            peers.one_page_per_job(plant, more, workers, preloaded=True),
        ]
        found += [peers.script(name, plant, scale.scripted) for name in peers.SCRIPTS]
    return found
