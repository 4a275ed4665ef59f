"""One call, one value or one `FetchError`: against real servers on loopback, most of them bad ones."""

from __future__ import annotations

import asyncio
import gzip
import resource
import socket
import time
import zlib

import pytest
from aiohttp import web

from feedmill.errors import FetchError
from service.http import Fetched, Fetcher
from service.http.pacing import Pace
from tests.service.support import AT_ONCE, answering, policy, serving

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("fetcher")


async def fetch(url: str, *, pace: Pace = AT_ONCE, **bounds) -> Fetched:
    async with Fetcher(policy(**bounds)) as client:
        return await client.fetch(url, pace=pace)


async def failing(url: str, **bounds) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(url, **bounds)
    return caught.value


async def test_an_answer_is_what_was_sent(site):
    url = site.url("harbour", "/articles/dredging-inner-channel")
    answer = await fetch(url, user_agent="reader/1")
    assert (answer.status, answer.url, answer.final_url) == (200, url, url)
    assert answer.body.lower().startswith(b"<!doctype html>")
    assert b"</html>" in answer.body
    assert answer.content_type == "text/html; charset=utf-8"
    assert answer.etag
    assert answer.last_modified
    assert not answer.not_modified
    [asked] = site.requests()
    assert asked["user_agent"] == "reader/1"


async def test_redirects_are_followed_and_told(site):
    url = site.url("valley", "/old/council-election-result")
    answer = await fetch(url)
    assert answer.url == url
    assert answer.final_url == site.url("valley", "/articles/council-election-result")
    assert [request["status"] for request in site.requests()] == [301, 302, 200]


async def test_redirects_that_never_end_are_left(site):
    error = await failing(site.url("harbour", "/loop/a"), max_redirects=5)
    assert (error.kind, error.retryable) == ("redirects", False)
    assert len(site.requests()) == 6


@pytest.mark.parametrize("path", ["/endless", "/huge", "/bomb"])
async def test_bodies_without_bounds_are_cut_off(site, path):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    error = await failing(site.url("wire", path), max_bytes=1_000_000)
    assert (error.kind, error.retryable, error.status) == ("too-big", False, 200)
    assert time.monotonic() - started < 3
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000, f"{grown} kB for a megabyte"


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("packed", [True, False])
async def test_the_largest_body_is_exact(size, fits, told, packed):
    async def handler(request: web.Request) -> web.StreamResponse:
        body = bytes(size)
        response = web.StreamResponse()
        if packed:
            body = gzip.compress(body)
            response.headers["Content-Encoding"] = "gzip"
        if told:
            response.content_length = len(body)
        else:
            response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(body)
        return response

    async with serving(handler) as server:
        if fits:
            assert (await fetch(server.base, max_bytes=1000)).body == bytes(size)
        else:
            assert (await failing(server.base, max_bytes=1000)).kind == "too-big"


async def test_a_silent_server_is_left(site):
    started = time.monotonic()
    error = await failing(site.url("wire", "/silent"), idle_seconds=0.3)
    assert (error.kind, error.retryable) == ("timeout", True)
    assert time.monotonic() - started < 2


