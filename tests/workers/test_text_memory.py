"""What the other pages of a site teach about plain text."""

from __future__ import annotations

from tests.workers.samples import GERMAN, PROSE
from workers.extract.hints import SiteLines
from workers.extract.site import line_key
from workers.extract.text.sorting import sort_out

FRAME = (
    "Der Hafen und seine Leute erzählen",
    "Wetter heute: Wind aus Nordost",
    "Kraniche der Woche",
)


def seen(*lines: str, pages: float = 1.0) -> SiteLines:
    return SiteLines(pages=pages, counts=dict.fromkeys(map(line_key, lines), pages))


def test_lines_of_other_pages_go():
    found = sort_out([FRAME[0], *PROSE, *FRAME[1:]], seen(*FRAME))
    assert found.kept == PROSE
    assert found.removed == {"site-memory": FRAME}


def test_long_lines_of_a_frame_go_too():
    slogan = (
        "Every morning the people of the harbour tell what the sea has brought them in the night."
    )
    found = sort_out([*PROSE, slogan], seen(slogan))
    assert found.kept == PROSE


def test_a_real_line_that_two_articles_share_stays():
    """A wire story, a correction, a refrain: prose between prose that stands on no other page."""
    found = sort_out(PROSE, seen(PROSE[2]))
    assert found.kept == PROSE


def test_the_beginning_that_another_page_shows_as_a_teaser_stays():
    assert sort_out([FRAME[0], *PROSE], seen(FRAME[0], PROSE[0])).kept == PROSE


def test_prose_at_the_beginning_of_many_pages_is_the_sites():
    found = sort_out(PROSE, seen(PROSE[0], pages=10))
    assert found.kept == PROSE[1:]


def test_an_unknown_site_changes_nothing():
    lines = [*PROSE[:3], *GERMAN]
    assert sort_out(lines, SiteLines()) == sort_out(lines)


def test_a_site_whose_pages_share_nothing_takes_nothing():
    assert sort_out(PROSE, SiteLines(pages=5.0)).kept == PROSE
