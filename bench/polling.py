"""When to poll: our scheduler beside those of others, on the same feeds and a virtual clock.

Our side is the code of `service.schedule` with real states and answers; the peers are models of what their source
codes decide, written from research/feeds.md. Told are polls per feed and day, the delay from publishing to being
seen, entries that left their feed unseen (`unseeable`: before its own `ttl` or `max-age` allowed the next poll), the
most polls in one second, and polls earlier than these allow. The clock ticks for four weeks (the first is not scored); fetching takes no time.
"""

from __future__ import annotations

import functools
import itertools
import math
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import corpus, plot
from bench.polling_ours import Feedmill
from bench.polling_peers import (
    CommaFeed,
    Fixed,
    Lockstep,
    MediaCloud,
    MinifluxEntryFrequency,
    MinifluxRoundRobin,
    NewsBlur,
    SquareRoot,
    StormCrawler,
)
from bench.polling_run import Make, Score, simulate
from bench.polling_world import Feed, feeds, gaps_of_corpus
from bench.report import Goal, print_report

_FEEDS, _QUICK_FEEDS, _DAYS, _QUICK_DAYS = 400, 200, 28, 21
_SEED, _POLICY_SEED = 7, 1
_KNOBS, _QUICK_KNOBS = (0.4, 0.7, 1.0, 1.4, 2.0), (0.8, 1.5)
_ROOTS, _QUICK_ROOTS = (0.3, 0.5, 0.8, 1.1, 1.5), (1.1,)
_MOST_POLLS, _MOST_MEAN, _MOST_P99, _MOST_PEAK = 9.0, 30.0, 140.0, 5


@dataclass(frozen=True, slots=True)
class Side:
    """One policy at one setting."""

    name: str
    make: Make
    family: str = ""
    hours: float = 0.0
    pushes: bool = False


def run(*, as_json: bool, quick: bool, data: Path = corpus.DATA, seed: int = _SEED) -> None:
    """Run the benchmark, draw its plot and print its report."""
    days = _QUICK_DAYS if quick else _DAYS
    count = _QUICK_FEEDS if quick else _FEEDS
    world = feeds(gaps_of_corpus(data), count=count, days=days, seed=seed)
    sides = _sides(quick=quick)
    play = functools.partial(_play, world=world, days=days)
    # Forked: the feeds are shared, and nothing else runs in this program.
    with multiprocessing.get_context("fork").Pool(2) as pool:
        results = list(zip(sides, pool.map(play, sides, chunksize=1), strict=True))
        near = _within_budget(results)
        tried = zip(near, pool.map(play, near, chunksize=1), strict=True)
        within = [(side, score) for side, score in tried if score.polls_a_day <= _MOST_POLLS]
    budgeted = max(within, key=lambda one: one[1].polls_a_day)
    results.insert(0, budgeted)
    if not quick:
        _draw(results)
    rows = [_row(side, score) for side, score in results]
    print_report("polling", rows, _goals(budgeted[1]), as_json=as_json)


def _sides(*, quick: bool) -> list[Side]:
    knobs, roots = (_QUICK_KNOBS, _QUICK_ROOTS) if quick else (_KNOBS, _ROOTS)
    ours = [Side("feedmill, default", Feedmill)]
    ours += [_ours(hours) for hours in knobs]
    ours += [Side("... and WebSub on 10 %", _with_hubs, pushes=True)]
    plain = [
        Side(f"square root, C={factor:g}", functools.partial(SquareRoot, factor=factor), "root")
        for factor in roots
    ]
    return ours + plain + _PEERS


_PEERS = [
    Side("60 min, lockstep", Lockstep),
    Side("60 min, random phase", Fixed),
    Side("miniflux round_robin", MinifluxRoundRobin),
    Side("miniflux entry_frequency", MinifluxEntryFrequency),
    Side("CommaFeed", CommaFeed),
    Side("NewsBlur", NewsBlur),
    Side("news-crawl (StormCrawler)", StormCrawler),
    Side("Media Cloud", MediaCloud),
]


def _ours(hours: float) -> Side:
    return Side(f"feedmill, {hours:.2f} h", functools.partial(Feedmill, hours=hours), "ours", hours)


_with_hubs = functools.partial(Feedmill, pushes=True)


def _play(side: Side, *, world: Sequence[Feed], days: int) -> Score:
    return simulate(world, side.make, days=days, seed=_POLICY_SEED, pushes=side.pushes)


def _within_budget(results: Sequence[tuple[Side, Score]]) -> list[Side]:
    """Our policy with its knob about where it polls as often as the budget allows; one of them is within it."""
    curve = sorted((score.polls_a_day, side.hours) for side, score in results if side.hours)
    (few, long), (many, short) = next(
        (pair for pair in itertools.pairwise(curve) if pair[1][0] >= _MOST_POLLS),
        (curve[-2], curve[-1]),
    )
    # Both are nearly straight on logarithmic scales.
    share = math.log(_MOST_POLLS / few) / math.log(many / few)
    return [_ours(long * (short / long) ** share * off) for off in (0.99, 1.01, 1.04, 1.1)]


def _row(side: Side, score: Score) -> dict[str, Any]:
    return {
        "policy": side.name,
        "polls": round(score.polls_a_day, 1),
        "useful": f"{score.useful / max(score.polls, 1):.0%}",
        "mean min": round(score.mean, 1),
        "p50": round(score.quantile(0.5), 1),
        "p90": round(score.quantile(0.9), 1),
        "p99": round(score.quantile(0.99), 1),
        "missed": score.missed,
        "unseeable": score.unseeable,
        "peak/s": score.peak,
        "host peak/s": score.host_peak,
        "early": score.early,
    }


def _goals(score: Score) -> list[Goal]:
    at = f"at {score.polls_a_day:.1f} polls per feed and day: "
    mean, p99 = round(score.mean, 1), round(score.quantile(0.99), 1)
    return [
        Goal(at + "mean delay, minutes", "at most 30", mean, mean <= _MOST_MEAN),
        Goal(at + "p99 of the delay, minutes", "at most 140", p99, p99 <= _MOST_P99),
        Goal("entries missed", "0", score.missed, not score.missed),
        Goal("peak polls in one second", "at most 5", score.peak, score.peak <= _MOST_PEAK),
        Goal("polls earlier than allowed", "0", score.early, not score.early),
    ]


def _draw(results: Sequence[tuple[Side, Score]]) -> None:
    def curve(family: str) -> plot.Curve:
        chosen = sorted((s.polls_a_day, s.mean) for side, s in results if side.family == family)
        return plot.Curve(tuple(chosen), ours=family == "ours")

    points = [
        plot.Point(side.name, score.polls_a_day, score.mean, ours=side.make is Feedmill)
        for side, score in results
        if not side.family and not side.pushes
    ]
    plot.scatter(
        plot.PLOTS / "polling.svg",
        points,
        plot.Axis(
            "polls per feed and day", 2, 64, (2, 4, 8, 16, 32, 64), logarithmic=True, form="g"
        ),
        plot.Axis(
            "mean delay, minutes", 5, 200, (5, 10, 20, 50, 100, 200), logarithmic=True, form="g"
        ),
        title="Polls against delay",
        note="Lines: feedmill (blue) and the plain square-root rule over their one knob. Down and left is better.",
        curves=[curve("root"), curve("ours")],
    )
