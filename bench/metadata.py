"""Metadata of pages: title, authors, date and language, beside trafilatura and htmldate.

Every tool gets the same parsed pages in the same run. Titles are compared after NFKC, in lower case, words
alone (`exact`), and generously (`near`: equal, or four fifths of the words shared, or one contains the
other); dates by the day as it was written (`possible`: without truths later than the day the page was
fetched, in which day and month are swapped); authors as sets (F1, mean over pages that have authors);
languages where the truth or the country tells them.
"""

from __future__ import annotations

import gzip
import json
import re
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from htmldate import find_date
from lxml.html import HtmlElement, fromstring
from trafilatura.metadata import extract_metadata

from bench import corpus
from bench.report import Goal, print_report
from workers.extract import dates, language, metadata
from workers.extract.decode import decode

_SETS = ("fundus", "wcxb_dev", "readability_js", "newspaper4k")
_GOALS = {"title near": 0.95, "date right": 0.985, "author F1": 0.88, "language right": 0.99}
_NEAR = 0.8
_LONG = 15
_QUICK = 40
_AUTHORS = re.compile(r"\s*(?:[;,|&]|\band\b|\bund\b)\s*")
_PROLOGUE = re.compile(r"\A\s*<\?xml[^>]*\?>")
# Countries whose press is in one language; Italy's, Switzerland's, Belgium's and Canada's is not.
_PRESS = {
    "de": "de at li",
    "en": "uk us au ie nz na ls bw ng ke gh tw",
    "es": "es mx ar co cl pe",
    "pt": "pt br",
    "is": "is isl",
    "fr": "fr",
    "ja": "jp",
    "tr": "tr",
    "ru": "ru",
    "zh": "cn",
    "ko": "kr",
    "no": "no",
    "sv": "se",
    "da": "dk",
    "fi": "fi",
    "pl": "pl",
    "cs": "cz",
    "lt": "lt",
    "id": "id",
    "nl": "nl",
    "el": "gr",
}
_COUNTRIES = {country: code for code, countries in _PRESS.items() for country in countries.split()}
_NORWEGIAN = {"nb": "no", "nn": "no"}


