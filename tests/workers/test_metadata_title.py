"""Which of a page's titles is taken, and what is taken off it."""

from __future__ import annotations

import pytest
from lxml.html import fromstring

from tests.workers.samples import html_page, json_ld
from workers.extract import metadata
from workers.extract.hints import Hints

URL = "https://www.harbour-news.example/a/1"


def title(head: str = "", *, tag: str = "", h1: str = "", feed: str | None = None) -> str | None:
    page = html_page(f"<h1>{h1}</h1><p>Text</p>" if h1 else "<p>Text</p>", head=head, title=tag)
    return metadata.read(fromstring(page), URL, Hints(title=feed)).title


def og(text: str, site: str = "") -> str:
    site_name = f"<meta property='og:site_name' content='{site}'>" if site else ""
    return f"<meta property='og:title' content='{text}'>{site_name}"


@pytest.mark.parametrize(
    ("stated", "site"),
    [
        ("Old crane goes | Harbour News", "Harbour News"),
        ("Old crane goes - Harbour News", ""),  # the name is that of the domain
        ("Old crane goes – harbour-news.example", ""),
        ("Old crane goes - Region - Harbour News", "Harbour News"),
        ("Harbour News | Old crane goes", "Harbour News"),
        ("Old crane goes：Harbour News", "Harbour News"),
        ("Old crane goes", "Harbour News"),
    ],
)
def test_the_name_of_the_site_is_taken_off(stated, site):
    expected = "Old crane goes - Region" if "Region" in stated else "Old crane goes"
    assert title(og(stated, site)) == expected


@pytest.mark.parametrize(
    "stated",
    ["Crane: the end of a landmark", "Tall - taller - tallest cranes", "AC/DC play at the port"],
)
def test_a_part_of_the_title_is_not(stated):
    assert title(og(stated, "Harbour News")) == stated


def test_what_stands_behind_the_visible_heading_is_taken_off_whatever_it_is():
    assert (
        title(og("Old crane goes - The Daily Something"), h1="Old crane goes") == "Old crane goes"
    )


def test_a_title_copied_from_the_title_tag_gives_way_to_another_heading():
    """Written for search engines, as many content systems fill it."""
    head = og("Crane removal harbour 2024 guide")
    assert (
        title(head, tag="Crane removal harbour 2024 guide", h1="Farewell to a giant")
        == "Farewell to a giant"
    )


def test_a_title_of_its_own_wins_over_the_heading():
    head = og("Why the harbour loses its oldest landmark")
    assert title(head, tag="Farewell | Harbour News", h1="Farewell to a giant").startswith(
        "Why the"
    )


def test_where_heading_and_linked_data_agree_the_copy_loses():
    head = og("Old crane to go soon") + json_ld(
        {"@type": "NewsArticle", "headline": "Old crane goes"}
    )
    assert title(head, tag="Old crane to go soon", h1="Old crane goes") == "Old crane goes"


@pytest.mark.parametrize("logo", ["Harbour News", "harbour-news.example"])
def test_a_logo_is_no_title(logo):
    page = html_page(
        f"<h1>{logo}</h1><h1>Old crane goes</h1>", title="Old crane goes | Harbour News"
    )
    assert metadata.read(fromstring(page), URL).title == "Old crane goes"


def test_a_drawing_has_no_title_of_the_page():
    page = html_page("<svg><title>Menu</title></svg><p>x</p>", title="")
    assert metadata.read(fromstring(page), URL).title is None


def test_the_title_in_full_where_one_is_cut_off():
    assert title(og("Old crane goes after…"), h1="Old crane goes after a hundred years") == (
        "Old crane goes after a hundred years"
    )


@pytest.mark.parametrize(
    "feed", ["Farewell to a giant", "Farewell to a giant!", "A farewell to a giant"]
)
def test_the_feed_is_a_witness(feed):
    """Of the page's titles the one closest to the feed's is taken."""
    assert (
        title(og("Why the landmark goes"), h1="Farewell to a giant", feed=feed)
        == "Farewell to a giant"
    )


def test_a_feed_that_says_something_else_is_none():
    assert title(og("Why the landmark goes"), feed="News at nine") == "Why the landmark goes"


def test_the_title_of_the_feed_where_the_page_has_none():
    found = metadata.read(fromstring("<p>x</p>"), URL, Hints(title="Old &amp; crane"))
    assert (found.title, found.provenance["title"]) == ("Old & crane", "feed")


def test_marks_that_only_help_a_browser_break_lines_are_gone():
    assert title(og("Hafen\u00adbehörde \u200bbaut ab")) == "Hafenbehörde baut ab"


@pytest.mark.parametrize(
    ("head", "h1", "tag", "where"),
    [
        (og("Old crane goes"), "", "", "meta"),
        (json_ld({"@type": "Article", "headline": "Old crane goes"}), "", "", "json-ld"),
        ("", "Old crane goes", "Old crane goes | Harbour News", "h1"),
        ("", "", "Old crane goes | Harbour News", "title-tag"),
    ],
)
def test_it_is_said_where_the_title_is_from(head, h1, tag, where):
    found = metadata.read(
        fromstring(html_page(f"<h1>{h1}</h1>" if h1 else "<p>x", head=head, title=tag)), URL
    )
    assert (found.title, found.provenance["title"]) == ("Old crane goes", where)


def test_a_template_that_gives_the_title_for_the_name_of_the_site():
    name = "Old crane goes home after a hundred years"
    head = og(name) + json_ld({"@type": "WebSite", "name": name})
    assert title(head, h1=name) == name
