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
import structlog
from structlog.testing import capture_logs

from feedmill.errors import FeedParseError
from service.feeds import clean
from service.feeds import parse as feedparse
from service.feeds import pool as module
from service.feeds.pool import FeedParsers
from tests.program import lives, wait_until
from tests.service.feeds import misbehaviour
from tests.service.support import HOSTILE, hostile, rss, rss_item
from tests.site.process import ROOT

# One process, so that what the tests share is started once.
pytestmark = [pytest.mark.xdist_group("parsers"), pytest.mark.slow]

GOOD = rss(rss_item(1, "/1"))
URL = "https://news.example/feed"


def children() -> set[int]:
    return {child.pid for child in multiprocessing.active_children() if child.pid}


@pytest.fixture
def pool():
    before = children()
    with FeedParsers(processes=1) as made:
        yield made
    assert children() <= before


async def good(pool: FeedParsers) -> None:
    async with asyncio.timeout(20):
        feed = await pool.parse(GOOD, URL, None)
    assert [entry.link for entry in feed.entries] == ["https://news.example/1"]


async def failing(pool: FeedParsers, body: bytes) -> FeedParseError:
    return await failing_run(pool, feedparse.parse, body, URL, None)


async def failing_run(pool: FeedParsers, function, *args) -> FeedParseError:
    async with asyncio.timeout(40):
        with pytest.raises(FeedParseError) as caught:
            await pool.run(function, *args)
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
    assert resource.prlimit(pid, resource.RLIMIT_AS) == (1024**3, 1024**3)
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


async def test_a_parser_that_crashes(pool):
    error = await failing_run(pool, misbehaviour.segfault)
    assert error.kind == "parse-crash"
    await good(pool)


async def test_a_parser_that_takes_for_ever(pool, monkeypatch):
    await good(pool)
    monkeypatch.setattr(module, "_SECONDS", 0.5)
    started = time.monotonic()
    error = await failing_run(pool, misbehaviour.spin, 600.0)
    assert error.kind == "parse-timeout"
    assert time.monotonic() - started < 5
    monkeypatch.setattr(module, "_SECONDS", 10.0)
    await good(pool)


async def test_any_function_runs_there(pool):
    assert await pool.run(misbehaviour.echo, 1, b"x", name=None) == ((1, b"x"), {"name": None})
    error = await failing_run(pool, misbehaviour.fail)
    assert error.kind == "feed-parse"
    assert "secret" not in error.message
    await good(pool)


async def test_a_slow_feed_does_not_hold_the_others():
    with FeedParsers(processes=2) as pool:
        await asyncio.gather(good(pool), good(pool))
        slow = asyncio.create_task(pool.run(misbehaviour.spin, 1.5))
        await asyncio.sleep(0.1)
        for _ in range(5):
            await good(pool)
        assert not slow.done()
        assert await slow == "done"


async def test_a_chain_of_entities_never_reaches_a_parser(pool):
    """It overflows the C stack of older expat: a real segmentation fault (CVE-2024-8176)."""
    chain = "".join(f'<!ENTITY e{n} "&e{n - 1};">' for n in range(1, 50_000))
    error = await failing(pool, f'<!DOCTYPE r [<!ENTITY e0 "x">{chain}]><rss/>'.encode())
    assert error.kind == "entities"


@pytest.mark.parametrize(
    ("version", "is_told"), [("expat_2.5.0", True), ("expat_2.7.1", False), ("expat_2.10.0", False)]
)
def test_an_old_expat_is_told_of(version, is_told, monkeypatch):
    monkeypatch.setattr(module.pyexpat, "EXPAT_VERSION", version)
    monkeypatch.setattr(module.structlog, "is_configured", lambda: True)
    before = structlog.get_config()
    structlog.reset_defaults()  # another test may have asked for warnings only
    with capture_logs() as logs:
        module._tell_of_old_expat()
    structlog.configure(**before)
    assert [line["version"] for line in logs] == ([version] if is_told else [])


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(not HOSTILE.is_dir(), reason=f"the hostile feeds are not here ({HOSTILE})")
async def test_every_hostile_feed_is_bounded(pool):
    feeds = hostile().FEEDS
    assert len(feeds) > 50
    told = {}
    for name, (make, _, _) in feeds.items():
        started = time.monotonic()
        try:
            found = await pool.run(clean.parse_clean, make(), URL, None)
            told[name] = f"{len(found.entries)} entries"
            assert "root:x:0" not in repr(found)
        except FeedParseError as error:
            told[name] = error.kind
        assert time.monotonic() - started < 8, name
    assert not {"parse-crash", "parse-timeout", "feed-parse"} & set(told.values()), told
    await good(pool)


@pytest.mark.slow
async def test_a_parser_that_is_killed_at_work(pool):
    pid = await parser_of(pool, children())
    task = asyncio.create_task(failing_run(pool, misbehaviour.spin, 600.0))
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
    resource.prlimit(pid, resource.RLIMIT_AS, (size + 30_000_000, 1024**3))
    error = await failing_run(pool, misbehaviour.hog, 100_000_000)
    assert error.kind == "parse-crash"
    resource.prlimit(pid, resource.RLIMIT_AS, (1024**3, 1024**3))
    await good(pool)


async def test_feeds_behind_a_bad_one_are_parsed(pool):
    async with asyncio.timeout(30):
        found = await asyncio.gather(
            pool.parse(GOOD, URL, None),
            pool.run(misbehaviour.segfault),
            pool.parse(GOOD, URL, None),
            pool.run(misbehaviour.segfault),
            pool.parse(GOOD, URL, None),
            return_exceptions=True,
        )
    assert [isinstance(one, FeedParseError) for one in found] == [False, True, False, True, False]


async def test_a_poll_that_is_cancelled_does_not_hold_the_parser(pool):
    await good(pool)
    task = asyncio.create_task(pool.run(misbehaviour.spin, 600.0))
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
from tests.service.feeds import misbehaviour

async def main():
    with FeedParsers(processes=1) as pool:
        await pool.parse(b'<rss version="2.0"><channel/></rss>', "https://e.org/", None)
        tasks = [asyncio.create_task(pool.run(misbehaviour.spin, 60.0)) for _ in sys.argv[1:]]
        await asyncio.sleep(0.5)
        print(*(child.pid for child in multiprocessing.active_children()), flush=True)
        await asyncio.sleep(600)

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize("busy", [False, True])
def test_the_parser_ends_with_a_killed_service(tmp_path, busy):
    """Nobody is left to stop it after its time: a hostile feed would keep a core busy for ever."""
    (tmp_path / "owner.py").write_text(_OWNER)
    with subprocess.Popen(
        [sys.executable, str(tmp_path / "owner.py"), *(["busy"] if busy else [])],
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
