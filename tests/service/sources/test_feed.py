"""A feed over HTTP: asked politely, parsed elsewhere, its entries made items."""

from __future__ import annotations

from dataclasses import replace

import pytest
from aiohttp import web

from feedmill.errors import FeedParseError, FetchError
from feedmill.store.sources import SourceState
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.sources import feed
from service.sources.item import Polled
from tests.service.support import AT_ONCE, make_source, policy, rss, rss_item, serving

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("feed")

WEB = "https://news.example"


async def poll(url: str, parsers: FeedParsers, state: SourceState | None = None) -> Polled:
    async with Fetcher(policy()) as fetcher:
        return await feed.poll_at(
            url, state or SourceState(), fetcher=fetcher, parsers=parsers, pace=AT_ONCE
        )


async def polled(parsers: FeedParsers, *items: str, path: str = "/feed") -> Polled:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=rss(*items), content_type="application/rss+xml")

    async with serving(handler) as server:
        return await poll(server.base + path, parsers)


async def test_the_items_of_a_feed(site, parsers):
    found = await poll(site.url("harbour", "/rss.xml"), parsers)
    assert len(found.items) == 7
    assert len({item.key for item in found.items}) == 7
    assert found.items[0].key.startswith("harbour-")
    for item in found.items:
        assert item.url == item.identity
        assert item.url.startswith(site.url("harbour", "/"))
        assert item.content is None
    assert found.answer.etag
    assert found.answer.last_modified
    assert (found.answer.not_modified, found.problems) == (False, ())


async def test_an_unchanged_feed_is_not_sent_again(site, parsers):
    url = site.url("valley", "/atom.xml")
    first = await poll(url, parsers)
    told = first.answer
    state = SourceState(etag=told.etag, last_modified=told.last_modified)
    again = await poll(url, parsers, state)
    assert again.items == ()
    assert again.answer.not_modified
    assert (again.answer.etag, again.answer.last_modified) == (told.etag, told.last_modified)
    assert [request["status"] for request in site.requests()] == [200, 304]
    site.publish("valley")
    changed = await poll(url, parsers, state)
    assert len(changed.items) == 7
    assert changed.answer.etag != told.etag


@pytest.mark.parametrize(
    ("told", "etag", "modified"),
    [
        ({"ETag": '"2"'}, '"2"', "monday"),
        ({"Last-Modified": "tuesday"}, '"1"', "tuesday"),
        ({}, '"1"', "monday"),
    ],
)
async def test_validators_of_a_304_replace_those_we_had_and_missing_ones_do_not(
    parsers, told, etag, modified
):
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.headers["If-None-Match"] == '"1"'
        assert request.headers["If-Modified-Since"] == "monday"
        return web.Response(status=304, headers=told)

    async with serving(handler) as server:
        state = SourceState(etag='"1"', last_modified="monday")
        found = await poll(server.base, parsers, state)
    assert found.answer.not_modified
    assert (found.answer.etag, found.answer.last_modified) == (etag, modified)


async def test_a_validator_that_a_new_answer_lacks_is_forgotten(parsers):
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=rss(), headers={"ETag": '"2"'})

    async with serving(handler) as server:
        found = await poll(server.base, parsers, SourceState(etag='"1"', last_modified="monday"))
    assert (found.answer.etag, found.answer.last_modified) == ('"2"', None)


async def test_links_are_resolved_where_the_feed_is_found_at_last(parsers):
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/feed":
            raise web.HTTPMovedPermanently("/news/rss.xml")
        return web.Response(body=rss(rss_item(1, "one.html")), content_type="text/xml")

    async with serving(handler) as server:
        [item] = (await poll(f"{server.base}/feed", parsers)).items
        assert item.url == f"{server.base}/news/one.html"


async def test_failures_are_told(site, parsers):
    with pytest.raises(FetchError) as caught:
        await poll(site.url("harbour", "/nowhere.xml"), parsers)
    assert (caught.value.kind, caught.value.status) == ("http-status", 404)
    with pytest.raises(FeedParseError) as unparsed:
        await poll(site.url("harbour", "/articles/dredging-inner-channel"), parsers)
    assert unparsed.value.kind == "not-a-feed"


async def test_of_entries_with_one_guid_the_first_counts(parsers):
    """Feeds have the newest on top; the order of the feed is kept."""
    new = rss_item(1, "/one", more="<description>new</description>")
    old = rss_item(1, "/one", more="<description>old</description>")
    found = await polled(parsers, new, rss_item(2, "/other"), old)
    assert [item.hints.summary for item in found.items if item.key == "guid-1"] == ["new"]
    assert [item.key for item in found.items] == ["guid-1", "guid-2"]


async def test_an_entry_without_guid_is_known_by_its_link(parsers):
    [item] = (await polled(parsers, "<item><title>t</title><link>/1</link></item>")).items
    assert item.key == item.url


async def test_an_entry_without_link_is_known_by_feed_and_key(parsers):
    one, two = (await polled(parsers, rss_item(1, None), rss_item(2, None))).items
    assert one.url == two.url
    assert one.identity != two.identity
    assert one.identity != one.url
    again = (await polled(parsers, rss_item(1, None))).items[0]
    assert again.key == one.key


