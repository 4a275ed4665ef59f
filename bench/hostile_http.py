"""Hostile answers: the real fetcher against the hostile server, which runs as a process of its own."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.hostile_case import EMPTY, OK, Case, Result, play
from service.http import Fetcher, FetchPolicy
from service.http.pacing import Pace

_START_SECONDS = 120.0  # it packs its bombs first
_AT_ONCE = Pace(1, 0.0)


@contextlib.contextmanager
def server(folder: Path, *, bomb_mb: int) -> Iterator[str]:
    """The hostile server of a folder, running; its root address.

    Args:
        folder: Where `server.py` is.
        bomb_mb: What its bombs unpack to.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, str(folder / "server.py"), str(port)],
        env={**os.environ, "BOMB_MB": str(bomb_mb)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


async def results(cases: Sequence[Case], base: str, bounds: FetchPolicy) -> list[Result]:
    """Fetch every case. Each has a fetcher of its own, since some ask their host to be left alone."""
    return [await _result(case, f"{base}/{case.name}", bounds) for case in cases]


async def _result(case: Case, url: str, bounds: FetchPolicy) -> Result:
    async def fetch() -> tuple[str, list[str]]:
        async with Fetcher(bounds) as fetcher:
            answer = await fetcher.fetch(url, pace=_AT_ONCE)
        # What is stored of it must be text that can be stored.
        for text in (answer.content_type or "", *answer.headers.values()):
            text.encode()
        return (OK if answer.body else EMPTY), []

    return await play(case, fetch)


def policy(base: str, *, quick: bool) -> FetchPolicy:
    """The service's own bounds, or quicker ones. The only address that is allowed is the server's."""
    times = (4.0, 1.5, 2.0) if quick else (30.0, 10.0, 10.0)
    found = re.fullmatch(r"http://([\d.]+):(\d+)", base)
    assert found is not None
    return FetchPolicy(
        seconds=times[0],
        idle_seconds=times[1],
        least_rate_after=times[2],
        allow_networks=(found[1],),  # type: ignore[arg-type] # it may be text
        ports=frozenset({int(found[2])}),
    )


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError("the hostile server does not start")
