"""Plain text and Markdown: the title, the article, and nothing else."""

from __future__ import annotations

import gzip
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.errors import ExtractionError
from tests.workers.samples import GERMAN, PROSE, ROOT, SHARED, lines_of
from workers.extract import Extraction, extract, plaintext

TRUTH = SHARED / "seeds" / "truth.json"
SEEDS = ["000_629d783f54136728.txt", "004_72b5097d62cbd28c.txt"]


def seed(name: str) -> Extraction:
    return extract((ROOT / "seeds" / name).read_bytes(), content_type="text/plain")


def test_the_first_seed():
    found = seed(SEEDS[0])
    paragraphs = found.text.split("\n\n")
    assert found.title == "Blinken calls off meeting with Russian counterpart"
    assert found.title_from == "page"
    assert [author.name for author in found.authors] == ["Catherine Garcia"]
    assert found.lang is not None
    assert found.lang.code == "en"
    assert len(paragraphs) == 4
    assert paragraphs[0].startswith("U.S. Secretary of State Antony Blinken will no longer meet")
    assert paragraphs[2].endswith("if Russia did not invade Ukraine.")
    assert paragraphs[3].endswith('in Europe since World War II."')
    for left_out in ("The Week", "inbox", "echo chamber", "daily email", "drone", "demine"):
        assert left_out not in found.text


def test_the_second_seed():
    found = seed(SEEDS[1])
    paragraphs = found.text.split("\n\n")
    assert found.title_from == "text"
    assert found.title is not None
    assert found.title.startswith("In the midst of the military conflict")
    assert found.authors == ()
    assert len(paragraphs) == 10
    assert paragraphs[0].startswith("In the midst of the military conflict")
    assert paragraphs[9].endswith("bar political organizations and parties.")
    assert sum(len(part.lines) for part in found.removed) == 16


@pytest.mark.parametrize("name", SEEDS)
def test_the_seeds_come_out_as_the_truth_says(name):
    if not TRUTH.exists():
        pytest.skip(f"{TRUTH} is not there")
    truth = json.loads(TRUTH.read_text(encoding="utf-8"))[name]
    found = seed(name)
    assert found.text.split("\n\n") == truth["text"]
    assert [author.name for author in found.authors] == truth["authors"]
    assert (found.title if found.title_from == "page" else None) == truth["title"]
    assert found.lang is not None
    assert found.lang.code == truth["lang"]


def test_a_page_like_the_first_seed_of_our_own():
    content = lines_of(
        "Old crane of the harbour goes",
        "",
        "",
        *PROSE[:3],
        "Harbour News",
        "Know what floats. Get the facts behind the tides and ask your questions about them.",
        "",
        "Sign up for the Free Newsletters of Harbour News",
        "From the morning tide to the weekly wind, get it all delivered directly to your inbox.",
        "From the morning tide to the weekly wind, get it all delivered directly to your inbox.",
        *PROSE[3:],
        "A free daily email with the tides of the day from harbour.example",
        "Harbour Desk has worked as a reporter on the islands since spring. It covers all ferries.",
        *("-", "Bridges are the new piers", "In the Spotlight Nobody has asked why"),
        *("-", "Why is the ferry late?", "Big Question The tide has taken an interest in it"),
        *("-", "The pros and cons of buoys", "Pros and cons They could be seen at night"),
    )
    found = extract(content)
    assert found.title == "Old crane of the harbour goes"
    assert found.text.split("\n\n") == list(PROSE)
    assert [author.name for author in found.authors] == ["Harbour Desk"]


def test_a_page_like_the_second_seed_in_german():
    content = lines_of(
        *GERMAN,
        "",
        "Inseln Fordern Eine Zweite Fähre Noch Vor Dem Sommer",
        "Rat Vertagt Abstimmung Über Die Neue Brücke Zum Dritten Mal",
        "Sturm Schließt Den Nördlichen Hafen Für Drei Weitere Tage ",
    )
    found = extract(content)
    assert found.text.split("\n\n") == list(GERMAN)
    assert found.title_from == "text"
    assert found.lang is not None
    assert found.lang.code == "de"


@pytest.mark.parametrize(
    "headline",
    [
        "Old crane goes",
        "Will the old crane survive?",
        "The crane is gone!",
        "Kran am Nordkai wird abgebaut",
    ],
)
def test_a_first_line_that_stands_apart_is_the_title(headline):
    found = extract(lines_of(headline, "", *PROSE))
    assert (found.title, found.title_from) == (headline, "page")
    assert found.text.split("\n\n") == list(PROSE)


