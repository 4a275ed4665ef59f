"""Which reader a feed goes to, and that none of them can hold the others up."""

from __future__ import annotations

import time

import pytest

from feedmill.errors import FeedParseError
from service.feeds import loose
from tests.service.feeds.samples import only, parsed, rss_of

CROSSING = "<title>t</title><link>https://e.org/1</link><description><b>a<i>b</b>c</i></description><guid>g</guid>"
CUT_OFF = "<rss><channel><item><title>t</title><link>https://e.org/1</link></item><item><ti"


@pytest.mark.parametrize(
    ("body", "way"),
    [
        (rss_of("<title>t</title><link>https://e.org/1</link>"), "strict"),
        ("\n<!-- x -->" + rss_of("<title>t</title><link>https://e.org/1</link>", head=""), "strict"),
        (rss_of("<title>t</title><link>https://e.org/1</link><description>a & b</description>"), "mended"),
        (CUT_OFF, "recovered"),
        (rss_of(CROSSING), "loose"),
        ('{"version":"https://jsonfeed.org/version/1","items":[{"url":"https://e.org/1","title":"t"}]}', "json"),
    ],
)  # fmt: skip
def test_each_way(body, way):
    found = parsed(body)
    assert found.way == way
    assert (found.entries[0].hints.title, found.entries[0].link) == ("t", "https://e.org/1")


def test_a_loose_feed_loses_nothing():
    items = "".join(
        f"<item>{CROSSING}<pubDate>Mon, 02 Jan 2006 17:04:05 CEST</pubDate><author>a@e.org (Ann)</author>"
        f"<category>c</category><enclosure url='/a.mp3' type='a/b' length='5'/></item>"
        for _ in range(30)
    )
    found = parsed(
        f"<rss version='2.0'><channel><title>f</title><ttl>9</ttl>{items}</channel></rss>"
    )
    assert (found.way, found.format, len(found.entries), found.hints.ttl) == (
        "loose",
        "rss20",
        30,
        9,
    )
    for entry in found.entries:
        hints = entry.hints
        assert (hints.guid, hints.authors, hints.tags) == ("g", ("Ann",), ("c",))
        assert hints.published_at.isoformat() == "2006-01-02T15:04:05+00:00"
        assert hints.published_raw == "Mon, 02 Jan 2006 17:04:05 CEST"
        assert hints.enclosures == (("https://news.example/a.mp3", "a/b", 5),)


def test_feedparser_is_stopped_in_time(monkeypatch):
    monkeypatch.setattr(loose, "_SECONDS", 0.05)
    items = f"<item>{CROSSING}</item>" * 1000
    started = time.monotonic()
    found = parsed(f"<rss><channel>{items}</channel></rss>")
    assert time.monotonic() - started < 3
    assert (found.way, len(found.entries)) == ("recovered", 1000)


def test_no_more_is_given_to_feedparser_than_is_taken(monkeypatch):
    monkeypatch.setattr(loose, "MAX_ENTRIES", 10)
    items = f"<item>{CROSSING}</item>" * 5000
    started = time.process_time()
    found = loose.read(f"<rss><channel>{items}</channel></rss>")
    assert time.process_time() - started < 2
    assert (len(found.entries), found.total) == (10, 5000)


@pytest.mark.parametrize(
    "fields",
    [
        f"<author>{'a' * 100_000}</author>",
        f"<dc:creator>{'a@ (' * 20_000}</dc:creator>",
        f"<author><name>{'a <' * 20_000}</name></author>",
    ],
)
def test_a_long_author_costs_little(fields):
    for body in (rss_of(fields), rss_of(CROSSING + fields)):
        started = time.process_time()
        parsed(body)
        assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "body",
    [
        "<!DOCTYPE x [" * 50_000 + "<rss/>",
        "<!DOCTYPE x>" * 50_000 + "<rss/>",
        '<!DOCTYPE x "' * 50_000,
        "<?x " * 200_000,
    ],
)
def test_documents_without_an_end_of_prolog(body):
    started = time.process_time()
    with pytest.raises(FeedParseError):
        parsed(body)
    assert time.process_time() - started < 2


@pytest.mark.parametrize("inside", ["<media:x>y</media:x>", "<a:b:c>y</a:b:c>", "<x}y>y</x}y>"])
def test_names_that_are_none_inside_of_html(inside):
    body = f"<rss><channel><item><title>t</title><description>a{inside}</description></item></channel></rss>"
    assert "y" in only(body).hints.summary


def test_channel_definition_format():
    body = (
        '<CHANNEL HREF="http://e.org/"><TITLE>f</TITLE><ITEM HREF="/1" LASTMOD="2006-01-02T15:04">'
        "<TITLE>t</TITLE><ABSTRACT>a</ABSTRACT></ITEM></CHANNEL>"
    )
    found = parsed(body)
    [entry] = found.entries
    assert (found.format, found.title) == ("cdf", "f")
    assert (entry.link, entry.hints.title, entry.hints.summary) == (
        "https://news.example/1",
        "t",
        "a",
    )
