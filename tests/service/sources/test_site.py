"""A site's address: what is there, or the feed that it names."""

from __future__ import annotations

import pytest

from feedmill.errors import FeedParseError, FetchError, SourceError
from service.sources import site as site_source
from tests.service.sources.web import HTML, RSS, XML, Site, Watcher, site, watcher
from tests.service.support import rss, rss_item

pytestmark = pytest.mark.xdist_group("site")

FEED = (rss(rss_item(1, "https://news.example/1"), rss_item(2, "https://news.example/2")), RSS)
DAY = 86_400.0


def page(*feeds: str) -> tuple[str, str]:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{feed}">' for feed in feeds
    )
    return f"<!doctype html><html><head>{links}</head><body>News</body></html>", HTML


def looking(at: Site, parsers, path: str = "/") -> Watcher:
    return watcher(site_source.poll, at.base + path, parsers)


async def test_the_feed_that_a_page_names_is_found_and_polled_from_then_on(parsers):
    async with site({"/": page("/feed"), "/feed": FEED}) as at:
        look = looking(at, parsers)
        polled = await look.look()
        assert at.asked() == ["/", "/feed"]
        assert [item.url for item in polled.items] == [
            "https://news.example/1",
            "https://news.example/2",
        ]
        assert polled.answer.feed_url == f"{at.base}/feed"
        assert look.state.feed_url == f"{at.base}/feed"
        again = await look.look()
        assert at.asked() == ["/feed"]
        assert again.answer.not_modified


async def test_a_feed_at_the_address_itself_is_polled_as_one(parsers):
    async with site({"/": FEED}) as at:
        look = looking(at, parsers)
        assert len((await look.look()).items) == 2
        assert (await look.look()).answer.not_modified
        assert at.asked() == ["/", "/"]
        assert look.state.feed_url is None


async def test_a_sitemap_at_the_address_is_polled_as_one(parsers):
    body = "<urlset><url><loc>https://news.example/1</loc></url></urlset>"
    async with site({"/map.xml": (body, XML)}) as at:
        polled = await looking(at, parsers, "/map.xml").look()
        assert polled.answer.format == "sitemap"


async def test_link_headers(parsers):
    async with site({"/": page(), "/f": FEED}) as at:
        at.headers["/"] = {"Link": '</f>; rel="alternate"; type="application/rss+xml"'}
        items = (await looking(at, parsers).look()).items
        assert len(items) == 2
        assert {str(item.feed_url)[-2:] for item in items} == {"/f"}  # not the site's own address


async def test_a_page_that_names_no_feed_is_an_error_that_says_what_to_do(parsers):
    async with site({"/": page(), "/feed": FEED, "/rss.xml": FEED}) as at:
        with pytest.raises(SourceError, match="kind: page") as caught:
            await looking(at, parsers).look()
        assert caught.value.kind == "no-feed"
        assert at.asked() == ["/"]  # nothing is guessed


async def test_a_feed_of_comments_is_none(parsers):
    async with site({"/": page("/comments/feed"), "/comments/feed": FEED}) as at:
        with pytest.raises(SourceError) as caught:
            await looking(at, parsers).look()
        assert caught.value.kind == "no-feed"


async def test_the_next_feed_is_taken_where_the_first_is_none(parsers):
    async with site({"/": page("/gone", "/page", "/feed"), "/page": page(), "/feed": FEED}) as at:
        polled = await looking(at, parsers).look()
        assert at.asked() == ["/", "/gone", "/page", "/feed"]
        assert polled.answer.feed_url == f"{at.base}/feed"


async def test_no_more_feeds_are_tried_than_the_bound(parsers):
    async with site({"/": page(*(f"/{n}" for n in range(9)))}) as at:
        with pytest.raises(SourceError):
            await looking(at, parsers).look()
        assert len(at.asked()) == 1 + site_source.MAX_TRIES


async def test_a_passing_failure_is_no_reason_to_take_another_feed(parsers):
    async with site({"/": page("/busy", "/feed"), "/busy": 503, "/feed": FEED}) as at:
        with pytest.raises(FetchError) as caught:
            await looking(at, parsers).look()
        assert caught.value.status == 503


@pytest.mark.parametrize("now", [404, 410, page()], ids=["404", "410", "page"])
async def test_a_feed_that_is_no_more_is_replaced_by_the_one_that_is_named_now(parsers, now):
    async with site({"/": page("/old"), "/old": FEED, "/new": FEED}) as at:
        look = looking(at, parsers)
        await look.look()
        at.asked()
        at.pages |= {"/old": now, "/": page("/new")}
        look.forget_validators()
        polled = await look.look()
        assert at.asked() == ["/old", "/", "/new"]
        assert look.state.feed_url == polled.answer.feed_url == f"{at.base}/new"


async def test_a_feed_that_fails_and_is_named_still_keeps_its_error(parsers):
    async with site({"/": page("/feed"), "/feed": FEED}) as at:
        look = looking(at, parsers)
        await look.look()
        at.pages["/feed"] = 404
        with pytest.raises(FetchError) as caught:
            await look.look()
        assert caught.value.status == 404
        at.pages["/feed"] = 410  # the site is there: it must not count as gone for good
        with pytest.raises(SourceError) as caught:
            await look.look()
        assert caught.value.kind == "no-feed"


async def test_other_failures_of_the_feed_search_for_nothing(parsers):
    async with site({"/": page("/feed"), "/feed": FEED}) as at:
        look = looking(at, parsers)
        await look.look()
        at.asked()
        at.pages["/feed"] = 500
        with pytest.raises(FetchError):
            await look.look()
        at.pages["/feed"] = ('{"items": ', "application/json")
        with pytest.raises(FeedParseError):
            await look.look()
        assert at.asked()[:2] == ["/feed", "/feed"]


async def test_after_30_days_the_page_is_looked_at_again(parsers):
    async with site({"/": page("/old"), "/old": FEED, "/new": FEED}) as at:
        look = looking(at, parsers)
        await look.look(after=31 * DAY)
        at.asked()
        kept = await look.look()
        assert at.asked() == ["/", "/old"]
        assert kept.answer.feed_url == f"{at.base}/old"
        look.now += 31 * DAY
        at.pages["/"] = page("/new")
        assert (await look.look()).answer.feed_url == f"{at.base}/new"


@pytest.mark.parametrize("now", [404, page(), page("/none")], ids=["404", "none", "broken"])
async def test_a_feed_that_works_is_kept_whatever_the_page_says(parsers, now):
    async with site({"/": page("/feed"), "/feed": FEED}) as at:
        look = looking(at, parsers)
        await look.look(after=31 * DAY)
        at.pages["/"] = now
        assert (await look.look()).answer.feed_url == f"{at.base}/feed"


async def test_an_address_that_was_a_feed_and_is_a_page_now(parsers):
    async with site({"/": FEED, "/feed": FEED}) as at:
        look = looking(at, parsers)
        await look.look()
        at.pages["/"] = page("/feed")
        assert (await look.look()).answer.feed_url == f"{at.base}/feed"


@pytest.mark.parametrize(
    ("body", "is_page"),
    [
        (b"<!DOCTYPE html><p>", True),
        (b"\xef\xbb\xbf\n  <html lang=en>", True),
        (b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "x">', True),
        (b"<rss>", False),
        (b"<?xml version='1.0'?><feed>", False),
        (b"", False),
    ],
)
def test_pages_are_told_from_feeds(body, is_page):
    assert site_source.looks_like_page(body) is is_page
