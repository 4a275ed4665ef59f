"""What class names say, looked up by their letters: the same as all patterns tried on all names."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract.html import marks
from workers.extract.html.marks import Mark, marks_of

PATTERNS = {mark: re.compile(pattern) for mark, pattern in marks._NAMES.items()}
LETTERS = sorted({run for text in marks._NAMES.values() for run in re.findall("[a-z]+", text)})
PIECES = st.one_of(
    st.sampled_from(LETTERS), st.sampled_from(["-", "_", " ", "s", "x", "1", "\n", "Ad"])
)


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("", 0),
        ("  ", 0),
        ("row col-md-6", 0),
        ("ad", Mark.PROMO),
        ("ads-top", Mark.PROMO),
        ("shadow reads", 0),
        ("article__body", Mark.ARTICLE_BODY | Mark.CONTENT),
        ("Sidebar", Mark.ASIDE),
        ("x-nav", Mark.NAV),
        ("xnav", 0),
    ],
)
def test_what_names_say(names, said):
    assert marks_of(names) == said


@given(st.lists(PIECES, max_size=6).map("".join))
def test_every_pattern_is_found_that_matches(names):
    lower = names.lower()
    assert marks_of(names) == sum(
        mark.value for mark, pattern in PATTERNS.items() if pattern.search(lower)
    )
