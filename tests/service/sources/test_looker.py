"""What holds for sources of every kind that are asked over HTTP."""

from __future__ import annotations

import pytest
from aiohttp import web

from feedmill.store.sources import SourceState
from service.http import Fetcher
from service.sources.item import Polled
from service.sources.looker import Looker
from tests.service.support import make_source, policy, rss, rss_item, serving

pytestmark = pytest.mark.xdist_group("looker")

KINDS = ("auto", "site", "feed", "page", "sitemap")


async def look(url: str, kind: str, state: SourceState, parsers) -> Polled:
    async with Fetcher(policy()) as fetcher:
        looker = Looker(fetcher, parsers, max_bytes=1_000_000)
        [polled] = [polled async for polled in looker.look(make_source(url=url, kind=kind), state)]
        return polled


@pytest.mark.parametrize("kind", KINDS)
async def test_not_modified_that_was_not_asked_for_is_no_error(parsers, kind):
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=304)

    async with serving(handler) as server:
        polled = await look(server.base, kind, SourceState(), parsers)
    assert polled.items == ()
    assert polled.answer is not None
    assert polled.answer.not_modified


@pytest.mark.parametrize("kind", KINDS)
async def test_validators_go_back_to_the_address_that_sent_them_only(parsers, kind):
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path == "/old":
            raise web.HTTPFound("/new")
        return web.Response(status=304)

    async with serving(handler) as server:
        state = SourceState(etag='"1"', validators_url=f"{server.base}/new")
        await look(f"{server.base}/old", kind, state, parsers)
        sent = [(one.path, one.headers.get("If-None-Match")) for one in server.requests]
    assert sent == [("/old", None), ("/new", '"1"')]


async def test_an_archive_holds_nothing_from_after_the_time_of_the_look(folder, parsers):
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>A page</p>"
    record = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/1\r\n"
        "WARC-Date: 2026-03-09T06:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(head)}\r\n\r\n{head}\r\n\r\n"
    )
    (folder / "a.warc").write_text(record, newline="")
    source = make_source(path="a.warc", base=folder, kind="warc")
    async with Fetcher(policy()) as fetcher:
        looker = Looker(fetcher, parsers, max_bytes=1_000_000, clock=lambda: 1_700_000_000.0)
        found = [polled async for polled in looker.look(source, SourceState())]
    [item] = [item for polled in found for item in polled.items]
    assert item.fetched_at is not None
    assert item.fetched_at.timestamp() == 1_700_000_000.0


@pytest.mark.parametrize("kind", ["auto", "feed"])
async def test_a_feed_may_send_its_new_entries_alone(parsers, kind):
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.headers["A-IM"] == "feed"
        return web.Response(status=226, body=rss(rss_item(1, "https://news.example/1")))

    async with serving(handler) as server:
        polled = await look(server.base, kind, SourceState(etag='"1"'), parsers)
    assert len(polled.items) == 1
    assert polled.answer is not None
    assert polled.answer.window is None
