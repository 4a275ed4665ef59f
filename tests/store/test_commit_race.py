"""Eight processes commit the same articles at the same time: each is stored exactly once."""

from __future__ import annotations

import multiprocessing
from collections import Counter

import pytest
from redis import Redis

from feedmill.store.connection import connect
from tests.articles import file, make_article

PROCESSES = 8


def commit_all(url: str, count: int, start: int) -> Counter[str]:
    """Commit the articles 0 to `count`, beginning at `start` and going round."""
    verdicts: Counter[str] = Counter()
    with connect(url) as redis:
        for step in range(count):
            number = (start + step) % count
            article = make_article(number)
            committed = file(redis, article, f"page-{number}")
            verdicts[committed.verdict] += 1
    return verdicts


@pytest.mark.parametrize(
    "count",
    [200, pytest.param(10_000, marks=[pytest.mark.slow, pytest.mark.timeout(300)])],
)
def test_each_article_is_stored_exactly_once(valkey: Redis, valkey_url: str, count: int):
    valkey.zadd("pages:pending", {f"page-{number}": 1 for number in range(count)})
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        # Half of the processes begin together, half elsewhere: both kinds of meeting occur.
        jobs = [(valkey_url, count, (n % 4) * count // 8) for n in range(PROCESSES)]
        verdicts = sum(pool.starmap(commit_all, jobs), Counter())
    assert verdicts == {"new": count, "unchanged": count * (PROCESSES - 1)}
    entries = valkey.xrange("articles")
    assert len(entries) == count
    assert len({fields[b"id"] for _, fields in entries}) == count
    assert len(set(valkey.scan_iter("art:*", count=1000))) == count
    assert valkey.zcard("pages:pending") == 0
    assert {name: int(value) for name, value in valkey.hgetall("stats").items()}[b"new"] == count
