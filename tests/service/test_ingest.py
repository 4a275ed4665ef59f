"""From items to accepted pages: what is new is had, once, and what cannot be had is told."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import zstandard
from aiohttp import web
from redis import Redis

from feedmill import urls
from feedmill.config import ExtractOptions, PerHost
from feedmill.errors import FetchError
from feedmill.page import EntryHints, Page, decode
from service.ingest import Tally
from service.retry import Retries
from service.sources.item import Item
from tests.service.support import Parts, make_source, parts, serving
from tests.service.test_queue import until

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("ingest")

SOURCE = make_source(url="http://127.0.0.1/rss")


def item(url: str, number: int = 1, **fields: Any) -> Item:
    hints = fields.pop("hints", EntryHints(title=f"Item {number}"))
    return Item(
        **{"key": f"guid-{number}", "fingerprint": "1", "url": url, "identity": url, **fields},
        hints=hints,
    )


def accepted(redis: Redis) -> list[Page]:
    """The pages in Redis, as workers will see them."""
    raws = [redis.get(key) for key in sorted(redis.scan_iter("raw:*"))]
    return [decode(zstandard.ZstdDecompressor().decompress(raw)) for raw in raws]


def quarantined(redis: Redis) -> list[dict[bytes, bytes]]:
    return [fields for _, fields in redis.xrange("quarantine")]


def retries(made: Parts, source=SOURCE) -> Retries:
    return Retries(
        made.acceptance,
        made.deferred,
        made.intake,
        made.visits,
        source={source.id: source}.get,
        clock=made.clock,
    )


async def take(made: Parts, *items: Item, source=SOURCE) -> Tally:
    tally = Tally()
    await made.ingest.take(source, items, tally)
    return tally


async def page(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="<p>The page</p>", content_type="text/html")


def status(code: int):
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text="no")

    return handler


async def test_a_new_item_is_fetched_accepted_and_enqueued(valkey, valkey_url, parsers):
    source = make_source(
        url="http://127.0.0.1/rss",
        name="News",
        tags=["uk"],
        extract=ExtractOptions(drop=["^Sign"], precision=True, mode="fast", html=True),
    )
    async with serving(page) as server, parts(valkey_url, parsers) as made:
        hints = EntryHints(title="T", guid="guid-1", authors=("Ann",))
        tally = await take(made, item(f"{server.base}/1", hints=hints), source=source)
        await until(valkey, 1)
    assert tally == Tally(found=1, new=1, accepted=1)
    [found] = accepted(valkey)
    assert found.content == b"<p>The page</p>"
    assert (found.kind, found.status, found.content_type) == (
        "page",
        200,
        "text/html; charset=utf-8",
    )
    assert found.url == found.final_url == found.identity == f"{server.base}/1"
    assert (found.source_id, found.source_name, found.feed_url) == ("news", "News", source.url)
    assert (found.tags, found.drop, found.precision) == (("uk",), ("^Sign",), True)
    assert (found.mode, found.html) == ("fast", True)
    assert (found.hints, found.error) == (hints, None)
    assert valkey.zrange("pages:pending", 0, -1) == [found.id.encode()]
    assert valkey.ttl(f"raw:{found.id}") > 86_400


async def test_the_feed_of_a_site_is_named_and_not_the_site(valkey, valkey_url, parsers):
    async with serving(page) as server, parts(valkey_url, parsers) as made:
        await take(made, item(f"{server.base}/1", feed_url="http://127.0.0.1/found.xml"))
    assert [found.feed_url for found in accepted(valkey)] == ["http://127.0.0.1/found.xml"]


async def test_a_known_item_is_not_asked_for_again(valkey, valkey_url, parsers):
    async with serving(page) as server, parts(valkey_url, parsers) as made:
        first = item(f"{server.base}/1")
        await take(made, first)
        assert await take(made, first) == Tally(found=1, known=1)
        changed = item(f"{server.base}/1", fingerprint="2")
        assert await take(made, changed) == Tally(found=1, accepted=1)
        assert len(server.requests) == 2
    assert len({found.id for found in accepted(valkey)}) == 2


async def test_an_address_that_is_stored_already_is_not_asked_for(valkey, valkey_url, parsers):
    async with serving(page) as server, parts(valkey_url, parsers) as made:
        url = f"{server.base}/1"
        valkey.hset("ix:url", urls.digest(urls.key(url)), "someid")
        known = item(f"{url}?utm_source=x")
        assert await take(made, known) == Tally(found=1, new=1, linked=1)
        assert await take(made, known) == Tally(found=1, known=1)
        # When the feed says that it has changed, it is asked for.
        changed = item(url, fingerprint="2")
        assert await take(made, changed) == Tally(found=1, accepted=1)
        assert server.paths == ["/1"]


async def test_the_feeds_own_content_stands_in_for_a_page_that_is_gone(valkey, valkey_url, parsers):
    async with serving(status(404)) as server, parts(valkey_url, parsers) as made:
        both = EntryHints(title="T", summary="short", content="<p>long</p>")
        tally = await take(
            made,
            item(f"{server.base}/1", 1, hints=both),
            item(f"{server.base}/2", 2, hints=EntryHints(summary="short")),
        )
    assert tally == Tally(found=2, new=2, accepted=2, from_feed=2)
    found = {one.url[-1]: one for one in accepted(valkey)}
    assert found["1"].content == b"<p>long</p>"
    assert found["2"].content == b"short"
    for one in found.values():
        assert (one.kind, one.status, one.error) == ("entry", 404, "http-status")
        assert one.content_type == "text/html; charset=utf-8"
        assert one.hints.content is None


async def test_a_page_that_is_gone_and_of_which_the_feed_says_nothing_is_set_aside(
    valkey, valkey_url, parsers
):
    async with serving(status(404)) as server, parts(valkey_url, parsers) as made:
        gone = item(f"{server.base}/1")
        assert await take(made, gone) == Tally(found=1, new=1, refused=1)
        assert await take(made, gone) == Tally(found=1, known=1)
        assert len(server.requests) == 1
    [entry] = quarantined(valkey)
    assert entry[b"kind"] == b"http-status"
    assert entry[b"url"] == f"{server.base}/1".encode()
    assert b"404" in entry[b"reason"]
    assert valkey.hget("stats", "quarantined") == b"1"
    assert accepted(valkey) == []


async def test_a_page_that_cannot_be_had_now_is_asked_for_again(valkey, valkey_url, parsers):
    answers = [500, 200]

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=answers.pop(0), text="x", content_type="text/html")

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        busy = item(f"{server.base}/1")
        assert await take(made, busy) == Tally(found=1, new=1, waiting=1)
        assert accepted(valkey) == quarantined(valkey) == []
        # Its feed need not be read again for that.
        assert await take(made, busy) == Tally(found=1, known=1)
        assert await retries(made).try_due() == 0
        made.clock.ahead = 100
        assert await retries(made).try_due() == 1
        assert await made.deferred.count() == 0
        assert len(server.requests) == 2
    [found] = accepted(valkey)
    assert (found.content, found.status, found.kind) == (b"x", 200, "page")
    assert valkey.keys("later:*") == []


async def test_a_host_that_is_overloaded_is_left_alone_and_its_pages_wait(
    valkey, valkey_url, parsers
):
    answers = [503, 200, 200]

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=answers.pop(0), text="x", content_type="text/html")

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        await take(made, item(f"{server.base}/1"))
        assert await take(made, item(f"{server.base}/2", 2)) == Tally(found=1, new=1, waiting=1)
        made.clock.ahead = 1800
        await retries(made).try_due()
        assert len(server.requests) == 1
        made.clock.ahead = 3 * 3600
        await retries(made).try_due()
        assert len(server.requests) == 3
    assert sorted(found.url[-2:] for found in accepted(valkey)) == ["/1", "/2"]


async def test_a_page_that_stays_away_is_set_aside_in_the_end(valkey, valkey_url, parsers):
    async with serving(status(500)) as server, parts(valkey_url, parsers) as made:
        await take(made, item(f"{server.base}/1"))
        rounds = 0
        while await made.deferred.count():
            made.clock.ahead += 2 * 86_400
            rounds += await retries(made).try_due()
        assert rounds == len(server.requests) - 1 == 5
    [entry] = quarantined(valkey)
    assert entry[b"kind"] == b"http-status"
    assert accepted(valkey) == []


async def test_a_page_whose_source_is_removed_is_not_asked_for_any_more(
    valkey, valkey_url, parsers
):
    async with serving(status(500)) as server, parts(valkey_url, parsers) as made:
        await take(made, item(f"{server.base}/1"))
        made.clock.ahead = 100
        await retries(made, make_source(id="other", url=SOURCE.url)).try_due()
        assert len(server.requests) == 1
        assert await made.deferred.count() == 0
    assert quarantined(valkey)[0][b"kind"] == b"source-removed"


async def test_a_summary_does_not_take_the_place_of_a_page_that_is_only_busy(
    valkey, valkey_url, parsers
):
    """The item counts as seen from then on: one 500 would leave a teaser for an article for ever."""
    answers = [500, 200]

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=answers.pop(0), text="<p>whole</p>", content_type="text/html")

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        busy = item(f"{server.base}/1", hints=EntryHints(summary="A teaser."))
        assert await take(made, busy) == Tally(found=1, new=1, waiting=1, accepted=1, from_feed=1)
        made.clock.ahead = 100
        await retries(made).try_due()
    assert sorted(found.content for found in accepted(valkey)) == [b"<p>whole</p>", b"A teaser."]


async def test_a_bug_in_a_retry_costs_that_page_only(valkey, valkey_url, parsers, monkeypatch):
    answers = iter([500, 500, 200])

    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=next(answers), text="x", content_type="text/html")

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        await take(made, item(f"{server.base}/1", 1), item(f"{server.base}/2", 2))
        visit = made.visits.visit

        async def broken(url, *rest):
            if url.endswith("/1"):
                raise RuntimeError("a bug")
            return await visit(url, *rest)

        monkeypatch.setattr(made.visits, "visit", broken)
        made.clock.ahead = 100
        await retries(made).try_due()
    assert [found.url[-2:] for found in accepted(valkey)] == ["/2"]
    assert [entry[b"kind"] for entry in quarantined(valkey)] == [b"bug"]


class Denied:
    """Rules that let nothing be visited."""

    def __init__(self, kind: str, *, retryable: bool) -> None:
        self.kind, self.retryable = kind, retryable

    async def check(self, _url, _pace) -> None:
        raise FetchError("not now", kind=self.kind, retryable=self.retryable, retry_after=500)


async def test_a_page_that_robots_may_not_visit_is_not_asked_for(valkey, valkey_url, parsers):
    rules = Denied("robots-denied", retryable=False)
    async with serving(page) as server, parts(valkey_url, parsers, rules=rules) as made:
        told = EntryHints(content="<p>what the feed says</p>")
        tally = await take(
            made, item(f"{server.base}/1", 1, hints=told), item(f"{server.base}/2", 2)
        )
        assert server.requests == []
    assert (tally.accepted, tally.from_feed, tally.refused) == (1, 1, 1)
    assert accepted(valkey)[0].error == "robots-denied"
    assert quarantined(valkey)[0][b"kind"] == b"robots-denied"


async def test_pages_wait_as_long_as_their_host_asks_without_being_given_up(
    valkey, valkey_url, parsers
):
    rules = Denied("host-waits", retryable=True)
    async with serving(page) as server, parts(valkey_url, parsers, rules=rules) as made:
        await take(made, item(f"{server.base}/1"))
        for _ in range(10):
            made.clock.ahead += 1000
            assert await retries(made).try_due() == 1
        made.clock.ahead += 400
        assert await retries(made).try_due() == 0
        made.visits.rules = None
        made.clock.ahead += 300
        assert await retries(made).try_due() == 1
        assert len(server.requests) == 1
    assert len(accepted(valkey)) == 1


async def test_a_changed_item_is_asked_for_conditionally(valkey, valkey_url, parsers):
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == '"v1"':
            return web.Response(status=304)
        return web.Response(text="x", content_type="text/html", headers={"ETag": '"v1"'})

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        first = item(f"{server.base}/1")
        await take(made, first)
        changed = item(f"{server.base}/1", fingerprint="2")
        assert await take(made, changed) == Tally(found=1, unchanged=1)
        assert await take(made, changed) == Tally(found=1, known=1)
        # A new item of the same address knows nothing of that: its page must be had.
        assert (await take(made, item(f"{server.base}/1", 2))).accepted == 1
    assert len(server.requests) == 3
    assert 0 < valkey.ttl(valkey.keys("visited:*")[0]) <= 14 * 86_400


@pytest.mark.parametrize(
    ("content_type", "read"),
    [
        *(("text/html", True), ("TEXT/HTML; Charset=UTF-8", True), ("application/xhtml+xml", True)),
        *(("text/plain", True), (None, True), ("Application/XHTML+xml", True)),
        *(("application/pdf", False), ("image/png", False), ("audio/mpeg", False)),
    ],
)
async def test_only_what_can_be_read_is_a_page(valkey, valkey_url, parsers, content_type, read):
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type or "x"})
        if content_type is None:
            del response.headers["Content-Type"]
            response._headers.setdefault("Content-Type", "")
        await response.prepare(request)
        await response.write(b"<p>x</p>")
        return response

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        tally = await take(made, item(f"{server.base}/1"))
    assert (tally.accepted, tally.refused) == ((1, 0) if read else (0, 1))
    if not read:
        assert quarantined(valkey)[0][b"kind"] == b"not-a-page"


async def test_an_entry_without_link(valkey, valkey_url, parsers):
    async with parts(valkey_url, parsers) as made:
        feed_url = "http://127.0.0.1:1/rss"
        told = EntryHints(title="T", content="<p>all of it</p>")
        tally = await take(
            made,
            item(feed_url, 1, identity="127.0.0.1/rss#one", hints=told),
            item(feed_url, 2, identity="127.0.0.1/rss#two", hints=EntryHints(title="T")),
        )
    assert tally == Tally(found=2, new=2, accepted=1, from_feed=1, refused=1)
    [found] = accepted(valkey)
    assert (found.kind, found.error, found.identity) == ("entry", "no-link", "127.0.0.1/rss#one")
    assert quarantined(valkey)[0][b"kind"] == b"no-link"


async def test_files_need_no_request(valkey, valkey_url, parsers):
    source = make_source(id="seeds", path="*.txt")
    one = item("file:///a.txt", content=b"Hello", content_type="text/plain", identity="file:a.txt")
    async with parts(valkey_url, parsers) as made:
        assert await take(made, one, source=source) == Tally(found=1, new=1, accepted=1)
    [found] = accepted(valkey)
    assert (found.kind, found.content, found.status) == ("file", b"Hello", None)
    assert (found.url, found.identity) == ("file:///a.txt", "file:a.txt")


STRANGE = [
    *("http://127.0.0.1:99999/x", "http://127.0.0.1:abc/x", "http://a..b:8080/", "http://[]@/"),
    *("http://xn--a:8080/", "http://" + "a" * 70 + ".example:8080/", "http://127.0.0.1:22/"),
    *("http://127.0.0.1/?" + "&".join(["a=1"] * 1500), "http://127.1/"),
    "http://user:secret@127.0.0.1/",
]


@pytest.mark.parametrize("url", STRANGE, ids=range(len(STRANGE)))
async def test_one_strange_link_costs_itself_only(valkey, valkey_url, parsers, url):
    ports = frozenset(range(1024, 65536))
    async with serving(page) as server, parts(valkey_url, parsers, ports=ports) as made:
        tally = await take(
            made, item(f"{server.base}/1", 1), item(url, 2), item(f"{server.base}/3", 3)
        )
    assert (tally.found, tally.accepted) == (3, 2)
    assert sorted(found.url for found in accepted(valkey)) == [
        f"{server.base}/1",
        f"{server.base}/3",
    ]


async def test_pages_of_a_source_are_fetched_side_by_side_and_bounded(valkey, valkey_url, parsers):
    now = most = 0

    async def handler(request: web.Request) -> web.StreamResponse:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.03)
        now -= 1
        return await page(request)

    eager = PerHost(concurrency=100, delay=timedelta(0))
    source = make_source(url="http://127.0.0.1/rss", per_host=eager)
    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        items = [item(f"{server.base}/{n}", n) for n in range(30)]
        assert (await take(made, *items, source=source)).accepted == 30
    assert 4 <= most <= 8


async def test_no_items_ask_nothing(valkey, valkey_url, parsers):
    async with parts(valkey_url, parsers) as made:
        assert await take(made) == Tally()
