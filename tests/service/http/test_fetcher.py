"""One call, one value or one `FetchError`: against real servers on loopback, most of them bad ones."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import random
import resource
import socket
import time
import zlib
from ipaddress import ip_network

import pytest
from aiohttp import web

from bench.hostile_memory import Memory
from feedmill.errors import FetchError
from service.http import Fetched, Fetcher, FetchPolicy
from service.http.pacing import Pace, Pacer
from tests.service.http.raw import sending
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


async def test_redirects_that_go_round_in_a_circle_are_left(site):
    error = await failing(site.url("harbour", "/loop/a"), max_redirects=5)
    assert (error.kind, error.retryable) == ("redirects", False)
    assert [hop.status for hop in error.hops] == [302] * len(site.requests())
    assert len(error.hops) < 6


async def test_redirects_that_never_end_are_left():
    async def away(request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"/{len(request.path)}{request.path}")

    async with serving(away) as server:
        error = await failing(server.base, max_redirects=5)
        assert (error.kind, error.status, len(server.requests)) == ("redirects", 302, 6)
        assert error.final_url == f"{server.base}{server.paths[-1]}"


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
        *((501, False), (505, False), (999, False), (520, True), (300, False), (206, False)),
        *((600, False), (99, False), (101, False), (305, False)),
    ],
)
async def test_a_status_of_failure_is_an_error(status, retryable):
    raw = b"HTTP/1.1 %03d No\r\nContent-Length: 3\r\n\r\nno\n" % status
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


@pytest.mark.parametrize("tag", ["a\r\nX: y", "caf\u00e9", "x" * 2000])
async def test_validators_that_cannot_be_sent_are_left_out(tag):
    async def handler(request: web.Request) -> web.StreamResponse:
        assert not {"If-None-Match", "A-IM", "X"} & set(request.headers)
        return web.Response(text="news")

    async with serving(handler) as server, Fetcher(policy()) as client:
        assert (await client.fetch(server.base, etag=tag, delta=True)).body == b"news"


async def test_not_modified_that_was_not_asked_for_is_nothing():
    """An empty answer, and no word that what we have is current: we have nothing."""
    async with answering(b"HTTP/1.1 304 Not Modified\r\n\r\n") as base, Fetcher(policy()) as client:
        answer = await client.fetch(base)
        assert (answer.status, answer.body, answer.not_modified) == (304, b"", False)
        assert (await client.fetch(base, etag='"1"')).not_modified
        assert (await client.fetch(base, last_modified="yesterday")).not_modified


OK = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        *((b"", "protocol"), (b"SSH-2.0-OpenSSH_9.6\r\n", "protocol"), (b"<rss/>", "protocol")),
        (b"HTTP/1.1 1000000 X\r\n\r\n", "protocol"),
        (b"HTTP/1.1 302 F\r\nLocation: /ok\rX: y\r\nContent-Length: 0\r\n\r\n", "protocol"),
        (OK + b"Content-Length: -5\r\n\r\nhello", "protocol"),
        (OK + b"Content-Length: 5\r\nContent-Length: 500\r\n\r\nhello", "protocol"),
        (OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "protocol"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\nhello", "protocol"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\nA", "protocol"),
        (OK + b"X: a\0b\r\n\r\n", "protocol"),
        (OK + b"X: " + b"a" * 200_000 + b"\r\n\r\n", "protocol"),
        (OK + b"X: 1\r\n" * 200 + b"\r\n", "protocol"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: 1\r\n" * 2000, "protocol"),
        (OK + b"Content-Length: 50\r\n\r\nshort", "truncated"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "truncated"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n50\r\nhello", "truncated"),
        (OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "encoding"),
        (OK + b"Content-Encoding: deflate\r\nContent-Length: 5\r\n\r\nhello", "encoding"),
    ],
)
async def test_what_is_not_proper_http_is_an_error_that_may_pass(raw, kind):
    async with answering(raw) as base:
        error = await failing(base)
    assert (error.kind, error.retryable) == (kind, True)


@pytest.mark.parametrize(
    "told",
    [
        b"Content-Encoding: br\r\n",
        b"Content-Encoding: x-evil\r\n",
        b"Content-Encoding: gzip, gzip\r\n",
        b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n",
        b"Transfer-Encoding: gzip, chunked\r\nContent-Encoding: gzip\r\n",
    ],
)
async def test_codings_that_were_not_asked_for_stay(told):
    body = b"5\r\nhello\r\n0\r\n\r\n" if b"chunked" in told else b"hello"
    async with answering(OK + told + b"\r\n" + body) as base:
        error = await failing(base)
    assert (error.kind, error.retryable, error.status) == ("encoding", False, 200)


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
        assert (await failing(base)).kind == "truncated"


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
    for host in ("127.1", "2130706433", "0177.0.0.1", "0x7f.1"):
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


# --- what answers say -------------------------------------------------------------------------------


async def test_what_an_answer_says_about_itself():
    raw = (
        b"HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\nX-Twice: a\r\nX-Twice: b\r\n"
        b'Link: <https://hub.example/>; rel="hub"\r\nLink: </feed>; rel=self\r\n'
        b"Content-Type: text/xml; charset=\xff\x1f\r\nContent-Encoding: gzip\r\n\r\n"
    )
    body = gzip.compress(b"news " * 1000)
    async with answering(raw + body) as base:
        answer = await fetch(base)
    assert (answer.max_age, answer.wire_bytes, len(answer.body)) == (600, len(body), 5000)
    assert [(link.url, link.rels) for link in answer.links] == [
        ("https://hub.example/", ("hub",)),
        (f"{base}/feed", ("self",)),
    ]
    assert answer.headers["x-twice"] == "a"
    assert answer.content_type is not None
    assert answer.content_type.encode().startswith(b"text/xml; charset=")
    [hop] = answer.hops
    assert (hop.url, hop.status, hop.location, hop.address) == (base, 200, None, "127.0.0.1")
    assert 0 < answer.seconds < 5


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [
        ([], None),
        ([301], "/1"),
        ([308, 301], "/2"),
        ([301, 302], "/1"),
        ([301, 307, 301], "/1"),
        ([302, 301], None),
        ([303], None),
    ],
)
async def test_where_a_source_has_moved_to_for_good(statuses, moved):
    async def handler(request: web.Request) -> web.StreamResponse:
        number = int(request.path.strip("/") or 0)
        if number < len(statuses):
            return web.Response(status=statuses[number], headers={"Location": f"/{number + 1}"})
        return web.Response(text="here")

    async with serving(handler) as server:
        answer = await fetch(server.base)
        assert answer.moved_to == (f"{server.base}{moved}" if moved else None)
        assert [hop.status for hop in answer.hops] == [*statuses, 200]
        assert [hop.location for hop in answer.hops][:-1] == [
            f"/{n + 1}" for n in range(len(statuses))
        ]


@pytest.mark.parametrize(
    ("delta", "etag", "sent"),
    [(True, '"1"', "feed"), (True, None, None), (False, '"1"', None)],
)
async def test_only_what_is_new_is_asked_for_with_validators_only(delta, etag, sent):
    async def handler(request: web.Request) -> web.StreamResponse:
        assert request.headers.get("A-IM") == sent
        return web.Response(status=226, text="new", headers={"IM": "feed"})

    async with serving(handler) as server, Fetcher(policy()) as client:
        answer = await client.fetch(server.base, etag=etag, delta=delta)
        assert (answer.is_delta, answer.body) == (True, b"new")


@pytest.mark.parametrize(
    ("told", "wait", "status"),
    [
        *((b"120", 120, 429), (b"-5", 0, 429), (b"1000000000000000", 2.0**31, 503)),
        *((b"soon", None, 429), (b"Fri, 31 Dec 9999 23:59:59 GMT", 2.0**31, 503), (b"9", 9, 403)),
    ],
)
async def test_how_long_a_server_asks_to_wait(told, wait, status):
    raw = b"HTTP/1.1 %d No\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n" % (status, told)
    async with answering(raw) as base:
        error = await failing(base, most_retry_after=2.0**31)
    assert (error.kind, error.status, error.retry_after) == ("http-status", status, wait)
    assert error.retryable


# --- bounds ------------------------------------------------------------------------------------------


async def test_a_body_that_is_too_long_by_its_header_is_not_begun():
    raw = OK + b"Content-Length: 10000000000\r\n\r\n"
    async with sending([raw], keep_open=5) as base:
        started = time.monotonic()
        error = await failing(base)
        assert (error.kind, error.status) == ("too-big", 200)
        assert time.monotonic() - started < 2


async def test_a_body_that_comes_too_slowly_is_left():
    async with sending([OK + b"\r\n", *[b"x"] * 100], pause=0.05) as base:
        error = await failing(base, least_rate=1000, least_rate_after=0.3)
    assert (error.kind, error.retryable, error.status) == ("too-slow", True, 200)
    assert error.hops[0].seconds < 1.5


@pytest.mark.parametrize("wbits", [31, 15, -15])
async def test_a_bomb_of_a_gibibyte_costs_little(wbits):
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    head = {31: gzip.compress(b"")[:10], 15: b"\x78\xda", -15: b""}[wbits]
    bomb = head + block * 1024
    coding = b"gzip" if wbits == 31 else b"deflate"
    raw = OK + b"Content-Encoding: %s\r\nContent-Length: %d\r\n\r\n" % (coding, len(bomb))
    async with sending([raw + bomb]) as base, Fetcher(policy()) as client:
        memory, started = Memory(), time.monotonic()
        with pytest.raises(FetchError) as caught:
            await client.fetch(base)
        assert caught.value.kind == "too-big"
        assert memory.growth()[0] < 50
        assert time.monotonic() - started < 3


async def test_unpacking_does_not_hold_up_others():
    body = gzip.compress(random.Random(1).randbytes(4_000_000))
    raw = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
    longest = 0.0

    async def watch() -> None:
        nonlocal longest
        while True:
            before = time.monotonic()
            await asyncio.sleep(0)
            longest = max(longest, time.monotonic() - before)

    async with answering(raw + body) as base:
        watching = asyncio.create_task(watch())
        assert len((await fetch(base)).body) == 4_000_000
        watching.cancel()
    assert longest < 0.2


async def test_what_comes_after_an_answer_is_not_taken_for_the_next_one():
    raw = OK + b"Content-Length: 4\r\n\r\nnews" + OK + b"Content-Length: 4\r\n\r\nEVIL"
    async with sending([raw], keep_open=5) as base, Fetcher(policy()) as client:
        for _ in range(3):
            assert (await client.fetch(base)).body == b"news"


async def test_nothing_comes_with_no_content():
    async with answering(b"HTTP/1.1 204 No Content\r\n\r\n") as base:
        answer = await fetch(base)
    assert (answer.status, answer.body) == (204, b"")


@pytest.mark.parametrize(
    "told",
    [
        b'ETag: "' + b"x" * 7000 + b'"\r\n',
        b'ETag: "\xff\xfe\x01""\r\nLast-Modified: junk\r\n',
        b"".join(b"Set-Cookie: c%d=%s\r\n" % (n, b"x" * 4000) for n in range(100)),
        b"Content-Type: text/xml" + b";a=b" * 1000 + b"\r\n",
        b"Content-Type: text/xml; charset=../../x\x7f\r\n",
        b"Cache-Control: max-age=100000000000000000000\r\n",
        b"X: a\r\n b\r\n",
        b"Link: " + b"<" * 8000 + b"\r\n",
    ],
)
async def test_odd_headers_cost_nothing(told):
    async with answering(OK + told + b"Content-Length: 4\r\n\r\nnews") as base:
        answer = await fetch(base)
    assert answer.body == b"news"
    assert len(answer.etag or "") <= 1024
    assert len(answer.content_type or "") <= 1024
    (answer.content_type or "").encode()
    "".join(answer.headers.values()).encode()


@pytest.mark.parametrize(
    "raw",
    [
        [b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 50] * 1000,
        [OK + b"Transfer-Encoding: chunked\r\n\r\n1;", *[b"A" * 65_536] * 1000],
        [OK, *[b"X: 1\r\n"] * 50],
    ],
)
async def test_what_never_comes_to_an_end_is_cut_by_the_clock(raw):
    async with sending(raw, pause=0.01) as base:
        error = await failing(base, seconds=0.4, least_rate_after=0.3)
    assert (error.kind, error.retryable) in {("timeout", True), ("too-slow", True)}


# --- turns and hosts ---------------------------------------------------------------------------------


class Listening(Pacer):
    """Remembers what it was told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, int, float | None]] = []

    def answered(self, host: str, status: int, retry_after: float | None) -> None:
        self.told.append((host, status, retry_after))
        super().answered(host, status, retry_after)


