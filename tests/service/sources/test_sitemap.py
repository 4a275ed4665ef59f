"""Sitemaps and indexes: what is new in them, and nobody's archive."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from feedmill.errors import FeedParseError, FetchError
from feedmill.store.sources import SourceState
from service.feeds.model import ParsedChild
from service.feeds.parse import parse
from service.sources import feed, sitemap
from service.sources import site as site_source
from service.sources.item import Polled
from service.sources.sitemap import Window, chosen, split
from tests.service.sources.web import HTML, RSS, XML, Site, Watcher, site, watcher
from tests.service.support import rss, rss_item

pytestmark = pytest.mark.xdist_group("site")

NOW = datetime(2026, 3, 9, 12, tzinfo=UTC)
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
WEB = "https://news.example"
FIRST = Window.of(SourceState(asked_at=NOW.timestamp()))
READ = SourceState(asked_at=NOW.timestamp(), succeeded_at=NOW.timestamp(), format="sitemap")
HOUR_LATER = Window.of(replace(READ, asked_at=NOW.timestamp() + 3600))


def day(ago: float) -> str:
    return (NOW - timedelta(days=ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def entry(name: object, changed: str | None = None) -> str:
    date = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{WEB}/{name}</loc>{date}</url>"


def urlset(*entries: str) -> str:
    return f"<?xml version='1.0'?><urlset {NS} {NEWS}>{''.join(entries)}</urlset>"


def index(*children: tuple[str, str | None]) -> tuple[str, str]:
    listed = "".join(
        f"<sitemap><loc>BASE{path}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</sitemap>"
        for path, date in children
    )
    return f"<sitemapindex {NS}>{listed}</sitemapindex>", XML


def names(polled: Polled, field: str = "items") -> list[str]:
    return [item.url.removeprefix(f"{WEB}/") for item in getattr(polled, field)]


def parted(*entries: str, window: Window = FIRST) -> tuple[list[str], list[str], list[str]]:
    found = split(parse(urlset(*entries).encode(), f"{WEB}/map.xml", XML).entries, window)
    parts = ([item for _, item in found.dated], found.undated, found.known)
    return tuple([item.url.removeprefix(f"{WEB}/") for item in part] for part in parts)


def looking(at: Site, parsers, path: str = "/map.xml", kind: str = "sitemap") -> Watcher:
    return watcher(feed.poll, at.base + path, parsers, now=NOW.timestamp(), kind=kind)


# --- which pages are new -------------------------------------------------------------------------------


def test_at_the_first_look_recent_pages_are_taken_and_undated_ones_known():
    entries = [entry("old", day(30)), entry("a", day(6)), entry("b", day(1)), entry("c")]
    assert parted(*entries) == (["b", "a"], [], ["c"])


def test_later_undated_pages_are_taken_if_they_are_not_known():
    assert parted(entry("old", day(30)), entry("c"), window=HOUR_LATER) == ([], ["c"], [])


def test_after_a_long_pause_nothing_is_missed():
    after = Window.of(replace(READ, succeeded_at=(NOW - timedelta(days=60)).timestamp()))
    assert parted(entry("a", day(50)), entry("b", day(70)), window=after)[0] == ["a"]


def test_a_date_that_most_pages_share_says_nothing():
    same = [entry(n, day(0.1)) for n in range(30)]
    dated, undated, known = parted(*same, entry("new", day(1)))
    assert dated == ["new"]
    assert (len(undated), len(known)) == (0, 30)
    assert len(parted(*same[:10], entry("new", day(1)))[0]) == 11  # few: a busy day


def test_what_changed_again_has_another_fingerprint():
    first, second, third = (
        split(parse(urlset(entry("a", date)).encode(), None, XML).entries, FIRST).dated[0][1]
        for date in (day(1), day(1), day(0.5))
    )
    assert first == second
    assert first.key == third.key
    assert first.fingerprint != third.fingerprint
    assert first.hints.published_at is None  # the last change is no date of publication
    assert first.hints.updated_at == NOW - timedelta(days=1)


def test_news_tell_title_date_and_tags():
    news = (
        f"<url><loc>{WEB}/n</loc><news:news><news:publication><news:language>de</news:language></news:publication>"
        f"<news:publication_date>{day(0.5)}</news:publication_date><news:title>A title</news:title>"
        "<news:keywords>x, y</news:keywords></news:news></url>"
    )
    parsed = parse(urlset(news).encode(), None, XML)
    hints = split(parsed.entries, FIRST).dated[0][1].hints
    assert (hints.title, hints.lang, hints.tags) == ("A title", "de", ("x", "y"))
    assert hints.published_at == NOW - timedelta(days=0.5)


# --- which sitemaps of an index are read ---------------------------------------------------------------


def children(*pairs: tuple[str, float | None], window: Window = FIRST) -> list[str]:
    listed = [
        ParsedChild(f"{WEB}/{name}", None if ago is None else NOW - timedelta(days=ago))
        for name, ago in pairs
    ]
    return [child.url.removeprefix(f"{WEB}/") for child in chosen(listed, window)]


def test_news_first_then_what_changed_last():
    assert children(("a.xml", 3), ("b.xml", 1), ("news.xml", 2), ("old.xml", 300)) == [
        "news.xml",
        "b.xml",
        "a.xml",
    ]


def test_without_dates_the_highest_numbers_first():
    listed = children(("post-2.xml", None), ("post-10.xml", None), ("post-9.xml", None))
    assert listed == ["post-10.xml", "post-9.xml", "post-2.xml"]


def test_later_only_what_may_have_changed_since():
    pairs = (("a.xml", 3), ("today.xml", 0.5), ("c.xml", None))
    assert children(*pairs, window=HOUR_LATER) == ["today.xml", "c.xml"]


# --- over HTTP -----------------------------------------------------------------------------------------


async def test_a_sitemap_is_asked_for_politely(parsers):
    body = urlset(entry("a", day(1)), entry("b"))
    async with site({"/map.xml": (body, XML)}) as at:
        look = looking(at, parsers)
        first = await look.look()
        assert (names(first), names(first, "known")) == (["a"], ["b"])
        assert first.answer.published == ((NOW - timedelta(days=1)).timestamp(),)
        again = await look.look()
        assert (again.items, again.answer.not_modified) == ((), True)
        at.pages["/map.xml"] = (urlset(entry("a", day(1)), entry("b"), entry("c")), XML)
        third = await look.look()
        assert (names(third), names(third, "known")) == (["a", "b", "c"], [])


async def test_no_more_pages_are_taken_than_the_bound(parsers):
    body = urlset(*(entry(n, day(1 + n / 10_000)) for n in range(2000)))
    async with site({"/map.xml.gz": (gzip.compress(body.encode()), "application/gzip")}) as at:
        polled = await looking(at, parsers, "/map.xml.gz").look()
        assert names(polled) == [str(n) for n in range(sitemap.MAX_DATED)]


async def test_an_index(parsers):
    pages: dict = {
        "/map.xml": index(
            ("/posts.xml", day(1)), ("/old.xml", day(100)), ("/more.xml", None), ("/no.xml", None)
        ),
        "/posts.xml": (urlset(entry("a", day(1)), entry("b", day(50))), XML),
        "/more.xml": index(("/deep.xml", day(0)), ("/map.xml", None)),
        "/deep.xml": (urlset(entry("c", day(0.5)), entry("d")), XML),
    }
    async with site(pages) as at:
        look = looking(at, parsers)
        polled = await look.look()
        assert sorted(names(polled)) == ["a", "c"]
        assert names(polled, "known") == ["d"]
        assert len(polled.problems) == 1
        assert "404" in polled.problems[0]
        assert "/old.xml" not in at.asked()
        assert polled.answer.etag is None  # undated sitemaps change without the index


async def test_an_index_with_dates_is_asked_for_politely(parsers):
    pages: dict = {
        "/map.xml": index(("/a.xml", day(1)), ("/b.xml", day(2))),
        "/a.xml": (urlset(entry("a", day(1))), XML),
        "/b.xml": (urlset(entry("b", day(2))), XML),
    }
    async with site(pages) as at:
        look = looking(at, parsers)
        await look.look()
        at.asked()
        assert (await look.look()).answer.not_modified
        at.pages["/map.xml"] = index(("/a.xml", day(0)), ("/b.xml", day(2)))
        at.asked()
        await look.look()
        assert at.asked() == ["/map.xml", "/a.xml"]


async def test_an_endless_index_is_bounded(parsers):
    pages: dict = {"/map.xml": index(*((f"/{n}.xml", None) for n in range(40)))}
    pages |= {
        f"/{n}.xml": index(*((f"/{m}.xml", None) for m in range(n, n + 9))) for n in range(60)
    }
    async with site(pages) as at:
        polled = await looking(at, parsers).look()
        assert polled.items == ()
        assert len(at.asked()) == 1 + sitemap.MAX_SITEMAPS


async def test_an_index_of_which_nothing_can_be_read_is_an_error(parsers):
    async with site({"/map.xml": index(("/a.xml", None))}) as at:
        with pytest.raises(FetchError):
            await looking(at, parsers).look()


async def test_undated_archives_of_an_index_are_told_and_left(parsers):
    many = urlset(*(entry(n) for n in range(sitemap.MAX_UNDATED + 1)))
    async with site({"/map.xml": index(("/a.xml", None)), "/a.xml": (many, XML)}) as at:
        look = looking(at, parsers)
        first = await look.look()
        assert (first.items, len(first.known)) == ((), sitemap.MAX_UNDATED + 1)
        second = await look.look()
        assert second.items == ()
        assert "a source of its own" in second.problems[0]


async def test_a_feed_in_place_of_a_sitemap(parsers):
    async with site({"/map.xml": (rss(rss_item(1, f"{WEB}/1")), RSS)}) as at:
        assert len((await looking(at, parsers).look()).items) == 1


async def test_a_sitemap_in_place_of_a_feed_is_no_archive_to_fetch(parsers):
    body = urlset(entry("old", day(30)), entry("a", day(1)), entry("b"))
    async with site({"/feed": (body, XML)}) as at:
        look = looking(at, parsers, "/feed", kind="feed")
        first = await look.look()
        assert (names(first), names(first, "known")) == (["a"], ["b"])
        assert at.server.requests[0].headers["Accept"].startswith("application/atom+xml")
        assert (await look.look()).answer.not_modified


@pytest.mark.parametrize("kind", ["feed", "sitemap", "site"])
async def test_a_feed_that_becomes_a_sitemap_brings_no_archive(parsers, kind):
    poll = site_source.poll if kind == "site" else feed.poll
    async with site({"/feed": (rss(rss_item(1, f"{WEB}/1")), RSS)}) as at:
        look = watcher(poll, f"{at.base}/feed", parsers, now=NOW.timestamp(), kind=kind)
        assert names(await look.look()) == ["1"]
        at.pages["/feed"] = (urlset(*(entry(n) for n in range(99))), XML)
        then = await look.look()
        assert (names(then), len(then.known)) == ([], 99)
        at.pages["/feed"] = (urlset(entry("new"), *(entry(n) for n in range(99))), XML)
        later = await look.look()
        assert (names(later)[0], later.known) == ("new", ())


async def test_a_page_in_place_of_a_sitemap(parsers):
    async with site({"/map.xml": ("<!doctype html><p>Hello", HTML)}) as at:
        with pytest.raises(FeedParseError) as caught:
            await looking(at, parsers).look()
        assert caught.value.kind == "not-a-feed"
