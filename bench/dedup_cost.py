"""What the index of near-duplicates costs: bytes, microseconds, articles per second, as it grows."""

from __future__ import annotations

import json
import multiprocessing
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from redis import Redis

from bench import dedup_world as world
from bench.dedup_peers import minhash
from bench.dedup_stream import Document
from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.near import NearIndex
from workers.dedup.sketch import sketch
from workers.sift import answers

DAYS = 28
_START = 1_800_000_000.0
_BATCH = 250
_TIMED = 2000  # articles before a size is reached, one call at a time and measured


@dataclass(frozen=True, slots=True)
class Size:
    """The index at one size.

    Attributes:
        seen: Articles that were checked.
        stored: Those that matched nothing and are in the index.
        bytes_stored: Memory of the index per stored article.
        bytes_seen: The same per article checked.
        p50_us: Median time of a check-and-insert, with the way there and back.
        p99_us: 99th percentile of it.
        server_us: CPU time of the server for each, on average.
        recall: Edits among the measured articles that matched their original.
        false: Measured articles that matched something else.
        segments: Of the index.
        keys: Of the index.
    """

    seen: int
    stored: int
    bytes_stored: float
    bytes_seen: float
    p50_us: float
    p99_us: float
    server_us: float
    recall: float
    false: int
    segments: int
    keys: int


@dataclass(frozen=True, slots=True)
class Growth:
    """The index at several sizes, and how many articles per second were checked from first to last."""

    sizes: list[Size]
    articles_per_second: float


def grow(sizes: list[int], seed: int) -> Growth:
    """Check articles that arrive evenly over four weeks, and measure at some sizes."""
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url) as redis,
    ):
        return _grow(redis, sizes, seed)


def _grow(redis: Redis, sizes: list[int], seed: int) -> Growth:
    counts = Counts()
    found: list[Size] = []
    bulk_seconds, bulk_articles = 0.0, 0
    index = Clocked(redis, sizes[-1])
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        for size in sizes:
            until = max(counts.seen, size - min(_TIMED, size // 5))
            started = time.perf_counter()
            for batch in _made(pool, counts.seen, until, seed):
                counts.add_all(batch, index.check_all(batch, counts.seen))
            bulk_seconds += time.perf_counter() - started
            bulk_articles += until - (found[-1].seen if found else 0)
            found.append(_measure(redis, index, counts, size, seed))
    return Growth(found, bulk_articles / bulk_seconds)


def _measure(redis: Redis, index: Clocked, counts: Counts, size: int, seed: int) -> Size:
    """Check the articles up to a size one by one."""
    articles = world.articles(counts.seen, size, seed)
    timed = Counts()
    busy = _server_seconds(redis)
    seconds = []
    for article in articles:
        started = time.perf_counter()
        found = index.check(article, counts.seen)
        seconds.append(time.perf_counter() - started)
        counts.add(article, found)
        timed.add(article, found)
    busy = _server_seconds(redis) - busy
    used = _memory(redis) - index.empty
    quantiles = statistics.quantiles(seconds, n=100)
    return Size(
        seen=counts.seen,
        stored=counts.stored,
        bytes_stored=round(used / counts.stored, 1),
        bytes_seen=round(used / counts.seen, 1),
        p50_us=round(quantiles[49] * 1e6),
        p99_us=round(quantiles[98] * 1e6),
        server_us=round(busy / len(seconds) * 1e6),
        recall=round(timed.right / max(1, timed.edits), 4),
        false=timed.false,
        segments=int(redis.hlen("near")) - 1,
        keys=int(redis.dbsize()),
    )


@dataclass(slots=True)
class Counts:
    """What became of the articles so far."""

    seen: int = 0
    stored: int = 0
    edits: int = 0
    right: int = 0
    false: int = 0

    def add(self, article: world.Made, found: str | None) -> None:
        """Count one article."""
        self.seen += 1
        self.stored += found is None
        self.edits += article.origin is not None
        if found is not None:
            is_right = article.origin is not None and found == world.article_id(article.origin)
            self.right += is_right
            self.false += not is_right

    def add_all(self, articles: list[world.Made], found: list[str | None]) -> None:
        """Count several articles."""
        for article, match in zip(articles, found, strict=True):
            self.add(article, match)


class Clocked:
    """The index, with a clock that the number of an article sets: all arrive evenly within the window.

    `empty` is the memory that the server takes without it.
    """

    def __init__(self, redis: Redis, total: int) -> None:
        self.empty = _memory(redis)
        self._step = DAYS * 86_400 / total
        self._index = NearIndex(redis, Keys())

    def check(self, article: world.Made, number: int) -> str | None:
        """Check one article."""
        match = self._index.check_and_insert(article.id, article, self._now(number))
        return match.article_id if match else None

    def check_all(self, articles: list[world.Made], first: int) -> list[str | None]:
        """Check several with one way there and back."""
        matches = self._index.check_and_insert_all(
            [
                (article.id, article, self._now(number))
                for number, article in enumerate(articles, first)
            ]
        )
        return [match.article_id if match else None for match in matches]

    def _now(self, number: int) -> float:
        return _START + number * self._step


def _made(pool: Any, first: int, last: int, seed: int) -> Iterator[list[world.Made]]:
    """Articles made by another process, a few batches ahead."""
    waiting: deque[Any] = deque()
    ahead = 8
    for start, end in world.batches(last - first, _BATCH):
        waiting.append(pool.apply_async(world.articles, (first + start, first + end, seed)))
        if len(waiting) >= ahead:
            yield waiting.popleft().get()
    while waiting:
        yield waiting.popleft().get()


def _memory(redis: Redis) -> int:
    info = redis.info("memory")
    return int(info["used_memory"]) - int(info["mem_aof_buffer"]) - int(info["mem_clients_normal"])


def _server_seconds(redis: Redis) -> float:
    info = redis.info("cpu")
    return float(info["used_cpu_user"]) + float(info["used_cpu_sys"])


def signing(documents: list[Document]) -> float:
    """Packed sketches of real documents per second of CPU time."""
    return round(len(documents) / _cpu(partial(_sign, documents)))


def filing(documents: list[Document]) -> float:
    """Real documents per second, by the clock, through all that a worker does behind the extraction: names, sketch, story, commit."""
    lines = [json.dumps({"id": one.id, "text": one.text}).encode() for one in documents]
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url) as redis,
    ):
        started = time.monotonic()
        for _ in answers(lines, redis):
            pass
        return round(len(lines) / (time.monotonic() - started))