async def test_every_answer_is_told_to_the_pacer():
    async def handler(request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/a":
                raise web.HTTPFound("/b")
            case "/b":
                return web.Response(status=429, headers={"Retry-After": "7"})
            case "/huge":
                return web.Response(body=bytes(5000))
        return web.Response(text="fine")

    pacer = Listening()
    bounds = policy(max_bytes=1000)
    async with serving(handler) as server, Fetcher(bounds, pacer=pacer) as client:
        for path in ("/c", "/huge", "/a"):
            with contextlib.suppress(FetchError):
                await client.fetch(f"{server.base}{path}")
    host = "127.0.0.1"
    assert pacer.told == [(host, 200, None), (host, 200, None), (host, 302, None), (host, 429, 7)]


async def test_a_host_that_asked_to_wait_is_not_asked():
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "600"})

    async with serving(handler) as server, Fetcher(policy()) as client:
        with pytest.raises(FetchError):
            await client.fetch(server.base, pace=AT_ONCE)
        with pytest.raises(FetchError) as caught:
            await client.fetch(server.base, pace=AT_ONCE)
        assert (caught.value.kind, caught.value.retryable, caught.value.hops) == (
            "host-waits",
            True,
            (),
        )
        assert len(server.requests) == 1


async def test_a_server_cannot_ask_to_wait_longer_than_the_policy_grants():
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=429, headers={"Retry-After": "100000"})

    pacer = Pacer(chance=lambda: 0.0)
    async with (
        serving(handler) as server,
        Fetcher(policy(most_retry_after=500), pacer=pacer) as client,
    ):
        with pytest.raises(FetchError) as caught:
            await client.fetch(server.base, pace=AT_ONCE)
        assert caught.value.retry_after == 500
        assert pacer.held_until("127.0.0.1") == pytest.approx(time.time() + 500, abs=5)
        client.policy = policy(most_retry_after=200_000)  # a reloaded configuration
        assert (await client.post(server.base, {})).retry_after == 100_000


