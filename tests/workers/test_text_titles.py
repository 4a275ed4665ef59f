"""The title of a plain text."""

from __future__ import annotations

import pytest

from tests.workers.samples import PROSE
from workers.extract.text.titles import derive, may_be_one, split

SMALL = ("By Maria Lund", "14 March 2025, 6:42am", "Share", "Facebook", "WhatsApp")


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Old crane goes", "", *PROSE], "Old crane goes"),
        (["Will the old crane survive?", "", *PROSE], "Will the old crane survive?"),
        (["Old crane goes", *PROSE], "Old crane goes"),
        (
            ["Old crane of the port to be taken down", *SMALL, "X", "Copy link", "", *PROSE],
            "Old crane of the port to be taken down",
        ),
        (
            ["Ein alter Kran", "12 may 2025 - 05:30 CEST | Hafen und Inseln, Nord", *PROSE],
            "Ein alter Kran",
        ),
        (["Main menu and search", *SMALL, "X", "Copy link", "", *PROSE], None),
        (["# Old crane goes", *PROSE], "Old crane goes"),
        (["", "#  Old crane goes  ##", *PROSE], "Old crane goes"),
        (["Old crane goes", "==============", *PROSE], "Old crane goes"),
        (["Title: Old crane goes", *PROSE], "Old crane goes"),
        (
            ["旧起重机将在冬季之前拆除", "", "港口冬季关闭。旧起重机将于春季拆除。"],
            "旧起重机将在冬季之前拆除",
        ),
        ([PROSE[0], "", *PROSE[1:]], None),
        (["By Maria Lund", "", *PROSE], None),
        (["Sign up for our newsletter", "", *PROSE], None),
        ([], None),
        (["", ""], None),
    ],
)
def test_the_title_that_a_text_states(lines, title):
    found, rest = split(lines)
    assert found == title
    if title is None:
        assert rest == lines
    else:
        assert [line for line in rest if line] == [line for line in lines if line in rest and line]
        assert title not in rest


def test_a_first_line_may_be_a_title_if_the_text_has_its_words():
    assert may_be_one("The port authority and its old crane", PROSE)
    assert not may_be_one("Lowest prices anywhere, only here", PROSE)
    assert not may_be_one("• The port authority and its old crane", PROSE)
    assert not may_be_one("Old crane", PROSE)
    assert may_be_one(
        "市议会同意拆除旧起重机", ["港口冬季关闭。旧起重机将于春季拆除，市议会周一同意。"]
    )


def test_a_title_is_derived_from_the_first_words():
    assert derive(PROSE) == " ".join(PROSE[0].split()[:12]) + " …"
    assert derive(["Short text."]) == "Short text."
    assert derive(["港" * 60]) == "港" * 40 + " …"
    assert derive([]) is None
