"""The callbacks under people who are no hubs: slow, huge, many, and curious."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from feedmill.errors import ConfigError
from service.websub import server
from tests.service.support import eventually
from tests.service.websub.support import TOPIC, hub, service, sign


async def talk(port: int, raw: bytes, *, seconds: float = 5.0) -> bytes:
    """Send bytes as they are; what comes back until the server closes, or TimeoutError."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    with contextlib.suppress(ConnectionError):
        writer.write(raw)
        await writer.drain()
    got = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(seconds):
            while chunk := await reader.read(4096):
                got += chunk
    writer.close()
    return got


async def follow(run, fake) -> str:
    """Subscribe; the path of the callback."""
    await run.websub.follow("news", fake.address, TOPIC)
    await eventually(lambda: fake.answers)
    return "/hooks/" + fake.forms[0]["hub.callback"].rpartition("/")[2]


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("GET / HTTP/1.1", b"404"),
        ("GET /hooks HTTP/1.1", b"404"),
        ("GET /hooks/ HTTP/1.1", b"404"),
        ("GET /hooks/unknown?hub.mode=subscribe&hub.topic=t&hub.challenge=c HTTP/1.1", b"404"),
        ("GET /elsewhere/CALLBACK HTTP/1.1", b"404"),
        ("DELETE CALLBACK HTTP/1.1", b"404"),
        ("OPTIONS CALLBACK HTTP/1.1", b"404"),
        ("HEAD CALLBACK HTTP/1.1", b"404"),
        ("GET CALLBACK HTTP/1.1", b"404"),
        ("GET CALLBACK?hub.mode=subscribe HTTP/1.1", b"404"),
        ("POST / HTTP/1.1", b"404"),
        ("POST /hooks/unknown HTTP/1.1", b"410"),
        ("POST CALLBACK/more HTTP/1.1", b"410"),
        ("GET /" + "x" * 20_000 + " HTTP/1.1", b"400"),
        ("GET / HTTP/1.1\r\n" + "\r\n".join(f"X-{n}: y" for n in range(500)), b"400"),
        ("\x00\x01\x02", b"400"),
    ],
)
async def test_strangers_learn_nothing(valkey, valkey_url, line, status):
    async with hub() as fake, service(valkey_url, fake) as run:
        line = line.replace("CALLBACK", await follow(run, fake))
        raw = f"{line}\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n".encode()
        head, _, body = (await talk(run.websub.port, raw)).partition(b"\r\n\r\n")
        assert head.split(b" ")[1] == status
        assert body in {b"", b"404: Not Found"}
        assert b"aiohttp" not in head
        assert run.websub.subscription("news").refused == 0