async def test_a_server_that_drips_is_left():
    async def drip(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(60):
            await response.write(b"x")
            await asyncio.sleep(0.05)
        return response

    async with serving(drip) as server:
        started = time.monotonic()
        error = await failing(server.base, seconds=0.4)
        assert (error.kind, error.retryable) == ("timeout", True)
        assert time.monotonic() - started < 1.5


async def test_the_time_is_for_all_redirects_together():
    """`fetch: timeout:` is documented as 'redirects included'."""

    async def slow(request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.25)
        hop = int(request.query.get("hop", "0"))
        if hop < 4:
            raise web.HTTPFound(f"/?hop={hop + 1}")
        return web.Response(text="at last")

    async with serving(slow) as server:
        error = await failing(server.base, seconds=0.6)
        assert error.kind == "timeout"
        assert len(server.requests) < 4


async def test_waiting_for_the_hosts_turn_costs_no_time():
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(text="fine")

    async with serving(handler) as server, Fetcher(policy(seconds=0.3)) as client:
        pace = Pace(1, 0.2)
        started = time.monotonic()
        await asyncio.gather(*(client.fetch(server.base, pace=pace) for _ in range(4)))
        assert 0.6 <= time.monotonic() - started < 2


@pytest.mark.parametrize(
    ("status", "retryable"),
    [
        *((400, False), (401, False), (403, False), (404, False), (410, False), (451, False)),
        *(
            (408, True),
            (425, True),
            (429, True),
            (500, True),
            (502, True),
            (503, True),
            (504, True),
        ),
        *((501, False), (505, False), (999, False)),
    ],
)
async def test_a_status_of_failure_is_an_error(status, retryable):
    raw = b"HTTP/1.1 %d No\r\nContent-Length: 3\r\n\r\nno\n" % status
    async with answering(raw) as base:
        error = await failing(base)
    assert (error.kind, error.status, error.retryable) == ("http-status", status, retryable)


async def test_validators_are_sent_as_they_were_received():
    async def handler(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == 'W/"a\\b;c"':
            assert request.headers["If-Modified-Since"] == "last tuesday"
            raise web.HTTPNotModified
        return web.Response(
            text="x", headers={"ETag": 'W/"a\\b;c"', "Last-Modified": "last tuesday"}
        )

    async with serving(handler) as server, Fetcher(policy()) as client:
        first = await client.fetch(server.base, pace=AT_ONCE)
        assert (first.etag, first.last_modified) == ('W/"a\\b;c"', "last tuesday")
        again = await client.fetch(
            server.base, pace=AT_ONCE, etag=first.etag, last_modified=first.last_modified
        )
        assert again.not_modified
        assert again.body == b""


@pytest.mark.parametrize("tag", [b'"' + b"x" * 1100 + b'"', b'"caf\xe9"', b'"a\tb"', b""])
async def test_validators_that_cannot_be_sent_back_are_dropped(tag):
    raw = b"HTTP/1.1 200 OK\r\nETag: " + tag + b"\r\nContent-Length: 2\r\n\r\nhi"
    async with answering(raw) as base:
        assert (await fetch(base)).etag is None


async def test_not_modified_that_was_not_asked_for_is_no_answer():
    """Without validators a 304 has nothing that it could stand for: it would be taken as an empty page."""
    async with answering(b"HTTP/1.1 304 Not Modified\r\n\r\n") as base:
        error = await failing(base)
    assert error.kind in {"http-status", "protocol"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\nContent-Length: 5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nX: " + b"a" * 200_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_an_error_that_may_pass(raw):
    async with answering(raw) as base:
        error = await failing(base)
    assert (error.kind, error.retryable) == ("protocol", True)


@pytest.mark.parametrize("wbits", [31, 15])
async def test_packed_bodies_are_unpacked(wbits):
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "gzip, deflate"
        packer = zlib.compressobj(wbits=wbits)
        body = packer.compress(b"news " * 1000) + packer.flush()
        coding = {31: "gzip", 15: "deflate"}[wbits]
        return web.Response(body=body, headers={"Content-Encoding": coding})

    async with serving(handler) as server:
        assert (await fetch(server.base)).body == b"news " * 1000


async def test_a_gzip_body_of_several_members_is_had_in_whole():
    """RFC 1952 lets packed files follow one another, and servers send them so."""
    body = gzip.compress(b"one ") + gzip.compress(b"two " * 20_000) + gzip.compress(b"three")
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    async with answering(raw + body) as base:
        assert (await fetch(base)).body == b"one " + b"two " * 20_000 + b"three"


async def test_a_gzip_body_that_breaks_off_is_not_taken_for_whole():
    whole = gzip.compress(b"".join(b"%d " % (n * n) for n in range(5000)))
    half = whole[: len(whole) // 2]
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(half)
    async with answering(raw + half) as base:
        assert (await failing(base)).kind == "protocol"


@pytest.mark.parametrize(
    ("location", "kinds"),
    [
        ("http://a..b/", {"url-refused", "dns"}),
        ("http://xn--a/", {"url-refused", "dns"}),
        ("http://" + "a" * 70 + ".example/", {"url-refused", "dns"}),
        ("http://[]@/", {"url-refused", "redirects"}),
        ("http://[::1", {"url-refused", "redirects"}),
        ("http://e.org:99999/", {"url-refused", "redirects"}),
        ("file:///etc/passwd", {"url-refused"}),
        ("http://user:secret@127.0.0.1/", {"url-refused"}),
        ("gopher://127.0.0.1/", {"url-refused"}),
        (None, {"redirects"}),
    ],
)
async def test_redirects_to_nowhere_are_errors_of_the_fetch(location, kinds):
    """A server may write anything into `Location`; none of it may be a crash of the service."""
    told = b"" if location is None else b"Location: " + location.encode() + b"\r\n"
    async with answering(b"HTTP/1.1 302 F\r\n" + told + b"Content-Length: 0\r\n\r\n") as base:
        error = await failing(base)
    assert error.kind in kinds
    assert "secret" not in f"{error.message} {error.kind}"


async def test_an_address_that_is_none_is_not_tried_again():
    """Numbers in an old spelling of IPv4 are refused by the client library: for good, not for now."""
    for host in ("127.1", "2130706433", "0177.0.0.1"):
        error = await failing(f"http://{host}/")
        assert (error.kind, error.retryable) == ("url-refused", False), host


async def test_nobody_there_may_pass():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can take the port
        error = await failing(f"http://127.0.0.1:{held.getsockname()[1]}/")
    assert (error.kind, error.retryable) == ("connect", True)


async def test_no_tls_where_it_is_expected():
    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(plain, "127.0.0.1", 0) as server:
        error = await failing(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    assert (error.kind, error.retryable) == ("tls", False)


async def test_a_port_that_is_not_allowed():
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response()

    async with serving(handler) as server:
        assert (await failing(server.base, ports=frozenset({80}))).kind == "url-refused"
        assert server.requests == []


async def test_nothing_is_carried_from_one_request_to_the_next(monkeypatch, tmp_path):
    """No cookies, no Referer, no credentials and no proxy of the environment."""
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")

    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.Response(text="x")
        response.set_cookie("track", "me")
        return response

    async with serving(handler) as server, Fetcher(policy()) as client:
        for _ in range(2):
            await client.fetch(server.base, pace=AT_ONCE)
        for request in server.requests:
            assert not {"Cookie", "Referer", "Authorization"} & set(request.headers)


async def test_cancelling_gives_the_turn_back(site):
    async with Fetcher(policy()) as client:
        pace = Pace(1, 0.0)
        silent = asyncio.create_task(client.fetch(site.url("wire", "/silent"), pace=pace))
        await asyncio.sleep(0.1)
        silent.cancel()
        with pytest.raises(asyncio.CancelledError):
            await silent
        url = site.url("wire", "/rdf.xml")
        async with asyncio.timeout(2):
            assert (await client.fetch(url, pace=pace)).status == 200
