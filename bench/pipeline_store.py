"""The store alone: how many articles a second it takes, from processes that do nothing but commit."""

from __future__ import annotations

import multiprocessing
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from redis import Redis

from bench.plant import Valkey, ValkeyOptions
from bench.plant.generated import words
from feedmill import urls
from feedmill.article import Article, DedupInfo, ExtractionInfo, SourceRef
from feedmill.identity import Names
from feedmill.store.commit import Committer
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from workers.dedup.fingerprint import content_hash
from workers.dedup.sketch import sketch

_READY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Rate:
    """Commits of distinct articles.

    Attributes:
        processes: That commit at the same time.
        per_second: By the clock, with everything on the same cores.
        server_us: CPU time of the server for each, in microseconds: what bounds a server with a core of its own.
    """

    processes: int
    per_second: float
    server_us: float

    @property
    def most(self) -> float:
        """Commits per second that the server has the time for."""
        return 1e6 / self.server_us


def rate(count: int, processes: int, appendfsync: str = "everysec") -> Rate:
    """Commit articles from several processes at once.

    Args:
        count: Of articles for each process.
        processes: How many.
        appendfsync: When the server puts its file on the disk.
    """
    context = multiprocessing.get_context("spawn")
    ready, spans = context.Barrier(processes + 1), context.Array("d", 2 * processes)
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        Valkey(Path(folder), ValkeyOptions(appendfsync=appendfsync)) as server,
        server.client() as redis,
    ):
        committing = [
            context.Process(target=_commit_all, args=(server.url, n, count, ready, spans))
            for n in range(processes)
        ]
        for process in committing:
            process.start()
        ready.wait(_READY_SECONDS)
        spent = server.cpu_seconds()
        for process in committing:
            process.join()
        spent = server.cpu_seconds() - spent
        stored = cast("int", redis.xlen(Keys().articles))
    assert stored == count * processes, "an article was lost or doubled"
    seconds = max(spans[1::2]) - min(spans[::2])
    return Rate(processes, stored / seconds, spent / stored * 1e6)


def _commit_all(url: str, number: int, count: int, ready: Any, spans: Any) -> None:
    articles = [_article(number * count + n) for n in range(count)]
    with connect(url) as redis:
        redis.ping()
        ready.wait(_READY_SECONDS)
        spans[2 * number : 2 * number + 2] = _commit(redis, articles)


def _commit(redis: Redis, articles: list[tuple[Article, Any]]) -> tuple[float, float]:
    committer = Committer(redis, Keys())
    started = time.monotonic()
    for article, drawn in articles:
        names = Names.of([article.url_key], [])
        committer.commit(article, page_id=article.id, names=names, sketch=drawn)
    return started, time.monotonic()


def _article(number: int) -> tuple[Article, Any]:
    url = f"https://bench.example/{number}"
    text = words(number, 600)
    now = datetime.now(UTC)
    article = Article(
        schema_="article/1",
        id=urls.digest(url),
        rev=1,
        status="usable",
        url=url,
        url_key=urls.key(url),
        source=SourceRef(id="bench", kind="feed"),
        title=f"Article {number}",
        text=text,
        fetched_at=now,
        stored_at=now,
        access="unknown",
        word_count=600,
        dedup=DedupInfo(content_hash=content_hash(text), kind="none"),
        extraction=ExtractionInfo(method="bench", version="0", ms=0),
    )
    return article, sketch(text)


def median(rates: list[Rate]) -> Rate:
    """The rate in the middle."""
    middle = statistics.median_low([one.per_second for one in rates])
    return next(one for one in rates if one.per_second == middle)
