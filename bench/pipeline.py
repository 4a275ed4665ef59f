"""The whole pipeline beside its bound: articles per second, what queue and commit cost, and how soon articles are readable.

The bound is a bare loop of the same extraction on the same pages, in as many processes, in the same run. Around it
everything is real: pages over loopback HTTP from several hosts, the service, Valkey with AOF everysec, workers,
a consumer. What is judged by which clock, and why, is said with the goals.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import pipeline_peers as peers
from bench import pipeline_store as store
from bench.pipeline_bound import Bound, Loop, pages_of
from bench.pipeline_plot import Measured, draw
from bench.pipeline_runs import Backlog, Phase, Run, percentile
from bench.pipeline_stages import Stages, stages
from bench.plant import AclUser, Namespace, Plant, PlantOptions, ValkeyOptions
from bench.report import Goal, print_report, table
from feedmill import log

_JUDGED = """\
The efficiency is given twice. By CPU time: that of the extraction in the bare loop over that of the workers with all
that they start, a page each. It is what more cores bring, and says the same on a busy machine. By the clock: articles
a second from the queue over pages a second of the bare loop, on the same cores, which the server, the service and the
consumer share with the workers; what programs outside of the benchmark took of them is left out of both."""
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
    one_by_one: int = 20
    scripted: int = 150
    has_second_host: bool = True


_QUICK = Scale(80, 2, 1, 40, (), 30, 300, 0, 0, has_second_host=False)


@dataclass(slots=True)
class Main:
    """What the main runs gave, a value for each round.

    Attributes:
        loops: The bound.
        drained: Workers on pages that wait.
        fetched: Workers while the pages are fetched.
        backlogs: What pages in flight take.
        latencies: Seconds from fetched to readable under half load.
        wrong: Addresses that were lost, doubled or not foreseen.
    """

    loops: list[Loop] = field(default_factory=list)
    drained: list[Phase] = field(default_factory=list)
    fetched: list[Phase] = field(default_factory=list)
    backlogs: list[Backlog] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


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
    measured: list[Measured] = []
    with Bound(options.plan, 0, scale.pages) as bound:
        main = _main_runs(options, bound, scale, count)
        measured.append(_measured(f"{count} workers", count, main.drained, main.loops))
        measured += [_scaled(options, bound, scale, others) for others in scale.scaling]
        if scale.has_second_host:
            measured += _second_host(options, bound, scale, count)
    taken = stages(pages_of(options.plan, 0, scale.staged))
    rates = [store.rate(scale.commits, processes) for processes in ((2,) if quick else (1, 2, 4))]
    beside = _peers(options, scale, count) if scale.scripted else []
    rows = _rows(main, taken)
    goals = _goals(main, taken, count)
    print(_JUDGED, end="\n\n")
    _print_more(measured, rates, beside)
    results = {
        "rows": rows,
        "scaling": [asdict(one) for one in measured],
        "stages": asdict(taken),
        "store": [asdict(one) | {"most": one.most} for one in rates],
        "peers": [asdict(one) for one in beside],
        "rounds": {
            name: [asdict(one) for one in getattr(main, name)]
            for name in ("loops", "drained", "fetched")
        },
    }
    if not quick:
        draw(measured, beside)
    print_report("pipeline", rows, goals, as_json=as_json, results=results)


def _main_runs(options: PlantOptions, bound: Bound, scale: Scale, workers: int) -> Main:
    main = Main()
    for number in range(scale.rounds):
        with Plant(replace(options, seed=0)) as plant:
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
        _tell(f"round {number + 1}", main.drained[-1], main.loops[-2:])
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
    _tell(name, drained, loops)
    return _measured(name, workers, [drained], loops)


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
    _tell(name, drained, loops)
    return [_measured(name, workers, [drained], loops)]


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


def _measured(name: str, workers: int, drained: Sequence[Phase], loops: Sequence[Loop]) -> Measured:
    return Measured(
        name,
        workers,
        per_second=round(_median([one.per_second for one in drained]), 1),
        bound=round(_median([one.per_second for one in loops]), 1),
        by_cpu=round(_by_cpu(drained, loops), 3),
    )


def _by_cpu(drained: Sequence[Phase], loops: Sequence[Loop]) -> float:
    """CPU time of the extraction over that of the workers with all that they start."""
    return _median([one.cpu_ms for one in loops]) / _median([one.worker_ms for one in drained])


def _by_clock(phases: Sequence[Phase], loops: Sequence[Loop]) -> float:
    ours = _median([one.per_second for one in phases])
    return ours / _median([one.per_second for one in loops])


def _by_cores(phases: Sequence[Phase], loops: Sequence[Loop]) -> float:
    ours = _median([one.per_core_second for one in phases])
    return ours / _median([one.per_core_second for one in loops])


def _rows(main: Main, taken: Stages) -> list[dict[str, Any]]:
    worker_ms = _median([one.worker_ms for one in main.drained])
    queue_ms = max(0.0, worker_ms - taken.whole * _scale_of(main, taken))
    rows = [
        ("bound: extraction alone, pages/s", _median([one.per_second for one in main.loops])),
        ("bound: CPU ms a page", _median([one.cpu_ms for one in main.loops])),
        ("from the queue, articles/s", _median([one.per_second for one in main.drained])),
        ("with fetching beside, articles/s", _median([one.per_second for one in main.fetched])),
        ("from the queue over the bound, by the clock", _by_clock(main.drained, main.loops)),
        ("... without what others had of the cores", _by_cores(main.drained, main.loops)),
        ("with fetching over the bound, by the clock", _by_clock(main.fetched, main.loops)),
        ("... without what others had of the cores", _by_cores(main.fetched, main.loops)),
        ("extraction over all CPU of the workers", _by_cpu(main.drained, main.loops)),
        ("workers: CPU ms a page", worker_ms),
        ("... RQ, forks, supervisor", queue_ms),
        ("... client of Redis, commit (in process)", taken.store),
        ("... site memory (in process)", taken.memory),
        ("... fingerprint, story, names (in process)", taken.judging),
        ("calls of Redis a page", taken.trips),
        ("server: CPU ms a page", _median([one.server_ms for one in main.drained])),
        ("service: CPU ms a page", _service_ms(main)),
        ("seconds from fetched to readable, p50", percentile(main.latencies, 50)),
        ("seconds from fetched to readable, p99", percentile(main.latencies, 99)),
        ("service: MB per 1,000 pages in flight", _per_thousand(main, "service_bytes")),
        ("server: MB per 1,000 pages in flight", _per_thousand(main, "server_bytes")),
    ]
    return [{"what": what, "value": _rounded(value)} for what, value in rows]


def _goals(main: Main, taken: Stages, workers: int) -> list[Goal]:
    by_cpu, by_cores = _by_cpu(main.drained, main.loops), _by_cores(main.drained, main.loops)
    share = _share_of_queue(main, taken)
    p99 = percentile(main.latencies, 99)
    return [
        Goal(
            f"efficiency of {workers} workers, by CPU time",
            ">= 0.90",
            round(by_cpu, 3),
            by_cpu >= 0.90,
        ),
        Goal(
            f"efficiency of {workers} workers, by the clock",
            ">= 0.90",
            round(by_cores, 3),
            by_cores >= 0.90,
        ),
        Goal(
            "share of workers' CPU in queue and commit", "<= 0.05", round(share, 3), share <= 0.05
        ),
        Goal("seconds from fetched to readable at half load, p99", "<= 3", round(p99, 2), p99 <= 3),
        Goal("pages lost or doubled", "0", len(main.wrong), not main.wrong),
    ]


def _share_of_queue(main: Main, taken: Stages) -> float:
    """RQ, forks, the client of Redis and the commit, of all CPU time of the workers."""
    worker_ms = _median([one.worker_ms for one in main.drained])
    scale = _scale_of(main, taken)
    queue_ms = max(0.0, worker_ms - taken.whole * scale)
    return (queue_ms + taken.store * scale) / worker_ms


def _scale_of(main: Main, taken: Stages) -> float:
    """By how much a page took longer in the bound than where its work was taken apart: other processes beside."""
    return _median([one.cpu_ms for one in main.loops]) / taken.extraction


def _service_ms(main: Main) -> float:
    return _median([one.spent.service / one.pages * 1000 for one in main.fetched])


def _per_thousand(main: Main, name: str) -> float:
    return _median([one.per_thousand(getattr(one, name)) for one in main.backlogs])


def _print_more(
    measured: Sequence[Measured], rates: Sequence[store.Rate], beside: Sequence[peers.Peer]
) -> None:
    print(table([asdict(one) | {"by_clock": one.by_clock} for one in measured]), end="\n\n")
    commits = [
        {
            "store alone": f"{one.processes} processes",
            "commits/s": round(one.per_second),
            "server us": round(one.server_us),
            "most/s": round(one.most),
        }
        for one in rates
    ]
    print(table(commits), end="\n\n")
    known = [one for one in beside if not one.missing]
    if known:
        rows = [
            {
                "beside": one.name,
                "pages/s": round(one.per_second, 1),
                "CPU ms a page": round(one.cpu_ms, 1),
            }
            for one in known
        ]
        print(table(rows), end="\n\n")
    for one in beside:
        if one.missing:
            print(f"{one.name}: {one.missing}")


def _tell(what: str, drained: Phase, loops: Sequence[Loop]) -> None:
    bound = _median([one.per_second for one in loops])
    print(
        f"{what}: {drained.per_second:.1f} articles/s, bound {bound:.1f}; "
        f"CPU {_by_cpu([drained], loops):.3f} of the workers",
        flush=True,
    )


def _median(values: Sequence[float]) -> float:
    return statistics.median(values)


def _rounded(value: float) -> float:
    return round(value, 3 if value < 10 else 1)