async def test_a_push_of_100_megabytes_is_refused(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr(server, "_LINGER_SECONDS", 0.1)
    async with hub() as fake, service(valkey_url, fake) as run:
        path = await follow(run, fake)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\n"
        said = await talk(run.websub.port, f"{head}Content-Length: 100000000\r\n\r\n".encode())
        assert b" 413 " in said.splitlines()[0]
        chunk = b"186a0\r\n" + b"x" * 100_000 + b"\r\n"
        chunked = f"{head}Transfer-Encoding: chunked\r\n\r\n".encode() + chunk * 50
        said = await talk(run.websub.port, chunked)
        assert said == b"" or b" 413 " in said.splitlines()[0]
        await eventually(lambda: run.websub.subscription("news").refused == 2)
        assert run.websub.push_until("news") == 0
        assert run.delivered == []


async def test_a_compressed_push_is_refused(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        path = await follow(run, fake)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nConnection: close\r\n"
        said = await talk(run.websub.port, f"{head}Content-Length: 3\r\n\r\nabc".encode())
        assert b" 415 " in said.splitlines()[0]


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 500\r\n\r\nabc",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
)
async def test_a_push_that_breaks_off_is_no_error_of_ours(valkey, valkey_url, caplog, rest):
    async with hub() as fake, service(valkey_url, fake) as run:
        path = await follow(run, fake)
        _, writer = await asyncio.open_connection("127.0.0.1", run.websub.port)
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\n".encode() + rest)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"zz\r\n")
        writer.close()
        await asyncio.sleep(0.05)
        assert run.websub.subscription("news").pushes == 0
        assert await fake.push() == 202
        assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_slow_senders_are_cut_off(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr(server, "_BODY_SECONDS", 0.2)
    monkeypatch.setattr(server, "_HEAD_SECONDS", 0.2)
    monkeypatch.setattr(server, "_LINGER_SECONDS", 0.1)
    async with hub() as fake, service(valkey_url, fake) as run:
        path = await follow(run, fake)
        assert await talk(run.websub.port, b"") == b""
        assert await talk(run.websub.port, b"GET / HTTP/1.1\r\nX-Slow: ") == b""
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\nabc"
        said = await talk(run.websub.port, head.encode())
        assert b" 408 " in said.splitlines()[0]
        assert run.websub.subscription("news").refused == 1


async def test_a_hub_that_sends_slowly_does_not_take_the_room_of_others(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        path = await follow(run, fake)
        await run.websub.follow("other", fake.address, f"{TOPIC}?other")
        await eventually(lambda: len(fake.answers) == 2)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n".encode()
        slow = [await asyncio.open_connection("127.0.0.1", run.websub.port) for _ in range(2)]
        for _, writer in slow:
            writer.write(head)
        await eventually(lambda: run.websub._server._reading.total() == 2)
        assert await fake.push(form=fake.forms[0]) == 503
        assert await fake.push(form=fake.forms[1]) == 202
        for _, writer in slow:
            writer.close()
        await eventually(lambda: not run.websub._server._reading)
        assert await fake.push(form=fake.forms[0]) == 202


async def test_connections_beyond_a_number_are_closed_at_once(valkey, valkey_url, monkeypatch):
    monkeypatch.setattr(server, "_MAX_CONNECTIONS", 3)
    async with hub() as fake, service(valkey_url, fake) as run:
        open_ones = [await asyncio.open_connection("127.0.0.1", run.websub.port) for _ in range(3)]
        raw = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        assert await talk(run.websub.port, raw) == b""
        for _, writer in open_ones:
            writer.close()
        async with asyncio.timeout(5):
            while not (said := await talk(run.websub.port, raw)):
                pass
        assert b" 404 " in said


async def test_a_hub_that_pushes_faster_than_we_work_is_told_to_come_again(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        run.busy.clear()
        statuses = [await fake.push(b"%d" % number) for number in range(12)]
        assert statuses == [202] * 8 + [503] * 4
        run.busy.set()
        await eventually(lambda: len(run.delivered) == 8)
        assert [body for _, body, _ in run.delivered] == [b"%d" % number for number in range(8)]
        assert await fake.push(b"11") == 202


async def test_a_source_that_takes_long_does_not_keep_others_waiting(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        await run.websub.follow("other", fake.address, f"{TOPIC}?other")
        await eventually(lambda: len(fake.forms) == 2)
        run.busy.clear()
        for number in range(12):
            await fake.push(b"%d" % number, form=fake.forms[0])
        assert await fake.push(b"x", form=fake.forms[1]) == 202
        run.busy.set()
        await eventually(lambda: len(run.delivered) == 9)


async def test_without_redis_the_hub_is_asked_to_come_again(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        await follow(run, fake)
        valkey.delete("callbacks")
        valkey.set("callbacks", "not a hash")
        assert await fake.push() == 503
        assert await fake.verify(fake.forms[0]) == 503
        valkey.delete("callbacks")
        assert await fake.push() == 202
        await eventually(lambda: run.delivered)


async def test_an_address_that_is_taken_is_said_plainly(valkey, valkey_url):
    async with hub() as fake, service(valkey_url, fake) as run:
        with pytest.raises(ConfigError, match=r"websub\.listen: 127\.0\.0\.1"):
            async with run.websub._server.listening("127.0.0.1", run.websub.port):
                raise AssertionError


def test_support_signs_as_hubs_do():
    # RFC 4231, test case 2
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    assert sign("Jefe", b"what do ya want for nothing?") == f"sha256={digest}"
