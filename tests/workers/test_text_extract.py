"""Plain text and Markdown: the title, the article, and nothing else."""

from __future__ import annotations

import gzip
import json
import textwrap
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE, ROOT, SHARED
from workers.extract import Extraction, text

TRUTH = SHARED / "seeds" / "truth.json"
SEEDS = ["000_629d783f54136728.txt", "004_72b5097d62cbd28c.txt"]


def seed(name: str) -> Extraction:
    return text.extract((ROOT / "seeds" / name).read_text(encoding="utf-8"))


def lines_of(*lines: str) -> str:
    return "\n".join(lines)


def test_the_first_seed():
    found = seed(SEEDS[0])
    paragraphs = found.text.split("\n\n")
    assert found.title == "Blinken calls off meeting with Russian counterpart"
    assert found.title_from == "page"
    assert [author.name for author in found.authors] == ["Catherine Garcia"]
    assert len(paragraphs) == 4
    assert paragraphs[0].startswith("U.S. Secretary of State Antony Blinken will no longer meet")
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
    found = text.extract(content)
    assert found.title == "Old crane of the harbour goes"
    assert found.text.split("\n\n") == list(PROSE)
    assert [author.name for author in found.authors] == ["Harbour Desk"]


def test_a_page_like_the_second_seed_in_german():
    content = lines_of(
        *GERMAN,
        "",
        "Inseln fordern noch vor dem Sommer eine zweite Fähre",
        "Rat vertagt Abstimmung über die neue Brücke",
        "Sturm schließt den nördlichen Hafen für drei Tage",
        "Warum der Fisch in diesem Jahr so teuer ist",
    )
    found = text.extract(content)
    assert found.text.split("\n\n") == list(GERMAN)
    assert found.title_from == "text"


def test_the_title_is_not_part_of_the_text():
    found = text.extract(lines_of("# Old crane goes", *PROSE))
    assert (found.title, found.title_from) == ("Old crane goes", "page")
    assert found.text.split("\n\n") == list(PROSE)
    assert found.method == "text/lines"


def test_the_author_of_a_byline():
    found = text.extract(lines_of("Old crane goes", "By Maria Lund", "", *PROSE))
    assert [author.name for author in found.authors] == ["Maria Lund"]
    assert found.text.split("\n\n") == list(PROSE)


def test_wrapped_text_becomes_paragraphs():
    wrapped = textwrap.wrap(" ".join(PROSE), 66)
    found = text.extract(lines_of(*wrapped, "", *textwrap.wrap(" ".join(GERMAN), 66)))
    assert found.text.split("\n\n") == [" ".join(PROSE), " ".join(GERMAN)]


def test_lists_and_tables_stay_together():
    found = text.extract(
        lines_of(PROSE[0], "- one thing", "- another", PROSE[1], "| a | b |", "| c | d |")
    )
    assert found.text == (
        f"{PROSE[0]}\n\n- one thing\n- another\n\n{PROSE[1]}\n\n| a | b |\n| c | d |"
    )


def test_the_quality_of_prose_is_high_and_of_doubtful_text_lower():
    prose = text.extract(lines_of(*PROSE)).quality
    doubtful = text.extract(
        lines_of("Home", "Menu", "Crane", "Cookies", PROSE[0], "Log in")
    ).quality
    assert prose is not None
    assert doubtful is not None
    assert 0 <= doubtful < prose <= 1


@pytest.mark.parametrize("content", ["", "\n\n \n", "-\n-\n", "Sign up for our newsletter"])
def test_no_text(content):
    found = text.extract(content)
    assert found.text == ""
    assert found.title is None


def test_a_title_of_blanks_ends_in_time():
    started = time.perf_counter()
    text.extract(lines_of("# a" + " " * 20_000 + "b", "", *PROSE))
    assert time.perf_counter() - started < 2


# ---- every text


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=30) | st.sampled_from([*PROSE, "", "-", "# x"]), max_size=12))
def test_no_text_is_invented(lines):
    content = "\n".join(lines).replace("\r", "\n")
    found = text.extract(content)
    given_lines = {line.strip() for line in content.split("\n")}
    for line in found.text.split("\n"):
        assert not line or line in given_lines
    for part in found.removed:
        assert set(part.lines) <= given_lines
    if found.title_from == "page":
        assert any(found.title in line for line in given_lines)


@pytest.mark.slow
def test_little_of_a_clean_article_is_lost():
    """The true texts of development pages, the part that no model was trained on."""
    sets = [
        SHARED / "data" / "extraction" / name / "truth.jsonl" for name in ("fundus", "scrapinghub")
    ]
    if not all(path.exists() for path in sets):
        pytest.skip("the development data is not there")
    lines = kept = 0
    for path in sets:
        for row in path.read_text(encoding="utf-8").splitlines():
            flags = text.keep_flags(
                [line for line in json.loads(row)["text"].split("\n") if line.strip()]
            )
            lines += len(flags)
            kept += sum(flags)
    assert kept > 0.985 * lines


@pytest.mark.slow
def test_lines_of_pages_are_told_apart():
    """A floor well under what is measured (`models/README.md`), to notice when something breaks."""
    documents = SHARED / "data" / "plaintext" / "lines.jsonl.gz"
    if not documents.exists():
        pytest.skip(f"{documents} is not there")
    right = kept = content = 0
    with gzip.open(documents, "rt", encoding="utf-8") as rows:
        for row in map(json.loads, rows):
            if row["set"] == "fundus" and row["kind"] == "full":
                flags = text.keep_flags(row["lines"])
                right += sum(
                    flag for flag, label in zip(flags, row["keep"], strict=True) if label == 1
                )
                kept += sum(
                    flag for flag, label in zip(flags, row["keep"], strict=True) if label >= 0
                )
                content += sum(label == 1 for label in row["keep"])
    assert 2 * right / (kept + content) > 0.83
