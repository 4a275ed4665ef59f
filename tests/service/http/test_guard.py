"""Which addresses and URLs may be asked, and that nothing else is connected to, on any hop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from ipaddress import ip_network
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from feedmill.errors import FetchError
from service.http import Fetcher, fetcher, guard
from service.http.guard import AddressRefusedError, check_url, is_allowed, socket_factory
from tests.service.support import AT_ONCE, HOSTILE, policy, serving

PORTS = (80, 443, 8080)

PRIVATE = [
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("0.0.0.0", "0.1.2.3", "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.170.2"),
    *("192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "192.88.99.1"),
    *("168.63.129.16", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    *("::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1"),
    *("2001:0:7f00:1::80ff:fffe", "2002:7f00:1::", "fc00::1", "fd00:ec2::254", "fe80::1"),
    *("fe80::1%1", "fec0::1", "ff02::1", "2600::5efe:7f00:1", "2600::200:5efe:7f00:1", "3fff::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public_are_refused(address):
    assert not is_allowed(address, ())


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "172.32.0.1", "168.63.129.15", "2606:4700::1111", "2a00:1450::1"],
)
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


def test_the_socket_is_not_even_made():
    make = socket_factory((LOOPBACK_2,))
    with make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.2", 80))) as made:
        assert made.family == socket.AF_INET
    with pytest.raises(AddressRefusedError, match=r"127\.0\.0\.1"):
        make((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))


@pytest.mark.parametrize(
    "url",
    [
        *("", "http://", "http:///x", "//e.org/", "/x", "file:///etc/passwd", "ftp://e.org/"),
        *("data:text/xml,x", "javascript:alert(1)", "gopher://e.org/", "http+unix://%2Frun/x"),
        *("http://user@e.org/", "http://user:pw@e.org/", "http://:pw@e.org/", "http://e.org:22/"),
        *(
            "http://e.org:0/",
            "http://e.org:99999/",
            "http://e.org:x/",
            "http://[::1/",
            "http://[x]/",
        ),
        "https://e.org:6379/",
    ],
)
def test_addresses_of_another_form_are_refused(url):
    with pytest.raises(FetchError) as caught:
        check_url(url, PORTS)
    assert (caught.value.kind, caught.value.retryable) == ("url-refused", False)


def test_good_addresses_come_back_without_their_fragment():
    assert str(check_url(" http://E.org/a?b=1#c ", PORTS)) == "http://e.org/a?b=1"
    assert str(check_url("https://e.org:443/", PORTS)) == "https://e.org/"
    assert check_url("http://bücher.example/", PORTS).raw_host == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "host", ["a..b", "." * 3, "a" * 70 + ".example", "xn--a", "xn--a.example", "x" * 300]
)
def test_host_names_that_cannot_be_are_an_error_of_the_fetch(host):
    """Links in feeds are written by strangers: a name that cannot be encoded must not be a crash."""

    async def fetch() -> None:
        async with Fetcher(policy(ports=frozenset({80}))) as client:
            await client.fetch(f"http://{host}/", pace=AT_ONCE)

    with pytest.raises(FetchError) as caught:
        asyncio.run(fetch())
    assert caught.value.kind in {"url-refused", "dns"}


@settings(max_examples=300, database=None, deadline=None)
@given(st.one_of(st.text(), st.text().map(lambda text: f"http://{text}"), st.text("xn-.a:@[]%/0")))
def test_any_text_is_refused_or_read(text):
    for url in (text, f"http://{text}/", f"http://e.org/{text}"):
        with contextlib.suppress(FetchError):
            assert check_url(url, PORTS).scheme in {"http", "https"}


# --- with real connections -------------------------------------------------------------------------


class Secret:
    """A server on 127.0.0.1 that nobody may reach; it counts who does."""

    def __init__(self) -> None:
        self.port = 0
        self.visits = 0

    async def visit(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.visits += 1
        writer.close()


LOOPBACK_2 = ip_network("127.0.0.2/32")


@pytest.fixture
async def secret() -> AsyncIterator[Secret]:
    found = Secret()
    server = await asyncio.start_server(found.visit, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    async with server:
        yield found


@pytest.fixture
def fence(monkeypatch) -> list[str]:
    """Names resolve from a table, and what the guard lets out of the loopback is noted, not connected."""
    breaches: list[str] = []

    def fenced(allow: Any) -> Any:
        real = guard.socket_factory(allow)

        def make(info: Any) -> socket.socket:
            made = real(info)
            if not info[4][0].startswith("127."):
                breaches.append(info[4][0])
                made.close()
                raise OSError("the fence of the test")
            return made

        return make

    monkeypatch.setattr(fetcher, "socket_factory", fenced)
    return breaches


def resolve_from(monkeypatch: pytest.MonkeyPatch, table: dict[str, list[str]]) -> None:
    """Let names resolve as the table says, and no other name at all. `rebind` changes its mind."""
    real, asked = socket.getaddrinfo, dict.fromkeys(table, 0)

    def getaddrinfo(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        name = host.lower().rstrip(".")
        if name not in table:
            with contextlib.suppress(OSError):
                socket.inet_aton(host)  # a number in one of its old spellings
                return real(host, port, *args, **more)
            if ":" in host:
                return real(host, port, *args, **more)
            raise socket.gaierror(socket.EAI_NONAME, "not in the test's table")
        answers = table[name]
        if name.startswith("rebind"):
            answers = [answers[min(asked[name], len(answers) - 1)]]
            asked[name] += 1
        return [info for answer in answers for info in real(answer, port, *args, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0", "0.0.0.0"),
        *("[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "127.0.0.1.", "localhost", "LOCALHOST."),
        *("①②⑦.⓪.⓪.①", "%31%32%37.0.0.1"),
    ],
)
async def test_no_spelling_of_loopback_is_connected_to(host, secret, fence, monkeypatch):
    resolve_from(monkeypatch, {"localhost": ["127.0.0.1"]})
    async with Fetcher(policy(allow_networks=())) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"http://{host}:{secret.port}/", pace=AT_ONCE)
    assert (secret.visits, fence) == (0, [])
    assert caught.value.kind in {"address-refused", "url-refused", "dns"}
    assert not caught.value.retryable or caught.value.kind == "dns"


async def test_a_redirect_to_a_private_address_is_refused(secret, fence):
    async def away(_request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://127.0.0.1:{secret.port}/")

    async with (
        serving(away, address="127.0.0.2") as server,
        Fetcher(policy(allow_networks=(LOOPBACK_2,))) as client,
    ):
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"{server.base}/", pace=AT_ONCE)
    assert (caught.value.kind, len(server.requests), secret.visits) == ("address-refused", 1, 0)


async def test_of_several_addresses_of_a_name_only_allowed_ones_are_asked(
    secret, fence, monkeypatch
):
    """A name with a public and a private address: the private one is not tried, even as a fall-back."""
    resolve_from(monkeypatch, {"mixed.example": ["127.0.0.2", "127.0.0.1"]})
    async with Fetcher(policy(allow_networks=(LOOPBACK_2,))) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"http://mixed.example:{secret.port}/", pace=AT_ONCE)
    assert caught.value.kind in {"connect", "address-refused"}
    assert (secret.visits, fence) == (0, [])


async def test_several_refused_addresses_are_refused_not_unreachable(secret, fence, monkeypatch):
    """Else the service would come back to them for ever."""
    resolve_from(monkeypatch, {"twice.example": ["127.0.0.1", "10.0.0.1", "::1"]})
    async with Fetcher(policy(allow_networks=())) as client:
        with pytest.raises(FetchError) as caught:
            await client.fetch(f"http://twice.example:{secret.port}/", pace=AT_ONCE)
    assert (caught.value.kind, caught.value.retryable) == ("address-refused", False)


def hostile_urls() -> dict[str, Any]:
    path = HOSTILE / "urls.json"
    if not path.is_file():
        return {}
    cases: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return cases


@pytest.mark.skipif(not hostile_urls(), reason="the hostile URLs are not here (shared/hostile)")
async def test_no_hostile_url_gets_anywhere(secret, fence, monkeypatch):
    cases = hostile_urls()
    resolve_from(monkeypatch, cases["dns"])
    locations = {
        f"/{case['url'].split('/', 3)[3]}": case["location"] for case in cases["redirects"]
    }

    async def attacker(request: web.Request) -> web.StreamResponse:
        if request.path not in locations:
            return web.Response(text="fine")
        response = web.Response(status=302)
        for location in locations[request.path]:
            response.headers.add("Location", here(location))
        return response

    async with serving(attacker, address="127.0.0.2") as server:
        public = server.base.rsplit(":", 1)[1]

        def here(url: str) -> str:
            return url.replace("21401", str(secret.port)).replace("21402", public)

        bounds = policy(
            allow_networks=(LOOPBACK_2,), ports=frozenset({int(public), secret.port}), seconds=3
        )
        escaped = []
        async with Fetcher(bounds) as client:
            for case in [*cases["attacks"], *cases["redirects"]]:
                try:
                    await client.fetch(here(case["url"]), pace=AT_ONCE)
                except FetchError:
                    continue
                except Exception as error:  # noqa: BLE001 - any other error is what is looked for
                    escaped.append((case["id"], repr(error)))
            for case in cases["controls"]:
                answer = await client.fetch(here(case["url"]), pace=AT_ONCE)
                assert answer.body == b"fine", case["id"]
    assert (secret.visits, fence) == (0, [])
    assert escaped == []
