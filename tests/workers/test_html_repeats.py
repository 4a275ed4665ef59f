"""What other pages of the site say of blocks."""

from __future__ import annotations

import numpy as np
import pytest

from workers.extract.hints import SiteLines
from workers.extract.html import outline, page
from workers.extract.html.repeats import discount
from workers.extract.site import line_key

LONG = [
    "The port authority said on Monday that the old crane will be taken down before the winter.",
    "Engineers had asked for this step for years, and the council agreed to it in the end, it said.",
    "Correction: an earlier version of this article gave a wrong name for the master of the port.",
]


def discounted(lines: list[str], repeated: list[str], share: float, pages: int = 10) -> list[float]:
    body = "".join(f"<p>{line}</p>" for line in lines)
    found = outline.read(page.body(page.parse(f"<html><body>{body}</body></html>")))
    site = SiteLines(pages, {line_key(line): pages * share for line in repeated})
    return discount(np.full(len(lines), 0.9, np.float32), found, site).tolist()


def test_without_other_pages_nothing_changes():
    assert discounted(LONG, [], 0.0) == [pytest.approx(0.9)] * 3


def test_a_short_line_of_most_pages_goes():
    likely = discounted([LONG[0], "Share this article", LONG[1]], ["Share this article"], 0.8)
    assert likely[1] < 0.1
    assert likely[0] == likely[2] == pytest.approx(0.9)


def test_a_sentence_that_a_few_pages_share_stays_where_its_neighbours_are_the_articles_own():
    assert discounted(LONG, [LONG[2]], 0.2) == [pytest.approx(0.9)] * 3


def test_a_sentence_that_most_pages_have_goes():
    assert discounted(LONG, [LONG[1]], 0.9)[1] < 0.1


def test_a_run_of_repeated_sentences_goes_together():
    likely = discounted(LONG, LONG[1:], 0.4)
    assert likely[0] == pytest.approx(0.9)
    assert max(likely[1:]) < 0.5


@pytest.mark.parametrize("repeated", [LONG[:1], LONG[:2], ["Nothing will be as it was."]])
def test_sentences_that_the_only_other_page_has_too_stay(repeated):
    """It may show this article's beginning as a teaser, or quote the same words."""
    lines = [*LONG, "Nothing will be as it was."]
    assert discounted(lines, repeated, 1.0, pages=1) == [pytest.approx(0.9)] * 4


def test_a_button_that_the_only_other_page_has_too_goes():
    assert discounted([LONG[0], "Share this", LONG[1]], ["Share this"], 1.0, pages=1)[1] < 0.1