async def fingerprints(parsers: FeedParsers, *items: str) -> set[str]:
    return {(await polled(parsers, item)).items[0].fingerprint for item in items}


async def test_the_fingerprint_tells_what_has_changed_and_not_what_flickers(parsers):
    item = rss_item(1, f"{WEB}/1", more="<description>7 readers</description>")
    assert len(await fingerprints(parsers, item, item.replace("7 readers", "8 readers"))) == 1
    assert len(await fingerprints(parsers, item, item.replace("Item 1", "Item one"))) == 2
    assert len(await fingerprints(parsers, item, item.replace("06:01", "06:02"))) == 2
    undated = "<item><title>t</title><link>https://news.example/1</link><description>7</description></item>"
    assert len(await fingerprints(parsers, undated, undated.replace("7", "8"))) == 2


async def test_a_link_that_the_feed_corrects_is_a_change(parsers):
    """The first link was wrong or missing: without this the article is never fetched."""
    assert (
        len(await fingerprints(parsers, rss_item(1, f"{WEB}/wrong"), rss_item(1, f"{WEB}/right")))
        == 2
    )
    assert len(await fingerprints(parsers, rss_item(1, None), rss_item(1, f"{WEB}/right"))) == 2


async def test_entries_of_one_guid_and_several_addresses_are_several_articles(parsers):
    """A generator that gives every entry the same guid must not cost all articles but one."""
    same = '<guid isPermaLink="false">same</guid>'
    items = [f"<item><title>{n}</title><link>{WEB}/{n}</link>{same}</item>" for n in range(3)]
    twice = f"<item><title>0 again</title><link>{WEB}/0?utm_source=x</link>{same}</item>"
    found = await polled(parsers, *items, twice)
    assert [item.url for item in found.items] == [f"{WEB}/{n}" for n in range(3)]


async def test_entries_of_one_guid_and_one_address_are_versions_of_one_article(parsers):
    same = f'<link>{WEB}/1</link><guid isPermaLink="false">same</guid>'
    found = await polled(
        parsers, f"<item><title>New</title>{same}</item>", f"<item><title>Old</title>{same}</item>"
    )
    assert [(item.key, item.hints.title) for item in found.items] == [("same", "New")]


async def test_hub_and_topic_from_the_header_before_the_feed(parsers):
    in_feed = '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/f"/>'
    link = '<https://hub.example/h>; rel="hub", <https://news.example/feed>; rel="self"'

    async def handler(request: web.Request) -> web.StreamResponse:
        headers = {"Link": link} if request.path == "/both" else {}
        return web.Response(body=rss(rss_item(1, WEB), head=in_feed), headers=headers)

    async with serving(handler) as server:
        both = await poll(f"{server.base}/both", parsers)
        alone = await poll(f"{server.base}/feed", parsers)
    assert (both.answer.hub, both.answer.topic) == ("https://hub.example/h", f"{WEB}/feed")
    assert (alone.answer.hub, alone.answer.topic) == ("https://hub.example/f", None)


async def test_only_the_new_entries_where_the_server_can_send_them(parsers):
    """RFC 3229: what a delta leaves out has not vanished."""

    async def handler(request: web.Request) -> web.StreamResponse:
        is_delta = request.headers.get("A-IM") == "feed" and "If-None-Match" in request.headers
        items = [rss_item(n, f"{WEB}/{n}") for n in range(1 if is_delta else 3)]
        return web.Response(
            status=226 if is_delta else 200, body=rss(*items), headers={"ETag": '"1"'}
        )

    async with serving(handler) as server:
        first = await poll(server.base, parsers)
        second = await poll(server.base, parsers, SourceState(etag=first.answer.etag))
    assert (len(first.items), first.answer.window) == (3, 3)
    assert (len(second.items), second.answer.window) == (1, None)


async def test_an_entry_without_link_stays_the_same_when_its_feed_has_moved(parsers):
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=rss("<item><title>t</title><guid>1</guid></item>"))

    async with serving(handler) as server, Fetcher(policy()) as fetcher:
        source = make_source(url=f"{server.base}/old")
        moved = SourceState(url=source.url, moved_to=f"{server.base}/new", moved_count=99)
        found = [
            await feed.poll(source, state, fetcher=fetcher, parsers=parsers, pace=AT_ONCE)
            for state in (
                SourceState(url=source.url),
                replace(moved, moved_since=1.0, polled_at=1e9),
            )
        ]
    assert server.paths == ["/old", "/new"]
    assert found[0].items == found[1].items


async def test_a_link_that_says_where_it_leads_is_taken_at_its_word(parsers):
    wrapped = (
        "https://www.google.com/url?rct=j&amp;url=https://news.example/politics/bridge&amp;ct=ga"
    )
    [item] = (await polled(parsers, f"<item><title>t</title><link>{wrapped}</link></item>")).items
    assert (item.url, item.identity) == ("https://news.example/politics/bridge",) * 2
