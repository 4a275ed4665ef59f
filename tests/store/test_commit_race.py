"""Eight processes commit the same articles at the same time: each is stored exactly once, and each text first once."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from random import Random

import pytest
from redis import Redis

from feedmill.article import Article
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
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


@pytest.mark.slow
@pytest.mark.parametrize(
    "count",
    [200, pytest.param(10_000, marks=[pytest.mark.timeout(300)])],
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


WORDS = [
    a + b
    for a in ("ka", "lo", "mi", "ne", "pu", "ra", "si", "tu")
    for b in ("ban", "dor", "fen", "gil", "hup", "jat")
]
VERSIONS = 4


def version(number: int) -> Article:
    """An article; four of a row have nearly the same text."""
    words = Random(number // VERSIONS).choices(WORDS, k=120)
    more = f"Version {number % VERSIONS} has a line of its own."
    return make_article(number, text=" ".join(words) + "\n\n" + more)


def commit_versions(url: str, first: int, last: int) -> Counter[str]:
    """Commit some of the versions, in their order."""
    verdicts: Counter[str] = Counter()
    with connect(url) as redis:
        for number in range(first, last):
            article = version(number)
            verdicts[file(redis, article, f"page-{article.id}").verdict] += 1
    return verdicts


@pytest.mark.slow
@pytest.mark.parametrize("count", [160, pytest.param(10_000, marks=[pytest.mark.timeout(600)])])
def test_of_near_duplicates_one_is_first_and_the_others_are_linked(
    valkey: Redis, valkey_url: str, count: int
):
    share = 2 * count // PROCESSES  # two processes each commit the same articles at the same time
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        spans = [(valkey_url, n // 2 * share, (n // 2 + 1) * share) for n in range(PROCESSES)]
        verdicts = sum(pool.starmap(commit_versions, spans, chunksize=1), Counter())
    assert verdicts == {"new": count, "unchanged": count}, "none is lost, none is there twice"
    log = ArticleLog(valkey, Keys())
    stored = [log.get(version(number).id) for number in range(count)]
    for at in range(0, count, VERSIONS):
        group = stored[at : at + VERSIONS]
        [first] = [article.id for article in group if article.dedup.kind == "none"]
        assert [article.dedup.dup_of for article in group if article.id != first] == [first] * 3
