"""Sitemaps, news sitemaps, sitemap indexes; plain and gzipped."""

from __future__ import annotations

import gzip
import zlib

import pytest

from feedmill.errors import FeedParseError
from service.feeds import limits, parse, sitemap
from tests.service.feeds.samples import parsed

NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'

PLAIN = (
    f"<?xml version='1.0'?><urlset {NS}><url><loc> https://e.org/1?a=1&amp;b=2 </loc><lastmod>2026-01-02</lastmod></url>"
    "<url><loc>https://e.org/2</loc></url><url><lastmod>2026-01-02</lastmod></url></urlset>"
)
OF_NEWS = (
    f"<urlset {NS} {NEWS}><url><loc>https://e.org/1</loc><news:news><news:publication><news:name>E</news:name>"
    "<news:language>de</news:language></news:publication><news:publication_date>2026-01-02T03:04:05+01:00"
    "</news:publication_date><news:title>A &amp; B</news:title><news:keywords>x, y,,x</news:keywords></news:news>"
    "<lastmod>2026-01-03T00:00:00Z</lastmod></url></urlset>"
)
INDEX = (
    f"<sitemapindex {NS}><sitemap><loc>https://e.org/a.xml</loc><lastmod>2026-01-02</lastmod></sitemap>"
    "<sitemap><loc>/b.xml.gz</loc></sitemap><sitemap><loc>ftp://e.org/c</loc></sitemap></sitemapindex>"
)


def test_a_sitemap():
    found = parsed(PLAIN)
    assert (found.format, found.total) == ("sitemap", 2)
    first, second = found.entries
    assert (first.link, second.link) == ("https://e.org/1?a=1&b=2", "https://e.org/2")
    assert first.hints.published_at.isoformat() == "2026-01-02T00:00:00+00:00"
    assert second.hints.published_at is None


def test_a_news_sitemap():
    found = parsed(OF_NEWS)
    [entry] = found.entries
    assert found.format == "news-sitemap"
    assert (entry.link, entry.hints.title, entry.hints.lang) == ("https://e.org/1", "A & B", "de")
    assert entry.hints.published_at.isoformat() == "2026-01-02T02:04:05+00:00"
    assert entry.hints.updated_at.isoformat() == "2026-01-03T00:00:00+00:00"
    assert entry.hints.tags == ("x", "y")


def test_a_sitemap_index():
    found = parsed(INDEX)
    assert (found.format, found.entries) == ("sitemap-index", ())
    assert [child.url for child in found.children] == [
        "https://e.org/a.xml",
        "https://news.example/b.xml.gz",
    ]
    assert found.children[0].modified_at.isoformat() == "2026-01-02T00:00:00+00:00"


@pytest.mark.parametrize("body", [PLAIN, OF_NEWS, INDEX])
def test_gzipped(body):
    assert parsed(gzip.compress(body.encode())) == parsed(body)


def test_prefixes_and_missing_namespaces():
    bare = OF_NEWS.replace(NS, "").replace(NEWS, "")
    assert parsed(bare).format == "news-sitemap"
    other = PLAIN.replace("xmlns=", "xmlns:s=")
    for tag in ("urlset", "url", "loc", "lastmod"):
        other = other.replace(f"<{tag}", f"<s:{tag}").replace(f"</{tag}", f"</s:{tag}")
    assert len(parsed(other).entries) == 2


def test_a_sitemap_with_faults():
    assert len(parsed(PLAIN.replace("&amp;", "&")).entries) == 2
    assert len(parsed(PLAIN[: PLAIN.index("<url><lastmod>")]).entries) == 2


def test_of_too_many_those_that_changed_last_are_taken(monkeypatch):
    monkeypatch.setattr(sitemap, "MAX_ENTRIES", 2)
    urls = "".join(
        f"<url><loc>https://e.org/{n}</loc><lastmod>2026-01-0{day}</lastmod></url>"
        for n, day in enumerate((3, 1, 9, 2))
    )
    found = parsed(f"<urlset>{urls}</urlset>")
    assert found.total == 4
    assert [entry.link for entry in found.entries] == ["https://e.org/0", "https://e.org/2"]


def test_bombs_and_broken_gzip(monkeypatch):
    monkeypatch.setattr(parse, "MAX_BYTES", 100_000)
    for body, kind in (
        (gzip.compress(b"<urlset>" + b" " * 1_000_000), "too-big"),
        (b"<urlset>" + b" " * 1_000_000, "too-big"),
        (gzip.compress(PLAIN.encode())[:-20], "truncated"),
        (b"\x1f\x8b" + zlib.compress(b"x"), "feed-parse"),
    ):
        with pytest.raises(FeedParseError) as caught:
            parsed(body)
        assert caught.value.kind == kind
    assert limits.MAX_BYTES > 10_000_000
