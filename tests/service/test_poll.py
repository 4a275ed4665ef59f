"""One look at one source: what is remembered of it, and that it never stops another."""

from __future__ import annotations

import asyncio
import json
import os
import time
from datetime import timedelta

import pytest
from aiohttp import web
from redis import Redis
from redis.client import Monitor

from feedmill import config
from feedmill.page import Page
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceState
from service.app import Service, running
from service.ingest import Tally
from service.parts import World
from tests.service.support import (
    Parts,
    Server,
    eventually,
    hostile,
    make_source,
    parts,
    rss,
    rss_item,
    serving,
    settings_of,
    source_of,
)
from tests.service.test_ingest import accepted

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("poll")


def state_of(redis: Redis, source_id: str) -> dict[str, str]:
    return {k.decode(): v.decode() for k, v in redis.hgetall(f"source:{source_id}").items()}


class Paper:
    """A small newspaper: a feed at /rss and its pages, of which some answer otherwise."""

    def __init__(self, count: int = 3) -> None:
        self.count = count
        self.links: list[str] = []
        self.status: dict[str, int] = {}
        self.not_modified = True

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path != "/rss":
            code = self.status.get(request.path, 200)
            return web.Response(
                status=code, text=f"<p>{request.path}</p>", content_type="text/html"
            )
        if request.headers.get("If-None-Match") == '"1"':
            return web.Response(status=304)
        links = [*(f"/{n}" for n in range(self.count)), *self.links]
        body = rss(*(rss_item(n, link) for n, link in enumerate(links)))
        return web.Response(body=body, content_type="text/xml", headers={"ETag": '"1"'})


def feed_of(server: Server, source_id: str = "news", **fields):
    return make_source(id=source_id, url=f"{server.base}/rss", **fields)


async def test_a_look_is_remembered(site, valkey, valkey_url, parsers):
    source = source_of(site, "harbour", "/rss.xml")
    async with parts(valkey_url, parsers) as made:
        state = await made.poller.poll(source, made.tally)
    assert (made.tally.found, made.tally.accepted, made.tally.failed) == (7, 7, 0)
    stored = state_of(valkey, "harbour")
    assert stored["etag"] == state.etag
    assert stored["last_modified"] == state.last_modified
    assert "failures" not in stored
    assert "error" not in stored
    assert abs(float(stored["polled_at"]) - time.time()) < 20
    assert valkey.zscore("due", "harbour") == pytest.approx(state.next_at)
    assert len(accepted(valkey)) == 7


async def test_the_next_look_is_conditional_and_asks_for_no_page(site, valkey, valkey_url, parsers):
    source = source_of(site, "harbour", "/rss.xml")
    async with parts(valkey_url, parsers) as made:
        first = await made.poller.poll(source, made.tally)
        before = len(site.requests())
        second = await made.poller.poll(source, made.tally)
    asked = site.requests()[before:]
    assert [(request["status"], request["conditional"]) for request in asked] == [(304, True)]
    assert (first.etag, first.last_modified) == (second.etag, second.last_modified)


async def test_a_look_that_finds_nothing_new_writes_a_few_fields(valkey, valkey_url, parsers):
    async with serving(Paper()) as server, parts(valkey_url, parsers) as made:
        for _ in range(2):
            await made.poller.poll(feed_of(server), made.tally)
        with valkey.monitor() as monitor:
            state = await made.poller.poll(feed_of(server), made.tally)
            valkey.echo("the end")
            written = hash_writes(monitor)
        assert await made.states.load("news") == state
    assert state.status == 304
    before, after = written
    assert set(before[2::2]) == {"asked_at", "next_at"}
    assert {"polled_at", "succeeded_at", "next_at"} <= set(after[2::2])
    assert len(after[2::2]) < 10


def hash_writes(monitor: Monitor) -> list[list[str]]:
    """The commands that wrote to hashes, up to an echo."""
    found: list[list[str]] = []
    for told in monitor.listen():
        name, _, rest = told["command"].partition(" ")
        if name == "ECHO":
            return found
        if name in {"HSET", "HDEL"}:
            found.append([name, *rest.split(" ")])
    return found


