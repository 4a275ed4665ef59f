"""What a site's other pages teach: the text after 0, 1, 3 and 10 of them, of HTML and of plain text.

Beside feedmill: a plain line count (a line that stands on a fifth of the other pages goes) and
trafilatura. The other pages are drawn by chance, the same at every run; the F1 is the mean of the draws.
"""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from statistics import fmean
from typing import Any

from bench import corpus, feedmills, scoring
from bench.known import Input, Sites
from bench.peers import BASE, PEERS, installed
from bench.report import Goal, print_report
from bench.scoring import SetScore

COUNTS = (0, 1, 3, 10)
_MIN_TRUTH = 300  # characters
_DRAWS = 4
_SHARE = 0.2  # of the other pages
_NO_WORD = re.compile(r"[\W_]+")
_PLAIN_GOALS = {1: 0.92, 10: 0.94}
_HTML_GOAL = 0.960

Method = Callable[[Input, Sequence[Input], int, int], str]


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    pages = corpus.pages(data, ("sites",))
    html = [Input(page, page.html, "text/html") for page in pages]
    plain = [Input(page, _render(page.html).encode(), "text/plain") for page in pages]
    draws = 1 if quick else _DRAWS
    rows = [
        row
        for inputs, kind in ((html, "HTML"), (plain, "plain text"))
        for name, method in _methods(inputs, kind).items()
        for row in _rows(kind, name, method, inputs, draws)
    ]
    print_report("sites", _table(rows), _goals(rows), as_json=as_json, results=rows)


def _methods(inputs: Sequence[Input], kind: str) -> dict[str, Method]:
    """The extractors and filters for one kind of input."""
    sites = Sites(inputs)

    def ours(options: dict[str, Any]) -> Method:
        def extract(one: Input, _others: Sequence[Input], count: int, draw: int) -> str:
            hints = sites.hints(one, count, draw) if count else None
            found = feedmills.extract(
                one.content,
                one.page.url,
                content_type=one.content_type,
                hints=hints,
                options=options,
            )
            return found.text if found else ""

        return extract

    methods = {"feedmill": ours({})}
    if kind == "plain text":
        return methods | {"line count": _line_count}
    methods["feedmill, fast"] = ours({"mode": "fast"})
    peers, _ = installed(tuple(peer for peer in PEERS if peer.name == BASE))
    peer = peers[BASE]
    texts = {one.page.id: peer(one.content, one.page.url) or "" for one in inputs}
    counted = [Input(one.page, texts[one.page.id].encode(), "text/plain") for one in inputs]
    whole = {one.page.id: one for one in counted}

    def both(one: Input, others: Sequence[Input], count: int, draw: int) -> str:
        return _line_count(whole[one.page.id], [whole[o.page.id] for o in others], count, draw)

    return methods | {BASE: lambda one, *_: texts[one.page.id], f"{BASE}, line count": both}


def _line_count(one: Input, others: Sequence[Input], _count: int, _draw: int) -> str:
    """Drop every line that stands on at least a fifth of the other pages."""
    seen: Counter[str] = Counter()
    for other in others:
        seen.update({_norm(line) for line in other.content.decode().split("\n")})
    least = max(1.0, _SHARE * len(others))
    lines = one.content.decode().split("\n")
    return "\n".join(line for line in lines if not others or seen[_norm(line)] < least)


def _norm(line: str) -> str:
    return _NO_WORD.sub("", line.lower())


def _rows(
    kind: str, name: str, method: Method, inputs: Sequence[Input], draws: int
) -> list[dict[str, Any]]:
    """A row for each number of other pages."""
    sites = Sites(inputs)
    judged = [one for one in inputs if len(one.page.truth) >= _MIN_TRUTH]
    rows = []
    for count in COUNTS:
        scores: list[SetScore] = []
        started = time.process_time()
        for draw in range(draws if count else 1):
            texts = [method(one, sites.others(one, count, draw), count, draw) for one in judged]
            pairs = zip(judged, texts, strict=True)
            scores.append(
                scoring.score_set([scoring.score_page(one.page.truth, text) for one, text in pairs])
            )
        milliseconds = (time.process_time() - started) * 1000 / len(judged) / len(scores)
        rows.append(_row(kind, name, count, scores, milliseconds))
    return rows


def _row(
    kind: str, name: str, count: int, scores: Sequence[SetScore], milliseconds: float
) -> dict[str, Any]:
    return {
        "input": kind,
        "method": name,
        "other pages": count,
        "f1": round(fmean(score.f1 for score in scores), 4),
        "precision": round(fmean(score.precision for score in scores), 4),
        "recall": round(fmean(score.recall for score in scores), 4),
        "pages": scores[0].pages,
        "draws": len(scores),
        "ms": round(milliseconds, 1),
    }


def _table(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row for each method, with F1 (P / R) after each number of other pages."""
    cells: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        name = (row["method"], row["input"])
        start = {"method": row["method"], "input": row["input"]}
        shown = f"{row['f1']:.3f} ({row['precision']:.3f} / {row['recall']:.3f})"
        cells.setdefault(name, start)[f"after {row['other pages']}"] = shown
    return list(cells.values())


def _goals(rows: Sequence[dict[str, Any]]) -> list[Goal]:
    f1 = {(row["method"], row["input"], row["other pages"]): row["f1"] for row in rows}
    goals = []
    for count, least in _PLAIN_GOALS.items():
        value = f1["feedmill", "plain text", count]
        name = f"plain text after {count} other page{'' if count == 1 else 's'}"
        goals.append(Goal(name, f"at least {least}", value, value >= least))
    value = f1["feedmill", "HTML", 10]
    goals.append(
        Goal("HTML after 10 other pages", f"at least {_HTML_GOAL}", value, value >= _HTML_GOAL)
    )
    return goals


def _render(html: bytes) -> str:
    """The whole page as plain text, as in our research."""
    try:
        as_text = import_module("resiliparse.extract.html2text").extract_plain_text
        tree = import_module("resiliparse.parse.html").HTMLTree
        detect = import_module("resiliparse.parse.encoding").detect_encoding
    except ImportError:
        raise SystemExit("pages are made plain by resiliparse: `make bench-peers`") from None
    text = as_text(tree.parse_from_bytes(html, detect(html)), alt_texts=False, list_bullets=True)
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())
