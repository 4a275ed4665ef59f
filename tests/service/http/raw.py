"""A server that sends given bytes piece by piece, whatever they are."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable


@contextlib.asynccontextmanager
async def sending(
    parts: Iterable[bytes], *, pause: float = 0.0, keep_open: float = 0.0
) -> AsyncIterator[str]:
    """Send all parts in answer to every connection's first request, then keep it open for a while.

    Yields:
        The server's root address.
    """
    tasks: set[asyncio.Task[None]] = set()

    async def send(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause)
            await asyncio.sleep(keep_open)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort() if writer.transport.get_write_buffer_size() else writer.close()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(send(reader, writer)))

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
