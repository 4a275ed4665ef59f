"""kill -9 in the middle of 200 pages: every page is stored exactly once, and nothing is left running."""

from __future__ import annotations

import contextlib
import subprocess

import pytest
from redis import Redis
from redis.exceptions import RedisError

from feedmill.embedded import socket_path
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from tests.program import Program, descendants, kill, lives, wait_until
from tests.site.articles import bulk_article
from tests.site.process import NewsSite

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

PAGES = 200
KILL_AFTER = 20  # stored articles


@pytest.fixture
def started(program: Program, site: NewsSite) -> subprocess.Popen[str]:
    program.configure_site(site, ("harbour", f"/bulk.xml?n={PAGES}"))
    return program.start("run")


def client(program: Program) -> Redis:
    return connect(f"unix://{socket_path(program.folder / '.feedmill')}")


def stored(program: Program) -> int:
    with contextlib.suppress(RedisError), client(program) as redis:
        return redis.xlen("articles")
    return 0


def of(run: subprocess.Popen[str], part: str) -> list[int]:
    return [pid for pid, line in descendants(run.pid).items() if part in line]


def everything_is_stored_exactly_once(program: Program) -> None:
    wait_until(lambda: stored(program) >= PAGES, seconds=90, what="200 articles")
    with client(program) as redis:
        wait_until(lambda: redis.zcard("pages:pending") == 0, what="nothing pending")
        entries = list(ArticleLog(redis, Keys()).since("0-0"))
        assert [entry.fields["op"] for entry in entries] == ["new"] * PAGES
        titles = {entry.fields["title"] for entry in entries}
        assert titles == {bulk_article(number).title for number in range(PAGES)}
        assert len(set(redis.scan_iter("art:*"))) == PAGES
        assert redis.xlen("quarantine") == 0
        assert redis.hlen("pages:attempts") == 0


def test_a_killed_worker(program, started):
    wait_until(lambda: stored(program) >= KILL_AFTER, what="first articles")
    worker, *_ = of(started, "-m workers")
    for pid in [*descendants(worker), worker]:
        kill(pid)
    everything_is_stored_exactly_once(program)


def test_a_killed_service(program, started):
    wait_until(lambda: stored(program) >= KILL_AFTER, what="first articles")
    [service] = of(started, "service service")
    kill(service)
    everything_is_stored_exactly_once(program)


def test_a_killed_server(program, started):
    wait_until(lambda: stored(program) >= KILL_AFTER, what="first articles")
    [server] = of(started, "valkey-server")
    kill(server)
    everything_is_stored_exactly_once(program)


def test_the_killed_parent_of_all(program, started):
    wait_until(lambda: stored(program) >= KILL_AFTER, what="first articles")
    everyone = descendants(started.pid)
    assert any("valkey" in line for line in everyone.values())
    kill(started.pid)
    wait_until(lambda: not any(map(lives, everyone)), seconds=40, what="nothing left running")
    program.start("run")
    everything_is_stored_exactly_once(program)


def test_stopping_and_starting_loses_nothing(program, started):
    wait_until(lambda: stored(program) >= KILL_AFTER, what="first articles")
    everyone = descendants(started.pid)
    started.terminate()
    assert started.wait(60) == 0
    assert not any(map(lives, everyone))
    program.start("run")
    everything_is_stored_exactly_once(program)
