"""Which addresses are connected to: real connections, behind a fence, on every hop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Iterator
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any
from unittest.mock import patch

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.hostile_fence import Breach, fence
from bench.hostile_urls import Servers, TableResolver, policy_for, servers
from feedmill.errors import FetchError
from service.http import Fetcher, FetchPolicy
from service.http.addresses import is_allowed
from service.http.guard import AddressRefusedError, Guard
from service.http.pacing import Pace
from tests.service.support import HOSTILE, answering, serving

pytestmark = pytest.mark.xdist_group("fetcher")

PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("0.0.0.0", "0.1.2.3", "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2"),
    *("192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("168.63.129.16", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1"),
    *("2001:0:7f00:1::80ff:fffe", "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1"),
    *("fe80::1%1", "fec0::1", "ff02::1", "2600::5efe:7f00:1", "2600::200:5efe:7f00:1", "3fff::1"),
    *("", "e.org", "127.1", "1.2.3.4.", "0x7f.1"),
]
PUBLIC = [
    "1.1.1.1",
    "93.184.215.14",
    "172.32.0.1",
    "168.63.129.15",
    "2606:4700::1111",
    "2a00:1450::1",
]


@pytest.fixture
def breaches() -> Iterator[list[Breach]]:
    with fence() as found:
        yield found
    assert found == []


@pytest.fixture
async def both(breaches) -> AsyncIterator[Servers]:
    async with servers() as running:
        yield running


@contextlib.asynccontextmanager
async def fetching(both: Servers, **table: list[str]) -> AsyncIterator[Fetcher]:
    """A fetcher that may ask 127.0.0.2 only; names are those of the table."""
    names = {name.replace("_", "."): addresses for name, addresses in table.items()}
    async with Fetcher(policy_for(both, FetchPolicy(seconds=3)), TableResolver(names)) as fetcher:
        yield fetcher


async def failing(fetcher: Fetcher, url: str) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetcher.fetch(url)
    return caught.value


# --- the table of addresses -------------------------------------------------------------------------


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address):
    assert not is_allowed(address, ())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_allowed(address):
    assert is_allowed(address, ())


def test_what_the_operator_allows_is_allowed_and_nothing_beside_it():
    allow = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert is_allowed("10.1.2.3", allow)
    assert is_allowed("::ffff:10.1.2.3", allow)
    assert is_allowed("fd00::5", allow)
    assert not is_allowed("10.2.0.1", allow)
    assert not is_allowed("127.0.0.1", allow)
    assert not is_allowed("fd00::5%1", allow)


# --- the guard itself -------------------------------------------------------------------------------


class Answers(TableResolver):
    """Every name has these addresses."""

    def __init__(self, *addresses: str) -> None:
        super().__init__({})
        self.addresses = addresses

    async def resolve(self, host: str, port: int = 0, family: Any = 0) -> Any:
        return [
            {
                "hostname": host,
                "host": address,
                "port": port,
                "proto": 0,
                "flags": 0,
                "family": socket.AF_INET6 if ":" in address else socket.AF_INET,
            }
            for address in self.addresses
        ]


def guard(*addresses: str, **bounds) -> Guard:
    return Guard(lambda: FetchPolicy(**bounds), Answers(*addresses))


def info(address: str, port: int = 80) -> tuple[Any, ...]:
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))


def test_the_socket_is_not_even_made():
    made_for = guard(allow_networks=["127.0.0.2"]).open_socket
    with made_for(info("127.0.0.2")) as made:
        assert made.family == socket.AF_INET
    for refused in (info("127.0.0.1"), info("127.0.0.2", 6379), info("8.8.8.8", 22)):
        with pytest.raises(AddressRefusedError):
            made_for(refused)


@pytest.mark.parametrize("address", PRIVATE)
async def test_one_bad_answer_spoils_the_name(address):
    with pytest.raises(AddressRefusedError):
        await guard("1.1.1.1", address, "8.8.8.8").resolve("news.example", 80)


async def test_many_answers():
    many = [f"1.1.1.{n}" for n in range(200)]
    assert [one["host"] for one in await guard(*many).resolve("e.org", 80)] == many[:8]
    with pytest.raises(AddressRefusedError):
        await guard(*many[:63], "10.0.0.1").resolve("e.org", 80)


async def test_no_answer_is_an_error_of_the_name(both):
    async with Fetcher(FetchPolicy(), Answers()) as fetcher:
        assert (await failing(fetcher, "http://news.example/")).kind == "dns"


async def test_names_inside_lead_to_allowed_networks_only():
    inside = guard("1.1.1.1", allow_networks=["10.0.0.0/8"])
    with pytest.raises(AddressRefusedError):
        await inside.resolve("redis", 80)
    assert await guard("10.0.0.7", allow_networks=["10.0.0.0/8"]).resolve("redis", 80)
    assert await inside.resolve("news.example", 80)


def independent(address: str) -> bool:
    """Whether an address is public, decided in another way than the guard's."""
    ip = ip_address(address)
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
        return independent(str(ip.ipv4_mapped))
    if isinstance(ip, IPv6Address):
        if ip.sixtofour is not None or ip.teredo is not None or ip.is_site_local:
            return False
        return ip in ip_network("2000::/3") and not ip.is_private
    return ip.is_global and not ip.is_multicast and not ip.is_private


