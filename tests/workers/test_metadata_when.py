"""When an article was published: which of a page's dates is taken."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml.html import fromstring

from tests.workers.samples import PROSE, html_page, json_ld
from workers.extract import metadata
from workers.extract.hints import Hints

URL = "https://harbour.example/a/1"
FEED = Hints(published_at=datetime(2020, 1, 2, tzinfo=UTC))


def read(head="", body="", *, url=URL, hints=None, title="Old crane goes"):
    page = html_page(f"<h1>Old crane goes</h1>{body}<p>{PROSE[0]}</p>", head=head, title=title)
    return metadata.read(fromstring(page), url, hints)


@pytest.mark.parametrize(
    ("head", "body", "where"),
    [
        (json_ld({"@type": "Article", "datePublished": "2024-03-05"}), "", "json-ld"),
        ("<meta property=article:published_time content=2024-03-05>", "", "meta"),
        ("<meta name=w-published-date content=2024-03-05>", "", "meta"),
        ("", "<p itemscope><b itemprop=datePublished content=2024-03-05>x</b></p>", "microdata"),
        ("", "<time datetime=2024-03-05>yesterday</time>", "time"),
        ("", "<p>5 March 2024 <a href=/x>Share</a></p>", "text"),
        ("", "<p><span>●</span> March 5, 2024</p>", "text"),
        ("", "<p>Publié le 05/03/2024</p>", None),  # the fifth of March or the third of May
        ("", "<p>Publiziert: 05.03.2024, 10:15 Uhr</p>", "text"),
    ],
)
def test_where_a_date_may_stand(head, body, where):
    found = read(head, body)
    if where is None:
        assert found.published is None
        return
    assert found.published is not None
    assert found.published.at.date().isoformat() == "2024-03-05"
    assert found.provenance["published"] == where


def test_the_time_zone_stays_in_what_was_written():
    found = read(json_ld({"@type": "Article", "datePublished": "2024-03-05T23:30:00-05:00"}))
    assert found.published is not None
    assert found.published.at == datetime(2024, 3, 6, 4, 30, tzinfo=UTC)
    assert (found.published.raw, found.published.precision) == (
        "2024-03-05T23:30:00-05:00",
        "second",
    )


def test_the_date_in_the_address():
    found = read(url="https://harbour.example/2024/03/05/old-crane")
    assert found.provenance["published"] == "url"
    assert found.published is not None
    assert (found.published.at.date().isoformat(), found.published.precision) == (
        "2024-03-05",
        "day",
    )


def test_a_change_is_not_the_publishing():
    body = "<p>Updated on 7 March 2024</p><p>Published on 5 March 2024</p>"
    found = read(body=body)
    assert found.published is not None
    assert found.published.at.day == 5


@pytest.mark.parametrize(
    "foreign",
    [
        "<aside><time datetime=2021-01-01>x</time></aside>",
        "<div class=related><time datetime=2021-01-01>x</time></div>",
        "<div class=teaser><p>1 January 2021</p></div>",
    ],
)
def test_dates_of_teasers_come_after_the_articles_own(foreign):
    found = read(body=f"{foreign}<time datetime=2024-03-05>x</time>")
    assert found.published is not None
    assert found.published.at.year == 2024


def test_the_feed_before_a_guess_and_after_what_the_page_says():
    assert read(hints=FEED).provenance["published"] == "feed"
    said = read("<meta name=date content=2024-03-05>", hints=FEED).published
    assert said is not None
    assert (said.at.year, said.from_) == (2024, "page")


def test_published_and_modified_are_two():
    found = read(
        json_ld({"@type": "Article", "datePublished": "2024-03-05", "dateModified": "2024-03-06"})
    )
    assert found.published is not None
    assert (found.published.at.day, found.modified_at) == (5, datetime(2024, 3, 6, tzinfo=UTC))
