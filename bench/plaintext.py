"""Boilerplate lines in plain text: our filter beside keeping all, a hand rule, and HTML extractors.

`full` is a whole page as text, `traf` what an extractor left of it. Told are the F1 of content lines, the
shingle F1 of what is kept, how much of clean articles is kept, and whether the two seeds come out right.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import corpus, feedmills, scoring
from bench.corpus import LineDocument
from bench.line_peers import Filter, filters
from bench.report import Goal, print_report
from bench.scoring import LineScore

SETS = ("scrapinghub", "fundus", "wcxb_dev")
_GOALS = {
    ("full", "scrapinghub"): 0.85,
    ("full", "fundus"): 0.85,
    ("full", "wcxb_dev"): 0.92,
    ("traf", "scrapinghub"): 0.965,
    ("traf", "fundus"): 0.95,
    ("traf", "wcxb_dev"): 0.96,
}
_CLEAN_GOAL = 0.995
_OURS = "feedmill"
_QUICK_EVERY = 6


@dataclass(frozen=True, slots=True)
class _Result:
    """One filter on the documents of one kind, set and part."""

    filter: str
    kind: str
    set: str
    part: str
    lines: LineScore
    page_f1: float
    milliseconds: float

    def row(self) -> dict[str, Any]:
        """For the table and for JSON."""
        precision, recall, f1 = self.lines.content
        return {
            "filter": self.filter,
            "kind": self.kind,
            "set": self.set,
            "part": self.part,
            "documents": self.lines.documents,
            "content F1": round(f1, 3),
            "P": round(precision, 3),
            "R": round(recall, 3),
            "boilerplate F1": round(self.lines.boilerplate[2], 3),
            "mean doc F1": round(self.lines.mean_document_f1, 3),
            "page F1": round(self.page_f1, 4),
            "ms": round(self.milliseconds, 1),
        }


def run(*, as_json: bool, quick: bool, data: Path) -> None:
    """Run the benchmark and print its report."""
    documents = corpus.line_documents(data, every=_QUICK_EVERY if quick else 1)
    peers, missing = filters()
    known: dict[str, Filter] = {_OURS: feedmills.keep_flags, **peers}
    results = [
        result
        for filter_name, keep in known.items()
        for result in _results(filter_name, keep, documents)
    ]
    clean = _clean(data, known, every=_QUICK_EVERY if quick else 1)
    seeds = _seeds(data.parent / "seeds")
    if quick:
        print("A sample of the documents: goals count on the whole only.")
    for missed, how in missing.items():
        print(f"not installed: {missed} ({how})")
    print("Lines of articles without boilerplate that are kept (every one should be):")
    for filter_name, share in clean.items():
        print(f"  {filter_name}: {share:.4f}")
    print(f"Seeds that come out exactly: {sum(seeds.values())} of {len(seeds)}\n")
    goals = _goals([one for one in results if one.filter == _OURS], clean[_OURS], seeds)
    rows = [one.row() for one in results]
    print_report(
        "plaintext",
        rows,
        goals,
        as_json=as_json,
        results={"scores": rows, "clean": clean, "seeds": seeds, "not_installed": missing},
    )


def _results(name: str, keep: Filter, documents: Sequence[LineDocument]) -> list[_Result]:
    """A filter on every kind, set and part."""
    started = time.process_time()
    flags = [keep(document.lines) for document in documents]
    milliseconds = (time.process_time() - started) * 1000 / len(documents)
    both = list(zip(documents, flags, strict=True))
    found = []
    for kind in ("full", "traf"):
        for set_name in SETS:
            for part in ("whole", "train", "held"):
                chosen = [
                    (document, kept)
                    for document, kept in both
                    if (document.kind, document.set) == (kind, set_name)
                    and (part == "whole" or document.held == (part == "held"))
                ]
                if chosen:
                    found.append(_result(name, (kind, set_name, part), chosen, milliseconds))
    return found


def _result(
    name: str,
    group: tuple[str, str, str],
    chosen: Sequence[tuple[LineDocument, list[bool]]],
    milliseconds: float,
) -> _Result:
    labels = [document.labels for document, _ in chosen]
    lines = scoring.score_lines(labels, [kept for _, kept in chosen])
    pages = [
        scoring.score_page(document.truth, _text(document.lines, kept))
        for document, kept in chosen
        if document.truth
    ]
    page_f1 = scoring.score_set(pages).f1
    return _Result(name, *group, lines, page_f1, milliseconds)


def _text(lines: Sequence[str], kept: Sequence[bool]) -> str:
    return "\n".join(line for line, stays in zip(lines, kept, strict=True) if stays)


def _clean(data: Path, known: Mapping[str, Filter], *, every: int) -> dict[str, float]:
    """The share of lines kept of true texts, which hold no boilerplate."""
    texts = corpus.truths(data, SETS)[::every]
    articles = [[line.strip() for line in text.split("\n") if line.strip()] for text in texts]
    total = sum(map(len, articles))
    return {
        name: sum(sum(keep(lines)) for lines in articles) / total for name, keep in known.items()
    }


def _seeds(folder: Path) -> dict[str, bool]:
    """Whether each seed comes out as its truth says: text, title and authors."""
    path = folder / "truth.json"
    truth = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    outcome = {}
    for name, wanted in truth.items():
        if "text" not in wanted:
            continue
        content = (folder / name).read_bytes()
        found = feedmills.extract(content, None, content_type="text/plain")
        outcome[name] = found is not None and (
            [part for part in found.text.split("\n") if part.strip()] == wanted["text"]
            and [author.name for author in found.authors] == wanted["authors"]
            and (wanted["title"] is None or found.title == wanted["title"])
        )
    return outcome


def _goals(ours: Sequence[_Result], clean: float, seeds: Mapping[str, bool]) -> list[Goal]:
    goals = []
    for one in ours:
        least = _GOALS[one.kind, one.set]
        if one.part == "whole":
            f1 = one.lines.content[2]
            name = f"{one.kind}, {one.set}, content F1"
            goals.append(Goal(name, f"at least {least}", round(f1, 4), f1 >= least))
    goals.append(
        Goal(
            "clean articles, kept", f"at least {_CLEAN_GOAL}", round(clean, 4), clean >= _CLEAN_GOAL
        )
    )
    exact = sum(seeds.values())
    goals.append(Goal("seeds exact", str(len(seeds)), exact, exact == len(seeds) > 0))
    return goals
