"""Which lines of a plain text belong to the article. Every line here is of our own writing."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE
from workers.extract.lines import Sorted, ends_sentence, is_prose, sort_out


def around(*middle: str) -> list[str]:
    """Lines in the middle of an article."""
    return [*PROSE[:2], *middle, *PROSE[2:]]


def stays(*lines: str) -> None:
    found = sort_out(around(*lines))
    assert [line for line in lines if line not in found.kept] == []
    assert found.kept == tuple(around(*lines))


# ---- what goes


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Sign up for our newsletter", "prompt"),
        ("Get the best of the week delivered directly to your inbox.", "prompt"),
        ("Subscribe now and read all of it for one crown", "prompt"),
        ("Click here for the map", "prompt"),
        ("Download the app", "prompt"),
        ("This site uses cookies: see our cookie policy", "prompt"),
        ("Advertisement", "prompt"),
        ("All rights reserved.", "prompt"),
        (
            "We use cookies so that your next visit to these pages is quicker than this one.",
            "prompt",
        ),
        ("Related: why the bridge is closed", "section-head"),
        ("Read more about the harbour", "section-head"),
        ("More from the islands", "section-head"),
        ("You might also like", "section-head"),
        ("Share this article", "section-head"),
        ("Tags: harbour, crane", "section-head"),
        ("-", "no-words"),
        ("* * *", "no-words"),
    ],
)
def test_what_is_not_of_the_article(line, reason):
    found = sort_out(around(line))
    assert found.removed == {reason: (line,)}
    assert found.kept == PROSE


@pytest.mark.parametrize(
    "line",
    [
        *("Newsletter abonnieren", "Jetzt anmelden", "Lesen Sie auch: Brücke bleibt zu"),
        *("Mehr zum Thema", "Anzeige", "Alle Rechte vorbehalten.", "Artikel teilen"),
    ],
)
def test_what_is_not_of_a_german_article(line):
    found = sort_out([*GERMAN[:2], line, *GERMAN[2:]])
    assert found.kept == GERMAN


def test_a_second_copy_of_a_line_goes():
    found = sort_out(around(PROSE[0]))
    assert found.kept == PROSE
    assert found.removed == {"repeated": (PROSE[0],)}


def test_a_list_of_teasers_between_bare_bullets():
    teasers = ("-", "How the bridge was built", "The Explainer It took three years", "-")
    more = ("Why the ferry is late", "Big question The tide says when", "-", "What a pilot does")
    found = sort_out([*PROSE, *teasers, *more])
    assert found.kept == PROSE
    assert found.removed == {"teaser-list": (*teasers, *more)}


def test_headlines_of_other_articles_after_the_end():
    headlines = (
        "Islands Ask for a Second Ferry Before Summer",
        "Council Postpones Vote on the New Bridge Again",
        "Storm Closes Northern Harbour for a Third Day",
    )
    found = sort_out([*PROSE, *headlines])
    assert found.removed == {"headline-list": headlines}


def test_the_biography_of_a_desk_names_the_author():
    line = "Harbour Desk covers ports and ferries; its editor has been on the islands since spring."
    found = sort_out([*PROSE, line])
    assert found.removed == {"biography": (line,)}
    assert found.authors == ("Harbour Desk",)


def test_the_name_of_the_site_within_its_box():
    found = sort_out(around("Harbour News", "Sign up for the free newsletters of Harbour News"))
    assert found.kept == PROSE


# ---- what stays


def test_an_article_without_anything_else_stays_whole():
    assert sort_out(PROSE) == Sorted(PROSE, {}, ())
    assert sort_out(GERMAN) == Sorted(GERMAN, {}, ())


@pytest.mark.parametrize(
    "line",
    [
        "The publisher said that its newsletter had reached forty thousand readers by the spring.",
        "The regulator fined the firm because it had set cookies without asking anybody first.",
        "Staff could not log in to the booking system for three hours, the ferry company said.",
        "A subscription costs four crowns in the first month and nine in every month after that.",
        "“Your subscription will end in May,” says the letter that the readers of the paper got.",
        "The advertisement showed the old crane, which the makers of beer had not asked for.",
        "More from the fund was not to be had, and so the council of the islands paid for it.",
    ],
)
def test_prose_that_mentions_newsletters_and_cookies(line):
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "Its newsletter has 40,000 readers.",
        "Nobody could log in.",
        "The paper lives on subscriptions.",
        "“We use cookies,” the firm said.",
        "Then came the advertisement.",
    ],
)
def test_short_sentences_that_mention_them(line):
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "Related costs rose by a third.",
        "Recommended doses were halved, the clinic said.",
        "Trending downwards since May, prices fell again.",
        "See also what the court made of it, said the mayor.",
    ],
)
def test_sentences_that_begin_like_the_head_of_a_section(line):
    stays(line)


@pytest.mark.parametrize(
    "line",
    [
        "Die Redaktion verschickt ihren Newsletter jeden Freitag, und sie will daran festhalten, teilte der Verlag mit.",
        "Nach Angaben der Behörde haben 4000 Menschen den Newsletter bestellt, und ihre Zahl wächst von Woche zu Woche.",
        "El puerto lanzó en mayo su newsletter semanal, que ya leen cuarenta mil personas en toda la región.",
    ],
)
def test_she_and_her_are_not_the_reader(line):
    """German sie/ihre and Spanish su mean a third person far more often than the reader."""
    stays(line)


def test_a_whole_sentence_between_two_prompts():
    stays_between = "Engineers of the islands had asked for this for years, and the council agreed."
    found = sort_out([PROSE[0], "Advertisement", stays_between, "Advertisement", PROSE[1]])
    assert stays_between in found.kept


def test_a_short_sentence_between_two_breaks():
    found = sort_out(around("***", "The harbour was quiet that night.", "***"))
    assert "The harbour was quiet that night." in found.kept


def test_an_article_in_parts_with_breaks_between_them():
    """Three asterisks between short parts are a habit of long reports, not a list of teasers."""
    text = [*PROSE[:2], "***", *PROSE[2:4], "***", *GERMAN[:2], "***", PROSE[4], *GERMAN[2:]]
    found = sort_out(text)
    assert found.kept == tuple(line for line in text if line != "***")


@pytest.mark.parametrize(
    "line",
    [
        "The Newspaper Guild has written to every editor of the islands to ask for talks, it said.",
        "Harbour Union was the first to ask for it, a columnist of the paper wrote on Monday.",
    ],
)
def test_an_organisation_in_the_last_sentence_is_no_author(line):
    found = sort_out([*PROSE, line])
    assert found.authors == ()
    assert found.kept == (*PROSE, line)


def test_a_list_at_the_end_stays():
    stays_at_end = (
        "- rope and anchors",
        "- two boats of the pilots",
        "- the light of the old pier",
    )
    assert sort_out([*PROSE, *stays_at_end]).kept == (*PROSE, *stays_at_end)


def test_a_subheading_whose_letters_are_part_of_a_prompt():
    found = sort_out(around("Sign up to start with our newsletter", "Art"))
    assert "Art" in found.kept


def test_chinese_prose_stays():
    text = ("港口冬季关闭。旧起重机将于春季拆除。", "市议会周一同意了这项计划。")
    assert sort_out(text).kept == text


# ---- lines made to take long


def seconds(lines: list[str]) -> float:
    started = time.perf_counter()
    sort_out(lines)
    return time.perf_counter() - started


def test_a_line_of_opening_quotes_ends_in_time():
    assert seconds(["newsletter " + "„" * 20_000]) < 1


@pytest.mark.slow
def test_as_many_lines_as_are_let_in_end_in_time():
    assert seconds([line for n in range(9_900) for line in (f"newsletter {n}", f"Art {n}")]) < 3


# ---- rules that hold for every text

LINES = st.lists(
    st.sampled_from(
        [
            *PROSE,
            *GERMAN[:2],
            *("-", "***", "", "Sign up for our newsletter", "Advertisement", "Related: bridge"),
            *("Harbour News", "The harbour was quiet.", "Storm Closes Northern Harbour Again"),
        ]
    )
    | st.text(max_size=40),
    max_size=25,
)


@settings(max_examples=50)
@given(LINES)
def test_no_line_is_invented_and_none_is_lost_without_a_reason(lines):
    found = sort_out(lines)
    removed = [line for dropped in found.removed.values() for line in dropped]
    assert Counter([*found.kept, *removed]) == Counter(line for line in lines if line)


@settings(max_examples=50)
@given(LINES)
def test_what_is_kept_is_in_its_order(lines):
    rest = iter(lines)
    assert all(line in rest for line in sort_out(lines).kept)


@settings(max_examples=50)
@given(LINES)
def test_authors_are_named_in_what_was_removed(lines):
    found = sort_out(lines)
    for author in found.authors:
        assert any(line.startswith(author) for line in found.removed["biography"])


@pytest.mark.parametrize(
    ("line", "ends"),
    [
        *(("He left.", True), ("He left", False), ("“He left.”", True), ("Left?", True)),
        *(("left!)", True), ("他走了。", True), ("", False), ("left…", True), ("left:", False)),
    ],
)
def test_the_end_of_a_sentence(line, ends):
    assert ends_sentence(line) is ends


def test_prose_is_long_or_a_whole_sentence():
    assert is_prose(PROSE[0])
    assert not is_prose("He left.")
    assert not is_prose(" ".join(["word"] * 44))
    assert is_prose(" ".join(["word"] * 45))
