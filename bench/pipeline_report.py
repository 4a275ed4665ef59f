"""What the pipeline's figures come to: the table, the goals, and how they are judged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from bench import pipeline_peers as peers
from bench import pipeline_store as store
from bench.pipeline_bound import Loop
from bench.pipeline_plot import Measured
from bench.pipeline_runs import Backlog, Phase, percentile
from bench.pipeline_stages import Stages
from bench.report import Goal, table

JUDGED = """\
The efficiency is given twice. By CPU time: that of the extraction in the bare loop over that of the workers with all
that they start, a page each. It is what more cores bring, and says the same on a busy machine. By the clock: articles
a second from the queue over pages a second of the bare loop, on the same cores, which the server, the service and the
consumer share with the workers; what programs outside of the benchmark took of them is left out of both."""


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


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was measured.

    Attributes:
        workers: Of the main runs.
        main: The main runs.
        scaling: Other numbers of workers, and another host.
        stages: Where the CPU time of a page goes.
        rates: The store alone.
        beside: What a user would pick instead.
    """

    workers: int
    main: Main
    scaling: Sequence[Measured]
    stages: Stages
    rates: Sequence[store.Rate]
    beside: Sequence[peers.Peer]

    @property
    def worker_ms(self) -> float:
        """CPU milliseconds of the workers per page, with all that they start."""
        return median([one.worker_ms for one in self.main.drained])

    @property
    def inflated(self) -> float:
        """By how much a page took longer in the bound than where its work was taken apart: other processes beside."""
        return median([one.cpu_ms for one in self.main.loops]) / self.stages.extraction

    @property
    def queue_ms(self) -> float:
        """CPU milliseconds per page of RQ, forks and supervisor: what of the workers' time is no work on pages."""
        return max(0.0, self.worker_ms - self.stages.whole * self.inflated)

    @property
    def store_ms(self) -> float:
        """CPU milliseconds per page of taking it, of the client of Redis, and of the commit."""
        return self.stages.store * self.inflated

    @property
    def share(self) -> float:
        """Of queue and commit in the CPU time of the workers."""
        return (self.queue_ms + self.store_ms) / self.worker_ms


def measured(name: str, workers: int, drained: Sequence[Phase], loops: Sequence[Loop]) -> Measured:
    """One number of workers, for the plot."""
    return Measured(
        name,
        workers,
        per_second=round(median([one.per_second for one in drained]), 1),
        bound=round(median([one.per_second for one in loops]), 1),
        by_cpu=round(by_cpu(drained, loops), 3),
    )


def by_cpu(drained: Sequence[Phase], loops: Sequence[Loop]) -> float:
    """CPU time of the extraction over that of the workers with all that they start."""
    return median([one.cpu_ms for one in loops]) / median([one.worker_ms for one in drained])


def by_clock(phases: Sequence[Phase], loops: Sequence[Loop]) -> float:
    """Articles per second over pages per second of the bound."""
    return median([one.per_second for one in phases]) / median([one.per_second for one in loops])


def by_cores(phases: Sequence[Phase], loops: Sequence[Loop]) -> float:
    """The same for each second of a core that no other program had."""
    ours = median([one.per_core_second for one in phases])
    return ours / median([one.per_core_second for one in loops])


def rows(figures: Figures) -> list[dict[str, Any]]:
    """The table."""
    told = [*_speed(figures.main), *_costs(figures), *_latency_and_memory(figures.main)]
    return [{"what": what, "value": round(value, 3 if value < 10 else 1)} for what, value in told]


def _speed(main: Main) -> list[tuple[str, float]]:
    return [
        ("bound: extraction alone, pages/s", median([one.per_second for one in main.loops])),
        ("from the queue, articles/s", median([one.per_second for one in main.drained])),
        ("with fetching beside, articles/s", median([one.per_second for one in main.fetched])),
        ("from the queue over the bound, by the clock", by_clock(main.drained, main.loops)),
        ("... without what others had of the cores", by_cores(main.drained, main.loops)),
        ("with fetching over the bound, by the clock", by_clock(main.fetched, main.loops)),
        ("... without what others had of the cores", by_cores(main.fetched, main.loops)),
        ("extraction over all CPU of the workers", by_cpu(main.drained, main.loops)),
    ]


