"""Committing under a race: our script beside WATCH/MULTI and beside check-then-write.

Eight processes commit the same articles at the same time into one embedded Valkey. Told are articles stored
more than once in the stream (it must be none) and commits per second as a ratio to our script.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from redis import Redis, WatchError

from bench.report import Goal, print_report
from feedmill import urls
from feedmill.article import Article, DedupInfo, ExtractionInfo, SourceRef
from feedmill.embedded import EmbeddedServer
from feedmill.identity import Names
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from workers.filing import Cabinet

Commit = Callable[[Article], object]

_PROCESSES = 8
_WORDS = 600  # an article of about 4 kB


def run(*, as_json: bool, quick: bool) -> None:
    """Run the benchmark and print its report."""
    count = 500 if quick else 5000
    rounds = 2 if quick else 3
    methods = {"script": _by_script, "WATCH/MULTI": _by_watch, "check, then write": _by_check}
    rates: dict[str, list[float]] = {name: [] for name in methods}
    doubles = dict.fromkeys(methods, 0)
    with tempfile.TemporaryDirectory() as name, EmbeddedServer(Path(name)) as server:
        for _ in range(rounds):
            for method, make in methods.items():
                rate, extra = _race(server.url, make, count)
                rates[method].append(rate)
                doubles[method] += extra
    ours = max(rates["script"])
    rows = [
        {
            "method": method,
            "commits/s": round(max(rates[method])),
            "ratio": round(max(rates[method]) / ours, 2),
            "stored twice": doubles[method],
        }
        for method in methods
    ]
    goals = [Goal("articles stored twice", "0", doubles["script"], not doubles["script"])]
    print_report("commit", rows, goals, as_json=as_json)


def _race(url: str, method: Callable[[Redis], Commit], count: int) -> tuple[float, int]:
    """Commits per second of all processes together, and stream entries beyond one an article."""
    with connect(url) as redis:
        redis.execute_command("FLUSHALL", "SYNC")
        context = multiprocessing.get_context("spawn")
        with context.Pool(_PROCESSES) as pool:
            pool.map(time.sleep, [0.5] * _PROCESSES)  # until all have started
            started = time.perf_counter()
            pool.starmap(_commit_all, [(url, method, count)] * _PROCESSES, chunksize=1)
            seconds = time.perf_counter() - started
        return count * _PROCESSES / seconds, int(redis.xlen("articles")) - count


def _commit_all(url: str, method: Callable[[Redis], Commit], count: int) -> None:
    with connect(url) as redis:
        commit = method(redis)
        for number in range(count):
            commit(_article(number))


def _by_script(redis: Redis) -> Commit:
    cabinet = Cabinet(redis, Keys())
    return lambda article: cabinet.file(article, Names.of([article.url_key], []), page_id="bench")


def _by_watch(redis: Redis) -> Commit:
    return lambda article: _watch(redis, article)


def _watch(redis: Redis, article: Article) -> None:
    while True:
        with redis.pipeline() as pipe:
            pipe.watch(f"art:{article.id}")
            if pipe.exists(f"art:{article.id}"):
                return
            pipe.multi()
            _write(pipe, article)
            try:
                pipe.execute()
            except WatchError:
                continue
            return


def _by_check(redis: Redis) -> Commit:
    return lambda article: _check(redis, article)


def _check(redis: Redis, article: Article) -> None:
    if not redis.exists(f"art:{article.id}"):
        with redis.pipeline(transaction=True) as pipe:
            _write(pipe, article)
            pipe.execute()


def _write(pipe: Any, article: Article) -> None:
    pipe.set(f"art:{article.id}", article.to_json())
    pipe.hset("ix:url", article.url_key, article.id)
    pipe.hset("ix:content", article.dedup.content_hash, article.id)
    pipe.xadd("articles", {"op": "new", "id": article.id, "title": article.title or ""})


def _article(number: int) -> Article:
    url = f"https://bench.example/{number}"
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Article(
        schema_="article/1",
        id=urls.digest(url),
        rev=1,
        status="usable",
        url=url,
        url_key=urls.key(url),
        source=SourceRef(id="bench", kind="feed"),
        title=f"Article {number}",
        text=f"word{number} " * _WORDS,
        fetched_at=now,
        stored_at=now,
        access="unknown",
        word_count=_WORDS,
        dedup=DedupInfo(content_hash=urls.digest(f"text {number}"), kind="none"),
        extraction=ExtractionInfo(method="bench", version="0", ms=0),
    )
