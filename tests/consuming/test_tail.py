"""`feedmill tail`, as a real process beside or without a running server."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from feedmill.embedded import EmbeddedServer
from tests.consuming.articles import article, commit, full_article
from tests.consuming.document import DOCS
from tests.program import wait_until

pytestmark = pytest.mark.slow
TAIL = [sys.executable, "-W", "error", "-m", "service", "tail"]


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return kept | {"PYTHONPATH": str(DOCS.parent)}


def tail(folder: Path, *options: str) -> list[str]:
    done = subprocess.run(
        [*TAIL, *options],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@contextmanager
def following(folder: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*TAIL, "-f", *options],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def next_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline()


def test_newest_last_one_line_each(house: Path, redis: Redis) -> None:
    commit(
        redis,
        *map(article, range(12)),
        full_article(12).model_copy(update={"title": "High\x1b[1m low"}),
    )
    lines = tail(house)
    assert len(lines) == 10
    assert "Tide report 3" in lines[0]
    assert lines[-1].startswith("new ")
    assert "High\\x1b[1m low" in lines[-1]  # nothing that would rewrite the terminal
    assert "https://tides.example/12" in lines[-1]
    assert "2026-03-14 07:30 en" in lines[-1]
    assert lines[-1].isprintable()
    assert len(tail(house, "-n", "2")) == 2


def test_json_has_the_whole_article(house: Path, redis: Redis) -> None:
    stored = commit(redis, article(1), article(1, version=2), full_article(2))
    redis.xadd("articles", {"schema": "article/1", "op": "new", "id": "gone", "rev": 1})
    lines = [json.loads(line) for line in tail(house, "--json")]
    assert [line["entry_id"] for line in lines[:3]] == [one.entry_id for one in stored]
    assert [line["op"] for line in lines] == ["new", "update", "new", "new"]
    assert lines[0]["article"] == lines[1]["article"]
    assert lines[1]["article"]["rev"] == 2
    assert lines[2]["article"] == json.loads(redis.get(f"art:{lines[2]['id']}") or "")
    assert lines[2]["title"] == lines[2]["article"]["title"] == full_article(2).title
    assert lines[3]["article"] is None


def test_follow_goes_on_with_what_comes(house: Path, redis: Redis) -> None:
    commit(redis, article(1))
    with following(house, "--json") as process:
        assert json.loads(next_line(process))["title"] == "Tide report 1"
        commit(redis, article(2))
        assert json.loads(next_line(process))["article"]["title"] == "Tide report 2"
        process.send_signal(signal.SIGINT)
        _rest, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")


def test_follow_from_now_on_an_empty_stream(house: Path, redis: Redis) -> None:
    assert tail(house) == []
    commit(redis, article(1))
    with following(house, "-n", "0") as process:
        wait_until(lambda: redis.info("clients")["blocked_clients"], what="it waits")
        commit(redis, article(2))
        assert "Tide report 2" in next_line(process)


def test_it_reads_what_lies_in_the_folder_when_nothing_runs(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("t")
    (folder / "sources.yaml").write_text("version: 1\ndata_dir: data\n", encoding="utf-8")
    with EmbeddedServer(folder / "data") as server, Redis.from_url(server.url) as redis:
        commit(redis, article(1))
    assert "Tide report 1" in tail(folder)[0]
    assert not (folder / ".feedmill").exists()


def test_with_a_prefix_and_another_server(house: Path, redis: Redis, tmp_path: Path) -> None:
    redis.xadd("a:articles", {"schema": "article/1", "op": "new", "id": "x", "rev": 1})
    (tmp_path / "s.yaml").write_text("version: 1\nprefix: 'a:'\n", encoding="utf-8")
    address = f"unix://{house}/.feedmill/valkey.sock"
    (line,) = tail(tmp_path, "-c", "s.yaml", "--redis", address)
    assert "(no title)" in line
