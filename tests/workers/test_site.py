"""Keys of lines, and what a site's other pages teach of a page. The store has its own tests."""

from __future__ import annotations

# ruff: noqa: RUF001 - the characters are the point
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE
from workers.extract import site
from workers.extract.hints import SiteLines
from workers.extract.site import (
    MAX_LINES,
    article_keys,
    keys,
    learn,
    line_key,
    same_article,
    share,
)

FRAME = ("Home", "Sport", "We use cookies to make our pages better for you.", "© 2026 The Harbour")


@dataclass(frozen=True)
class Seen:
    """A page seen earlier."""

    article: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    lines: tuple[str, ...] = field(default=(), compare=False)


def seen(*article: str, frame: tuple[str, ...] = FRAME) -> Seen:
    lines = (*frame[:2], *article, *frame[2:])
    own = article_keys(lines, "\n\n".join(article))
    return Seen(own, frozenset(keys(lines)) - own, lines)


def numbered(number: int) -> list[str]:
    return [f"{line} It was report {chr(97 + number) * 5}." for line in PROSE]


LONG = tuple(line for number in range(4) for line in numbered(number))


# ---- keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Comments (14)", "comments 3"),
        ("Updated 12.03.2026, 14:05", "updated — 1.1.2025, 09:30"),
        ("  Read more »", "READ MORE"),
        ("Straße", "STRASSE"),
        ("Ｆｕｌｌ ｗｉｄｔｈ", "full width"),
        ("café", "cafe\u0301"),
        ("٣ تعليقات", "١٢ تعليقات"),
    ],
)
def test_lines_that_say_the_same_have_one_key(one, other):
    assert line_key(one) == line_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Read more", "Read less"),
        ("को", "का"),
        ("กิน", "กัน"),
        ("on line", "online"),
        (PROSE[0], PROSE[1]),
        ("港口关闭", "港口开放"),
    ],
)
def test_lines_that_do_not_have_two(one, other):
    assert line_key(one) != line_key(other)


@pytest.mark.parametrize("line", ["", "  ", "—", "* * *", "›", "___", "\u200b"])
def test_a_line_without_words_has_no_key(line):
    assert line_key(line) == ""
    assert keys([line]) == ()


@given(st.text(max_size=300))
def test_a_key_is_eight_characters_for_every_line(line):
    assert len(line_key(line)) in {0, 8}
    assert line_key(line.upper().upper()) == line_key(line.upper())


def test_keys_are_the_same_in_every_process():
    """They are stored: a change of this value forgets the memory of every site."""
    assert line_key("The port is closed for 3 weeks") == "DzK5sw9G"


def test_the_keys_of_a_page_are_bounded_and_keep_both_ends():
    lines = [f"line {'x' * (number % 50)} {number * 'y'}"[:80] for number in range(3)]
    lines += [" ".join(("w" * (1 + n % 7), "v" * (1 + n // 7 % 700))) for n in range(9000)]
    lines += ["the very last"]
    some = keys(lines)
    assert len(some) <= MAX_LINES
    assert line_key(lines[0]) in some
    assert line_key("the very last") in some
    assert line_key(lines[4500]) not in some


def test_a_line_of_megabytes_costs_no_more_than_its_beginning():
    assert line_key("word " * 1_000_000) == line_key("word " * 200)


def test_the_lines_of_the_article_are_those_in_its_text():
    page = seen(*PROSE)
    assert page.article == set(keys(PROSE))
    assert page.others == set(keys(FRAME))


def test_lines_that_the_extraction_has_joined_are_the_articles():
    assert article_keys(PROSE, " ".join(PROSE)) == set(keys(PROSE))


def test_a_word_of_the_menu_that_is_in_a_sentence_is_not():
    assert article_keys(["Council", "The council", *PROSE], "\n\n".join(PROSE)) == set(keys(PROSE))


# ---- what other pages teach


def test_lines_of_other_pages_are_counted():
    page = keys(seen(*numbered(0)).lines)
    taught = learn(page, [seen(*numbered(1)), seen(*numbered(2)), seen(*GERMAN, frame=("Home",))])
    assert taught.pages == 3
    assert share("HOME", taught) == 1
    assert share("Sport", taught) == pytest.approx(2 / 3)
    assert all(share(line, taught) == 0 for line in numbered(0))
    assert taught.counts.keys() <= set(page)


@pytest.mark.parametrize(
    "edition",
    [
        pytest.param(seen(*PROSE), id="a copy at another address"),
        pytest.param(seen(*PROSE, frame=("Print this page", "Back", "x", "y")), id="print version"),
        pytest.param(seen(*PROSE[:4], "And one line more, said on Tuesday."), id="edited"),
        pytest.param(seen(*PROSE, *GERMAN), id="the next edition, much longer"),
        pytest.param(seen(*PROSE[:3]), id="the first edition, much shorter"),
        pytest.param(seen(*PROSE, *LONG), id="a collection that it is a small part of"),
    ],
)
def test_editions_of_the_page_itself_do_not_count(edition):
    taught = learn(keys(seen(*PROSE).lines), [edition, seen(*GERMAN)])
    assert taught.pages == 1
    assert share("Home", taught) == 1
    assert all(share(line, taught) == 0 for line in PROSE)


def test_a_collection_knows_the_small_article_in_it():
    taught = learn(keys(seen(*PROSE, *LONG).lines), [seen(PROSE[0], PROSE[1])])
    assert taught.pages == 0


def test_a_frame_ten_times_the_article_makes_no_edition_of_it():
    frame = tuple(f"{word} and {word} in the menu" for word in "abcdefghijklmnopqrstuvwxyz" * 4)
    page = keys(seen(PROSE[0], PROSE[1], frame=frame).lines)
    assert learn(page, [seen(PROSE[2], PROSE[3], frame=frame)]).pages == 1


def test_a_refrain_makes_no_edition():
    """A line that two articles share is counted; whoever decides sees that it is one of many."""
    taught = learn(keys(seen(*numbered(0), PROSE[0]).lines), [seen(*numbered(1), PROSE[0])])
    assert taught.pages == 1
    assert share(PROSE[0], taught) == 1


def test_a_page_of_which_no_line_is_left_is_no_edition():
    assert not same_article(keys(PROSE), frozenset())
    assert not same_article((), keys(PROSE))


def test_an_unknown_site_teaches_nothing():
    taught = learn(keys(PROSE), [])
    assert taught == SiteLines()
    assert share(PROSE[0], taught) == 0


def test_lengths_are_told_by_the_key():
    assert site._length([line_key(PROSE[0])]) == pytest.approx(len(PROSE[0]), abs=8)
