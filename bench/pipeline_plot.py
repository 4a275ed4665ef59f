"""The plot of the pipeline: articles per second over the number of workers, beside the bound and what else one could do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.pipeline_peers import Peer
from bench.plot import PLOTS, Axis, Curve, Point, scatter


@dataclass(frozen=True, slots=True)
class Measured:
    """One number of workers.

    Attributes:
        name: What it is called.
        workers: How many.
        per_second: Articles per second from the queue.
        bound: Pages per second of the bare loop in as many processes.
        by_cpu: CPU time of the extraction over that of the workers.
    """

    name: str
    workers: int
    per_second: float
    bound: float
    by_cpu: float

    @property
    def by_clock(self) -> float:
        """Articles per second over the bound."""
        return round(self.per_second / self.bound, 3)


def draw(measured: Sequence[Measured], beside: Sequence[Peer]) -> None:
    """Draw `docs/bench/pipeline.svg`."""
    here = sorted((one for one in measured if "host" not in one.name), key=lambda one: one.workers)
    known = [one for one in beside if not one.missing]
    points = [Point(one.name, one.workers, one.per_second, ours=True) for one in measured]
    points += [Point("", one.workers, one.bound) for one in here[:-1]]
    points += [Point("bound: the extraction alone", here[-1].workers, here[-1].bound)]
    points += [Point(one.name, _processes(one), one.per_second) for one in known]
    most = max(point.y for point in points) * 1.15
    scatter(
        PLOTS / "pipeline.svg",
        points,
        Axis("processes", 0.5, 4.6, (1, 2, 4)),
        Axis("articles per second", 0.0, most, _ticks(most), form=".0f"),
        title="Articles per second from the queue, with more workers",
        note="two cores, which workers, server, service and web share",
        curves=(
            Curve(tuple((one.workers, one.per_second) for one in here), ours=True),
            Curve(tuple((one.workers, one.bound) for one in here)),
        ),
    )


def _processes(peer: Peer) -> int:
    return 2 if peer.name.startswith("RQ") else 1


def _ticks(most: float) -> tuple[float, ...]:
    step = next(step for step in (5, 10, 20, 50, 100, 200) if most / step <= 8)
    return tuple(float(value) for value in range(0, int(most) + 1, step))