async def test_a_page_that_is_busy_does_not_make_its_feed_be_read_again(
    valkey, valkey_url, parsers
):
    """Validators are kept: the page is put off by itself."""
    paper = Paper()
    paper.status["/1"] = 503
    async with serving(paper) as server, parts(valkey_url, parsers) as made:
        state = await made.poller.poll(feed_of(server), made.tally)
        assert (made.tally.accepted, made.tally.waiting) == (2, 1)
        assert state.etag == '"1"'
        await made.poller.poll(feed_of(server), made.tally)
        assert server.paths.count("/1") == 1
        assert [page.url[-2:] for page in (await due_of(made))] == ["/1"]


async def due_of(made: Parts) -> list[Page]:
    return [one.page for one in await made.deferred.due(time.time() + 1000, limit=10)]


async def test_a_failure_is_remembered_and_the_validators_kept(site, valkey, valkey_url, parsers):
    source = source_of(site, "harbour", "/nowhere.xml")
    async with parts(valkey_url, parsers) as made:
        await made.states.save("harbour", SourceState(etag='"old"', failures=2))
        state = await made.poller.poll(source, made.tally)
    assert made.tally == Tally(failed=1)
    assert (state.failures, state.error_kind, state.etag) == (3, "http-status", '"old"')
    assert "404" in state_of(valkey, "harbour")["error"]


async def test_validators_of_what_could_not_be_parsed_are_not_kept(valkey, valkey_url, parsers):
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html>moved house</html>", headers={"ETag": '"bad"'})

    async with serving(handler) as server, parts(valkey_url, parsers) as made:
        state = await made.poller.poll(feed_of(server), made.tally)
    assert (state.etag, state.error_kind) == (None, "no-feed")


async def test_a_folder_with_one_bad_file(folder, valkey, valkey_url, parsers):
    (folder / "a.txt").write_text("x")
    (folder / "b.txt.gz").write_text("not gzip")
    source = make_source(id="seeds", path="*", base=folder)
    async with parts(valkey_url, parsers) as made:
        state = await made.poller.poll(source, made.tally)
    assert made.tally == Tally(found=1, new=1, accepted=1)
    assert state.failures == 0


# --- all of them together --------------------------------------------------------------------------


async def all_polled(url: str, *sources) -> Service:
    async with running(settings_of(*sources), url) as app:
        async with asyncio.timeout(60):
            await app.poll_once()
    return app


@pytest.mark.parametrize(
    "link",
    [
        *("http://127.0.0.1:99999/x", "http://a..b/", "http://xn--a/", "http://[]@/"),
        *(
            "http://" + "a" * 70 + ".example/",
            "http://127.0.0.1:1/?" + "&amp;".join(["a=1"] * 1500),
        ),
    ],
    ids=["port", "dots", "punycode", "brackets", "long", "query"],
)
async def test_a_strange_link_in_one_feed_stops_no_other_source(valkey, valkey_url, link):
    bad, good = Paper(1), Paper(3)
    bad.links = [link]
    async with serving(bad) as one, serving(good) as two:
        app = await all_polled(valkey_url, feed_of(one, "bad"), feed_of(two, "good"))
    assert app.tally.accepted == 4
    assert {page.source_id for page in accepted(valkey)} == {"bad", "good"}


async def test_a_file_name_that_is_no_text_stops_no_other_source(folder, valkey, valkey_url):
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    good = Paper(3)
    async with serving(good) as server:
        files = make_source(id="files", path="*.txt", base=folder)
        app = await all_polled(valkey_url, files, feed_of(server, "good"))
    assert app.tally.accepted >= 3


@pytest.mark.slow
async def test_misbehaving_sources_stop_no_other(site, valkey, valkey_url, folder):
    (folder / "a.txt").write_text("x")
    crash = hostile().f_entity_chain()

    async def crashing(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=crash, content_type="text/xml")

    paths = ("/silent", "/endless", "/huge", "/bomb", "/loop/a", "/latin1", "/nowhere")
    bad = [source_of(site, "wire", path, id=f"bad{n}") for n, path in enumerate(paths)]
    async with serving(crashing) as server:
        app = await all_polled(
            valkey_url,
            *bad,
            feed_of(server, "crash"),
            make_source(id="none", path="none.txt", base=folder),
            make_source(id="refused", url="http://10.0.0.1:1/rss"),
            make_source(id="files", path="*.txt", base=folder),
            source_of(site, "valley", "/atom.xml"),
        )
    assert app.tally.failed == len(bad) + 3
    assert app.tally.accepted == 7
    kinds = {
        name: state_of(valkey, name).get("error_kind") for name in ("bad0", "crash", "refused")
    }
    assert kinds == {"bad0": "timeout", "crash": "entities", "refused": "address-refused"}


