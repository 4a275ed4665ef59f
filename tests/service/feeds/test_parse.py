"""From the bytes of a feed to its entries: every format, and whatever strangers put into them."""

from __future__ import annotations

import pickle
import warnings
from datetime import UTC, datetime

import pytest

from feedmill import urls
from feedmill.errors import FeedParseError
from feedmill.page import Page, decode, encode
from service.feeds import xmlfeed
from service.feeds.limits import MAX_ENTRIES
from service.feeds.model import ParsedEntry
from service.feeds.parse import parse
from tests.articles import make_page
from tests.service.support import rss, rss_item

# feedparser warns where it is asked for a date of change that the feed does not give; one test is about that.
pytestmark = [
    pytest.mark.filterwarnings("ignore:To avoid breaking:DeprecationWarning"),
    pytest.mark.xdist_group("feedparse"),
]

URL = "https://news.example/feeds/rss.xml"


def entry(item: str) -> ParsedEntry:
    [found] = parse(rss(item), URL, None).entries
    return found


def fetched(site, host: str, path: str) -> bytes:
    with site._opener.open(site.url(host, path), timeout=5) as answer:
        body: bytes = answer.read()
        return body


@pytest.mark.parametrize(
    ("host", "path", "form", "count"),
    [
        ("harbour", "/rss.xml", "rss20", 7),
        ("valley", "/atom.xml", "atom10", 6),
        ("wire", "/rdf.xml", "rss10", 5),
        ("wire", "/rss091.xml", "rss091", 5),
    ],
)
def test_every_format(site, host, path, form, count):
    feed = parse(fetched(site, host, path), site.url(host, path), "text/xml; charset=utf-8")
    assert (feed.format, len(feed.entries)) == (form, count)
    assert feed.title
    for found in feed.entries:
        assert found.link.startswith(site.url(host, "/"))
        assert found.hints.title
    if path != "/rss091.xml":
        assert all(found.hints.published_at for found in feed.entries)
        assert all(found.hints.authors for found in feed.entries)


def test_all_that_an_entry_says():
    more = (
        "<author>a@e.org (Ann)</author><category>Ports</category><category>Ports</category>"
        "<category>Sea</category><description>Short.</description>"
        "<content:encoded><![CDATA[<p>Long &amp; whole.</p>]]></content:encoded>"
        '<enclosure url="/a.mp3" length="123" type="audio/mpeg"/>'
        '<enclosure url="/b.mp3" length="-1e9" type="audio/mpeg"/>'
        '<enclosure url="javascript:x" length="1" type="a/b"/>'
    )
    feed = parse(
        rss(rss_item(1, "../1.html", more=more), head="<language>en</language>"), URL, None
    )
    [found] = feed.entries
    hints = found.hints
    assert (feed.title, found.link) == ("The feed", "https://news.example/1.html")
    assert (hints.guid, hints.title, hints.summary) == ("guid-1", "Item 1", "Short.")
    assert hints.content == "<p>Long &amp; whole.</p>"
    assert hints.authors == ("Ann",)
    assert hints.tags == ("Ports", "Sea")
    assert hints.published_at == datetime(2026, 3, 9, 6, 1, tzinfo=UTC)
    assert hints.published_raw == "Mon, 09 Mar 2026 06:01:00 GMT"
    assert hints.lang == "en"
    assert hints.enclosures == (
        ("https://news.example/a.mp3", "audio/mpeg", 123),
        ("https://news.example/b.mp3", "audio/mpeg", None),
    )


