"""Answers no client should have to bear, each with a bound of its own."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from aiohttp import web

from tests.site.conditional import respond
from tests.site.pages import latin1_page
from tests.site.state import base_of, edition_of

MEGABYTE: Final = 1_000_000
ENDLESS_BYTES: Final = 200 * MEGABYTE
HUGE_BYTES: Final = 100 * MEGABYTE
BOMB_BYTES: Final = 100 * MEGABYTE
SILENT_SECONDS: Final = 120
FILLER: Final = (
    b"<p>And so it went on, line after line, without ever coming to a point.</p>\n" * 900
)[:65_000]
GZIP_HEADER: Final = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
LAST_BLOCK: Final = b"\x03\x00"
HEAD: Final = b"<!doctype html><title>Without end</title><body>\n"


async def endless(request: web.Request) -> web.StreamResponse:
    """Send a chunked body that goes on for 200 MB."""
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    response.enable_chunked_encoding()
    await _send(request, response, ENDLESS_BYTES)
    return response


async def huge(request: web.Request) -> web.StreamResponse:
    """Announce 100 MB with Content-Length, and send them."""
    response = web.StreamResponse(headers={"Content-Type": "text/html; charset=utf-8"})
    response.content_length = HUGE_BYTES
    await _send(request, response, HUGE_BYTES)
    return response


async def _send(request: web.Request, response: web.StreamResponse, size: int) -> None:
    with suppress(ConnectionResetError):
        await response.prepare(request)
        await response.write(HEAD)
        left = size - len(HEAD)
        while left > 0:
            await response.write(FILLER[:left])
            await asyncio.sleep(0)
            left -= len(FILLER)


async def silent(_request: web.Request) -> web.StreamResponse:
    """Accept the request and say nothing for two minutes."""
    await asyncio.sleep(SILENT_SECONDS)
    raise web.HTTPGatewayTimeout


async def bomb(_request: web.Request) -> web.Response:
    """Send 100 KB of gzip that unpack to 100 MB of zeros."""
    body = await asyncio.to_thread(_bomb)
    return web.Response(
        body=body, headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}
    )


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    """Repeat one packed megabyte: a full flush makes it independent of what is before it."""
    zeros = bytes(MEGABYTE)
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    block = packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH)
    count, checksum = BOMB_BYTES // MEGABYTE, 0
    for _ in range(count):
        checksum = zlib.crc32(zeros, checksum)
    trailer = checksum.to_bytes(4, "little") + BOMB_BYTES.to_bytes(4, "little")
    return GZIP_HEADER + block * count + LAST_BLOCK + trailer


async def latin1(request: web.Request) -> web.Response:
    """Send a page whose character set is named in its <meta> tag only."""
    body = latin1_page(edition_of(request).paper.host, base_of(request))
    return respond(request, body, "text/html", datetime(2026, 3, 3, 10, 0, tzinfo=UTC))


async def loop(request: web.Request) -> web.Response:
    """Send the client from /loop/a to /loop/b and back."""
    other = {"a": "b", "b": "a"}.get(request.match_info["end"])
    if other is None:
        raise web.HTTPNotFound
    raise web.HTTPFound(f"/loop/{other}")
