"""How a replay is shown: what would change, and what it came to."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from feedmill.log import clean

if TYPE_CHECKING:
    from feedmill.article import Article
    from service.replay import Tally

_WIDTH = 100  # columns of text
_DIFF_LINES = 12  # of one article


@dataclass(frozen=True, slots=True)
class Change:
    """What a replay would change in an article."""

    article: Article
    text: str
    quality: float | None

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        lines = [*_differences(self)]
        return {
            "id": self.article.id,
            "url": self.article.url,
            "quality": [self.article.extraction.quality, self.quality],
            "removed": [line[1:] for line in lines if line.startswith("-")],
            "added": [line[1:] for line in lines if line.startswith("+")],
        }


def told(change: Change) -> str:
    """A change for people, its first lines."""
    article = change.article
    marks = [
        f"{mark:.3f}" if mark is not None else "unknown"
        for mark in (article.extraction.quality, change.quality)
    ]
    head = click.style(clean(article.title or article.url), bold=True)
    lines = [*_differences(change)]
    more = [f"  ... and {len(lines) - _DIFF_LINES} more lines"] if len(lines) > _DIFF_LINES else []
    shown = [
        click.style(clean(line), fg={"+": "green", "-": "red"}.get(line[:1])) for line in lines
    ]
    facts = click.style(
        f"{article.id}  {clean(article.url)}  quality {' -> '.join(marks)}", dim=True
    )
    return "\n".join([head, facts, *shown[:_DIFF_LINES], *more, ""])


def _differences(change: Change) -> Iterator[str]:
    """Lines that differ, with `-` or `+` before them, long ones wrapped alike."""
    old, new = (_lines(text) for text in (change.article.text, change.text))
    for line in difflib.unified_diff(old, new, lineterm="", n=0):
        if not line.startswith(("---", "+++", "@@")):
            yield line


def _lines(text: str) -> list[str]:
    return [line for part in text.split("\n\n") for line in textwrap.wrap(part, _WIDTH)]


def summary(tally: Tally, *, dry_run: bool) -> str:
    """What it came to, in a sentence."""
    would = "would improve" if dry_run else "improved"
    return (
        f"{tally.looked_at} articles looked at: {tally.improved} {would}, {tally.unchanged} unchanged, "
        f"{tally.kept} kept because the new text is not surely better, "
        f"{tally.failed} kept because their page could not be extracted, "
        f"{tally.without_raw_page} without a raw page."
    )
