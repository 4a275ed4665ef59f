"""The pace of each host: so many requests at a time, and a pause after each."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import pairwise

import pytest
from aiohttp import web

from feedmill.errors import FetchError
from service.http import Fetcher
from service.http.holds import HoldPolicy
from service.http.pacing import Pace, Pacer, lane
from tests.service.http.names import Clock, Names
from tests.service.support import eventually, policy, serving

AT_ONCE = Pace(1, 0.0)
DAY = 86400.0


class Watch:
    """Notes when turns begin and end, and how many there are at a time."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self.now = self.most = 0
        self.begun: list[float] = []
        self.ended: list[float] = []

    async def take(self, host: str, pace: Pace, *, seconds: float = 0.02) -> None:
        async with self.pacer.turn(host, pace):
            self.begun.append(time.monotonic())
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(seconds)
            self.now -= 1
            self.ended.append(time.monotonic())


async def settle(pacer: Pacer) -> None:
    await eventually(lambda: not pacer._lines, seconds=2)


@pytest.mark.parametrize("concurrency", [1, 2, 3])
async def test_no_more_at_a_time_than_allowed(concurrency):
    watch = Watch(Pacer())
    pace = Pace(concurrency, 0.0)
    await asyncio.gather(*(watch.take("e.org", pace) for _ in range(9)))
    assert watch.most == concurrency
    await settle(watch.pacer)


async def test_the_pause_is_between_the_end_of_one_and_the_beginning_of_the_next():
    watch = Watch(Pacer())
    await asyncio.gather(*(watch.take("e.org", Pace(1, 0.1)) for _ in range(4)))
    gaps = [begun - ended for ended, begun in zip(watch.ended, watch.begun[1:], strict=False)]
    assert len(gaps) == 3
    assert all(0.095 <= gap < 0.4 for gap in gaps), gaps


async def test_hosts_do_not_wait_for_each_other():
    watch = Watch(Pacer())
    started = time.monotonic()
    await asyncio.gather(*(watch.take(f"{n}.example", Pace(1, 5.0)) for n in range(50)))
    assert time.monotonic() - started < 4
    assert watch.most == 50


async def test_a_turn_that_fails_or_is_cancelled_is_given_back():
    pacer = Pacer()
    with pytest.raises(ValueError, match="broken"):
        async with pacer.turn("e.org", Pace(1, 0.0)):
            raise ValueError("broken")
    await settle(pacer)
    watch = Watch(pacer)
    held = asyncio.create_task(watch.take("e.org", Pace(1, 0.0), seconds=10))
    waiting = [asyncio.create_task(watch.take("e.org", Pace(1, 0.0))) for _ in range(3)]
    await asyncio.sleep(0.05)
    waiting[0].cancel()
    held.cancel()
    await asyncio.wait([held, *waiting], timeout=2)
    assert [task.cancelled() for task in (held, *waiting)] == [True, True, False, False]
    await settle(pacer)


