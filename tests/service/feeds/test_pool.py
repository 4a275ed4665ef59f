"""A feed that kills, holds or bloats its parser costs one feed one poll, and never the next feed."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from feedmill.errors import FeedParseError
from service.feeds import pool as module
from service.feeds.pool import FeedParsers
from tests.program import lives, wait_until
from tests.service.support import hostile, rss, rss_item
from tests.site.process import ROOT

# One process, so that what the tests share is started once.
pytestmark = pytest.mark.xdist_group("parsers")

GOOD = rss(rss_item(1, "/1"))
URL = "https://news.example/feed"


def children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid}


@pytest.fixture
def pool():
    before = children()
    with FeedParsers() as made:
        yield made
    assert children() <= before


async def good(pool: FeedParsers) -> None:
    async with asyncio.timeout(20):
        feed = await pool.parse(GOOD, URL, None)
    assert [entry.link for entry in feed.entries] == ["https://news.example/1"]


async def failing(pool: FeedParsers, body: bytes) -> FeedParseError:
    async with asyncio.timeout(40):
        with pytest.raises(FeedParseError) as caught:
            await pool.parse(body, URL, None)
    return caught.value


async def parser_of(pool: FeedParsers, before: set[int]) -> int:
    """The process of the pool, once it is up."""
    await good(pool)
    [pid] = children() - before
    return pid


async def test_feeds_are_parsed_in_another_process(pool):
    before = children()
    pid = await parser_of(pool, before)
    assert pid != os.getpid()
    await good(pool)
    assert children() - before == {pid}
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (2 * 1024**3, 2 * 1024**3)
    assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


async def test_no_feed_is_told_as_such(pool):
    error = await failing(pool, b"<html>hello</html>")
    assert error.kind == "not-a-feed"
    await good(pool)


async def test_the_event_loop_goes_on_meanwhile(pool):
    await good(pool)
    body = rss(*(rss_item(n, f"/{n}") for n in range(1000)))
    task = asyncio.create_task(pool.parse(body, URL, None))
    longest, last = 0.0, time.monotonic()
    while not task.done():
        await asyncio.sleep(0.005)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    assert len((await task).entries) == 1000
    assert longest < 0.3


async def test_a_feed_that_crashes_the_parser(pool):
    """A chain of entities overflows the C stack of expat: a real segmentation fault."""
    error = await failing(pool, hostile().f_entity_chain())
    assert error.kind == "parse-crash"
    await good(pool)


@pytest.mark.slow
async def test_a_feed_that_takes_for_ever(pool, monkeypatch):
    await good(pool)
    monkeypatch.setattr(module, "_SECONDS", 0.7)
    started = time.monotonic()
    error = await failing(pool, hostile().f_many_items())
    assert error.kind == "parse-timeout"
    assert time.monotonic() - started < 5
    monkeypatch.setattr(module, "_SECONDS", 30.0)
    await good(pool)


@pytest.mark.slow
async def test_a_parser_that_is_killed_at_work(pool):
    pid = await parser_of(pool, children())
    task = asyncio.create_task(failing(pool, hostile().f_many_items()))
    await asyncio.sleep(0.5)
    os.kill(pid, signal.SIGKILL)
    assert (await task).kind == "parse-crash"
    await good(pool)
    assert not lives(pid)


@pytest.mark.slow
async def test_a_parser_that_is_killed_while_it_waits(pool):
    """As by the kernel when memory is short: it takes the largest process, at work or not."""
    for _ in range(2):
        before = children()
        await good(pool)
        for pid in children() - before or children():
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(0.3)
        # The feed that comes next may be lost with it, told as a crash; the one after that may not.
        with contextlib.suppress(FeedParseError):
            await pool.parse(GOOD, URL, None)
        await good(pool)


async def test_a_feed_that_needs_too_much_memory(pool):
    """The bound of the running process is lowered; it is not set from here, and has two gigabytes."""
    pid = await parser_of(pool, children())
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[0])  # noqa: ASYNC240
    size = pages * resource.getpagesize()
    resource.prlimit(pid, resource.RLIMIT_AS, (size + 30_000_000, 2 * 1024**3))
    error = await failing(pool, rss(rss_item(1, "/1", more=f"<x>{'y' * 9_000_000}</x>")))
    assert error.kind in {"parse-crash", "feed-parse"}
    resource.prlimit(pid, resource.RLIMIT_AS, (2 * 1024**3, 2 * 1024**3))
    await good(pool)


@pytest.mark.slow
async def test_feeds_behind_a_bad_one_are_parsed(pool):
    bad = hostile().f_entity_chain()
    bodies = [GOOD, bad, GOOD, bad, GOOD]
    async with asyncio.timeout(30):
        found = await asyncio.gather(
            *(pool.parse(body, URL, None) for body in bodies), return_exceptions=True
        )
    assert [isinstance(one, FeedParseError) for one in found] == [False, True, False, True, False]


async def test_a_poll_that_is_cancelled_does_not_hold_the_parser(pool):
    await good(pool)
    task = asyncio.create_task(pool.parse(hostile().f_many_items(), URL, None))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    started = time.monotonic()
    await good(pool)
    assert time.monotonic() - started < 5


_OWNER = """
import asyncio, multiprocessing, sys
from service.feeds.pool import FeedParsers

async def main():
    with FeedParsers() as pool:
        await pool.parse(b'<rss version="2.0"><channel/></rss>', "https://e.org/", None)
        tasks = [asyncio.create_task(pool.parse(open(p, "rb").read(), "https://e.org/", None)) for p in sys.argv[1:]]
        await asyncio.sleep(0.5)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("busy", [False, True])
def test_the_parser_ends_with_a_killed_service(tmp_path, busy):
    """Nobody is left to stop it after its 30 seconds: a hostile feed would keep a core busy for ever."""
    (tmp_path / "owner.py").write_text(_OWNER)
    feeds = []
    if busy:
        # Far more than can be parsed in the time that the test waits.
        items = (rss_item(n, f"/{n}") for n in range(60_000))
        (tmp_path / "feed.xml").write_bytes(rss(*items))
        feeds = [str(tmp_path / "feed.xml")]
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "owner.py"), *feeds],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        assert pids
        assert all(map(lives, pids))
        owner.kill()
        owner.wait()
        try:
            wait_until(lambda: not any(map(lives, pids)), seconds=4, what="the parsers have ended")
        finally:
            for pid in filter(lives, pids):
                os.kill(pid, signal.SIGKILL)
