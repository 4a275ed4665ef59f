"""The title of a plain text."""

from __future__ import annotations

import pytest

from tests.workers.samples import PROSE
from workers.extract.text.titles import derive, split


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["Old crane goes", "", *PROSE], "Old crane goes"),
        (["Will the old crane survive?", "", *PROSE], "Will the old crane survive?"),
        (["Old crane goes", *PROSE], "Old crane goes"),
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


def test_a_title_is_derived_from_the_first_words():
    assert derive(PROSE) == " ".join(PROSE[0].split()[:12]) + " …"
    assert derive(["Short text."]) == "Short text."
    assert derive(["港" * 60]) == "港" * 40 + " …"
    assert derive([]) is None