async def test_a_failed_request_is_followed_by_the_pause_too():
    async def handler(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPInternalServerError

    async with serving(handler) as server, Fetcher(policy()) as client:
        started = time.monotonic()
        for _ in range(3):
            with pytest.raises(FetchError):
                await client.fetch(server.base, pace=Pace(1, 0.15))
        assert time.monotonic() - started >= 0.3


async def test_redirects_on_one_host_keep_its_pace():
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.path != "/end":
            raise web.HTTPFound("/end")
        return web.Response(text="x")

    async with serving(handler) as server, Fetcher(policy()) as client:
        started = time.monotonic()
        await client.fetch(server.base, pace=Pace(1, 0.2))
        assert time.monotonic() - started >= 0.2
        assert server.paths == ["/", "/end"]


async def test_a_host_is_one_host_however_it_is_written():
    """A feed full of `News.example` and `news.example` must not double the pace."""
    watch = Watch(Pacer())

    async def handler(_request: web.Request) -> web.StreamResponse:
        watch.now += 1
        watch.most = max(watch.most, watch.now)
        await asyncio.sleep(0.05)
        watch.now -= 1
        return web.Response(text="x")

    async with serving(handler) as server, Fetcher(policy()) as client:
        port = server.base.rsplit(":", 1)[1]
        urls = [f"http://{host}:{port}/" for host in ("localhost", "LocalHost")]
        await asyncio.gather(*(client.fetch(url, pace=Pace(1, 0.0)) for url in urls))
        assert len(server.requests) == 2
    assert watch.most == 1


async def test_nothing_is_kept_of_hosts_that_are_done_with():
    pacer = Pacer()
    watch = Watch(pacer)
    await asyncio.gather(*(watch.take(f"{n}.example", Pace(1, 0.0)) for n in range(200)))
    await settle(pacer)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("www.example.org", "example.org"),
        ("WWW.Example.ORG.", "example.org"),
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("co.uk", "co.uk"),
        ("one.blogspot.com", "blogspot.com"),
        ("two.github.io", "github.io"),
        ("three.substack.com", "substack.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("www.bücher.example", "xn--bcher-kva.example"),
        ("a.食狮.com.cn", "xn--85x722f.com.cn"),
        ("a.b.xn--p1ai", "b.xn--p1ai"),
        ("a.b.xn--55qx5d.cn", "b.xn--55qx5d.cn"),
        ("www.ck", "www.ck"),
        ("a.b.ck", "a.b.ck"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("[2001:DB8::1]", "2001:db8::1"),
        ("", ""),
        ("a..b", "a..b"),
    ],
)
def test_a_lane_is_a_registrable_domain(host, expected):
    assert lane(host) == expected
    assert lane(expected) == expected


def test_a_name_longer_than_any_is_bounded():
    assert len(lane("x" * 100_000)) == 253


async def test_hosts_of_one_platform_take_turns():
    watch = Watch(Pacer())
    hosts = ("a.blogspot.com", "b.blogspot.com", "www.blogspot.com", "blogspot.com")
    await asyncio.gather(*(watch.take(host, Pace(1, 0.05)) for host in hosts))
    assert watch.most == 1
    gaps = [begun - ended for ended, begun in zip(watch.ended, watch.begun[1:], strict=False)]
    assert min(gaps) >= 0.045


async def test_first_come_first_served():
    pacer, order = Pacer(), []

    async def take(number: int) -> None:
        async with pacer.turn("e.org", AT_ONCE):
            order.append(number)
            await asyncio.sleep(0)

    await asyncio.gather(*map(take, range(50)))
    assert order == list(range(50))


async def test_where_paces_meet_the_most_careful_holds():
    watch = Watch(Pacer())
    hasty = [watch.take("e.org", Pace(8, 0.0)) for _ in range(4)]
    careful = [watch.take("e.org", Pace(2, 0.1)) for _ in range(2)]
    await asyncio.gather(careful[0], *hasty, careful[1])
    assert watch.most == 2
    assert watch.begun[2] - watch.ended[0] >= 0.095
    await settle(watch.pacer)
    watch.most = 0
    await asyncio.gather(*(watch.take("e.org", Pace(8, 0.0)) for _ in range(4)))
    assert watch.most == 4


async def test_how_many_wait():
    pacer = Pacer()
    watch = Watch(pacer)
    tasks = [asyncio.create_task(watch.take("a.e.org", AT_ONCE)) for _ in range(5)]
    await asyncio.sleep(0.005)
    assert (pacer.waiting("b.e.org"), pacer.waiting("other.org")) == (4, 0)
    await asyncio.gather(*tasks)
    assert pacer.waiting("e.org") == 0


async def test_no_slot_is_lost_or_made_by_cancelling():
    pacer, dice = Pacer(), random.Random(7)
    watch = Watch(pacer)
    paces = [Pace(2, 0.0), Pace(3, 0.001)]
    tasks = [
        asyncio.create_task(watch.take("e.org", dice.choice(paces), seconds=0.001))
        for _ in range(300)
    ]
    while not all(task.done() for task in tasks):
        dice.choice(tasks).cancel()
        await asyncio.sleep(dice.choice([0, 0, 0.0005]))
    finished = sum(not task.cancelled() for task in tasks)
    assert 0 < finished < 300
    await settle(pacer)
    watch = Watch(pacer)
    await asyncio.gather(*(watch.take("e.org", Pace(2, 0.0)) for _ in range(6)))
    assert watch.most == 2


async def test_a_turn_given_up_in_the_moment_it_is_given_is_not_lost():
    pacer = Pacer()
    watch = Watch(pacer)
    async with pacer.turn("e.org", AT_ONCE):
        waiting = asyncio.create_task(watch.take("e.org", AT_ONCE))
        behind = asyncio.create_task(watch.take("e.org", AT_ONCE))
        await asyncio.sleep(0.01)
    waiting.cancel()  # its turn has come, and it does not know yet
    await asyncio.wait_for(behind, 1)
    assert (waiting.cancelled(), len(watch.begun)) == (True, 1)
    await settle(pacer)


async def test_a_crawl_delay_holds_between_requests():
    watch = Watch(Pacer())
    watch.pacer.slow("www.e.org", 0.1)
    watch.pacer.slow("e.org", 0.02)  # does not lift it
    await asyncio.gather(*(watch.take("e.org", Pace(4, 0.0)) for _ in range(3)))
    gaps = [begun - ended for ended, begun in zip(watch.ended, watch.begun[1:], strict=False)]
    assert min(gaps) >= 0.095


async def test_a_crawl_delay_is_bounded_and_forgotten_in_time():
    clock = Clock()
    pacer = Pacer(clock=clock)
    for seconds in (float("nan"), float("inf"), -1.0, 0.0):
        pacer.slow("e.org", seconds)
        assert pacer._gaps.seconds("e.org") == 0
    pacer.slow("e.org", 86400)
    assert pacer._gaps.seconds("e.org") == 60
    clock.now += DAY + 1
    assert pacer._gaps.seconds("e.org") == 0
    for number in range(11_000):
        pacer.slow(f"{number}.example", 5)
    assert len(pacer._gaps._gaps) == 10_000


async def test_a_tenant_slows_down_itself_and_not_its_platform():
    watch = Watch(Pacer())
    watch.pacer.slow("a.blogspot.com", 0.3)
    hosts = ["a.blogspot.com", *(f"{letter}.blogspot.com" for letter in "bcde"), "a.blogspot.com"]
    started = time.monotonic()
    others = [watch.take(host, AT_ONCE, seconds=0.001) for host in hosts[1:-1]]
    own = [watch.take(host, AT_ONCE, seconds=0.001) for host in (hosts[0], hosts[-1])]
    slow = asyncio.gather(*own)
    await asyncio.gather(*others)
    assert time.monotonic() - started < 0.25
    await slow
    assert time.monotonic() - started >= 0.3
    assert watch.most == 1
    await settle(watch.pacer)


async def refused(pacer: Pacer, host: str) -> float | None:
    """For how long a turn is refused."""
    with pytest.raises(FetchError) as caught:
        async with pacer.turn(host, AT_ONCE):
            pytest.fail("the host asked to be left alone")
    assert (caught.value.kind, caught.value.retryable) == ("host-waits", True)
    return caught.value.retry_after


async def test_too_many_requests_hold_every_host_of_the_lane():
    clock = Clock()
    pacer = Pacer(clock=clock)
    pacer.answered("feeds.e.org", 429, 7200.0)
    for host in ("feeds.e.org", "www.e.org", "E.ORG."):
        left = await refused(pacer, host)
        assert left is not None
        assert 7200 <= left <= 7200 * 1.1 * 1.1
        assert clock.now + 7200 <= pacer.held_until(host) <= clock.now + 7920
    assert pacer.held_until("other.org") == 0
    clock.now = pacer.held_until("e.org") - 6
    await refused(pacer, "e.org")
    clock.now = pacer.held_until("e.org")
    async with pacer.turn("e.org", AT_ONCE):
        pass
    assert pacer.held_until("e.org") == 0


async def test_those_who_wait_in_line_are_told_at_once():
    pacer = Pacer()
    outcomes: list[str] = []

    async def take(host: str) -> None:
        try:
            async with pacer.turn(host, Pace(1, 30.0)):
                outcomes.append("asked")
                await asyncio.sleep(0.01)
                pacer.answered(host, 429, None)
        except FetchError as error:
            outcomes.append(error.kind)

    async with asyncio.timeout(2):
        await asyncio.gather(*(take(f"{n}.e.org") for n in range(20)))
    assert outcomes == ["asked"] + ["host-waits"] * 19
    assert pacer.waiting("e.org") == 0


async def test_the_last_seconds_of_a_hold_are_waited_out():
    pacer = Pacer()
    until = time.time() + 0.2
    pacer.hold("e.org", until)
    async with pacer.turn("www.e.org", AT_ONCE):
        assert time.time() >= until


async def test_those_who_were_held_do_not_return_together():
    pacer = Pacer(clock=Clock())
    pacer.answered("e.org", 429, 3600.0)
    returns = sorted([await refused(pacer, "e.org") or 0.0 for _ in range(30)])
    assert returns[0] >= 3600
    assert returns[-1] - returns[0] > 120
    assert len({round(seconds) for seconds in returns}) > 20
    holds = set()
    for _ in range(10):
        another = Pacer(clock=Clock())
        another.answered("e.org", 429, 3600.0)
        holds.add(round(another.held_until("e.org")))
    assert len(holds) > 5


async def test_a_hold_outlives_a_restart():
    clock, kept = Clock(), {}
    pacer = Pacer(clock=clock, on_hold=kept.__setitem__)
    pacer.answered("feeds.e.org", 503, 600.0)
    pacer.answered("a.blogspot.com", 429, 7200.0)
    pacer.answered("fine.org", 200, None)
    assert kept.keys() == {"e.org", "a.blogspot.com", "blogspot.com"}
    again = Pacer(clock=clock)
    for name, until in kept.items():
        again.hold(name, until)
    for host in ("e.org", "a.blogspot.com", "b.blogspot.com"):
        assert again.held_until(host) == pacer.held_until(host) > clock.now
    again.hold("wrong.org", clock.now + 1e12)
    assert again.held_until("wrong.org") <= clock.now + 7.7 * DAY


async def test_a_tenant_cannot_shut_its_platform():
    clock = Clock()
    pacer = Pacer(clock=clock, policy=HoldPolicy(jitter=0.0))
    pacer.answered("a.blogspot.com", 503, 5 * DAY)
    assert pacer.held_until("a.blogspot.com") == clock.now + 5 * DAY
    assert pacer.held_until("b.blogspot.com") == 0
    pacer.answered("c.blogspot.com", 429, 5 * DAY)
    assert pacer.held_until("c.blogspot.com") == clock.now + 5 * DAY
    assert pacer.held_until("b.blogspot.com") == clock.now + 3600
    # Where nobody is known to share the domain, it is one host in many spellings.
    pacer.answered("c.substack.com", 429, 5 * DAY)
    assert pacer.held_until("d.substack.com") == clock.now + 5 * DAY


@pytest.mark.parametrize("answer", ["429", "503", "403"])
async def test_one_feed_that_is_told_to_wait_stops_its_host(answer):
    async def handler(request: web.Request) -> web.StreamResponse:
        status = int(answer) if request.path == "/busy" else 200
        return web.Response(status=status, headers={"Retry-After": "7200"} if status != 200 else {})

    pacer = Pacer()
    async with (
        serving(handler) as server,
        Fetcher(policy(), Names("127.0.0.1"), pacer=pacer) as client,
    ):
        port = server.base.rsplit(":", 1)[1]
        urls = [f"http://{name}.news.test:{port}" for name in ("feeds", "www", "other")]
        await client.fetch(f"{urls[1]}/page", pace=AT_ONCE)
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"{urls[0]}/busy", pace=AT_ONCE)
        assert caught.value.kind == "http-status"
        assert caught.value.retry_after is not None
        assert caught.value.retry_after >= 7200
        for url in urls:
            with pytest.raises(FetchError) as caught:
                await client.fetch(f"{url}/page", pace=AT_ONCE)
            assert caught.value.kind == "host-waits"
        assert server.paths == ["/page", "/busy"]
        await client.fetch(f"http://elsewhere.test:{port}/", pace=AT_ONCE)


async def test_feeds_of_one_platform_never_overlap():
    watch = Watch(Pacer())

    async def handler(_request: web.Request) -> web.StreamResponse:
        watch.begun.append(time.monotonic())
        watch.now += 1
        watch.most = max(watch.most, watch.now)
        await asyncio.sleep(0.01)
        watch.now -= 1
        watch.ended.append(time.monotonic())
        return web.Response(text="x")

    async with (
        serving(handler) as server,
        Fetcher(policy(), Names("127.0.0.1"), pacer=watch.pacer) as client,
    ):
        port = server.base.rsplit(":", 1)[1]
        urls = [f"http://{name}.blogspot.com:{port}/feed" for name in "abcdef"]
        await asyncio.gather(*(client.fetch(url, pace=Pace(1, 0.03)) for url in urls))
    assert watch.most == 1
    gaps = [begun - ended for ended, begun in zip(watch.ended, watch.begun[1:], strict=False)]
    assert min(gaps) >= 0.025
    assert all(later > earlier for earlier, later in pairwise(watch.begun))