# Reads a page; and what it read as an answer.
Tool = tuple[
    Callable[[HtmlElement, dict[str, Any]], Any], Callable[[Any, dict[str, Any]], "Answer"]
]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says of a page; None for what it does not tell at all."""

    title: str | None = None
    authors: tuple[str, ...] | None = None
    day: str = ""
    language: str | None = None


@dataclass(slots=True)
class Tally:
    """Scores of one tool on one set, a number a page."""

    scores: dict[str, list[float]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def add(self, name: str, score: float) -> None:
        """Note the score of a page."""
        self.scores.setdefault(name, []).append(score)

    def mean(self, name: str) -> float | None:
        """The mean over the pages that have a truth."""
        values = self.scores.get(name)
        return round(sum(values) / len(values), 3) if values else None


def run(*, as_json: bool, quick: bool, data: Path = corpus.DATA) -> None:
    """Run the benchmark and print its report."""
    tools: dict[str, Tool] = {
        "feedmill": (_read, _answer),
        "trafilatura": (_trafilatura, _answer_of_trafilatura),
        "htmldate": (_htmldate, lambda day, _: Answer(day=day or "")),
    }
    metadata.read(fromstring("<html><body><p>warm up"), None)
    language.detect("Nothing here is slow the second time.")
    rows: list[dict[str, Any]] = []
    goals: list[Goal] = []
    for name in _SETS:
        pages = list(_pages(data / "extraction" / name))[: _QUICK if quick else None]
        tallies = _score(tools, pages) if pages else {}
        rows += [{"tool": tool, "set": name, **_row(tally)} for tool, tally in tallies.items()]
        if name == "fundus" and tallies:
            goals = _goals(tallies["feedmill"])
    print_report("metadata", rows, goals, as_json=as_json)


def _pages(folder: Path) -> Iterator[tuple[dict[str, Any], str]]:
    """Truth and decoded bytes of the pages of a set."""
    truth = folder / "truth.jsonl"
    for line in truth.read_text("utf-8").splitlines() if truth.exists() else ():
        page = json.loads(line)
        file = folder / "html" / f"{page['id']}.html.gz"
        yield page, _PROLOGUE.sub("", decode(gzip.decompress(file.read_bytes())))


def _score(tools: Mapping[str, Tool], pages: list[tuple[dict[str, Any], str]]) -> dict[str, Tally]:
    """Every tool on every page, each on a tree of its own; only the reading is timed."""
    tallies = {name: Tally() for name in tools}
    for truth, html in pages:
        for name, (read, answer) in tools.items():
            tree = fromstring(html)
            started = time.process_time()
            found = read(tree, truth)
            tallies[name].seconds.append(time.process_time() - started)
            _compare(tallies[name], truth, answer(found, truth))
    return tallies


def _compare(tally: Tally, truth: dict[str, Any], answer: Answer) -> None:
    if truth.get("title") and answer.title is not None:
        tally.add("title exact", words(answer.title) == words(truth["title"]))
        tally.add("title near", is_near(answer.title, truth["title"]))
    if truth.get("date"):
        wanted = str(dates.day(truth["date"]) or truth["date"][:10])
        tally.add("date right", answer.day == wanted)
        if wanted <= truth.get("crawl_date", "9"):
            tally.add("possible date right", answer.day == wanted)
        tally.add("date missing", not answer.day)
    has_authors = truth.get("author") and truth.get("has_authors_field", True)
    if has_authors and answer.authors is not None:
        wanted_names, given = name_set(truth["author"]), name_set("; ".join(answer.authors))
        both = len(wanted_names) + len(given)
        tally.add("author F1", 2 * len(wanted_names & given) / both if both else 1.0)
        tally.add("author equal", wanted_names == given)
    if answer.language is not None and (spoken := _language(truth)):
        code = answer.language.partition("-")[0]
        tally.add("language right", _NORWEGIAN.get(code, code) == spoken)


def _row(tally: Tally) -> dict[str, Any]:
    names = (
        "title exact",
        "title near",
        "date right",
        "possible date right",
        "date missing",
        "author equal",
        "author F1",
    )
    means = {name: tally.mean(name) for name in (*names, "language right")}
    return {
        **{name: "-" if value is None else value for name, value in means.items()},
        "ms/page": round(1000 * sum(tally.seconds) / len(tally.seconds), 2),
        "ms/page p95": round(1000 * sorted(tally.seconds)[int(0.95 * len(tally.seconds))], 2),
    }


def _goals(tally: Tally) -> list[Goal]:
    return [
        Goal(f"{name} on fundus", f">= {goal}", value, value >= goal)
        for name, goal in _GOALS.items()
        if (value := tally.mean(name)) is not None
    ]


def _read(tree: HtmlElement, truth: dict[str, Any]) -> metadata.Metadata:
    return metadata.read(tree, truth["url"])


def _answer(found: metadata.Metadata, truth: dict[str, Any]) -> Answer:
    published = found.published
    day = (dates.day(published.raw) or published.at.date()) if published else ""
    spoken = metadata.language.decide(truth["text"], found.language)
    return Answer(
        title=found.title or "",
        authors=tuple(author.name for author in found.authors),
        day=str(day),
        language=spoken.code if spoken else "",
    )


def _trafilatura(tree: HtmlElement, truth: dict[str, Any]) -> Any:
    return extract_metadata(tree, default_url=truth["url"], extensive=True)


def _answer_of_trafilatura(found: Any, _: dict[str, Any]) -> Answer:
    return Answer(
        title=found.title or "",
        authors=tuple((found.author or "").split("; ")),
        day=found.date or "",
    )


def _htmldate(tree: HtmlElement, truth: dict[str, Any]) -> str | None:
    return find_date(tree, original_date=True, url=truth["url"])


def words(text: str) -> str:
    """The words of a title, as they are compared."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").lower()
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def is_near(one: str, other: str) -> bool:
    """Whether two titles are the same but for a little."""
    first, second = words(one), words(other)
    if first == second:
        return True
    if min(len(first), len(second)) > _LONG and (first in second or second in first):
        return True
    shared = (Counter(first.split()) & Counter(second.split())).total()
    return 2 * shared >= _NEAR * (len(first.split()) + len(second.split())) > 0


def name_set(text: str) -> set[str]:
    """The names in a list of authors."""
    return {words(name) for name in _AUTHORS.split(text) if words(name)}


def _language(truth: dict[str, Any]) -> str | None:
    """The language of a page: as the truth says, or as the country does where it has but one."""
    stated = (truth.get("lang") or _COUNTRIES.get(truth.get("country") or "") or "").lower()
    code = stated.partition("-")[0]
    return _NORWEGIAN.get(code, code) or None
