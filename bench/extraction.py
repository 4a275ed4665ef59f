"""The article in HTML: our modes beside every extractor that is installed, on the same pages in one run.

Told are shingle F1 by set (whole, trained on, held back), CPU speed as a ratio to trafilatura without
comments, the interval of our lead, and whether `quality` is what it says. `make bench-peers` installs peers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from bench import corpus, feedmills, scoring
from bench.outcome import Outcome
from bench.peers import BASE, PEERS, installed
from bench.plot import PLOTS, Axis, Point, scatter
from bench.quality import Calibration, calibrate, draw
from bench.race import PAGE_SECONDS, Extract, Key, Speed, race, speed
from bench.report import Goal, print_report, table

DEFAULT, FAST = "feedmill, default", "feedmill, fast"
TEXT = f"{FAST}, text alone"
MAIN = ("scrapinghub", "fundus", "wcxb_dev")
_GOALS = {"scrapinghub": 0.978, "fundus": 0.960, "wcxb_dev": 0.960}
# Sets whose truth is the output of a peer (or of what the peer is a port of).
_AUTHORS = {"readability_js": "pygoreadability", "newspaper4k": "newspaper4k"}
_FAST_GOAL = 3.0
_EVERY, _TIMED_EVERY, _ROUNDS = 1, 4, 3
_QUICK_EVERY, _QUICK_TIMED_EVERY, _QUICK_ROUNDS = 12, 2, 2


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    pages = corpus.pages(data, every=_QUICK_EVERY if quick else _EVERY)
    extractors, missing = _extractors(quick=quick)
    timed_every = _QUICK_TIMED_EVERY if quick else _TIMED_EVERY
    runs = race(
        extractors, pages, rounds=_QUICK_ROUNDS if quick else _ROUNDS, timed_every=timed_every
    )
    outcome = Outcome(pages, runs)
    timed = [(page.set, page.id) for page in pages[::timed_every]]
    speeds = {name: speed(one, runs[BASE], timed) for name, one in runs.items()}
    leads = _leads(outcome)
    calibration = _calibration(outcome)
    _print_parts(outcome, leads, calibration, missing, sample=quick)
    if not quick:
        _draw(outcome, speeds, calibration)
    results = {
        "scores": outcome.rows(),
        "speeds": [_speed_row(name, one) for name, one in speeds.items()],
        "leads": leads,
        "quality": calibration.rows if calibration else [],
        "not_installed": missing,
        "sample": quick,
    }
    goals = _goals(outcome, speeds)
    print_report("extraction", _summary(outcome, speeds), goals, as_json=as_json, results=results)


def _extractors(*, quick: bool) -> tuple[dict[str, Extract], dict[str, str]]:
    peers, missing = installed(tuple(peer for peer in PEERS if peer.quick or not quick))
    return {**feedmills.modes(), **peers}, missing


def _summary(outcome: Outcome, speeds: dict[str, Speed]) -> list[dict[str, Any]]:
    """The table of whole sets, with the speed and what went wrong."""
    rows = []
    everything = outcome.keys(*outcome.sets)
    for row in outcome.table("whole"):
        name = row["extractor"]
        run = outcome.runs[name]
        rows.append(
            {
                **row,
                "speed": f"{speeds[name].total:.2f}",
                "median": f"{speeds[name].median:.2f}",
                "empty": run.empty(everything),
                "errors": len(run.errors),
                "late": len(run.late),
            }
        )
    return rows


def _speed_row(name: str, one: Speed) -> dict[str, Any]:
    return {
        "extractor": name,
        "ratio": round(one.total, 3),
        "median_ratio": round(one.median, 3),
        "pages_per_cpu_second": round(one.pages_per_second, 1),
    }


def _leads(outcome: Outcome) -> list[dict[str, Any]]:
    """By how much we lead the best peer of each set, with the interval."""
    peers = _peers(outcome)
    rows = []
    for set_name in outcome.sets:
        rival = outcome.best(set_name, peers)
        gain, low, high = scoring.f1_gain(
            outcome.of(DEFAULT, set_name), outcome.of(rival, set_name)
        )
        rows.append(
            {
                "set": set_name,
                "best peer": rival,
                "its F1": round(outcome.score(rival, set_name).f1, 4),
                "our lead": round(gain, 4),
                "95 % from": round(low, 4),
                "to": round(high, 4),
            }
        )
    return rows


def _peers(outcome: Outcome, but: str | None = None) -> list[str]:
    return [name for name in outcome.runs if not name.startswith("feedmill") and name != but]


def _calibration(outcome: Outcome) -> Calibration | None:
    """On pages nothing was trained on, and whose truth is no other extractor's."""
    keys = outcome.keys(*MAIN, "sites", part="held")
    answers = outcome.runs[DEFAULT].answers
    rated: list[tuple[Key, float]] = [
        (key, quality) for key in keys if (quality := answers[key].quality) is not None
    ]
    found = [outcome.scores[DEFAULT][key] for key, _ in rated]
    return calibrate([quality for _, quality in rated], found)


