"""robots.txt: what it says to us, and how often it is asked for."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from aiohttp import web
from redis import Redis
from yarl import URL

from feedmill import urls
from feedmill.errors import FetchError
from feedmill.store.connection import connect_async
from feedmill.store.hosts import Hosts
from feedmill.store.keys import Keys
from service.http import Fetcher
from service.http.pacing import Pace, Pacer
from service.http.robots import Robots
from service.http.robots_rules import MAX_BYTES, Rules, group_of, product_token
from tests.service.http.names import Clock, Names
from tests.service.support import AT_ONCE, Server, policy, serving

HOUR, DAY = 3600.0, 86400.0


OURS = "User-agent: feedmill\nDisallow: /"


def allows(text: str | bytes, path: str = "/page", token: str = "feedmill") -> bool:
    body = text if isinstance(text, bytes) else text.encode()
    return Rules(group_of(body, token).rules).allow(URL("https://e.org").join(URL(path)))


def gap(text: str) -> float:
    return Rules(group_of(f"User-agent: *\n{text}".encode(), "feedmill").rules).gap


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/page", True),
        ("User-agent: *\nDisallow: /", "/page", False),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow:", "/page", True),
        ("User-agent: *\nDisallow: /p", "/page", False),
        ("User-agent: *\nDisallow: /P", "/page", True),
        ("User-agent: *\nDisallow: /\nAllow: /page", "/page", True),
        ("User-agent: *\nAllow: /\nDisallow: /page", "/page", False),
        ("User-agent: *\nDisallow: /page\nAllow: /page", "/page", True),
        ("User-agent: *\nDisallow: /*.php$", "/a/b.php", False),
        ("User-agent: *\nDisallow: /*.php$", "/a/b.php?x", True),
        ("User-agent: *\nDisallow: /*?print=", "/a?print=1", False),
        ("User-agent: *\nDisallow: /%C3%BC", "/ü", False),
        ("User-agent: *\nDisallow: /ü", "/%c3%bc", False),
        ("User-agent: *\nDisallow: //x", "/a", True),
        ("User-agent: *\nDisallow: /a//b", "/a//b", False),
        ("User-agent: *\nDisallow: http://[::1", "/page", True),
        # groups
        ("User-agent: other\nDisallow: /", "/page", True),
        ("User-agent: feedmill\nDisallow: /", "/page", False),
        ("User-agent: FeedMill/2.0 # us\nDisallow: /", "/page", False),
        ("User-agent: feedmill*\nDisallow: /", "/page", False),
        ("User-agent: feed\nDisallow: /", "/page", True),
        ("User-agent: feedmill-images\nDisallow: /", "/page", True),
        ("User-agent: *\nDisallow: /\nUser-agent: feedmill\nDisallow:", "/page", True),
        ("User-agent: feedmill\nDisallow:\n\nUser-agent: *\nDisallow: /", "/page", True),
        ("User-agent: a\nUser-agent: feedmill\n\nUser-agent: b\nDisallow: /", "/page", False),
        ("User-agent: feedmill\nDisallow: /a\nUser-agent: b\nDisallow: /page", "/page", True),
        (
            "User-agent: feedmill\nUser-agent: b\nAllow: /a\nUser-agent: c\nAllow: /b\n" + OURS,
            "/",
            0,
        ),
        ("User-agent: feedmill\nSitemap: https://e.org/s\nDisallow: /", "/page", False),
        ("Disallow: /", "/page", True),
        # how people write
        ("\ufeffuser-agent:*\r\nDISALLOW : /page\r\n", "/page", False),
        ("User agent: *\nDissalow: /page", "/page", False),
        ("User-agent *\nDisallow /page", "/page", False),
        ("User-agent: *\rDisallow: /page", "/page", False),
        ("  User-agent: *  \n\tDisallow: /page # private", "/page", False),
        ("# only words\n\nhello world: x\n:::\n", "/page", True),
        ("<!DOCTYPE html>\n<p>\nUser-agent: *\nDisallow: /\n", "/page", True),
        (b"\xff\xfe" + "User-agent: *\nDisallow: /page".encode("utf-16-le"), "/page", False),
        (b"\xfe\xff" + "User-agent: *\nDisallow: /page".encode("utf-16-be"), "/page", False),
        (b"\xff\x00\x9d junk\nUser-agent: *\nDisallow: /page", "/page", False),
    ],
)
def test_what_may_be_fetched(text, path, expected):
    assert allows(text, path) == expected


@pytest.mark.parametrize(
    ("agent", "token"),
    [
        ("feedmill/1.0", "feedmill"),
        ("Feedmill/1.0 (+https://example.org; news@example.org)", "feedmill"),
        ("My_Bot-2", "my_bot-2"),
        ("Mozilla/5.0 (compatible; NewsBot/3; +https://example.org)", "newsbot"),
        ("  (x)", "x"),
        ("/", "*"),
    ],
)
def test_the_name_that_a_program_is_addressed_by(agent, token):
    assert product_token(agent) == token


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Crawl-delay: 7", 7),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl delay: 7\nDisallow: /a", 7),
        ("Request-rate: 1/10", 10),
        ("Request-rate: 2/1m\nCrawl-delay: 5", 30),
        ("Crawl-delay: soon", 0),
        ("Crawl-delay: -1", 0),
        ("Crawl-delay: nan", 0),
        (f"Request-rate: 1/{'9' * 4000}", 86400),
        (f"Request-rate: {'9' * 4000}/1", 0),
        (f"Crawl-delay: {'9' * 4000}", 0),
        ("Disallow: /", 0),
    ],
)
def test_how_fast(text, expected):
    assert gap(text) == expected


def test_sitemaps_speak_to_everyone():
    text = "Sitemap: https://e.org/1\nUser-agent: x\nDisallow: /\nsitemap:https://e.org/2#top\n"
    many = "".join(f"Sitemap: https://e.org/{n}\n" for n in range(500))
    assert group_of(text.encode(), "feedmill").sitemaps == ("https://e.org/1", "https://e.org/2")
    assert len(group_of(many.encode(), "feedmill").sitemaps) == 100


def filled(line: str | Callable[[int], str], head: str = "User-agent: *\n") -> str:
    lines, size, number = [head], len(head), 0
    while size < MAX_BYTES:
        lines.append(line(number) if callable(line) else line)
        size += len(lines[-1])
        number += 1
    return "".join(lines)


HOSTILE = {
    "plain rules": filled(lambda n: f"Disallow: /{n}\n"),
    "wildcards": filled(lambda n: f"Disallow: /*a*a*a*{n}b\n"),
    "2,000 stars": filled("Disallow: /" + "a*" * 2000 + "b\n"),
    "stars without end": "User-agent: *\nDisallow: /" + "a*" * (MAX_BYTES // 2),
    "programs": filled(lambda n: f"User-agent: a{n}\n", "") + "Disallow: /\n" * 1000,
    "programs and rules": filled(lambda n: f"User-agent: a{n}\n" * 10 + f"Disallow: /{n}\n" * 9),
    "one group twice": filled(lambda n: f"User-agent: feedmill\nDisallow: /{n}\n"),
    "escapes": filled("Disallow: /" + "%41" * 2000 + "\n"),
    "dollars": filled("Disallow: /" + "$" * 2000 + "\n"),
    "one line": "a" * MAX_BYTES,
    "spaces": " " * MAX_BYTES,
    "words": "a " * (MAX_BYTES // 2),
    "colons": ":" * MAX_BYTES,
    "lines": "\n" * MAX_BYTES,
    "comments": "#" * MAX_BYTES,
    "zeros": "\0" * MAX_BYTES,
    "sitemaps": filled(lambda n: f"Sitemap: https://e.org/{n}\n"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_takes_little_time(name):
    """Protego alone takes minutes for some of these."""
    address = URL("https://e.org/" + "a" * 8000)
    started = time.process_time()
    group = group_of(HOSTILE[name].encode(), "feedmill")
    Rules(group.rules).allow(address)
    assert time.process_time() - started < 1.5
    assert group.rules.count("\n") < 10_000
    assert len(group.rules) <= MAX_BYTES


def test_what_is_beyond_the_bound_is_not_read():
    head = "User-agent: *\n" + "#" * MAX_BYTES
    assert allows(f"{head}\nDisallow: /page")
    assert not allows("User-agent: *\nDisallow: /page\n" + "#" * MAX_BYTES)


@dataclass
class Site:
    """A server with a robots.txt, and what is needed to ask it."""

    server: Server
    client: Fetcher
    pacer: Pacer
    clock: Clock
    robots: Robots
    cache: Hosts
    status: int = 200
    text: str = "User-agent: *\nDisallow: /private\n"
    pauses: list[asyncio.Event] = field(default_factory=list)

    def url(self, path: str = "/page", host: str = "www.news.test") -> str:
        return f"http://{host}:{self.server.base.rsplit(':', 1)[1]}{path}"

    async def check(self, path: str = "/page", **more: str) -> None:
        await self.robots.check(self.url(path, **more), AT_ONCE)

    async def refused(self, path: str = "/page") -> FetchError:
        with pytest.raises(FetchError) as caught:
            await self.check(path)
        return caught.value

    def restarted(self) -> None:
        self.pacer = self.client._pacer = Pacer(clock=self.clock)
        self.robots = Robots(self.client, self.cache, pacer=self.pacer, clock=self.clock)


@pytest.fixture
async def site(valkey_url: str, valkey: Redis) -> AsyncIterator[Site]:
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path != "/robots.txt":
            return web.Response(text="a page")
        for pause in made.pauses:
            await pause.wait()
        if made.status in {301, 302}:
            raise web.HTTPFound(f"/robots.txt?{len(made.server.requests)}")
        return web.Response(status=made.status, text=made.text)

    clock = Clock()
    pacer = Pacer(clock=clock)
    redis = connect_async(valkey_url)
    hosts = Hosts(redis, Keys())
    async with (
        contextlib.aclosing(redis),
        serving(handler) as server,
        Fetcher(policy(), Names("127.0.0.1"), pacer=pacer) as client,
    ):
        robots = Robots(client, hosts, pacer=pacer, clock=clock)
        made = Site(server, client, pacer, clock, robots, hosts)
        yield made


async def test_a_page_that_is_not_to_be_fetched(site: Site):
    await site.check("/page")
    error = await site.refused("/private/1")
    assert (error.kind, error.retryable) == ("robots-denied", False)
    assert "`fetch: robots: false`" in error.message
    assert site.server.paths == ["/robots.txt"]


async def test_it_is_asked_for_once_a_day(site: Site):
    for _ in range(5):
        await site.check()
    site.clock.now += DAY - 1
    await site.check()
    assert len(site.server.requests) == 1
    site.text = "User-agent: *\nDisallow: /"
    site.clock.now += 2
    assert (await site.refused()).kind == "robots-denied"
    assert len(site.server.requests) == 2


@pytest.mark.parametrize("status", [200, 404, 500])
async def test_a_restart_asks_nothing_again(site: Site, status):
    site.status = status
    for _ in range(3):
        expected = pytest.raises(FetchError) if status == 500 else contextlib.nullcontext()
        with expected:
            await site.check()
        site.restarted()
        site.clock.now += 60
    assert len(site.server.requests) == 1


async def test_each_origin_has_its_own(site: Site):
    await site.check()
    await site.check(host="blog.news.test")
    assert [request.host.split(":")[0] for request in site.server.requests] == [
        "www.news.test",
        "blog.news.test",
    ]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_where_there_is_none_all_is_allowed(site: Site, status):
    site.status, site.text = status, "User-agent: *\nDisallow: /"
    await site.check("/private")
    await site.check("/private")
    assert len(site.server.requests) == 1


async def test_a_chain_of_redirects_is_none(site: Site):
    site.status = 302
    await site.check("/private")
    assert len(site.server.requests) == 6
    await site.check("/private")
    assert len(site.server.requests) == 6


async def test_while_the_server_fails_its_pages_wait_longer_and_longer(site: Site, valkey: Redis):
    site.status = 500
    waits = []
    for _ in range(9):
        error = await site.refused()
        assert (error.kind, error.retryable) == ("robots-waits", True)
        assert error.retry_after is not None
        waits.append(error.retry_after)
        assert (await site.refused()).retry_after == error.retry_after
        site.clock.now += error.retry_after
    assert waits == [600, 600, 1200, 2400, 4800, 9600, 19200, 38400, 76800]
    assert len(site.server.requests) == 9
    key = Keys().robots(urls.digest(site.url("")))
    assert valkey.ttl(key) > 30 * DAY  # how long it has failed matters for so long
    site.status = 200
    await site.check()
    assert 0 < valkey.ttl(key) <= DAY + 1


async def test_after_a_month_of_failures_all_is_allowed(site: Site):
    site.status = 500
    await site.refused()
    site.clock.now += 15 * DAY
    await site.refused()
    site.clock.now += 16 * DAY
    await site.check("/private")
    site.clock.now += DAY + 1
    site.restarted()
    await site.check("/private")
    site.status = 200
    site.clock.now += DAY + 1
    assert (await site.refused("/private")).kind == "robots-denied"
    assert len(site.server.requests) == 5


async def test_a_server_that_is_not_there_lets_pages_wait(site: Site):
    url = "http://127.0.0.1:1/page"
    for _ in range(2):
        with pytest.raises(FetchError) as caught:
            await site.robots.check(url, AT_ONCE)
        assert caught.value.kind == "robots-waits"


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_server_is_left_alone_altogether(site: Site, status):
    site.status = status
    error = await site.refused()
    assert error.kind == "robots-waits"
    assert error.retry_after is not None
    assert error.retry_after >= HOUR
    site.status = 200
    site.clock.now += 1000
    assert (await site.refused()).kind == "host-waits"
    assert len(site.server.requests) == 1
    site.clock.now = site.pacer.held_until("news.test") + 1
    await site.check()


async def test_a_crawl_delay_holds_between_pages(site: Site):
    site.text = "User-agent: *\nCrawl-delay: 0.2"
    begun = []
    for number in range(3):
        await site.check()
        await site.client.fetch(site.url(f"/{number}"), pace=Pace(8, 0.0))
        begun.append(time.monotonic())
    assert begun[1] - begun[0] >= 0.19
    assert begun[2] - begun[1] >= 0.19
    site.restarted()
    await site.check()
    assert site.pacer._gaps.seconds("news.test") == 0.2


async def test_many_who_ask_at_once_share_one_request(site: Site):
    site.pauses.append(asyncio.Event())
    checks = [asyncio.create_task(site.check("/private" if n % 2 else "/a")) for n in range(20)]
    await asyncio.sleep(0.05)
    checks[0].cancel()
    checks[1].cancel()
    await asyncio.sleep(0.01)
    site.pauses[0].set()
    outcomes = await asyncio.gather(*checks, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes[:2]] == [asyncio.CancelledError] * 2
    assert [outcome and outcome.kind for outcome in outcomes[2:]] == [None, "robots-denied"] * 9
    assert len(site.server.requests) == 1
    assert not site.robots._flights._flights


async def test_with_the_last_who_asks_the_request_ends(site: Site):
    site.pauses.append(asyncio.Event())
    checks = [asyncio.create_task(site.check()) for _ in range(3)]
    await asyncio.sleep(0.05)
    for check in checks:
        check.cancel()
    await asyncio.wait(checks)
    await asyncio.sleep(0.05)
    assert not site.robots._flights._flights
    assert not site.pacer._lines
    site.pauses[0].set()
    await site.check()
    assert len(site.server.requests) == 2


async def test_under_another_name_it_is_read_again(site: Site):
    site.text = "User-agent: *\nDisallow: /\nUser-agent: goodbot\nAllow: /"
    await site.refused()
    site.client.policy = policy(user_agent="GoodBot/1")
    await site.check()
    assert len(site.server.requests) == 2


async def test_a_clock_that_was_wrong_does_not_keep_a_copy_for_ever(site: Site):
    site.clock.now += 1000 * DAY
    await site.check()
    site.clock.now -= 1000 * DAY
    await site.check()
    assert len(site.server.requests) == 2


async def test_sitemaps_come_with_it(site: Site):
    site.text = "Sitemap: https://e.org/sitemap.xml"
    assert await site.robots.sitemaps(site.url(), AT_ONCE) == ("https://e.org/sitemap.xml",)
    site.restarted()
    assert await site.robots.sitemaps(site.url(), AT_ONCE) == ("https://e.org/sitemap.xml",)
    assert len(site.server.requests) == 1


@pytest.mark.parametrize("url", ["", "no address", "http://", "/page", "http://[", "http://h:x/"])
async def test_what_is_no_address_is_refused(site: Site, url):
    with pytest.raises(FetchError) as caught:
        await site.robots.check(url, AT_ONCE)
    assert caught.value.kind == "url-refused"


@pytest.mark.slow
async def test_memory_is_bounded(site: Site):
    site.text = "User-agent: *\n" + "".join(f"Disallow: /{n}\n" for n in range(9_000))
    size = len(group_of(site.text.encode(), "feedmill").rules)
    kept = 2_000_000 // size
    for number in range(kept + 2):
        await site.check(host=f"{number}.news.test")
    sites = site.robots._sites
    assert len(sites._sites) == kept
    assert sites._size == kept * size
    await site.check(host="0.news.test")  # from the store
    assert len(site.server.requests) == kept + 2
