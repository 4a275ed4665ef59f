from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.alignment import Line, align

PAGE = ["Home", "A title", "First line of it.", "Subscribe now", "Second line of it.", "Imprint"]


def shown(lines: list[Line]) -> list[str]:
    signs = {"kept": "", "removed": "-", "outside": "."}
    return [f"{signs[line.fate]}{line.text}" for line in lines]


def test_every_line_stands_in_its_place_with_its_fate():
    found = align(PAGE, "First line of it.\n\nSecond line of it.", [("prompt", ["Subscribe now"])])
    assert shown(found) == [
        *(".Home", ".A title", "First line of it.", "-Subscribe now", "Second line of it."),
        ".Imprint",
    ]
    assert [line.reason for line in found if line.fate == "removed"] == ["prompt"]


def test_markup_in_the_text_does_not_hide_where_it_comes_from():
    page = ["Heading", "an item", "Other", "cell one", "cell two"]
    found = align(page, "## Heading\n\n- an item\n\n| cell one | cell two |", [])
    assert shown(found) == [
        "## Heading",
        "- an item",
        ".Other",
        "| cell one | cell two |",
    ]


def test_a_line_that_was_joined_to_another_is_not_told_as_lost():
    page = ["A sentence that begins", "and is broken by the page", "Something else"]
    text = "A sentence that begins and is broken by the page"
    assert shown(align(page, text, [])) == [text, ".Something else"]


def test_short_parts_of_joined_lines_are_not_told_as_lost_either():
    page = ["May.", "Begin", "The road opens in", "May.", "Sign up", "May."]
    found = align(page, "Begin\n\nThe road opens in May.", [("prompt", ["Sign up"])])
    assert shown(found) == [".May.", "Begin", "The road opens in May.", "-Sign up", ".May."]


def test_a_removed_line_without_letters_stands_where_it_was():
    page = ["", "First.", "", "---", "Sign up", "", "***"]
    found = align(page, "First.", [("no-words", ["---"]), ("prompt", ["Sign up"])])
    assert shown(found) == ["First.", "----", "-Sign up"]


def test_of_equal_lines_one_may_stay_and_the_other_go():
    page = ["A line that is there twice.", "More.", "A line that is there twice."]
    found = align(page, "A line that is there twice.\n\nMore.", [("repeated", [page[0]])])
    assert shown(found) == [page[0], "More.", f"-{page[0]}"]


def test_an_early_copy_in_a_menu_does_not_pull_the_text_up():
    page = ["News", "Sport", "First.", "Second.", "News"]
    found = align(page, "First.\n\nSecond.\n\nNews", [])
    assert shown(found) == [".News", ".Sport", "First.", "Second.", "News"]


def test_removed_lines_that_the_page_does_not_have_come_last():
    found = align(["First."], "First.", [("prompt", ["made up"])])
    assert shown(found) == ["First.", "-made up"]


def test_without_the_page_the_text_is_shown_all_the_same():
    found = align([], "First.\n\nSecond.", [("prompt", ["Sign up"])])
    assert shown(found) == ["First.", "Second.", "-Sign up"]


LINES = st.lists(st.sampled_from(("a b", "c", "d e f", "", "-", "A b.")), max_size=9)


@pytest.mark.slow
def test_joined_lines_of_one_letter_take_no_time():
    page = ["a"] * 20_000
    started = time.perf_counter()
    found = align(page, "\n".join(["a" * 300 + "b"] * 300), [])
    assert len(found) == 20_300
    assert time.perf_counter() - started < 5


@given(LINES, LINES, LINES)
def test_nothing_of_the_text_and_of_what_was_removed_is_lost(page, kept, removed):
    found = align(page, "\n".join(kept), [("why", removed)])
    assert [line.text for line in found if line.fate == "kept"] == [k for k in kept if k.strip()]
    assert sorted(line.text for line in found if line.fate == "removed") == sorted(removed)
    assert len([line for line in found if line.fate == "outside"]) <= len(page)


@pytest.mark.slow
def test_pages_of_one_line_again_and_again_take_no_time():
    page = ["the same line"] * 20_000
    started = time.perf_counter()
    assert len(align(page, "\n".join(page), [("repeated", page)])) >= 40_000
    assert time.perf_counter() - started < 5
