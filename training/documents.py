"""Texts whose lines are known to be content or boilerplate, from the development data.

Labels of a page's lines follow from its true text by the rule of the data's authors
(`research/extraction.md`, section 4.1).
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trafilatura
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from training.split import is_held

CONTENT, BOILERPLATE, TITLE = 1, 0, -1
_LABELLED = ("scrapinghub", "fundus", "wcxb_dev")
_MORE_PAGES = ("wcxb_dev", "readability_js", "newspaper4k")
_MIN_TRUTH = 200  # characters
_MAX_LINES = 2_500
_SHINGLE = 4  # words
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Document:
    """A text of labelled lines.

    Attributes:
        source: The data set, or how the text was made.
        kind: How a page became text: `full`, `traf`, or another word.
        site: The page it is from: its address, or its id. Decides the part it belongs to.
        lines: Its lines, none of them empty.
        labels: `CONTENT`, `BOILERPLATE` or `TITLE` for each.
    """

    source: str
    kind: str
    site: str
    lines: tuple[str, ...]
    labels: tuple[int, ...]

    @property
    def held(self) -> bool:
        """Whether it may be measured on only."""
        return is_held(self.site)


def pages(data: Path, name: str) -> dict[str, dict[str, Any]]:
    """The truth of a set of pages, by id."""
    with (data / "extraction" / name / "truth.jsonl").open(encoding="utf-8") as rows:
        return {page["id"]: page for page in map(json.loads, rows)}


def html_of(data: Path, name: str, page: str) -> str:
    """A page as text of HTML."""
    content = gzip.decompress(
        (data / "extraction" / name / "html" / f"{page}.html.gz").read_bytes()
    )
    return str(bytes_to_str(content, detect_encoding(content) or "utf-8"))


def labelled(data: Path) -> Iterator[Document]:
    """The documents of `plaintext/lines.jsonl.gz`."""
    truth = {name: pages(data, name) for name in _LABELLED}
    with gzip.open(data / "plaintext" / "lines.jsonl.gz", "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            page = truth[row["set"]].get(row["id"], {})
            yield Document(
                source=row["set"],
                kind=row["kind"],
                site=page.get("url") or f"{row['set']}/{row['id']}",
                lines=tuple(row["lines"]),
                labels=tuple(row["keep"]),
            )


def rendered(data: Path, known: set[tuple[str, str]]) -> Iterator[Document]:
    """The pages of all sets in ways other than those of `labelled`, and other pages in those ways."""
    for name in dict.fromkeys((*_LABELLED, *_MORE_PAGES)):
        for page in pages(data, name).values():
            site = _site(name, page)
            if len(page["text"] or "") < _MIN_TRUTH or is_held(site):
                continue
            html = html_of(data, name, page["id"])
            for kind, render in RENDERINGS.items():
                if kind in {"full", "traf"} and (name, page["id"]) in known:
                    continue
                lines = lines_of(render(html))
                labels = label(lines, page["text"], page.get("title"))
                if CONTENT in labels and len(lines) <= _MAX_LINES:
                    yield Document(name, kind, site, lines, labels)


def clean(data: Path) -> Iterator[tuple[Document, str | None]]:
    """The true texts alone, every line content, with their titles."""
    for name in dict.fromkeys((*_LABELLED, *_MORE_PAGES)):
        for page in pages(data, name).values():
            lines = lines_of(page["text"] or "")
            if lines:
                document = Document(
                    name, "clean", _site(name, page), lines, (CONTENT,) * len(lines)
                )
                yield document, page.get("title")


def _site(name: str, page: dict[str, Any]) -> str:
    """All pages of `readability_js` claim to be from one host; they go by their ids."""
    own_host = name != "readability_js" and page.get("url")
    return str(own_host or f"{name}/{page['id']}")


def lines_of(text: str) -> tuple[str, ...]:
    """Its lines without those that are empty."""
    return tuple(filter(None, map(str.strip, text.split("\n"))))


def label(lines: Sequence[str], truth: str, title: str | None) -> tuple[int, ...]:
    """Which lines stand in the true text: all of a line of it, or half of the line's shingles."""
    whole = {_normal(line) for line in truth.split("\n")} - {""}
    shingles = set(_shingles(_normal(truth)))
    return tuple(_label(_normal(line), _normal(title or ""), whole, shingles) for line in lines)


def _label(line: str, title: str, whole: set[str], shingles: set[tuple[str, ...]]) -> int:
    if not line:
        return BOILERPLATE
    if line == title:
        return TITLE
    if line in whole:
        return CONTENT
    own = _shingles(line)
    return CONTENT if own and 2 * sum(one in shingles for one in own) >= len(own) else BOILERPLATE


def _normal(line: str) -> str:
    return " ".join(_WORD.findall(line.lower()))


def _shingles(line: str) -> list[tuple[str, ...]]:
    words = line.split()
    return [tuple(words[i : i + _SHINGLE]) for i in range(len(words) - _SHINGLE + 1)]


def _full(html: str, *, bullets: bool = True, main: bool = False) -> str:
    """All text of a page, or what looks like its main part."""
    return str(
        extract_plain_text(
            html,
            alt_texts=False,
            list_bullets=bullets,
            main_content=main,
            comments=True,
            noscript=not bullets,
        )
    )


RENDERINGS: dict[str, Callable[[str], str]] = {
    "full": _full,
    "traf": lambda html: trafilatura.extract(html, favor_recall=True, include_comments=True) or "",
    "main": lambda html: _full(html, main=True),
    "unlisted": lambda html: _full(html, bullets=False),
}
