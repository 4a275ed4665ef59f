"""The feeds that pages name."""

from __future__ import annotations

import time

import pytest

from feedmill.errors import SourceError
from service.feeds import webpage
from service.feeds.discover import FoundFeed, discover

URL = "https://www.news.example/"
RSS, ATOM, JSON = "application/rss+xml", "application/atom+xml", "application/feed+json"


def link(href: str, kind: str = RSS, title: str = "", rel: str = "alternate") -> str:
    return f'<link rel="{rel}" type="{kind}" title="{title}" href="{href}">'


def found(head: str = "", body: str = "", url: str = URL, **more) -> tuple[FoundFeed, ...]:
    page = f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    return discover(page.encode(), url, "text/html; charset=utf-8", **more)


def addresses(head: str = "", body: str = "", url: str = URL, **more) -> list[str]:
    return [feed.url for feed in found(head, body, url, **more)]


def test_link_elements_in_their_order():
    head = link("/feed", title="All  news") + link("atom.xml", ATOM)
    assert found(head) == (
        FoundFeed("https://www.news.example/feed", "All news", "rss"),
        FoundFeed("https://www.news.example/atom.xml", None, "atom"),
    )


def test_base_and_relative_addresses():
    assert addresses('<base href="/sub/">' + link("feed.xml")) == [URL + "sub/feed.xml"]
    assert addresses('<base href="https://cdn.example/x/">' + link("feed")) == [
        "https://cdn.example/x/feed"
    ]
    assert addresses('<base href="javascript:x">' + link("feed#top")) == [URL + "feed"]


@pytest.mark.parametrize(
    "element",
    [
        '<LINK REL="ALTERNATE" TYPE="Application/RSS+XML; charset=utf-8" HREF=/f>',
        "<link href='/f' rel='alternate home' type='application/rdf+xml'>",
        "<link href='/f' rel='feed'>",
        "<link href='/f' rel='alternate' type='text/xml' title='RSS'>",
        "<link href='/f' rel='alternate' type='text/rss+xml'>",
    ],
)
def test_spellings(element):
    assert addresses(element) == [URL + "f"]


@pytest.mark.parametrize(
    "element",
    [
        link("/de", "text/html"),
        link("/wp-json/wp/v2/pages/2", "application/json", "JSON"),
        link("/wp-json/oembed/1.0/embed?url=x&format=xml", "text/xml+oembed"),
        link("/oembed?x", "application/json+oembed"),
        link("/feed.css", "text/css", rel="alternate stylesheet"),
        link("/feed", RSS, rel="prev"),
        link("", RSS),
        link("mailto:feed@news.example", RSS),
        link("/data", "application/json", "Data"),
        link("/books", "application/xml", "Books"),
        '<link rel="alternate" hreflang="de" href="/de/feed">',
    ],
)
def test_what_names_no_feed(element):
    assert addresses(element) == []


def test_comments_parts_and_json_come_last():
    head = (
        link("/post/1/comments/feed", title="Comments on a post")
        + link("/feed.json", JSON)
        + link("/category/uk/feed", title="UK")
        + link("/feed/kommentare", title="Die Kommentare")
        + link("https://other.example/feed", title="A friend's")
        + link("https://feeds.news.example/all", title="Everything")
    )
    assert [(feed.url, feed.is_comments) for feed in found(head)] == [
        ("https://feeds.news.example/all", False),
        ("https://other.example/feed", False),
        ("https://www.news.example/category/uk/feed", False),
        ("https://www.news.example/feed.json", False),
        ("https://www.news.example/post/1/comments/feed", True),
        ("https://www.news.example/feed/kommentare", True),
    ]


def test_of_a_part_of_a_site_its_own_feed_comes_first():
    head = link("/feed", title="All") + link("/category/uk/feed", title="UK")
    assert addresses(head, url=URL + "category/uk/")[0] == URL + "category/uk/feed"
    assert addresses(head, url=URL + "category/uk")[0] == URL + "category/uk/feed"
    assert addresses(head)[0] == URL + "feed"