def _costs(figures: Figures) -> list[tuple[str, float]]:
    main, taken, inflated = figures.main, figures.stages, figures.inflated
    service = [one.spent.service / one.pages * 1000 for one in main.fetched]
    return [
        ("all but queue and commit over all CPU of the workers", 1 - figures.share),
        ("bound: CPU ms a page", median([one.cpu_ms for one in main.loops])),
        ("workers: CPU ms a page", figures.worker_ms),
        ("... RQ, forks, supervisor", figures.queue_ms),
        ("... client of Redis, commit", figures.store_ms),
        ("... site memory", taken.memory * inflated),
        ("... fingerprint, story, names", taken.judging * inflated),
        ("calls of Redis a page", taken.trips),
        ("server: CPU ms a page", median([one.server_ms for one in main.drained])),
        ("service: CPU ms a page", median(service)),
    ]


def _latency_and_memory(main: Main) -> list[tuple[str, float]]:
    backlogs = main.backlogs
    return [
        ("seconds from fetched to readable, p50", percentile(main.latencies, 50)),
        ("seconds from fetched to readable, p99", percentile(main.latencies, 99)),
        ("service: MB at the peak", median([one.service_peak / 1e6 for one in backlogs])),
        ("server: MB at the peak", median([one.server_peak / 1e6 for one in backlogs])),
        (
            "service: MB per 1,000 pages in flight",
            median([one.per_thousand(one.service_bytes) for one in backlogs]),
        ),
        (
            "server: MB per 1,000 pages in flight",
            median([one.per_thousand(one.server_bytes) for one in backlogs]),
        ),
    ]


def goals(figures: Figures) -> list[Goal]:
    """What the issue asks for."""
    main, workers = figures.main, figures.workers
    cpu, cores = by_cpu(main.drained, main.loops), by_cores(main.drained, main.loops)
    share = figures.share
    p99 = percentile(main.latencies, 99)
    return [
        Goal(f"efficiency of {workers} workers, by CPU time", ">= 0.90", _3(cpu), cpu >= 0.90),
        Goal(f"efficiency of {workers} workers, by the clock", ">= 0.90", _3(cores), cores >= 0.90),
        Goal("share of workers' CPU in queue and commit", "<= 0.05", _3(share), share <= 0.05),
        Goal("seconds from fetched to readable at half load, p99", "<= 3", _3(p99), p99 <= 3),
        Goal("pages lost or doubled", "0", len(main.wrong), not main.wrong),
    ]


def results(figures: Figures) -> dict[str, Any]:
    """Everything, for programs."""
    return {
        "rows": rows(figures),
        "scaling": [asdict(one) for one in figures.scaling],
        "stages": asdict(figures.stages),
        "store": [asdict(one) | {"most": one.most} for one in figures.rates],
        "beside": [asdict(one) for one in figures.beside],
        "rounds": {
            name: [asdict(one) for one in getattr(figures.main, name)]
            for name in ("loops", "drained", "fetched", "backlogs")
        },
    }


def show(figures: Figures) -> None:
    """Print how efficiency is judged, and the smaller tables."""
    print(JUDGED, end="\n\n")
    print(table([asdict(one) | {"by_clock": one.by_clock} for one in figures.scaling]), end="\n\n")
    print(table([_told_of_rate(one) for one in figures.rates]), end="\n\n")
    known = [one for one in figures.beside if not one.missing]
    if known:
        print(table([_told_of_peer(one) for one in known]), end="\n\n")
    for one in figures.beside:
        if one.missing:
            print(f"{one.name}: {one.missing}")


def _told_of_rate(rate: store.Rate) -> dict[str, Any]:
    return {
        "store alone": f"{rate.processes} processes",
        "commits/s": round(rate.per_second),
        "server us": round(rate.server_us),
        "most/s": round(rate.most),
    }


def _told_of_peer(peer: peers.Peer) -> dict[str, Any]:
    return {
        "beside": peer.name,
        "pages/s": round(peer.per_second, 1),
        "CPU ms a page": round(peer.cpu_ms, 1),
    }


def tell(what: str, drained: Phase, loops: Sequence[Loop]) -> None:
    """Say how a run went, while the next one begins."""
    bound = median([one.per_second for one in loops])
    print(
        f"{what}: {drained.per_second:.1f} articles/s, bound {bound:.1f}; "
        f"extraction {by_cpu([drained], loops):.3f} of the workers' CPU",
        flush=True,
    )


def _3(value: float) -> float:
    return round(value, 3)