async def test_a_form_is_sent_and_any_answer_is_one():
    async def handler(request: web.Request) -> web.StreamResponse:
        form = await request.post()
        assert (request.method, dict(form)) == ("POST", {"hub.mode": "subscribe"})
        return web.Response(status=int(request.path.strip("/")), text="words")

    async with serving(handler) as server, Fetcher(policy()) as client:
        for status, body in ((202, b"words"), (404, b"words"), (302, b""), (429, b"words")):
            answer = await client.post(f"{server.base}/{status}", {"hub.mode": "subscribe"})
            assert (answer.status, answer.body) == (status, body)
        with pytest.raises(FetchError) as caught:
            await client.post("http://10.0.0.1/", {})
        assert caught.value.kind == "address-refused"


async def test_the_policy_can_be_made_of_little():
    bounds = FetchPolicy(allow_networks=["127.0.0.0/8", "::1"], ports={80, 443})
    assert [str(network) for network in bounds.allow_networks] == ["127.0.0.0/8", "::1/128"]
    assert FetchPolicy(allow_networks="10.1.2.3/8").allow_networks == (ip_network("10.0.0.0/8"),)
    assert FetchPolicy(ports=[80, "8000"]).ports == {80, 8000}
    assert FetchPolicy().user_agent.startswith("feedmill/")
    with pytest.raises(ValueError, match="nowhere"):
        FetchPolicy(allow_networks=["nowhere"])