ADDRESSES = st.one_of(
    st.sampled_from([address for address in PRIVATE if "%" not in address and "." in address]),
    st.sampled_from(PUBLIC),
    st.ip_addresses().map(str),
    st.ip_addresses(network="::ffff:0:0/96").map(str),
    st.ip_addresses(network="64:ff9b::/96").map(str),
    st.ip_addresses(network="2002::/16").map(str),
    st.ip_addresses(network="127.0.0.0/8").map(str),
)
HOSTS = st.one_of(
    st.just("news.example"),
    ADDRESSES.map(lambda text: f"[{text}]" if ":" in text else text),
    st.ip_addresses(v=4).map(lambda ip: str(int(ip))),
    st.ip_addresses(v=4).map(lambda ip: hex(int(ip))),
    st.ip_addresses(v=4).map(lambda ip: ".".join(f"0{int(part):o}" for part in str(ip).split("."))),
    st.ip_addresses(v=4).map(
        lambda ip: str(ip).translate({ord("0") + n: 0xFF10 + n for n in range(10)})  # full width
    ),
    st.text(st.characters(codec="utf-8"), max_size=12),
)
URLS = st.builds(
    lambda scheme, user, host, port, rest: f"{scheme}{user}{host}{port}{rest}",
    st.sampled_from(["http://", "https://", "HTTP://", "http:", "//", "ws://", "http:\\\\"]),
    st.sampled_from(["", "", "", "me@", "me:pw@", "1.1.1.1@", "1.1.1.1\\@"]),
    HOSTS,
    st.sampled_from(["", "", ":80", ":8080", ":22", ":0", ":80@127.0.0.1:80"]),
    st.sampled_from(["", "/", "#@127.0.0.1", "?x", "/..//x", "\\x"]),
)


@settings(max_examples=80, database=None, deadline=None)
@given(URLS, st.lists(ADDRESSES, max_size=3))
def test_no_generated_address_gets_inside(url, addresses):
    """Whatever is asked and whatever names resolve to: nothing is connected to that is not public."""
    asked: list[str] = []

    def refuse(_made: socket.socket, address: Any) -> None:
        asked.append(address[0])
        raise OSError("nothing leaves this test")

    async def fetch() -> None:
        names = Answers(*(text for text in addresses if ":" in text or text.count(".") == 3))
        async with Fetcher(FetchPolicy(seconds=2), names) as fetcher:
            with contextlib.suppress(FetchError):
                await fetcher.fetch(url)

    with patch.object(socket.socket, "connect", refuse):
        asyncio.run(fetch())
    assert [address for address in asked if not independent(address)] == []


