"""What each part of the extraction adds, and what it costs: feedmill with parts switched off or on.

The variants stand in `bench/feedmills.py`. F1 is told as the difference to the whole, on all pages and on
those nothing was trained on; cost as CPU time against the whole.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench import corpus, feedmills, scoring
from bench.known import hints_of
from bench.outcome import Outcome
from bench.race import Extract, race, speed
from bench.report import print_report

SETS = ("scrapinghub", "fundus", "wcxb_dev", "sites")
_WHOLE = "default"
_QUICK_EVERY = 10


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    pages = corpus.pages(data, SETS, every=_QUICK_EVERY if quick else 1)
    extractors: dict[str, Extract] = {}
    missing: dict[str, str] = {}
    for variant in feedmills.VARIANTS:
        why = variant.missing()
        if why:
            missing[variant.name] = why
        else:
            hints = hints_of(variant.hints, pages)
            extractors[variant.name] = feedmills.extractor(
                variant.options, hints=hints, patches=variant.patches
            )
    runs = race(extractors, pages, rounds=2, timed_every=4)
    outcome = Outcome(pages, runs)
    timed = [(page.set, page.id) for page in pages[::4]]
    cost = {name: 1 / speed(one, runs[_WHOLE], timed).total for name, one in runs.items()}
    if quick:
        print("A sample of the pages.")
    for name, why in missing.items():
        print(f"left out: {name} ({why})")
    print("\nF1 of the whole, and by how much each variant differs (whole set / held back):")
    print_report(
        "ablation",
        [_row(outcome, variant, cost) for variant in feedmills.VARIANTS if variant.name in runs],
        [],
        as_json=as_json,
        results={"scores": outcome.rows(), "cost": cost, "gains": _gains(outcome)},
    )


def _row(outcome: Outcome, variant: feedmills.Variant, cost: dict[str, float]) -> dict[str, Any]:
    row: dict[str, Any] = {"variant": variant.name, "what": variant.about}
    for set_name in outcome.sets:
        parts = ("whole", "held")
        scores = [outcome.score(variant.name, set_name, part).f1 for part in parts]
        base = [outcome.score(_WHOLE, set_name, part).f1 for part in parts]
        if variant.name == _WHOLE:
            row[set_name] = " / ".join(f"{score:.4f}" for score in scores)
        else:
            differences = zip(scores, base, strict=True)
            row[set_name] = " / ".join(f"{ours - whole:+.4f}" for ours, whole in differences)
    return row | {"CPU": f"{cost[variant.name]:.2f}"}


def _gains(outcome: Outcome) -> list[dict[str, Any]]:
    """What the whole is better by than each variant, with the interval, by set."""
    rows = []
    for name in outcome.runs:
        for set_name in outcome.sets:
            if name != _WHOLE:
                gain, low, high = scoring.f1_gain(
                    outcome.of(_WHOLE, set_name), outcome.of(name, set_name)
                )
                rows.append(
                    {
                        "variant": name,
                        "set": set_name,
                        "gain": round(gain, 4),
                        "from": round(low, 4),
                        "to": round(high, 4),
                    }
                )
    return rows