def test_a_date_of_change_is_one_only_where_the_feed_gives_it():
    """RSS has `pubDate` only: what was published was not thereby modified."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert entry(rss_item(1, "/1")).hints.updated_at is None
    atom = (
        b'<feed xmlns="http://www.w3.org/2005/Atom"><id>u:x</id><title>t</title>'
        b"<entry><id>u:1</id><title>both</title><published>2026-03-01T00:00:00Z</published>"
        b"<updated>2026-03-02T00:00:00Z</updated></entry>"
        b"<entry><id>u:2</id><title>one</title><updated>2026-03-02T00:00:00Z</updated></entry></feed>"
    )
    both, one = (found.hints for found in parse(atom, URL, None).entries)
    assert (both.published_at.day, both.updated_at.day) == (1, 2)
    assert (one.published_at.day, one.updated_at) == (2, None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"/etc/passwd",
        b"http://127.0.0.1/",
        b"<html><body>hi</body></html>",
        b"\x00" * 100,
        b"{}",
        b"hello",
        b"<?xml version='1.0'?><opml/>",
    ],
)
def test_what_is_no_feed(body):
    with pytest.raises(FeedParseError) as caught:
        parse(body, URL, "text/html")
    assert (caught.value.kind, caught.value.retryable) == ("not-a-feed", False)


def test_an_empty_feed_is_a_feed():
    assert parse(rss(), URL, None).entries == ()


def test_a_feed_cut_off_in_the_middle_keeps_what_is_whole():
    body = rss(rss_item(1, "/1"), rss_item(2, "/2"))
    feed = parse(body[: body.index(b"guid-2")], URL, None)
    assert feed.entries[0].link == "https://news.example/1"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<?xml version='1.0'?>", "text/xml"),
        ("<?xml version='1.0'?>", "application/rss+xml; charset=utf-8"),
        ("<?xml version='1.0' encoding='utf-8'?>", "text/html; charset=iso-8859-1"),
        ("\ufeff", None),
    ],
)
def test_utf8_is_read_however_it_is_served(body, content_type):
    text = (
        f"{body}<rss version='2.0'><channel><item><title>Crème 北京</title></item></channel></rss>"
    )
    [found] = parse(text.encode(), URL, content_type).entries
    assert found.hints.title == "Crème 北京"


def test_latin1_as_declared():
    text = "<?xml version='1.0' encoding='iso-8859-1'?><rss version='2.0'><channel><item><title>Crème</title></item></channel></rss>"
    [found] = parse(text.encode("iso-8859-1"), URL, None).entries
    assert found.hints.title == "Crème"


def test_sizes_are_bounded(monkeypatch):
    monkeypatch.setattr(xmlfeed, "MAX_ENTRIES", 3)
    many = "".join(f"<category>c{n}</category>" for n in range(100))
    long = f"<description>{'d' * 30_000}</description>"
    feed = parse(rss(*(rss_item(n, f"/{n}", more=many + long) for n in range(5))), URL, None)
    assert [found.hints.guid for found in feed.entries] == ["guid-0", "guid-1", "guid-2"]
    assert len(feed.entries[0].hints.tags) == 50
    assert len(feed.entries[0].hints.summary) == 20_000
    assert MAX_ENTRIES == 5000


@pytest.mark.parametrize(
    "date",
    [
        "0000-00-00",
        "9999-12-31T23:59:60Z",
        "1" + "0" * 20,
        "-1",
        "Mon, 31 Feb 2024 25:61:61 +9999",
        "1969-12-31",
        "yesterday",
        "",
        "2016-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z",
    ],
)
def test_strange_dates(date):
    hints = entry(f"<item><title>t</title><pubDate>{date}</pubDate></item>").hints
    assert hints.published_at is None or hints.published_at.year > 1990


@pytest.mark.parametrize(
    "link",
    [
        *(
            "http://e.org:99999/x",
            "http://e.org:abc/x",
            "http://[::1",
            "http://[x]/",
            "http://[]@/",
        ),
        *(
            "http://a..b/",
            "http://xn--a/",
            "http://" + "a" * 70 + ".example/",
            "http:///x",
            "http://",
        ),
        *("http://e.org/?" + "&amp;".join(["a=1"] * 1500), "javascript:alert(1)", "data:x", "   "),
        *(
            "http://e.org/&#xD800;",
            "&#xD800;",
            "http://e&#xDFFF;.org/",
            "file:///etc/passwd",
            "mailto:x",
        ),
        "http://e.org/&#0;",
    ],
)
def test_a_strange_link_costs_itself_and_not_the_feed(link):
    """What becomes of the link later (its key, its digest, its place in a page) must not fail."""
    feed = parse(rss(rss_item(1, link), rss_item(2, "/fine")), URL, None)
    assert feed.entries[-1].link == "https://news.example/fine"
    for found in feed.entries:
        if found.link is not None:
            assert found.link.startswith(("http://", "https://"))
            urls.digest(urls.key(found.link))
            page = make_page(url=found.link, identity=found.link, hints=found.hints)
            assert decode(encode(page)) == page


@pytest.mark.parametrize("place", ["title", "description", "guid", "category", "author"])
def test_lone_surrogates_do_not_reach_the_store(place):
    feed = parse(
        rss(f"<item><title>t</title><link>/1</link><{place}>a&#xD800;b</{place}></item>"), URL, None
    )
    for found in feed.entries:
        assert isinstance(decode(encode(make_page(hints=found.hints))), Page)
    assert len(feed.entries) == 1


def test_errors_cross_the_process_boundary():
    error = FeedParseError("why", kind="not-a-feed")
    copy = pickle.loads(pickle.dumps(error))
    assert (copy.message, copy.kind, copy.retryable) == ("why", "not-a-feed", False)