def _goals(outcome: Outcome, speeds: dict[str, Speed]) -> list[Goal]:
    goals = []
    for set_name, least in _GOALS.items():
        f1 = outcome.score(DEFAULT, set_name).f1
        goals.append(Goal(f"{set_name}, F1", f"at least {least}", round(f1, 4), f1 >= least))
        goals.append(_first(outcome, set_name, None))
    goals += [_first(outcome, set_name, author) for set_name, author in _AUTHORS.items()]
    ratio = speeds[DEFAULT].total
    goals.append(Goal("default, speed ratio", "at least 1", round(ratio, 2), ratio >= 1))
    ratio = speeds[TEXT].total
    met = ratio >= _FAST_GOAL
    name = "fast, text alone as trafilatura gives it, speed ratio"
    goals.append(Goal(name, f"at least {_FAST_GOAL:.0f}", round(ratio, 2), met))
    return goals + [_fast_is_no_worse(outcome, set_name) for set_name in MAIN]


def _first(outcome: Outcome, set_name: str, author: str | None) -> Goal:
    rival = outcome.best(set_name, _peers(outcome, author))
    lead = outcome.score(DEFAULT, set_name).f1 - outcome.score(rival, set_name).f1
    others = f"all but {author}" if author else "all"
    return Goal(f"{set_name}, ahead of {others}", "above 0", round(lead, 4), lead > 0)


def _fast_is_no_worse(outcome: Outcome, set_name: str) -> Goal:
    lead = outcome.score(FAST, set_name).f1 - outcome.score(BASE, set_name).f1
    return Goal(f"{set_name}, fast ahead of {BASE}", "at least 0", round(lead, 4), lead >= 0)


def _print_parts(
    outcome: Outcome,
    leads: list[dict[str, Any]],
    calibration: Calibration | None,
    missing: dict[str, str],
    *,
    sample: bool,
) -> None:
    if sample:
        print("A sample of the pages and of the peers: goals count on the whole only.\n")
    for part, about in (("train", "trained on"), ("held", "held back")):
        print(f"Shingle F1 on the part that was {about}:\n{table(outcome.table(part))}\n")
    print(f"Our lead over the best peer (paired bootstrap over pages):\n{table(leads)}\n")
    if calibration:
        print(
            f"Quality on {calibration.pages} pages held back, in ten parts: mean gap "
            f"{calibration.gap}, rank correlation {calibration.rank}\n{table(calibration.rows)}\n"
        )
    else:
        print("Quality: this version gives none, or there are too few pages.\n")
    for name, how in missing.items():
        print(f"not installed: {name} ({how})")
    for name, one in outcome.runs.items():
        if one.errors:
            kinds = Counter(one.errors.values()).most_common(3)
            print(f"errors: {name}: {', '.join(f'{count} {kind}' for kind, count in kinds)}")
    print(f"\nWhole sets; speed in CPU time against {BASE}; at most {PAGE_SECONDS} s a page:")


def _draw(outcome: Outcome, speeds: dict[str, Speed], calibration: Calibration | None) -> None:
    points = [
        Point(name, one.total, _mean_f1(outcome, name), ours=name.startswith("feedmill"))
        for name, one in speeds.items()
    ]
    scatter(
        PLOTS / "extraction.svg",
        points,
        _axis_of_speed(points),
        _axis_of_f1(points),
        title="Right text against speed",
        note=f"mean shingle F1 of the three sets, on sites held back; speed as a ratio to {BASE}",
    )
    if calibration:
        draw(calibration, f"{calibration.pages} pages of sites that nothing was trained on")


def _mean_f1(outcome: Outcome, name: str) -> float:
    """On the held part: what was trained on would flatter us."""
    return fmean(outcome.score(name, set_name, "held").f1 for set_name in MAIN)


def _axis_of_speed(points: Sequence[Point]) -> Axis:
    ticks = [2.0**power for power in range(-4, 6)]
    low = max((t for t in ticks if t <= min(p.x for p in points)), default=ticks[0])
    high = min((t for t in ticks if t >= max(p.x for p in points)), default=ticks[-1])
    shown = tuple(tick for tick in ticks if low <= tick <= high)
    return Axis("speed (more is better)", low, high, shown, logarithmic=True)


def _axis_of_f1(points: Sequence[Point]) -> Axis:
    ticks = [number / 20 for number in range(8, 21)]
    low = max((t for t in ticks if t < min(p.y for p in points)), default=ticks[0])
    return Axis("mean shingle F1", low, 1.0, tuple(t for t in ticks if t >= low))
