"""What extractors scored: by set, whole and split into the part trained on and the part held back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from bench import scoring
from bench.corpus import Page
from bench.race import Key, Runs
from bench.scoring import PageScore, SetScore

PARTS = ("whole", "train", "held")
_NO_SCORE = SetScore(0, 0.0, 0.0, 0.0, 0.0)


class Outcome:
    """The scores of all extractors on all pages.

    Args:
        pages: The pages.
        runs: What each extractor did with them.
    """

    def __init__(self, pages: Sequence[Page], runs: Mapping[str, Runs]) -> None:
        self._pages = pages
        self.runs = runs
        self.sets = tuple(dict.fromkeys(page.set for page in pages))

    @cached_property
    def scores(self) -> dict[str, dict[Key, PageScore]]:
        """By extractor and page."""
        return {
            name: {
                (page.set, page.id): scoring.score_page(
                    page.truth, run.answers[page.set, page.id].text
                )
                for page in self._pages
            }
            for name, run in self.runs.items()
        }

    def keys(self, *sets: str, part: str = "whole") -> list[Key]:
        """The pages of some sets, or of one part of them."""
        return [
            (page.set, page.id)
            for page in self._pages
            if page.set in sets and (part == "whole" or page.held == (part == "held"))
        ]

    def of(self, name: str, *sets: str, part: str = "whole") -> list[PageScore]:
        """The page scores of one extractor."""
        scores = self.scores[name]
        return [scores[key] for key in self.keys(*sets, part=part)]

    def score(self, name: str, set_name: str, part: str = "whole") -> SetScore:
        """The score of one extractor on one set."""
        pages = self.of(name, set_name, part=part)
        return scoring.score_set(pages) if pages else _NO_SCORE

    def best(self, set_name: str, among: Sequence[str]) -> str:
        """Which of some extractors has the highest F1 on a set."""
        return max(among, key=lambda name: self.score(name, set_name).f1)

    def rows(self) -> list[dict[str, Any]]:
        """Everything, a row for each extractor, set and part."""
        rows = []
        for name, run in self.runs.items():
            for set_name in self.sets:
                for part in PARTS:
                    keys = self.keys(set_name, part=part)
                    if keys:
                        score = self.score(name, set_name, part)
                        rows.append(_row((name, set_name, part), score, run, keys))
        return rows

    def table(self, part: str) -> list[dict[str, Any]]:
        """F1 by set, a row for each extractor."""
        shown = [name for name in self.sets if self.keys(name, part=part)]
        return [
            {"extractor": name}
            | {
                f"{set_name} ({len(self.keys(set_name, part=part))})": (
                    f"{self.score(name, set_name, part).f1:.4f}"
                )
                for set_name in shown
            }
            for name in self.runs
        ]


def _row(
    group: tuple[str, str, str], score: SetScore, run: Runs, keys: Sequence[Key]
) -> dict[str, Any]:
    name, set_name, part = group
    return {
        "extractor": name,
        "set": set_name,
        "part": part,
        "pages": score.pages,
        "f1": round(score.f1, 4),
        "precision": round(score.precision, 4),
        "recall": round(score.recall, 4),
        "word_f1": round(score.words, 4),
        "empty": run.empty(keys),
        "errors": sum(key in run.errors for key in keys),
        "late": sum(key in run.late for key in keys),
    }
