"""Keys of lines, and what a site's other pages teach of a page. The store has its own tests."""

from __future__ import annotations

# ruff: noqa: RUF001 - the characters are the point
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workers.samples import GERMAN, PROSE
from workers.extract import site
from workers.extract.hints import SiteLines
from workers.extract.site import (
    MAX_LINES,
    Lesson,
    line_key,
    of_article,
    pack,
    read,
    unpack,
)

FRAME = ("Home", "Sport", "We use cookies to make our pages better for you.", "© 2026 The Harbour")


@dataclass(frozen=True)
class Seen:
    """A page seen earlier."""

    article: bytes = b""
    others: bytes = b""
    lines: tuple[str, ...] = field(default=(), compare=False)


def seen(*article: str, frame: tuple[str, ...] = FRAME) -> Seen:
    lines = (*frame[:2], *article, *frame[2:])
    own = read(lines)
    found = of_article(own, "\n\n".join(article))
    return Seen(pack(own.keys[found]), pack(own.keys[~found]), lines)


def keys(lines: Sequence[str]) -> set[int]:
    return set(read(lines).keys.tolist())


def of_text(lines: Sequence[str], text: str) -> set[int]:
    own = read(lines)
    return set(own.keys[of_article(own, text)].tolist())


def learn(page: Sequence[str], others: Sequence[Seen]) -> Lesson:
    return site.learn(read(page).keys, others)


def share(line: str, taught: SiteLines) -> float:
    return float(site.shares([line], taught)[0])


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
    assert line_key(one) == line_key(other) != 0


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
    assert line_key(line) == 0
    assert read([line]).words == ()


@given(st.text(max_size=300))
def test_a_key_has_48_bits_for_every_line(line):
    assert 0 <= line_key(line) < 1 << 48
    assert line_key(line.upper().upper()) == line_key(line.upper())


def test_keys_are_the_same_in_every_process():
    """They are stored: a change of this value forgets the memory of every site."""
    assert line_key("The port is closed for 3 weeks") == 15791993076430


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
    assert set(unpack(page.article).tolist()) == keys(PROSE)
    assert set(unpack(page.others).tolist()) == keys(FRAME)


def test_lines_that_the_extraction_has_joined_are_the_articles():
    assert of_text(PROSE, " ".join(PROSE)) == keys(PROSE)


def test_a_word_of_the_menu_that_is_in_a_sentence_is_not():
    assert of_text(["Council", "The council", *PROSE], "\n\n".join(PROSE)) == keys(PROSE)


# ---- what other pages teach


def test_lines_of_other_pages_are_counted():
    page = seen(*numbered(0)).lines
    others = [seen(*numbered(1)), seen(*numbered(2)), seen(*GERMAN, frame=("Home",))]
    taught = learn(page, others).taught
    assert taught.pages == 3
    assert share("HOME", taught) == 1
    assert share("Sport", taught) == pytest.approx(2 / 3)
    assert all(share(line, taught) == 0 for line in numbered(0))
    assert taught.counts.keys() == keys(FRAME)


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
    lesson = learn(seen(*PROSE).lines, [seen(*GERMAN), edition])
    assert lesson.editions == (1,)
    assert lesson.taught.pages == 1
    assert share("Home", lesson.taught) == 1
    assert all(share(line, lesson.taught) == 0 for line in PROSE)


def test_a_collection_knows_the_small_article_in_it():
    assert learn(seen(*PROSE, *LONG).lines, [seen(PROSE[0], PROSE[1])]).taught.pages == 0


def test_a_frame_ten_times_the_article_makes_no_edition_of_it():
    frame = tuple(f"{word} and {word} in the menu" for word in "abcdefghijklmnopqrstuvwxyz" * 4)
    page = seen(PROSE[0], PROSE[1], frame=frame).lines
    assert learn(page, [seen(PROSE[2], PROSE[3], frame=frame)]).editions == ()


def test_a_refrain_makes_no_edition():
    """A line that two articles share is counted; whoever decides sees that it is one of many."""
    taught = learn(seen(*numbered(0), PROSE[0]).lines, [seen(*numbered(1), PROSE[0])]).taught
    assert taught.pages == 1
    assert share(PROSE[0], taught) == 1


def test_a_page_of_which_no_line_is_left_is_no_edition():
    assert learn(PROSE, [Seen()]).editions == ()
    assert learn([], [seen(*PROSE)]).editions == ()


def test_an_unknown_site_teaches_nothing():
    taught = learn(PROSE, []).taught
    assert taught == SiteLines()
    assert share(PROSE[0], taught) == 0


def test_lengths_are_told_by_the_key():
    [length] = site._lengths(read([PROSE[0]]).keys)
    assert length == pytest.approx(len(PROSE[0]), abs=8)


def test_what_is_packed_is_unpacked():
    own = read([*PROSE, *FRAME]).keys
    assert len(pack(own)) == 6 * len(own)
    assert unpack(pack(own)).tolist() == own.tolist()


def test_a_line_within_a_line_is_a_part_of_it():
    """Text of hostile pages may have breaks where none are expected: no line is mistaken for the next one."""
    assert read(["one\ntwo", "three"]).words == ("one two", "three")