@pytest.mark.parametrize(
    "line", ["# Old crane goes", "#  Old crane goes  #", "# Old crane goes ##"]
)
def test_a_markdown_title(line):
    found = extract(lines_of("", line, *PROSE), content_type="text/markdown")
    assert (found.title, found.title_from) == ("Old crane goes", "page")
    assert found.text.split("\n\n") == list(PROSE)


def test_a_title_of_blanks_ends_in_time():
    started = time.perf_counter()
    extract(lines_of("# a" + " " * 20_000 + "b", "", *PROSE))
    assert time.perf_counter() - started < 2


def test_a_first_paragraph_is_no_title():
    found = extract(lines_of(PROSE[0], "", *PROSE[1:]))
    assert found.text.split("\n\n") == list(PROSE)
    assert found.title_from == "text"
    assert found.title == " ".join(PROSE[0].split()[:12]) + " …"


def test_lists_and_tables_stay_together():
    found = extract(
        lines_of(PROSE[0], "- one thing", "- another", PROSE[1], "| a | b |", "| c | d |")
    )
    assert (
        found.text == f"{PROSE[0]}\n\n- one thing\n- another\n\n{PROSE[1]}\n\n| a | b |\n| c | d |"
    )


@pytest.mark.parametrize("content", [b"", b"\n\n \n", b"-\n-\n", b"Sign up for our newsletter"])
def test_no_text(content):
    with pytest.raises(ExtractionError) as caught:
        extract(content, content_type="text/plain")
    assert caught.value.kind == "no-text"


def test_a_text_of_too_many_lines():
    with pytest.raises(ExtractionError) as caught:
        extract(b"a line\n" * 20_001)
    assert caught.value.kind == "too-big"


def test_too_many_bytes():
    with pytest.raises(ExtractionError) as caught:
        extract(b"x" * 5_000_001)
    assert caught.value.kind == "too-big"


# ---- `drop` of the sources file


def test_dropped_lines_say_so():
    found = extract(lines_of(*PROSE), drop=["^Engineers", "undertaking"])
    assert found.text.split("\n\n") == [PROSE[0], *PROSE[2:4]]
    assert found.removed[-1].reason == "dropped-by-config"
    assert found.removed[-1].lines == (PROSE[1], PROSE[4])


def test_a_dropped_list_item_does_not_take_the_list_along():
    found = extract(
        lines_of(PROSE[0], "- ropes", "- brought to you by ropes", "- boats"), drop=["brought"]
    )
    assert found.text == f"{PROSE[0]}\n\n- ropes\n- boats"


@pytest.mark.parametrize(
    "patterns", [["(?i)^engineers"], ["x", "(?i)^engineers"], [r"(zzz)", r"gr(e)\1d"]]
)
def test_each_pattern_means_what_it_means_alone(patterns):
    """`feedmill check` compiles each alone; the flag in front is the usual way to ignore case."""
    found = extract(lines_of(*PROSE), drop=patterns)
    assert PROSE[1] not in found.text.split("\n\n")
    assert PROSE[0] in found.text.split("\n\n")


def test_everything_dropped_is_no_text():
    with pytest.raises(ExtractionError) as caught:
        extract(lines_of(*PROSE), drop=["."])
    assert caught.value.kind == "no-text"


# ---- every text


@settings(max_examples=50)
@given(st.lists(st.text(max_size=30) | st.sampled_from([*PROSE, "", "-", "# x"]), max_size=12))
def test_no_text_is_invented(lines):
    text = "\n".join(lines).replace("\r", "\n")
    found = plaintext.extract(text)
    given_lines = {line.strip() for line in text.split("\n")}
    for line in found.text.split("\n"):
        assert not line or line in given_lines
    for part in found.removed:
        assert set(part.lines) <= given_lines
    if found.title_from == "page":
        assert any(found.title in line for line in given_lines)


@pytest.mark.slow
def test_nothing_is_invented_in_real_documents():
    documents = SHARED / "data" / "plaintext" / "lines.jsonl.gz"
    if not documents.exists():
        pytest.skip(f"{documents} is not there")
    with gzip.open(documents, "rt", encoding="utf-8") as rows:
        for row in rows:
            lines = json.loads(row)["lines"]
            given_lines = {part.strip() for line in lines for part in line.split("\n")}
            found = plaintext.extract("\n".join(lines))
            assert {line for line in found.text.split("\n") if line} <= given_lines
