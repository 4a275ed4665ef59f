"""When to poll: our scheduler beside those of others, on the same feeds and a virtual clock.

Our side is the code of `service.schedule` with real states and answers; the peers are models of what their source
codes decide, written from research/feeds.md. Told are polls per feed and day, the delay from publishing to being
seen, entries that left their feed unseen (`unseeable`: before its own `ttl` or `max-age` allowed the next poll), the
most polls in one second, and polls earlier than these allow. The clock ticks for four weeks (the first is not scored); fetching takes no time.

The goals are for our side with its knob where the budget of polls is spent. What is within reach depends on the feeds
that were drawn, so the full benchmark asks this of several worlds. The mean delay is to be met by their mean (the
worst is told beside it), everything else by each of them.
"""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
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
from service.schedule.rhythm import HOURS

_FEEDS, _QUICK_FEEDS, _DAYS, _QUICK_DAYS = 400, 200, 28, 21
_SEED, _POLICY_SEED = 7, 1
_MORE_SEEDS = (1, 2, 3, 4)  # other worlds, in which only our side plays
_KNOBS, _QUICK_KNOBS = (0.4, 0.7, 1.0, 1.4, 2.0), (0.8, 1.5)
_ROOTS, _QUICK_ROOTS = (0.3, 0.5, 0.8, 1.1, 1.5), (1.1,)
_MOST_POLLS, _MOST_MEAN, _MOST_P99, _MOST_PEAK = 9.0, 30.0, 140.0, 5
_SPENT = 0.985  # share of the budget of polls that is spent at least, unless a few trials fail to
_TRIALS = 4
_HOURS_BY_POLLS = 1.05  # a hundredth more polls is so many hundredths less hours


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
    gaps = gaps_of_corpus(data)
    worlds = {
        one: feeds(gaps, count=count, days=days, seed=one)
        for one in dict.fromkeys([seed] if quick else [seed, *_MORE_SEEDS])
    }
    sides = _sides(quick=quick)
    # Forked: the feeds are shared, and nothing else runs in this program.
    with multiprocessing.get_context("fork").Pool(2) as pool:
        spent = pool.map_async(functools.partial(_at_budget, days=days), worlds.values(), 1)
        play = functools.partial(_play, world=worlds[seed], days=days)
        results = list(zip(sides, pool.map(play, sides, chunksize=1), strict=True))
        budgeted = spent.get()
    results.insert(0, budgeted[0])
    if not quick:
        _draw(results)
    scores = [score for _, score in budgeted]
    rows = [_row(side, score) for side, score in results]
    if len(scores) > 1:
        rows += [
            {**_row(side, score), "policy": f"{side.name}, seed {one}"}
            for one, (side, score) in zip(worlds, budgeted, strict=True)
        ]
    print_report("polling", rows, _goals(scores), as_json=as_json)


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


def _at_budget(world: Sequence[Feed], *, days: int) -> tuple[Side, Score]:
    """Our policy with its knob where it polls as often as the budget allows; the fullest of some trials."""
    hours, tried = HOURS, []
    for _ in range(_TRIALS):
        side = _ours(hours)
        tried.append((side, _play(side, world=world, days=days)))
        polls = tried[-1][1].polls_a_day
        if _SPENT * _MOST_POLLS <= polls <= _MOST_POLLS:
            break
        aim = (1 + _SPENT) / 2 * _MOST_POLLS
        hours *= (polls / aim) ** _HOURS_BY_POLLS
    within = [one for one in tried if one[1].polls_a_day <= _MOST_POLLS]
    return max(within or tried[-1:], key=lambda one: one[1].polls_a_day)


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


def _goals(scores: Sequence[Score]) -> list[Goal]:
    """Of our side at the budget, in one world or in more."""
    polls = max(score.polls_a_day for score in scores)
    means = [score.mean for score in scores]
    mean, p99 = round(fmean(means), 1), round(max(score.quantile(0.99) for score in scores), 1)
    missed, early = sum(score.missed for score in scores), sum(score.early for score in scores)
    peak = max(score.peak for score in scores)
    at = f"at {polls:.1f} polls per feed and day: "
    several, worst = "", ""
    if len(scores) > 1:
        several = f" (mean of {len(scores)} worlds; {min(means):.1f} to {max(means):.1f})"
        worst = f" (worst of {len(scores)} worlds)"
    return [
        Goal(at + "mean delay, minutes" + several, "at most 30", mean, mean <= _MOST_MEAN),
        Goal(at + "p99 of the delay, minutes" + worst, "at most 140", p99, p99 <= _MOST_P99),
        Goal("entries missed", "0", missed, not missed),
        Goal("peak polls in one second", "at most 5", peak, peak <= _MOST_PEAK),
        Goal("polls earlier than allowed", "0", early, not early),
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
