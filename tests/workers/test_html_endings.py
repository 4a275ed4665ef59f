"""Short last paragraphs that are set like the article's."""

from __future__ import annotations

import numpy as np
import pytest

from workers.extract.html import outline, page
from workers.extract.html.endings import kept_on

FIRST = (
    "<p class=a>The old crane will be taken down before the winter, the port authority said.</p>"
)


def kept(rest: str) -> list[bool]:
    found = outline.read(
        page.body(page.parse(f"<html><body><div>{FIRST}{rest}</div></body></html>"))
    )
    keep = np.zeros(len(found.blocks), bool)
    keep[0] = True
    return kept_on(found, keep).tolist()


def test_a_sentence_right_after_the_article_in_the_same_markup_is_its_end():
    assert kept("<p class=a>Work begins in March.</p>") == [True, True]


@pytest.mark.parametrize(
    "rest",
    [
        pytest.param("<p class=b>Work begins in March.</p>", id="another class"),
        pytest.param("<div><p class=a>Work begins in March.</p></div>", id="another parent"),
        pytest.param("<p class=a>Work begins <a href='/'>in March</a>.</p>", id="a link"),
        pytest.param("<p class=a>Subscribe to our newsletter today.</p>", id="a prompt"),
        pytest.param("<p class=a>Cranes of the north</p>", id="no sentence"),
        pytest.param("<p class=a>Yes, really.</p>", id="too short"),
        pytest.param("<h2>More cranes are to go soon.</h2>", id="no paragraph"),
    ],
)
def test_anything_else_is_not(rest):
    assert kept(rest) == [True, False]


def test_it_ends_after_two():
    assert kept("<p class=a>Work begins in March.</p>" * 5) == [
        True,
        True,
        True,
        False,
        False,
        False,
    ]
