"""`feedmill status`: is it well?"""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from redis import Redis
from rich.console import Console

from feedmill.store.keys import Keys
from service import overview
from service.cli import main
from service.cli.amounts import size, span
from service.cli.status_panel import panel_of
from tests.store.streams import add, read

KEYS = Keys()
MOST = 1000
CONFIG = f"""
version: 1
retention: {{entries: {MOST}}}
sources:
  - https://feeds.example.org/news/rss.xml
"""


def worker(redis: Redis, name: str, *, state: str, seconds_ago: float, host: str = "one") -> None:
    """What RQ writes of a worker."""
    at = datetime.fromtimestamp(time.time() - seconds_ago, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    fields = {"last_heartbeat": at, "state": state, "hostname": host}
    redis.hset(f"rq:worker:{name}", mapping=fields)
    redis.sadd("rq:workers:pages", f"rq:worker:{name}")


def busy_world(redis: Redis) -> None:
    """A service that is held up, workers alive and dead, three groups of which one has lost something."""
    now = time.time()
    redis.set("service", json.dumps({"token": "t", "host": "feeder", "pid": 4711, "at": int(now)}))
    standing = {"state": "full", "bound": "age", "since": now - 100, "at": now, "gauge": {}}
    redis.set("pressure", json.dumps(standing))
    redis.zadd("pages:pending", {"a": now - 90, "b": now})
    redis.set("pages:bytes", 1_234_567)
    redis.rpush("rq:queue:pages", "job-1", "job-2", "job-3")
    worker(redis, "busy", state="busy", seconds_ago=1)
    worker(redis, "idle", state="idle", seconds_ago=5, host="two")
    worker(redis, "dead", state="busy", seconds_ago=600, host="three")
    redis.sadd("rq:workers:pages", "rq:worker:vanished")
    add(redis, *[7300.0] * 300, *[60.0] * 20)
    redis.xgroup_create("articles", "index", "0")
    read(redis, "index", 20)
    redis.xgroup_create("articles", "letters", "$")
    redis.xgroup_create("stories", "groups", "0", mkstream=True)
    redis.hset("articles:lost", "index", f"4900 {int(now) - 60}")
    redis.hset("ix:head", mapping={"a": "1:1:x", "b": "1:1:x"})
    redis.xadd("quarantine", {"kind": "http-status"})
    redis.hset("removals", mapping={f"{int(now // 86_400)} memory-unread": 3, "20000 age": 7})


def status(folder, url: str, *more: str) -> str:
    path = folder / "sources.yaml"
    path.write_text(CONFIG)
    done = CliRunner().invoke(main, ["status", "-c", str(path), "--redis", url, *more])
    assert done.exit_code == 0, done.output
    return done.output


def panel(redis: Redis, width: int, **more: Any) -> list[str]:
    now = time.time()
    console = Console(file=io.StringIO(), width=width, **more)
    console.print(panel_of(overview.look(redis, KEYS, now), now, MOST))
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_everything_is_in_the_json(valkey, valkey_url, folder):
    busy_world(valkey)
    told = json.loads(status(folder, valkey_url, "--json"))
    assert told["service"]["host"] == "feeder"
    assert (told["pressure"]["state"], told["pressure"]["bound"]) == ("full", "age")
    waiting = told["waiting"]
    assert (waiting["pages"], waiting["bytes"], waiting["batches"]) == (2, 1_234_567, 3)
    assert waiting["oldest_seconds"] == pytest.approx(90, abs=10)
    assert told["workers"] == {"count": 2, "busy": 1, "idle": 1, "hosts": ["one", "two"]}
    assert told["articles"] == {"stored": 2, "per_minute": 2.0}
    assert told["memory"]["used"] > 1000
    assert told["memory"]["limit"] is None
    assert told["quarantined"] == 1
    today = datetime.now(UTC).date().isoformat()
    assert told["removed"] == {"2024-10-04": {"age": 7}, today: {"memory-unread": 3}}
    states = {(one["stream"], one["name"]): one for one in told["groups"]}
    assert [one["state"] for one in states.values()] == ["has lost", "ok", "ok"]
    index = states["articles", "index"]
    assert (index["lag"], index["pending"], index["lost"], index["needed"]) == (300, 20, 4900, 320)
    assert index["oldest_seconds"] == pytest.approx(7300, abs=10)
    assert index["full"] == 0.32
    assert states["stories", "groups"]["oldest"] is None
    assert [one["health"] for one in told["sources"]] == ["new"]


def test_an_empty_redis_is_told_of(valkey, valkey_url, folder):
    told = json.loads(status(folder, valkey_url, "--json"))
    assert (told["service"], told["pressure"], told["groups"]) == (None, None, [])
    shown = status(folder, valkey_url)
    for line in ("does not run", "no pages", "none is alive", "empty", "no consumer group"):
        assert line in shown


def test_looking_changes_nothing(valkey, valkey_url, folder):
    busy_world(valkey)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    status(folder, valkey_url)
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


def test_the_panel_says_it_in_words(valkey):
    busy_world(valkey)
    lines = panel(valkey, 130)
    assert lines[0] == (
        "Service     runs (pid 4711 on feeder), takes no pages: pages wait for too long (for 2 min)"
    )
    assert lines[1] == "Waiting     2 pages, 1.2 MB, the oldest for 2 min"
    assert lines[2] == "Workers     2: 1 busy, 1 idle, on 2 hosts"
    assert lines[3] == "Articles    2 stored, 2.0 announced a minute lately"
    assert lines[5] == "Quarantine  1"
    assert (
        lines[6] == "Removed     3 articles in 7 days, 3 of them before every group had read them"
    )
    assert lines[7] == (
        "Consumers   index (articles): has lost; 300 unread, 20 not acknowledged, the oldest for 2 h, 4,900 lost"
    )
    assert lines[8:] == [
        "            letters (articles): ok; has everything",
        "            groups (stories): ok; has everything",
    ]


def test_a_narrow_terminal_cuts_nothing_off(valkey):
    busy_world(valkey)
    wide, narrow = panel(valkey, 130), panel(valkey, 50)
    assert max(map(len, narrow)) <= 50
    assert "".join("".join(narrow).split()) == "".join("".join(wide).split())


def test_a_group_that_needs_much_of_the_stream_is_told_how_much(valkey):
    add(valkey, *[60.0] * 900)
    valkey.xgroup_create("articles", "index", "0")
    assert "close to losing; 900 unread" in panel(valkey, 200)[-1]
    assert panel(valkey, 200)[-1].endswith("needs 90% of the stream's room")


def test_colours_are_for_terminals(valkey, valkey_url, folder):
    busy_world(valkey)
    assert "\x1b" not in status(folder, valkey_url)
    coloured = panel(valkey, 130, force_terminal=True, color_system="standard")
    assert any("\x1b[31m" in line and "has lost" in line for line in coloured)


def test_names_of_groups_cannot_fool_a_terminal(valkey):
    valkey.xgroup_create("articles", "evil\x1b[2Jname", "0", mkstream=True)
    assert not any("\x1b" in line for line in panel(valkey, 130))


def test_memory_near_its_limit_is_red(valkey):
    used = valkey.info("memory")["used_memory"]
    valkey.config_set("maxmemory", int(used / 0.93))
    try:
        (line,) = [line for line in panel(valkey, 130) if line.startswith("Redis")]
    finally:
        valkey.config_set("maxmemory", 0)
    assert "(9" in line


def test_the_pace_of_late_is_that_of_the_last_entries(valkey):
    add(valkey, *[50.0] * 100, *[20.0] * 200)
    assert overview.look(valkey, KEYS, time.time()).per_minute == pytest.approx(600, rel=0.1)


@pytest.mark.parametrize(
    ("count", "told"),
    [(0, "0 B"), (999, "999 B"), (48_300, "48 kB"), (3_210_000, "3.2 MB"), (2e9, "2.0 GB")],
)
def test_sizes_in_words(count, told):
    assert size(count) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(-1, "0 s"), (59, "59 s"), (61, "1 min"), (7200, "2 h")]
)
def test_spans_in_words(seconds, told):
    assert span(seconds) == told


def test_why_tells_that_what_is_not_known_may_have_been_removed(valkey, valkey_url, folder):
    path = folder / "sources.yaml"
    path.write_text(CONFIG)
    asked = ["why", "https://feeds.example.org/old", "-c", str(path), "--redis", valkey_url]
    assert "removed" not in CliRunner().invoke(main, asked).output
    valkey.hset("removals", mapping={"20700 age": 40, "20701 memory-unread": 2})
    done = CliRunner().invoke(main, asked)
    assert (done.exit_code, "  42 articles were removed within a year" in done.output) == (1, True)
    assert json.loads(CliRunner().invoke(main, [*asked, "--json"]).output)["removed"] == 42
