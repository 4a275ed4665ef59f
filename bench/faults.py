"""Faults: what is lost, what comes twice, and how long it takes until work goes on.

Every fault happens to a plant of its own (`bench.plant`: real server, web, service, workers, consumer) while pages are
on their way. Lost is a page of which nothing came out: no article, link or update, and nothing in the quarantine.
Doubled is an article that was announced as new more than once, in the stream or to the consumer. `resumes` are the
seconds from the end of the fault until the next page was finished, `in hand` those until the pages were that were in
the batches that workers had in hand when it began. A run that is not quick renews its rows of the table in docs/faults.md, and the plot of them.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from redis.exceptions import RedisError

from bench import faults_disk, plot
from bench.faults_list import BY_NAME, FAULTS, Fault
from bench.faults_trial import Told, try_out
from bench.plant import Namespace
from bench.report import Goal, print_report

_PAGES, _QUICK_PAGES = 400, 240
_WITHIN = 20.0  # seconds
_GUIDE = Path(__file__).parents[1] / "docs" / "faults.md"
_HEAD = (
    "| fault | lost | doubled | resumes after | work in hand finished after | what the logs and the state say |",
    "| --- | ---: | ---: | ---: | ---: | --- |",
)
_BEGIN, _END = "<!-- results: begin -->\n", "<!-- results: end -->\n"


def run(*, as_json: bool, quick: bool, only: str | None = None) -> None:
    """Run the benchmark and print its report. Unless it is quick, it renews its rows of the guide's table and the plot."""
    chosen = _chosen(quick=quick, only=only)
    results = []
    for number, fault in enumerate(chosen, 1):
        print(f"{number} of {len(chosen)}: {fault.name}", file=sys.stderr)
        results.append((fault, _tried(fault, pages=_QUICK_PAGES if quick else _PAGES)))
    if not quick:
        _draw(_write_guide(results))
    for fault in FAULTS:
        if why := _impossible(fault):
            print(f"not possible here: {fault.name} ({why})")
    rows = [_row(told) for _, told in results]
    told_all = [{**asdict(told), "kind": fault.kind} for fault, told in results]
    print_report("faults", rows, _goals(results), as_json=as_json, results=told_all)


def _chosen(*, quick: bool, only: str | None) -> list[Fault]:
    if only:
        if only not in BY_NAME:
            sys.exit(f"there is no fault {only!r}; there are: {', '.join(BY_NAME)}")
        return [BY_NAME[only]]
    able = [fault for fault in FAULTS if not _impossible(fault)]
    return [fault for fault in able if fault.is_quick] if quick else able


def _impossible(fault: Fault) -> str:
    """Why a fault cannot be had on this machine; empty if it can."""
    setting = fault.setting
    if setting.disk and not faults_disk.is_possible():
        return "needs root, to mount a small disk"
    if setting.second_host and not Namespace.possible():
        return "needs root, to make a network namespace"
    if setting.clock and not shutil.which("cc"):
        return "needs a C compiler"
    return ""


def _tried(fault: Fault, *, pages: int) -> Told:
    """What came of it; a trial that broke off counts as a loss, and the others go on."""
    try:
        return try_out(fault, pages=pages)
    except (RuntimeError, OSError, RedisError) as error:
        print(f"{fault.name} broke off: {error}", file=sys.stderr)
        return Told(fault.name, pages=pages, lost=[f"the trial broke off: {error}"[:500]])


def _row(told: Told) -> dict[str, Any]:
    return {
        "fault": told.name,
        "lost": len(told.lost),
        "doubled": len(told.doubled),
        "wrongly aside": told.aside,
        "resumes s": _seconds(told.resumes),
        "in hand s": _seconds(told.orphans),
        "pages in hand": told.in_work,
        "all out s": _seconds(told.all_out),
    }


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f}"


def _with_unit(value: float | None) -> str:
    return "never" if value is None else f"{value:.1f} s"


def _goals(results: Sequence[tuple[Fault, Told]]) -> list[Goal]:
    tolds = [told for _, told in results]
    lost = sum(len(told.lost) for told in tolds)
    doubled = sum(len(told.doubled) for told in tolds)
    aside = sum(abs(told.aside) for told in tolds)
    slowest = max((told.seconds for fault, told in results if fault.kind != "page"), default=0.0)
    goals = [
        Goal(f"pages lost in {len(tolds)} faults", "0", lost, not lost),
        Goal("articles doubled", "0", doubled, not doubled),
        Goal("pages set aside that are not to blame", "0", aside, not aside),
        Goal(
            "orphaned and waiting work goes on, slowest, seconds after the fault",
            "at most 20",
            slowest,
            slowest <= _WITHIN,
        ),
    ]
    poisoned = [told for fault, told in results if fault.kind == "page"]
    if poisoned:
        told_why = sum(any(_has_use(entry) for entry in told.reasons) for told in poisoned)
        name = f"of {len(poisoned)} poisoned pages set aside alone, with reason and what they used"
        goals.append(Goal(name, "all", told_why, told_why == len(poisoned)))
    return goals


def _has_use(entry: dict[str, str]) -> bool:
    return bool(entry.get("reason")) and "cpu_seconds" in entry and "max_rss" in entry


def _draw(lines: Sequence[str]) -> None:
    """The plot of the rows that the guide has now."""
    rows = []
    for line in lines:
        name, _, _, resumes, in_hand, _ = line.strip("| ").split(" | ", 5)
        seconds = [
            float(cell.removesuffix(" s").replace("never", "120")) for cell in (resumes, in_hand)
        ]
        rows.append(plot.Bar(name, max(seconds), BY_NAME[name].kind != "page"))
    plot.bars(
        plot.PLOTS / "faults.svg",
        rows,
        title="Seconds until everything goes on",
        note="From the end of the fault until the pages are finished that it held up. Grey: a page that its limits end.",
        unit="s",
        guide=_WITHIN,
    )


def _write_guide(results: Sequence[tuple[Fault, Told]]) -> list[str]:
    """Put what this run has found into the guide; rows of faults that were not tried stay. Returns all rows."""
    text = _GUIDE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    inside, _, after = rest.partition(_END)
    rows = {line.strip("| ").partition(" | ")[0]: line for line in inside.splitlines()}
    rows |= {told.name: _line(told) for _, told in results}
    lines = [rows[fault.name] for fault in FAULTS if fault.name in rows]
    table = "".join(f"{line}\n" for line in (*_HEAD, *lines))
    _GUIDE.write_text(f"{before}{_BEGIN}{table}{_END}{after}", encoding="utf-8")
    return lines


def _line(told: Told) -> str:
    seen = [f"state `{state}`" for state in told.states]
    seen += [f"“{event}”" for event in list(told.seen)[:3]]
    seen += [f"quarantine: `{entry['kind']}`" for entry in told.reasons]
    cells = [
        told.name,
        len(told.lost),
        len(told.doubled),
        _with_unit(told.resumes),
        _with_unit(told.orphans),
        "; ".join(seen) or "nothing",
    ]
    return f"| {' | '.join(map(str, cells))} |"