# --- with servers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.", "localhost"),
        *("LOCALHOST.", "①②⑦.⓪.⓪.①", "%31%32%37.0.0.1", "me@127.0.0.1", "127.0.0.1.nip.io"),
    ],
)
async def test_no_spelling_of_loopback_is_connected_to(host, both):
    async with fetching(
        both, localhost=["127.0.0.1"], **{"127_0_0_1_nip_io": ["127.0.0.1"]}
    ) as fetcher:
        error = await failing(fetcher, f"http://{host}:{both.secret_port}/")
    assert (error.kind, error.retryable) in {("address-refused", False), ("url-refused", False)}
    assert both.visits == 0


@pytest.mark.parametrize(
    "addresses",
    [
        *(["127.0.0.1"], ["::1"], ["127.0.0.2", "127.0.0.1"], ["::ffff:127.0.0.1"], ["0.0.0.0"]),
        *(["169.254.169.254"], ["100.100.100.200"], ["64:ff9b::7f00:1"], ["2002:7f00:1::"]),
        ["127.0.0.1", "10.0.0.1", "::1"],
    ],
)
async def test_names_that_lead_inside(addresses, both):
    """A name with a public and a private address is refused, and not tried again for ever."""
    async with fetching(both, trap_example=addresses) as fetcher:
        error = await failing(fetcher, f"http://trap.example:{both.secret_port}/")
    assert (error.kind, error.retryable, both.visits) == ("address-refused", False, 0)


async def test_a_name_that_changes_its_mind(both):
    """What was checked is what is connected to: the next look-up is checked anew."""
    names = {"rebind_example": ["127.0.0.2", "127.0.0.1"]}
    async with fetching(both, **names) as fetcher:
        url = f"http://rebind.example:{both.public_port}/"
        assert (await fetcher.fetch(url)).body == b"fine"
    async with fetching(both, **names) as fetcher:
        first = await failing(fetcher, f"http://rebind.example:{both.secret_port}/")
        second = await failing(fetcher, f"http://rebind.example:{both.secret_port}/")
    assert (first.kind, second.kind, both.visits) == ("connect", "address-refused", 0)


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("http://127.0.0.1:21401/", "address-refused"),
        ("//127.0.0.1:21401/", "address-refused"),
        ("http://[::1]:21401/", "address-refused"),
        ("http://trap.example:21401/", "address-refused"),
        ("http://2130706433:21401/", "url-refused"),
        ("http://news.example@127.0.0.1:21401/", "url-refused"),
        ("file:///etc/passwd", "url-refused"),
        ("tcp://127.0.0.1:21401/", "url-refused"),
        ("http://127.0.0.2:22/", "url-refused"),
        ("http:\\\\127.0.0.1:21401/", "url-refused"),
        ("/r/1", "redirects"),
    ],
)
async def test_redirects_inside(location, kind, both):
    both.locations = {"/r/0": ["/r/1"], "/r/1": [location]}
    async with fetching(both, trap_example=["127.0.0.1"]) as fetcher:
        error = await failing(fetcher, f"http://127.0.0.2:{both.public_port}/r/0")
    assert (error.kind, both.visits) == (kind, 0)
    assert [hop.status for hop in error.hops][:2] == [302, 302]


async def test_two_locations_are_refused(both):
    both.locations = {"/r": ["/ok", f"http://127.0.0.1:{both.secret_port}/"]}
    async with fetching(both) as fetcher:
        error = await failing(fetcher, f"http://127.0.0.2:{both.public_port}/r")
    assert (error.kind, error.status, both.visits) == ("redirects", 302, 0)


async def test_another_policy_holds_at_once(both):
    url = f"http://127.0.0.2:{both.public_port}/"
    async with fetching(both) as fetcher:
        assert (await fetcher.fetch(url)).status == 200
        fetcher.policy = FetchPolicy(ports=[both.public_port])
        assert (await failing(fetcher, url)).kind == "address-refused"
        fetcher.policy = FetchPolicy(allow_networks="127.0.0.0/8")
        assert (await failing(fetcher, url)).kind == "url-refused"


def hostile_urls() -> dict[str, Any]:
    path = HOSTILE / "urls.json"
    if not path.is_file():
        return {}
    cases: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return cases