@pytest.mark.parametrize(
    "element",
    [
        '<a href="/index.xml">RSS</a>',
        '<a href="/all" type="application/atom+xml">News</a>',
        '<a href="/index.xml"><img src="/rss.png" alt="RSS feed"></a>',
        '<a href="/x/rss" title="Subscribe"><svg></svg></a>',
        '<a href="/f" aria-label="Atom feed"><i></i></a>',
        '<li class="icon"><a href="/rss/news"><svg></svg></a></li>',
        '<a href="https://feeds.burner.example/news/feed">RSS 2.0</a>',
    ],
)
def test_links_that_say_so(element):
    assert len(addresses(body=element)) == 1


@pytest.mark.parametrize(
    "element",
    [
        '<a href="/feed">Home</a>',
        '<a href="/"><img src="logo.png"></a>',
        '<a href="/product-feed-guide">What a product feed is</a>',
        '<a href="/birds">Feed the birds in your garden</a>',
        '<a href="https://feedly.com/i/subscription/feed/https://news.example/feed">RSS</a>',
        '<a href="https://en.wikipedia.org/wiki/RSS">RSS</a>',
        '<a href="https://social.example/news">RSS</a>',
        '<a href="/why">' + "Why RSS is the best thing that ever happened to the web " * 3 + "</a>",
        '<a name="rss">RSS</a>',
        '<a href="#rss">RSS</a>',
        '<a href="/subscribe">Subscribe</a>',
    ],
)
def test_links_that_do_not(element):
    assert addresses(body=element) == []


def test_headers_and_duplicates():
    links = [(URL + "feed", RSS), (URL + "x", "text/html"), (URL + "wp-json/", "application/json")]
    head = link("/feed", title="Again") + link("http://news.example/feed/")
    assert addresses(head, header_links=links) == [URL + "feed"]


def test_the_page_itself_is_no_feed_of_its_own():
    assert addresses(link("/"), url=URL) == []


def test_titles_in_other_encodings():
    page = "<meta charset=windows-1251>" + link("/f", title="Новости дня")
    assert discover(page.encode("cp1251"), URL, "text/html")[0].title == "Новости дня"
    page = '<meta http-equiv="Content-Type" content="text/html; charset=gbk">' + link(
        "/f", title="新闻"
    )
    assert discover(page.encode("gbk"), URL, None)[0].title == "新闻"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\x01", b"<!-- nothing -->"])
def test_no_page(body):
    with pytest.raises(SourceError) as caught:
        discover(body, URL, "text/html")
    assert caught.value.kind == "not-a-page"


def test_xhtml_with_a_declaration_and_a_nul():
    page = f'<?xml version="1.0" encoding="utf-8"?><html><head>\x00{link("/f")}</head></html>'
    assert [feed.url for feed in discover(page.encode(), URL, "application/xhtml+xml")] == [
        URL + "f"
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<a href=/x>" * 50_000 + "RSS" * 10_000,
        link("/f") * 20_000,
        "<div>" * 100_000,
        '<a href="/feed/' + "x" * 100_000 + '">RSS</a>',
        "<a href='" + "/rss" * 20_000 + "'>" + "feed " * 10_000 + "</a>",
    ],
    ids=["nested", "many", "deep", "long", "words"],
)
def test_hostile_pages_take_no_time(page):
    started = time.process_time()
    assert len(discover(page.encode(), URL, "text/html")) <= 50
    assert time.process_time() - started < 4


def test_bounds(monkeypatch):
    monkeypatch.setattr(webpage, "MAX_ELEMENTS", 10)
    with pytest.raises(SourceError, match="elements"):
        found(link("/f") * 20)
    monkeypatch.setattr(webpage, "MAX_BYTES", 10)
    with pytest.raises(SourceError, match="bytes"):
        found()


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://www.news.co.uk/x", "news.co.uk"),
        ("http://me.blogspot.com/", "me.blogspot.com"),
        ("http://127.0.0.1:8080/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("https://www.bücher.example/", "xn--bcher-kva.example"),
        ("https://localhost/", "localhost"),
        ("https://[/", ""),
        ("mailto:x", ""),
    ],
)
def test_sites(address, site):
    assert webpage.site_of(address) == site