def signing_of_datasketch(documents: list[Document]) -> float:
    """The same for datasketch's MinHash of 128 values."""
    return round(len(documents) / _cpu(partial(_sign_minhash, documents)))


def _sign(documents: list[Document]) -> None:
    for document in documents:
        sketch(document.text).pack()


def _sign_minhash(documents: list[Document]) -> None:
    for document in documents:
        minhash(document.text)


def _cpu(work: Any) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def storage_of_datasketch(documents: list[Document], seconds: float) -> dict[str, float]:
    """The storage in Redis that datasketch has in Redis, 32 bands of 4: query, insert if nothing was found."""
    with tempfile.TemporaryDirectory(prefix="fm-") as name, EmbeddedServer(Path(name)) as server:
        config = {
            "type": "redis",
            "basename": b"peer",
            "redis": {"unix_socket_path": str(server.socket)},
        }
        make = import_module("datasketch").MinHashLSH
        index = make(num_perm=128, params=(32, 4), storage_config=config)
        with connect(server.url) as redis:
            return _fill(redis, index, documents, seconds)


def _fill(redis: Redis, index: Any, documents: list[Document], seconds: float) -> dict[str, float]:
    empty, times, stored = _memory(redis), [], 0
    deadline = time.monotonic() + seconds
    for document in documents:
        values = minhash(document.text)
        started = time.perf_counter()
        if not index.query(values):
            index.insert(document.id, values)
            stored += 1
        times.append(time.perf_counter() - started)
        if time.monotonic() > deadline:
            break
    quantiles = statistics.quantiles(times, n=100)
    return {
        "seen": len(times),
        "stored": stored,
        "bytes_stored": round((_memory(redis) - empty) / max(1, stored), 1),
        "p50_us": round(quantiles[49] * 1e6),
        "p99_us": round(quantiles[98] * 1e6),
        "keys": int(redis.dbsize()),
    }


def as_rows(growth: Growth) -> list[dict[str, Any]]:
    """For a table."""
    return [asdict(size) for size in growth.sizes]