@pytest.mark.skipif(not hostile_urls(), reason="the hostile URLs are not here (shared/hostile)")
async def test_no_hostile_url_gets_anywhere(both):
    cases = hostile_urls()
    both.locations = {
        "/" + case["url"].split("/", 3)[3]: case["location"] for case in cases["redirects"]
    }
    bounds = policy_for(both, FetchPolicy(seconds=3))
    async with Fetcher(bounds, TableResolver(cases["dns"])) as fetcher:
        for case in [*cases["attacks"], *cases["redirects"]]:
            with contextlib.suppress(FetchError):
                await fetcher.fetch(both.here(case["url"]))
        for case in cases["controls"]:
            answer = await fetcher.fetch(both.here(case["url"]), pace=Pace(1, 0.0))
            assert answer.body == b"fine", case["id"]
    assert both.visits == 0


# --- a proxy ----------------------------------------------------------------------------------------


@contextlib.asynccontextmanager
async def proxied(seen: list[str], **table: list[str]) -> AsyncIterator[Fetcher]:
    """A fetcher behind a proxy on 127.0.0.3, which nothing else allows."""

    async def forward(request: web.Request) -> web.StreamResponse:
        seen.append(f"{request.method} {request.raw_path}")
        return web.Response(text="through the proxy")

    names = {name.replace("_", "."): addresses for name, addresses in table.items()}
    async with serving(forward, address="127.0.0.3") as proxy:
        names["proxy.inside"] = ["127.0.0.3"]
        address = proxy.base.replace(
            "127.0.0.3", "proxy.inside" if "by_name" in table else "127.0.0.3"
        )
        policy = FetchPolicy(proxy=address, seconds=3)
        async with Fetcher(policy, TableResolver(names)) as fetcher:
            yield fetcher


@pytest.mark.parametrize("how", [{}, {"by_name": []}])
async def test_a_proxy_that_the_operator_names_is_used(how, breaches):
    seen: list[str] = []
    async with proxied(seen, news_example=["93.184.215.14"], **how) as fetcher:
        answer = await fetcher.fetch("http://news.example/feed")
        assert answer.body == b"through the proxy"
        assert answer.hops[0].address == "127.0.0.3"
        assert (await fetcher.fetch("http://93.184.215.14/")).status == 200
    assert seen == ["GET http://news.example/feed", "GET http://93.184.215.14/"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "https://127.0.0.1/", "http://169.254.169.254/", "http://[::1]/"),
        *(
            "http://trap.example/",
            "https://trap.example/",
            "http://127.0.0.3:{port}/",
            "http://redis/",
        ),
        *("http://proxy.inside:{port}/", "http://nowhere.example/"),
    ],
)
async def test_a_proxy_does_not_open_the_inside(url, breaches):
    seen: list[str] = []
    async with proxied(seen, trap_example=["1.1.1.1", "10.0.0.1"], by_name=[]) as fetcher:
        port = fetcher.policy.proxy.rsplit(":", 1)[1]
        error = await failing(fetcher, url.format(port=port))
    assert error.kind in {"address-refused", "url-refused", "dns"}
    assert seen == []


async def test_redirects_behind_a_proxy_are_checked_too(breaches):
    raw = b"HTTP/1.1 302 Found\r\nLocation: http://trap.example/\r\nContent-Length: 0\r\n\r\n"
    async with answering(raw) as proxy:
        names = TableResolver({"news.example": ["93.184.215.14"], "trap.example": ["10.0.0.1"]})
        async with Fetcher(FetchPolicy(proxy=proxy, seconds=3), names) as fetcher:
            error = await failing(fetcher, "http://news.example/")
    assert (error.kind, len(error.hops)) == ("address-refused", 2)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [(b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n", "connect"), (b"", "protocol")],
)
async def test_a_proxy_that_refuses(raw, kind, breaches):
    names = TableResolver({"news.example": ["93.184.215.14"]})
    async with (
        answering(raw) as proxy,
        Fetcher(FetchPolicy(proxy=proxy, seconds=3), names) as fetcher,
    ):
        error = await failing(fetcher, "https://news.example/")
    assert (error.kind, error.retryable) == (kind, True)


async def test_the_environment_names_no_proxy(both, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    async with fetching(both) as fetcher:
        assert (await fetcher.fetch(f"http://127.0.0.2:{both.public_port}/")).body == b"fine"
