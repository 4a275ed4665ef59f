"""The programs of docs/consuming.md lose nothing and skip nothing, however they are killed."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest
from redis import Redis

from feedmill.article import Article
from tests.consuming.articles import article, commit, full_article
from tests.consuming.conftest import Start
from tests.consuming.consumer import Line
from tests.program import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("consuming")]

GROUP = "demo"


def group(redis: Redis) -> dict[str, Any]:
    groups: list[dict[str, Any]] = redis.xinfo_groups("articles")
    return groups[0] if groups else {"pending": None, "lag": None}


def pending(redis: Redis) -> list[str]:
    rows = cast("list[dict[str, Any]]", redis.xpending_range("articles", GROUP, "-", "+", 10_000))
    return [row["message_id"].decode() for row in rows]


def delivered(redis: Redis) -> set[str]:
    last = group(redis)["last-delivered-id"]
    return {row[0].decode() for row in cast("list[Any]", redis.xrange("articles", max=last))}


def has_all(redis: Redis) -> bool:
    state = group(redis)
    return (state["pending"], state["lag"]) == (0, 0)


def entry_ids(lines: list[Line]) -> list[str]:
    return [line.entry_id for line in lines]


def long_titled(count: int) -> list[Article]:
    """Articles of which a few lines fill the pipe."""
    return [article(number, title=f"Tide report {number} " * 12) for number in range(count)]


def killed_in_the_middle(redis: Redis, start: Start, **environment: str) -> list[Line]:
    """Let a consumer stand still in its second batch (of fifty), and kill it there."""
    with start(stalls=True, **environment) as consumer:
        lines = consumer.take(50)
        wait_until(lambda: len(delivered(redis)) > 50, what="the second batch")
        return lines + consumer.kill()


def test_a_killed_consumer_goes_on_where_it_was(redis: Redis, start: Start) -> None:
    stored = commit(redis, *long_titled(120))
    before = entry_ids(killed_in_the_middle(redis, start))
    unfinished = pending(redis)
    assert unfinished
    assert len(before) < len(stored)
    assert delivered(redis) - set(unfinished) <= set(before)  # acknowledged only after the work

    with start() as consumer:
        wait_until(lambda: has_all(redis), seconds=60, what="everything acknowledged")
        after = entry_ids(consumer.kill())
    assert after[: len(unfinished)] == unfinished  # its own unfinished ones first
    assert {*before, *after} == {one.entry_id for one in stored}
    assert {*before} & {*after} <= set(unfinished)  # twice only what was not acknowledged


def test_another_consumer_takes_over_from_a_dead_one(redis: Redis, start: Start) -> None:
    stored = commit(redis, *long_titled(80))
    before = entry_ids(killed_in_the_middle(redis, start, CONSUMER="dead"))
    assert pending(redis)
    with start(CONSUMER="living", DEAD_AFTER_MS="300") as consumer:
        wait_until(lambda: has_all(redis), seconds=60, what="everything acknowledged")
        after = entry_ids(consumer.kill())
    assert {*before, *after} == {one.entry_id for one in stored}


def test_the_living_keep_what_they_work_on(redis: Redis, start: Start) -> None:
    commit(redis, *map(article, range(3)))
    redis.xgroup_create("articles", GROUP, "0")
    redis.xreadgroup(GROUP, "busy", {"articles": ">"}, count=2)
    kept = pending(redis)
    with start() as consumer:
        wait_until(lambda: group(redis)["lag"] == 0 and pending(redis) == kept)
        assert len(consumer.kill()) == 1


def test_updates_are_told_and_what_is_not_known_is_passed_over(redis: Redis, start: Start) -> None:
    stored = commit(redis, article(1), article(2), article(1, version=2), full_article(3))
    redis.xadd("articles", {"schema": "article/1", "op": "praise", "id": "x", "rev": 1, "new": 1})
    redis.xadd("articles", {"something": "else"})
    redis.xadd("articles", {"schema": "article/1", "op": "new", "id": "not-there", "rev": 1})
    with start() as consumer:
        wait_until(lambda: has_all(redis), what="everything acknowledged")
        lines = consumer.kill()
    assert entry_ids(lines) == [one.entry_id for one in stored]
    assert [(line.op, line.id, line.rev) for line in lines] == [
        ("new", stored[0].article_id, 2),  # the newest revision, whichever entry leads to it
        ("new", stored[1].article_id, 1),
        ("update", stored[0].article_id, 2),
        ("new", stored[3].article_id, 1),
    ]
    assert lines[3].title == full_article(3).title


def test_what_was_trimmed_away_unfinished_stops_nobody(redis: Redis, start: Start) -> None:
    stored = commit(redis, *map(article, range(130)))
    redis.xgroup_create("articles", GROUP, "0")
    redis.xreadgroup(GROUP, "demo-1", {"articles": ">"}, count=120)
    redis.xtrim("articles", minid=str(stored[119].entry_id), approximate=False)
    with start() as consumer:
        wait_until(lambda: has_all(redis), what="everything acknowledged")
        assert entry_ids(consumer.kill()) == [one.entry_id for one in stored[119:]]


def test_it_may_start_before_the_first_article_and_wait(redis: Redis, start: Start) -> None:
    with start() as consumer:
        wait_until(lambda: redis.exists("articles"), what="the group")
        time.sleep(5.5)  # longer than it waits in one go, and than redis-py's time-out
        assert consumer.runs
        stored = commit(redis, article(1))
        wait_until(lambda: has_all(redis) and group(redis)["last-delivered-id"] != b"0-0")
        assert entry_ids(consumer.kill()) == [stored[0].entry_id]
    with start() as consumer:  # the group is there already
        wait_until(lambda: redis.xinfo_consumers("articles", GROUP)[0]["idle"] < 1000)
        assert consumer.kill() == []
