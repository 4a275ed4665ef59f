"""Hostile feeds, pages, servers and addresses: what becomes of each, and of the service meanwhile.

Every case of the folder `hostile` of the data goes through the part of feedmill that would meet it: feeds through the
pool of parsing processes, pages through the extractor's process, HTTP behaviours and addresses through the fetcher.
Each must end in the way that its description expects, in time, and without this process growing by more than 100 MB.
At the end the real service runs with all of them as sources, and good sources beside them. A fence around all of it
refuses and counts connections to anything but the loopback.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench import hostile_bodies, hostile_http, hostile_service, hostile_urls
from bench.hostile_bodies import Bodies
from bench.hostile_case import MAX_GROWTH, Case, Result, manifest
from bench.hostile_fence import fence
from bench.hostile_service import Outcome
from bench.report import Goal, print_report
from feedmill import log

_SNARE = ("127.0.0.1", 21499)  # where hostile feeds would have something fetched from
_LONGEST_GAP = 30.0  # seconds that a good source, due every second, may have to wait at the worst


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    log.configure(json=True, level="warning")
    logging.getLogger("feedmill").setLevel(logging.ERROR)  # that sources fail is the point
    folder = _folder(data)
    with fence() as breaches, _snare() as caught:
        results, told = _play(folder, quick=quick)
    goals = [
        *_goals(results, told),
        Goal("connections outside the loopback", "0", len(breaches), not breaches),
        Goal("connections that feeds have made", "0", len(caught), not caught),
    ]
    for one in results:
        if not one.expected:
            print(f"{one.id}: {'; '.join(one.why)}")
    print_report(
        "hostile",
        _rows(results),
        goals,
        as_json=as_json,
        results={"cases": [one.to_json() for one in results], "service": asdict(told)},
    )


def _play(folder: Path, *, quick: bool) -> tuple[list[Result], Outcome]:
    """Every case by itself, then all of them together as sources of the service."""
    feeds, pages, answers = (_cases(folder, kind, quick=quick) for kind in ("feed", "page", "http"))
    bodies = Bodies(folder)
    seconds, patience = (16.0, 4.0) if quick else (90.0, 30.0)
    with hostile_http.server(folder, bomb_mb=256 if quick else 1024) as base:
        bounds = hostile_http.policy(base, quick=quick)
        results = [
            *asyncio.run(hostile_bodies.feed_results(feeds, bodies)),
            *asyncio.run(hostile_http.results(answers, base, bounds)),
            *asyncio.run(hostile_urls.results(folder, bounds)),
            *asyncio.run(hostile_bodies.page_results(pages, bodies)),
        ]
        service = hostile_service.outcome(
            [*answers, *feeds], base, good=10, seconds=seconds, patience=patience
        )
        return results, asyncio.run(service)


def _folder(data: Path) -> Path:
    """The folder of the hostile cases: beside the data, or in it."""
    places = (data / "hostile", data.parent / "hostile", data)
    for place in places:
        if (place / "MANIFEST.jsonl").is_file():
            return place
    raise SystemExit(f"the hostile cases are not here: no MANIFEST.jsonl in {places[0]}")


def _cases(folder: Path, kind: str, *, quick: bool) -> list[Case]:
    """All cases of a kind; of the pages, which take longest, every sixth if it must be quick."""
    cases = manifest(folder, kind)
    return cases[::6] if quick and kind == "page" else cases


def _goals(results: Sequence[Result], told: Outcome) -> list[Goal]:
    as_expected = sum(one.expected for one in results)
    most = max(one.megabytes for one in results)
    return [
        Goal(
            "cases that end as expected",
            str(len(results)),
            as_expected,
            as_expected == len(results),
        ),
        Goal("MB that this process grew by, most", f"< {MAX_GROWTH:.0f}", most, most < MAX_GROWTH),
        Goal("the service is alive at the end", "1", int(told.alive), told.alive),
        Goal("good sources that failed", "0", told.failures, told.failures == 0),
        Goal("polls of a good source, fewest", "> 2", told.fewest, told.fewest > 2),
        Goal(
            "seconds in which a good source was not asked, most",
            f"< {_LONGEST_GAP:.0f}",
            told.longest_gap,
            told.longest_gap < _LONGEST_GAP,
        ),
        Goal(
            "hostile sources looked at",
            str(told.hostile[1]),
            told.hostile[0],
            told.hostile[0] == told.hostile[1],
        ),
        Goal("hostile sources that met a bug", "0", len(told.bugs), not told.bugs),
    ]


def _rows(results: Sequence[Result]) -> list[dict[str, Any]]:
    by_kind: dict[str, list[Result]] = defaultdict(list)
    for one in results:
        by_kind[one.id.partition("/")[0]].append(one)
    return [
        {
            "kind": kind,
            "cases": len(some),
            "as expected": sum(one.expected for one in some),
            "seconds, most": max(one.seconds for one in some),
            "MB, most": max(one.megabytes for one in some),
            "MB of a child, most": max(one.child_megabytes for one in some),
            "outcomes": ", ".join(
                f"{name} {count}"
                for name, count in Counter(one.outcome for one in some).most_common(4)
            ),
        }
        for kind, some in by_kind.items()
    ]


@contextmanager
def _snare() -> Iterator[list[str]]:
    """A place that hostile feeds point to; who comes there has followed them."""
    caught: list[str] = []
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(_SNARE)
        listening.listen()

        def watch() -> None:
            with suppress(OSError):
                while True:
                    made, peer = listening.accept()
                    caught.append(str(peer))
                    made.close()

        thread = threading.Thread(target=watch, daemon=True)
        thread.start()
        yield caught
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(1)
