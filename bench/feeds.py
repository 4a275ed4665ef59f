"""Feeds: entries, raises, links, dates and processor time of our parser beside feedparser and fastfeedparser.

`real` are the files over 4 kB that are no unit tests of feedparser. Lost are entries that some single parser finds in a file and
this one does not. The breakers are hand-made inputs of which the right title, link and time are known.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.feed_breakers import BREAKERS, URL
from bench.feed_peers import FEEDPARSER, OURS, Found, Parser, parsers
from bench.plot import PLOTS, Axis, Point, scatter
from bench.report import Goal, print_report
from feedmill.errors import FeedParseError
from service.feeds.parse import parse
from service.feeds.pool import FeedParsers

_REAL_BYTES = 4000
_TIMES_GOAL = 40.0
_LAG_GOAL = 20.0  # milliseconds
_QUICK_EVERY = 4
_BEAT = 0.005  # seconds
_WARM_UP = 20  # files


@dataclass(frozen=True, slots=True)
class File:
    """A feed of the corpus."""

    name: str
    body: bytes = field(repr=False)
    is_real: bool


@dataclass(slots=True)
class Outcome:
    """What a parser did with a file."""

    entries: list[Found]
    raised: str | None
    seconds: float


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    files = _corpus(data / "feeds")[:: _QUICK_EVERY if quick else 1]
    known = parsers()
    outcomes = {parser.name: _outcomes(parser, files) for parser in known}
    rows = _rows(files, outcomes)
    kinds = _kinds(files, outcomes)
    broken = {parser.name: _broken(parser) for parser in known[:-1]}
    lag = asyncio.run(_lag([file.body for file in files if file.is_real]))
    print(f"{len(files)} files, {sum(file.is_real for file in files)} of them real\n")
    _show(kinds, broken, lag)
    if quick:
        print("A sample of the files: goals count on the whole only.\n")
    else:
        _plot(rows, broken)
    print_report(
        "feeds",
        rows,
        _goals(rows, kinds, broken, lag),
        as_json=as_json,
        results={"parsers": rows, "kinds": kinds, "breakers": broken, "loop_lag_ms": lag},
    )


def _corpus(folder: Path) -> list[File]:
    lines = (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()
    repositories = {entry["file"]: entry["repo"] for entry in map(json.loads, lines)}
    files = []
    with tarfile.open(folder / "corpus.tar.xz") as archive:
        for member in archive:
            content = archive.extractfile(member)
            if content is not None:
                name = Path(member.name).name
                is_own = repositories.get(name) == "kurtmckee/feedparser"
                body = content.read()
                files.append(File(name, body, len(body) > _REAL_BYTES and not is_own))
    return files


def _outcomes(parser: Parser, files: Sequence[File]) -> list[Outcome]:
    """What a parser does with each file; once it is warm, and without walking what the benchmark itself holds."""
    for file in files[:_WARM_UP]:
        _outcome(parser, file)
    gc.collect()
    gc.freeze()
    return [_outcome(parser, file) for file in files]


def _outcome(parser: Parser, file: File) -> Outcome:
    raised, result = None, None
    started = time.process_time()
    try:
        result = parser.run(file.body, URL)
    except parser.refusals:
        pass
    except Exception as error:  # noqa: BLE001 - that is what is counted
        raised = type(error).__name__
    seconds = time.process_time() - started
    return Outcome([] if result is None else parser.entries(result), raised, seconds)


def _rows(files: Sequence[File], outcomes: dict[str, list[Outcome]]) -> list[dict[str, Any]]:
    rows = []
    for tier in ("all", "real"):
        chosen = [at for at, file in enumerate(files) if tier == "all" or file.is_real]
        best = [max(len(one[at].entries) for one in outcomes.values()) for at in chosen]
        whole = sum(outcomes[FEEDPARSER][at].seconds for at in chosen)
        for name, found in outcomes.items():
            mine = [found[at] for at in chosen]
            seconds = sorted(one.seconds for one in mine)
            counts = [len(one.entries) for one in mine]
            rows.append(
                {
                    "parser": name,
                    "tier": tier,
                    "entries": sum(counts),
                    "dated": sum(entry.date is not None for one in mine for entry in one.entries),
                    "raises": sum(one.raised is not None for one in mine),
                    "lost": sum(top - count for top, count in zip(best, counts, strict=True)),
                    "CPU s": round(sum(seconds), 3),
                    "times feedparser": round(whole / sum(seconds), 1),
                    "ms p50": round(seconds[len(seconds) // 2] * 1000, 2),
                    "ms p99": round(seconds[int(len(seconds) * 0.99)] * 1000, 1),
                    "ms max": round(seconds[-1] * 1000, 1),
                }
            )
    return rows


def _kinds(files: Sequence[File], outcomes: dict[str, list[Outcome]]) -> dict[str, dict[str, int]]:
    """The entries that each parser finds in each kind of feed."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for at, file in enumerate(files):
        try:
            kind = parse(file.body, URL, None).format
        except FeedParseError:
            kind = "no feed"
        for name, found in outcomes.items():
            counts[kind][name] += len(found[at].entries)
    return {kind: dict(counts[kind]) for kind in sorted(counts)}


