"""Reading the body of an answer within bounds of size, pace and packing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import aiohttp

from feedmill.errors import FetchError
from service.http.decode import BodyDecoder, too_big
from service.http.failures import FAILURES, body_failure
from service.http.messages import Body
from service.http.policy import FetchPolicy

_CHUNK = 65_536
_LARGE = 1 << 20  # bytes


async def read(
    response: aiohttp.ClientResponse, policy: FetchPolicy, large: asyncio.Semaphore
) -> Body:
    """Read the body.

    Args:
        response: Its headers are there.
        policy: The bounds.
        large: Of bodies over a megabyte so many are read at a time: the others wait, so that many servers
            together cannot fill the memory that none of them can alone.

    Raises:
        FetchError: kind `encoding`, `too-big`, `too-slow`, `truncated`, `protocol` or `timeout`.
        TimeoutError: The caller's own clock has run out.
    """
    decoder = BodyDecoder(_coding(response), policy)
    _check_length(response, decoder, policy)
    async with contextlib.AsyncExitStack() as stack:
        is_large = False
        async for chunk in _chunks(response.content, policy):
            for _ in decoder.feed(chunk):
                await asyncio.sleep(0)
                if decoder.size > _LARGE and not is_large:
                    is_large = True
                    await stack.enter_async_context(large)
        return Body(decoder.finish(), decoder.wire_bytes)


def _coding(response: aiohttp.ClientResponse) -> str:
    """The coding of the body; one that was put on for the way counts as well (RFC 9112, section 7)."""
    transfer = ", ".join(response.headers.getall("Transfer-Encoding", ())).lower()
    on_the_way = transfer.removesuffix("chunked").rstrip(" ,")
    codings = (on_the_way, *response.headers.getall("Content-Encoding", ()))
    return ", ".join(coding for coding in codings if coding)


def _check_length(
    response: aiohttp.ClientResponse, decoder: BodyDecoder, policy: FetchPolicy
) -> None:
    limit = policy.max_wire_bytes
    if decoder.is_plain:
        limit = min(limit, policy.max_bytes)
    if (response.content_length or 0) > limit:
        raise too_big(limit)


async def _chunks(stream: aiohttp.StreamReader, policy: FetchPolicy) -> AsyncIterator[bytes]:
    """The pieces of a body, as long as they come fast enough."""
    loop = asyncio.get_running_loop()
    started, size = loop.time(), 0
    while True:
        patience = max(policy.least_rate_after, size / policy.least_rate)
        try:
            async with asyncio.timeout_at(started + patience) as pace:
                chunk = await stream.read(_CHUNK)
        except FAILURES as error:
            if pace.expired():
                raise FetchError(
                    f"the answer comes with less than {policy.least_rate:.0f} bytes a second",
                    kind="too-slow",
                    retryable=True,
                ) from error
            raise body_failure(error) from error
        if not chunk:
            return
        size += len(chunk)
        yield chunk
