"""JSON Feed, and JSON that is none."""

from __future__ import annotations

import json

import pytest

from feedmill.errors import FeedParseError
from tests.service.feeds.samples import parsed

VERSION = "https://jsonfeed.org/version/1.1"


def feed_of(*items, **fields):
    return json.dumps({"version": VERSION, "title": "The feed", "items": list(items), **fields})


def entry_of(**fields):
    [entry] = parsed(feed_of({"id": "1", **fields})).entries
    return entry


def test_all_that_a_feed_says():
    found = parsed(
        feed_of(
            {"id": "1"},
            home_page_url="/home",
            feed_url="https://news.example/feed.json",
            next_url="?page=2",
            language="de",
            hubs=[{"type": "x"}, "y", {"type": "WebSub", "url": "https://hub.example/"}],
            authors=[{"name": "Ann"}, {"url": "https://e.org"}, 3],
        )
    )
    assert (found.format, found.title, found.way, found.lang) == (
        "json11",
        "The feed",
        "json",
        "de",
    )
    assert found.link == "https://news.example/home"
    assert found.hints.self_url == "https://news.example/feed.json"
    assert found.hints.hub == "https://hub.example/"
    assert found.hints.next_url == "https://news.example/feeds/rss.xml?page=2"
    assert found.entries[0].hints.authors == ("Ann",)
    assert found.entries[0].hints.lang == "de"


def test_all_that_an_item_says():
    entry = entry_of(
        url="/1",
        external_url="https://other.example/",
        title="A &lt; B",
        content_html="<p>x</p>",
        content_text="x",
        summary="1 < 2",
        date_published="2026-01-02T03:04:05+02:00",
        date_modified="2026-01-03T00:00:00Z",
        authors=[{"name": "Ann"}, {"name": "Bob"}, {"name": "Ann"}],
        tags=["a", "b", 3, "a", ""],
        language="fr",
        attachments=[
            {"url": "/a.mp3", "mime_type": "audio/mpeg", "size_in_bytes": 12.0},
            {"mime_type": "x"},
            "z",
        ],
    )
    hints = entry.hints
    assert (entry.link, hints.guid, hints.title) == ("https://news.example/1", "1", "A &lt; B")
    assert (hints.content, hints.summary) == ("<p>x</p>", "1 &lt; 2")
    assert hints.published_at.isoformat() == "2026-01-02T01:04:05+00:00"
    assert hints.updated_at.isoformat() == "2026-01-03T00:00:00+00:00"
    assert (hints.authors, hints.tags, hints.lang) == (("Ann", "Bob"), ("a", "b"), "fr")
    assert hints.enclosures == (("https://news.example/a.mp3", "audio/mpeg", 12),)


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({"external_url": "https://other.example/"}, "https://other.example/"),
        ({"id": "https://news.example/9"}, "https://news.example/9"),
        ({"url": "javascript:x"}, None),
        ({"url": 3}, None),
    ],
)
def test_links(fields, link):
    assert entry_of(**fields).link == link


def test_version_one():
    body = json.dumps(
        {
            "version": "https://jsonfeed.org/version/1",
            "author": {"name": "Ann"},
            "items": [
                {"id": 7, "content_text": "a < b\n\nc"},
                {"id": 2.5, "author": {"name": "Bob"}},
            ],
        }
    )
    found = parsed(body)
    assert found.format == "json1"
    assert [entry.hints.authors for entry in found.entries] == [("Ann",), ("Bob",)]
    assert found.entries[0].hints.guid == "7"
    assert found.entries[0].hints.content == "<p>a &lt; b</p><p>c</p>"


@pytest.mark.parametrize("date", ["1136214245", 1136214245, "Mon, 02 Jan 2006 15:04:05 GMT"])
def test_dates_of_other_forms(date):
    assert (
        entry_of(date_published=date).hints.published_at.isoformat() == "2006-01-02T15:04:05+00:00"
    )


def test_wrong_types_are_as_if_they_were_not_there():
    wrong = {
        "url": {},
        "title": 7,
        "content_html": [],
        "date_published": [1],
        "authors": "x",
        "tags": {},
    }
    found = parsed(feed_of(wrong, None, 3, "x", [], title=["x"], hubs=3, authors={"name": 3}))
    [entry] = found.entries
    assert (found.title, found.total, entry.link, entry.hints.title) == (None, 1, None, None)


@pytest.mark.parametrize("around", ["\ufeff{}", "\n\n {}", "{}\n"])
def test_what_stands_around(around):
    assert len(parsed(around.format(feed_of({"id": "1"}))).entries) == 1


def test_half_a_surrogate_pair_does_not_reach_the_store():
    found = parsed(
        '{"version":"https://jsonfeed.org/version/1","items":[{"id":"\\ud800","title":"a\\ud800b\\u0000"}]}'
    )
    found.entries[0].hints.title.encode()
    found.entries[0].hints.guid.encode()


@pytest.mark.parametrize(
    "body",
    [
        "{}",
        '{"a": 1}',
        '{"items": {}}',
        '{"version": "https://jsonfeed.org/version/1", "items": ',
        '{"version":"https://jsonfeed.org/version/1","items":'
        + "[" * 100_000
        + "]" * 100_000
        + "}",
        "{" * 100_000,
    ],
)
def test_what_is_no_feed(body):
    with pytest.raises(FeedParseError) as caught:
        parsed(body)
    assert caught.value.kind == "not-a-feed"


def test_great_numbers_cost_themselves_only():
    found = parsed(
        '{"version":"https://jsonfeed.org/version/1","items":[{"id":' + "9" * 100_000 + "}]}"
    )
    assert found.entries[0].hints.guid is None
