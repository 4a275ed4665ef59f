"""The fake web answers as its plan says, over real sockets, in virtual time."""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from bench.fakeweb.plan import DAY, EPOCH, HOUR, Feed, Hints, Host, Plan, Span
from bench.fakeweb.population import Size, draw
from bench.fakeweb.routes import INSIDE, inside_addresses
from bench.fakeweb.server import Served, serving
from bench.fakeweb.web import FakeWeb
from bench.virtual import VirtualLoop
from service.feeds.parse import parse

HOST = Host("www.site1.example", "site1.example")
ITEMS = tuple(EPOCH + hours * HOUR for hours in (-3, -2, -1, 1, 30))
FEED = Feed("f1", HOST, ITEMS, window=3, backlog=3, style=0)
ALWAYS = Span(0, EPOCH * 2)
Visit = Callable[["Client"], Awaitable[None]]


class Client:
    """Asks the fake web for the one feed."""

    def __init__(self, served: Served, session: aiohttp.ClientSession) -> None:
        self.served = served
        self._session = session

    async def get(self, path: str = FEED.path, **headers: str) -> Any:
        """The answer, with its body read."""
        port = self.served.web.port
        asked = {"Host": f"{HOST.name}:{port}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        url = f"http://127.0.0.1:{port}{path}"
        async with self._session.get(url, headers=asked, allow_redirects=False) as answer:
            answer.text_read = await answer.read()  # type: ignore[attr-defined]
            return answer


def visit(main: Visit, **fields: Any) -> Served:
    """Visit a web of one feed."""
    plan = Plan((replace(FEED, **fields),), (HOST,), days=4)
    loops: list[VirtualLoop] = []

    async def run() -> Served:
        unix = loops[0].unix
        async with serving(lambda port: FakeWeb(plan, port), unix) as served:
            async with aiohttp.ClientSession(auto_decompress=False) as session:
                await main(Client(served, session))
            await asyncio.sleep(60)  # until the servers have noticed
        return served

    def new_loop() -> VirtualLoop:
        loops.append(VirtualLoop(EPOCH))
        return loops[-1]

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(run())


def test_a_feed_has_what_is_published_and_no_more_than_its_window() -> None:
    async def main(client: Client) -> None:
        guids = []
        for hours in (0, 2, 40):
            await asyncio.sleep(
                EPOCH + hours * HOUR - client.served.web.log[-1].ended if guids else 0
            )
            body = (await client.get()).text_read
            feed = parse(body, "http://www.site1.example/", "application/rss+xml")
            guids.append([entry.hints.guid for entry in feed.entries])
        assert guids == [
            ["f1-2", "f1-1", "f1-0"],
            ["f1-3", "f1-2", "f1-1"],
            ["f1-4", "f1-3", "f1-2"],
        ]

    log = visit(main).web.log
    assert [exchange.items for exchange in log] == [(0, 3), (1, 4), (2, 5)]
    assert all(exchange.is_whole and exchange.ended > exchange.at for exchange in log)


def test_validators_are_honoured() -> None:
    async def main(client: Client) -> None:
        first = await client.get()
        etag, date = first.headers["ETag"], first.headers["Last-Modified"]
        assert (await client.get(If_None_Match=etag)).status == 304
        assert (await client.get(If_None_Match=etag.strip('"'))).status == 200
        assert (await client.get(If_Modified_Since=date)).status == 304
        await asyncio.sleep(2 * HOUR)
        assert (await client.get(If_None_Match=etag, If_Modified_Since=date)).status == 200

    visit(main)


def test_a_liar_never_tells_of_news() -> None:
    async def main(client: Client) -> None:
        etag = (await client.get()).headers["ETag"]
        await asyncio.sleep(DAY)
        assert (await client.get(If_None_Match=etag)).status == 304
        assert (await client.get()).status == 200

    visit(main, validators="liar")


def test_differences_are_served_to_those_who_ask() -> None:
    async def main(client: Client) -> None:
        etag = (await client.get()).headers["ETag"]
        await asyncio.sleep(2 * HOUR)
        answer = await client.get(If_None_Match=etag, A_IM="feed")
        assert (answer.status, answer.headers["IM"]) == (226, "feed")
        assert answer.text_read.count(b"<entry>") == 1
        assert (await client.get(If_None_Match=etag)).text_read.count(b"<entry>") == 3

    visit(main, validators="delta")


@pytest.mark.parametrize(
    ("refusal", "told"),
    [("429-seconds", "1800"), ("503-date", "Mon, 02 Mar 2026 01:00:00 GMT"), ("429", None)],
)
def test_a_host_refuses_everything_for_a_while(
    monkeypatch: pytest.MonkeyPatch, refusal: str, told: str | None
) -> None:
    span = Span(EPOCH + HOUR / 2, EPOCH + HOUR)
    monkeypatch.setattr(
        f"{__name__}.HOST",
        replace(HOST, refusal=refusal, refusals=(span,)),  # type: ignore[arg-type]
    )

    async def main(client: Client) -> None:
        assert (await client.get()).status == 200
        await asyncio.sleep(HOUR / 2 - 0.1)
        answer = await client.get()
        assert answer.status == int(refusal[:3])
        assert answer.headers.get("Retry-After") == told
        assert (await client.get("/robots.txt")).status == int(refusal[:3])
        await asyncio.sleep(HOUR)
        assert (await client.get()).status == 200

    visit(main)


def test_slow_endless_silent_and_broken_off_answers_are_played_out() -> None:
    async def slow(client: Client) -> None:
        async with asyncio.timeout(31):
            await client.get()

    for trouble in ("slow", "endless", "silent", "bomb"):
        served: list[Served] = []

        async def main(client: Client, served: list[Served] = served) -> None:
            served.append(client.served)
            await slow(client)

        with pytest.raises(TimeoutError):
            visit(main, trouble=trouble, trouble_in=ALWAYS)
        exchange = served[0].web.log[0]
        assert not exchange.is_whole
        assert 30 < exchange.ended - exchange.at < 32
        assert (exchange.sent > 500_000) == (trouble in {"endless", "bomb"}), trouble


def test_an_answer_that_breaks_off() -> None:
    async def main(client: Client) -> None:
        with pytest.raises(aiohttp.ClientPayloadError):
            await client.get()

    assert not visit(main, trouble="reset", trouble_in=ALWAYS).web.log[0].is_whole


def test_a_bomb_is_a_thousand_times_as_large_unpacked() -> None:
    async def main(client: Client) -> None:
        port = client.served.web.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(f"GET {FEED.path} HTTP/1.1\r\nHost: {HOST.name}:{port}\r\n\r\n".encode())
        await reader.readuntil(b"\r\n\r\n")
        size = int((await reader.readline()), 16)
        packed = await reader.readexactly(size)
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        assert len(unpacker.decompress(packed)) > 500 * size
        for _ in range(3):
            await reader.readline()
            packed = await reader.readexactly(int(await reader.readline(), 16))
            assert len(unpacker.decompress(packed)) == 1_000_000
        writer.close()
        await writer.wait_closed()

    visit(main, trouble="bomb", trouble_in=ALWAYS)


def test_moved_feeds_are_found_at_the_end_of_the_chain() -> None:
    async def main(client: Client) -> None:
        first = await client.get()
        second = await client.get("/blog/f1.xml")
        assert (first.status, second.status) == (301, 301)
        assert second.headers["Location"].endswith("/rss/f1.xml")
        assert (await client.get("/rss/f1.xml")).status == 200

    log = visit(main, route="moved").web.log
    assert [exchange.role for exchange in log] == ["hop", "hop", "feed"]
    assert log[0].location == log[1].place
    assert log[1].location == log[2].place


def test_who_goes_inside_is_counted() -> None:
    async def main(client: Client) -> None:
        answer = await client.get()
        address = answer.headers["Location"]
        port = client.served.web.port
        assert address in inside_addresses(port)
        assert any(f"//{INSIDE}:" in one for one in inside_addresses(port))
        for place in (("127.0.0.66", port), ("127.0.0.1", port + 1)):
            reader, writer = await asyncio.open_connection(*place)
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()

    assert visit(main, route="inside").intrusions == 2


def test_hints_are_in_the_feed_and_in_its_headers() -> None:
    hints = Hints(ttl=90, max_age=600, period=("daily", 4), skip_hours=(3,), skip_days=(6,))

    async def main(client: Client) -> None:
        answer = await client.get()
        assert answer.headers["Cache-Control"] == "public, max-age=600"
        for part in (b"<ttl>90<", b"updatePeriod>daily<", b"<hour>3<", b"<day>Sunday<"):
            assert part in answer.text_read

    exchange = visit(main, hints=hints).web.log[0]
    assert (exchange.wait, exchange.skip_hours, exchange.skip_days) == (6 * HOUR, (3,), (6,))


def test_a_web_is_the_same_for_the_same_seed_and_holds_every_behaviour() -> None:
    size = Size(feeds=3000, hosts=900, days=8)
    plan = draw(size, 1)
    assert plan == draw(size, 1) != draw(size, 2)
    counts = Counter[object]()
    for feed in plan.feeds:
        counts.update({feed.validators, feed.route, feed.trouble, feed.host.refusal})
        assert all(before <= after for before, after in pairwise(feed.items))
    expected = {
        *("none", "etag", "date", "both", "same-date", "liar", "stops", "huge", "delta"),
        *("plain", "moved", "found", "mirrors", "parked", "loop", "inside"),
        *("403", "404", "410", "500", "silent", "slow", "endless", "bomb", "broken", "reset"),
        *("429-seconds", "429-date", "503-seconds", "503-date", "429", "503", "dns"),
    }
    assert expected <= set(counts)
    assert 0.2 < counts["none"] / 3000 < 0.3
    on_platforms = sum(feed.host.lane.startswith("platform") for feed in plan.feeds)
    assert 0.17 < on_platforms / 3000 < 0.23
    assert {host.robots for host in plan.hosts} == {
        "none",
        "open",
        "private",
        "slow",
        "closed",
        "down",
    }