@pytest.mark.slow
async def test_a_source_is_looked_at_when_it_is_due_and_not_before(valkey, valkey_url, parsers):
    """Also after a restart: the state lies in Redis."""
    soon, later = Paper(1), Paper(1)
    async with serving(soon) as one, serving(later) as two:
        async with parts(valkey_url, parsers) as made:
            await made.states.save("soon", SourceState(next_at=time.time() + 0.6))
            await made.states.save("later", SourceState(next_at=time.time() + 600))
        async with running(
            settings_of(feed_of(one, "soon"), feed_of(two, "later")), valkey_url
        ) as app:
            task = asyncio.create_task(app.poll_for_ever())
            await asyncio.sleep(0.3)
            assert one.requests == two.requests == []
            await asyncio.sleep(1.5)
            task.cancel()
            await asyncio.wait([task])
        assert "/rss" in one.paths
        assert two.requests == []


@pytest.mark.slow
async def test_a_full_redis_puts_polls_off_and_nothing_is_lost(valkey, valkey_url):
    """Nobody is asked meanwhile, no source counts as failed, and it goes on by itself."""
    async with (
        serving(Paper(3)) as server,
        running(settings_of(feed_of(server)), valkey_url) as app,
    ):
        try:
            valkey.config_set("maxmemory", 1)
            polling = asyncio.create_task(app.poll_once())
            await asyncio.sleep(0.2)
            assert not polling.done()
            assert server.paths == []
        finally:
            valkey.config_set("maxmemory", 0)
        async with asyncio.timeout(10):
            await polling
        assert (app.tally.accepted, app.tally.failed) == (3, 0)
    assert "failures" not in state_of(valkey, "news")


async def test_files_of_the_same_name_in_two_folders_are_two_articles(folder, valkey, valkey_url):
    """Each included file names its sources from its own folder; the articles must not overwrite each other."""
    for name in ("uk", "fr"):
        (folder / name).mkdir()
        (folder / name / "a.txt").write_text(f"The text from {name}")
        (folder / name / "list.yaml").write_text(f"sources: [{{path: a.txt, id: {name}}}]")
    (folder / "sources.yaml").write_text("version: 1\ninclude: ['*/list.yaml']\n")
    settings = config.load(folder / "sources.yaml")
    await all_polled(valkey_url, *settings.sources)
    assert len({page.identity for page in accepted(valkey)}) == 2


async def test_the_service_gives_a_sign_of_life(valkey, valkey_url):
    world = World(clock=lambda: 1_900_000_000.4)
    async with running(settings_of(make_source(path="none.txt")), valkey_url, world):
        await eventually(lambda: valkey.exists(Keys().service))
        sign = json.loads(valkey.get(Keys().service))
        assert (sign["pid"], sign["at"]) == (os.getpid(), 1_900_000_000)
        assert 0 < valkey.ttl(Keys().service) <= 20


@pytest.mark.slow
async def test_the_service_stops_in_the_middle_of_its_work(folder, valkey, valkey_url):
    """Cancelled as by SIGTERM while pages are being accepted, at any moment, it ends soon."""
    for number in range(60):
        (folder / f"{number}.txt").write_text(f"text {number}")
    sources = [
        make_source(id=f"s{n}", path="*.txt", base=folder, every=timedelta(seconds=1))
        for n in range(4)
    ]

    async def serve() -> None:
        async with running(settings_of(*sources), valkey_url) as app:
            await app.poll_for_ever()

    slow = []
    for number in range(8):
        valkey.execute_command("FLUSHALL", "SYNC")
        task = asyncio.create_task(serve())
        await eventually(lambda: valkey.zcard("pages:pending") > 0)
        await asyncio.sleep(0.003 * number)
        task.cancel()
        _, pending = await asyncio.wait([task], timeout=3)
        if pending:
            slow.append(number)
            while not task.done():  # ask every task that has not heard
                for other in asyncio.all_tasks() - {asyncio.current_task()}:
                    other.cancel()
                await asyncio.wait([task], timeout=0.2)
            break
    assert slow == []
