"""The development data: pages with their true text, lines with their labels. See its README."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from training.split import is_held

DATA = Path(__file__).parents[2] / "shared" / "data"
SETS = ("scrapinghub", "fundus", "wcxb_dev", "readability_js", "newspaper4k", "sites")


@dataclass(frozen=True)
class Page:
    """A page and the text that is true of it.

    Attributes:
        set: The set it belongs to.
        id: Its name in the set.
        url: Its address, where it is known.
        truth: The main text.
        html: The page as it was served.
        site: The site, where the set has several pages of one.
    """

    set: str
    id: str
    url: str | None
    truth: str = field(repr=False)
    html: bytes = field(repr=False)
    site: str | None = None

    @cached_property
    def held(self) -> bool:
        """Whether nothing was trained on it."""
        return is_held(self.url or self.id)


@dataclass(frozen=True, slots=True)
class LineDocument:
    """A page as lines. `kind` is `full`, the whole page, or `traf`, what an extractor left of it.

    `labels`: for each line 1 content, 0 boilerplate, -1 the page's title.
    """

    set: str
    id: str
    kind: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]
    truth: str | None
    held: bool


def pages(data: Path, sets: Sequence[str] = SETS, *, every: int = 1) -> list[Page]:
    """The pages of some sets, or one page in so many.

    Raises:
        SystemExit: The data is not there.
    """
    found = []
    for name in sets:
        rows = [row for i, row in enumerate(_truth(data, name)) if i % every == 0]
        for row in rows:
            path = data / "extraction" / name / "html" / f"{row['id']}.html.gz"
            html = gzip.decompress(path.read_bytes())
            found.append(Page(name, row["id"], row["url"], row["text"], html, row.get("site")))
    return found


def line_documents(data: Path, *, every: int = 1) -> list[LineDocument]:
    """The labelled documents, or one in so many of each set and kind.

    Raises:
        SystemExit: The data is not there.
    """
    known = {(name, row["id"]): row for name in SETS for row in _truth(data, name)}
    seen: Counter[tuple[str, str]] = Counter()
    found = []
    with gzip.open(data / "plaintext" / "lines.jsonl.gz", "rt", encoding="utf-8") as file:
        for row in map(json.loads, file):
            group = (row["set"], row["kind"])
            seen[group] += 1
            if seen[group] % every:
                continue
            page = known.get((row["set"], row["id"]), {})
            found.append(
                LineDocument(
                    row["set"],
                    row["id"],
                    row["kind"],
                    tuple(row["lines"]),
                    tuple(row["keep"]),
                    page.get("text"),
                    is_held(page.get("url") or row["id"]),
                )
            )
    return found


def truths(data: Path, sets: Sequence[str]) -> list[str]:
    """The true texts of some sets."""
    return [row["text"] for name in sets for row in _truth(data, name) if row["text"].strip()]


def _truth(data: Path, name: str) -> Iterator[dict[str, Any]]:
    path = data / "extraction" / name / "truth.jsonl"
    if not path.is_file():
        raise SystemExit(f"{path} is not there: give the folder of the data with --data DIR")
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)