def _broken(parser: Parser) -> dict[str, Any]:
    """How a parser fares with the breakers."""
    told: dict[str, Any] = {
        "right": 0, "raises": 0, "no entry": 0, "titles wrong": 0, "links corrupted": 0, "links lost": 0, "dates wrong": 0,
        "wrong": [],
    }  # fmt: skip
    for breaker in BREAKERS:
        try:
            found = parser.entries(parser.run(breaker.body, URL))
        except Exception:  # noqa: BLE001 - that is what is counted
            told["raises"] += 1
            found = []
        faults = []
        if not found:
            faults.append("no entry")
        else:
            entry = found[0]
            if (entry.title or "").strip() != breaker.title:
                faults.append("titles wrong")
            if entry.link != breaker.link:
                faults.append("links corrupted" if entry.link else "links lost")
            if entry.date != breaker.date:
                faults.append("dates wrong")
        for fault in faults:
            told[fault] += 1
        told["right"] += not faults
        if faults:
            told["wrong"].append(breaker.name)
    return told


async def _lag(bodies: Sequence[bytes]) -> dict[str, float]:
    """How late a heartbeat of the event loop comes while feeds are parsed in the pool, and how many are in a second."""
    late: list[float] = []

    async def beat() -> None:
        while True:
            due = time.monotonic() + _BEAT
            await asyncio.sleep(_BEAT)
            late.append(max(0.0, time.monotonic() - due))

    with FeedParsers() as pool:
        await asyncio.gather(*(pool.parse(b"<rss><channel/></rss>", URL, None) for _ in range(4)))
        limit = asyncio.Semaphore(4)

        async def one(body: bytes) -> None:
            async with limit:
                with contextlib.suppress(FeedParseError):
                    await pool.parse(body, URL, None)

        heart = asyncio.create_task(beat())
        started = time.monotonic()
        for _ in range(3):
            await asyncio.gather(*map(one, bodies))
        seconds = time.monotonic() - started
        heart.cancel()
    late.sort()
    shares = {"p50": late[len(late) // 2], "p99": late[int(len(late) * 0.99)], "max": late[-1]}
    told = {name: round(value * 1000, 2) for name, value in shares.items()}
    return {**told, "feeds per second": round(3 * len(bodies) / seconds, 1)}


def _show(
    kinds: dict[str, dict[str, int]], broken: dict[str, dict[str, Any]], lag: dict[str, float]
) -> None:
    print("Entries by kind of feed:")
    for kind, counts in kinds.items():
        print(f"  {kind:14}" + ", ".join(f"{name} {count}" for name, count in counts.items()))
    print(f"\nOf {len(BREAKERS)} inputs that break parsers:")
    for name, told in broken.items():
        print(
            f"  {name:28}" + ", ".join(f"{what} {told[what]}" for what in told if what != "wrong")
        )
    print(
        "\nEvent loop while the pool parses: "
        + ", ".join(f"{k} {v}" for k, v in lag.items())
        + "\n"
    )


def _goals(
    rows: list[dict[str, Any]],
    kinds: dict[str, dict[str, int]],
    broken: dict[str, dict[str, Any]],
    lag: dict[str, float],
) -> list[Goal]:
    ours = {row["tier"]: row for row in rows if row["parser"] == OURS}
    fewer = sum(counts[OURS] < max(counts.values()) for counts in kinds.values())
    corrupted = broken[OURS]["links corrupted"]
    times = ours["real"]["times feedparser"]
    return [
        Goal(
            "kinds of feed with fewer entries than the best single parser", "0", fewer, fewer == 0
        ),
        Goal(
            "entries lost against the best single parser of each file",
            "0",
            ours["all"]["lost"],
            ours["all"]["lost"] == 0,
        ),
        Goal("raises", "0", ours["all"]["raises"], ours["all"]["raises"] == 0),
        Goal("links corrupted, breakers", "0", corrupted, corrupted == 0),
        Goal(
            "times feedparser, real feeds",
            f"at least {_TIMES_GOAL:.0f}",
            times,
            times >= _TIMES_GOAL,
        ),
        Goal(
            "event loop lag p99, ms", f"under {_LAG_GOAL:.0f}", lag["p99"], lag["p99"] < _LAG_GOAL
        ),
    ]


def _plot(rows: list[dict[str, Any]], broken: dict[str, dict[str, Any]]) -> None:
    speed = {row["parser"]: row["times feedparser"] for row in rows if row["tier"] == "real"}
    points = [
        Point(name, speed[name], told["right"] / len(BREAKERS), ours=name.startswith(OURS))
        for name, told in broken.items()
    ]
    scatter(
        PLOTS / "feeds.svg",
        points,
        Axis(
            "times feedparser's speed, real feeds", 0.8, 120, (1, 3, 10, 30, 100), logarithmic=True
        ),
        Axis("share of the breakers that come out right", 0.0, 1.0, (0, 0.25, 0.5, 0.75, 1)),
        title="Feed parsers: speed and right results",
        note=f"{len(BREAKERS)} inputs that break one parser or another; processor time of parsing",
    )
