"""Near-duplicates: which edits of an article are recognised, what is taken for one, and what the index costs.

The stream of ../shared/data/dedup is checked document by document on a real Valkey, and by other methods in
memory. The rule was tuned on half of its groups; goals are told of all, and both halves are shown. For
the cost, synthetic articles arrive evenly over four weeks, three in ten of them edits of earlier ones.
"""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from redis import Redis

from bench import dedup_cost, dedup_stream
from bench.corpus import DATA
from bench.dedup_peers import missing, peers
from bench.dedup_stream import Document, Score
from bench.plot import PLOTS, Axis, Curve, Point, scatter
from bench.report import Goal, print_report, table
from feedmill import urls
from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from feedmill.store.near import NearIndex
from workers.dedup.sketch import sketch

_NOW = 1_800_000_000.0
_OURS = "feedmill"
_SIZES, _SIZES_QUICK = [10_000, 100_000, 1_000_000], [1_000, 10_000]
_QUICK_PEERS = ("exact", "sentence hashes", "MinHash LSH 32x4, J .5")


class _Ours:
    """The index on a Valkey, emptied before."""

    def __init__(self, redis: Redis) -> None:
        redis.execute_command("FLUSHALL", "SYNC")
        self._index = NearIndex(redis)
        self._ids: dict[str, str] = {}

    def check(self, document: Document) -> str | None:
        """As `Matcher`."""
        article_id = urls.digest(document.id)
        self._ids[article_id] = document.id
        match = self._index.check_and_insert(article_id, sketch(document.text), _NOW)
        return self._ids[match.article_id] if match else None


def run(*, as_json: bool, quick: bool, data: Path = DATA, seed: int = 1) -> None:
    """Run the benchmark and print its report."""
    documents = dedup_stream.load(data)
    scores = _ours(documents) | _peers(documents, quick=quick)
    growth = dedup_cost.grow(_SIZES_QUICK if quick else _SIZES, seed)
    print(table(dedup_cost.as_rows(growth)), end="\n\n")
    costs = _costs(documents[:: 8 if quick else 1], seconds=5 if quick else 120)
    costs["articles a second through the index"] = round(growth.articles_per_second)
    print(table([{"": name, "value": value} for name, value in costs.items()]), end="\n\n")
    if not quick:
        _draw(scores)
        _draw_growth(growth)
    results = {
        "scores": {name: asdict(score) for name, score in scores.items()},
        "cost": asdict(growth) | costs,
    }
    goals = _goals(scores[_OURS])
    if not quick:
        goals.append(_memory_goal(growth.sizes[-1]))
    rows = [_row(name, score) for name, score in scores.items()]
    print_report("dedup", rows, goals, as_json=as_json, results=results)


def _costs(documents: list[Document], seconds: float) -> dict[str, float]:
    costs = {
        "sketches per CPU second": dedup_cost.signing(documents),
        "articles a second through names, story and commit": dedup_cost.filing(documents),
    }
    if "datasketch" in missing():
        return costs
    costs["datasketch MinHash 128 per CPU second"] = dedup_cost.signing_of_datasketch(documents)
    peer = dedup_cost.storage_of_datasketch(documents, seconds)
    return costs | {f"datasketch in Redis, {name}": value for name, value in peer.items()}


def _ours(documents: list[Document]) -> dict[str, Score]:
    halves = {
        _OURS: documents,
        f"{_OURS}, tuned half": [document for document in documents if document.tuned],
        f"{_OURS}, other half": [document for document in documents if not document.tuned],
    }
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url) as redis,
    ):
        return {name: dedup_stream.stream(part, _Ours(redis)) for name, part in halves.items()}


def _peers(documents: list[Document], *, quick: bool) -> dict[str, Score]:
    for package in missing():
        print(f"left out: {package} (pip install -r requirements/bench.txt)")
    return {
        name: dedup_stream.stream(documents, make())
        for name, make in peers().items()
        if not quick or name in _QUICK_PEERS
    }


def _row(name: str, score: Score) -> dict[str, Any]:
    false = {
        name: f"{score.false[kind]}/{score.negatives[kind]}"
        for name, kind in (("templates", "template_neg"), ("frames", "boiler_neg"))
    }
    natural = score.false["natural"] + score.false["base"]
    return {
        "method": name,
        "recall": round(score.recall, 3),
        "precision": round(score.precision, 3),
        **{edit: round(score.recalls[edit], 2) for edit in dedup_stream.EDITS},
        **false,
        "natural": natural,
        "wrong": score.wrong,
    }


def _goals(score: Score) -> list[Goal]:
    false = score.false
    natural = false["natural"] + false["base"]
    excerpts = score.recalls["trunc35"]
    return [
        Goal("recall", ">= 0.95", round(score.recall, 4), score.recall >= 0.95),
        Goal("precision", ">= 0.97", round(score.precision, 4), score.precision >= 0.97),
        Goal("recall of excerpts of 35 %", ">= 0.95", round(excerpts, 4), excerpts >= 0.95),
        Goal("template texts matched", "<= 10", false["template_neg"], false["template_neg"] <= 10),
        Goal("shared page frames matched", "<= 3", false["boiler_neg"], false["boiler_neg"] <= 3),
        Goal("natural texts matched", "0", natural, natural == 0),
    ]


def _memory_goal(size: dedup_cost.Size) -> Goal:
    name = f"bytes an article in the index, of {size.seen:,} seen"
    return Goal(name, "<= 450", size.bytes_stored, size.bytes_stored <= 450)


def _draw(scores: dict[str, Score]) -> None:
    ticks = tuple(round(0.1 * tick, 1) for tick in range(11))
    scatter(
        PLOTS / "dedup.svg",
        [
            Point(name, score.recall, score.precision, ours=name == _OURS)
            for name, score in scores.items()
            if name == _OURS or not name.startswith(_OURS)
        ],
        Axis("recall of edited copies", 0.0, 1.0, ticks),
        Axis("precision", 0.85, 1.0, (0.85, 0.9, 0.95, 1.0)),
        title="Near-duplicates: what is found, and what is taken for one",
        note="1,080 edits of 108 news texts among 702 others, a third of them made to mislead",
    )


def _draw_growth(growth: dedup_cost.Growth) -> None:
    points = [(float(size.seen), size.bytes_stored) for size in growth.sizes]
    scatter(
        PLOTS / "dedup-growth.svg",
        [
            Point(f"{size.bytes_stored:.0f} bytes", *point, ours=True)
            for size, point in zip(growth.sizes, points, strict=True)
        ],
        Axis(
            "articles seen",
            points[0][0],
            points[-1][0],
            tuple(point[0] for point in points),
            logarithmic=True,
            form=",.0f",
        ),
        Axis("bytes an article", 0.0, 500.0, (0, 100, 200, 300, 400, 500), form=".0f"),
        title="Memory of the index for an article that is stored",
        curves=[Curve(tuple(points), ours=True)],
    )
