"""What a user would pick instead, for the same pages: RQ as it comes, and scripts around an extractor.

`python -m bench.pipeline_peers rq URL` is RQ's own worker with its own settings; `... script NAME FEED...` fetches,
extracts and writes to Redis in a pool of threads.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from xml.etree import ElementTree as ET

from redis import Redis
from rq import Queue, Worker

from bench.plant import Plant, Program

_THREADS = 16
_QUEUE = "one-by-one"
_WAIT = 240.0  # seconds
SCRIPTS = {
    "trafilatura": ("trafilatura", ""),
    "newspaper4k": ("newspaper", "not installed: make bench-peers"),
    "news-please": (
        "newsplease",
        "not installed: pip install news-please; it needs langdetect, which comes as source only, so it is in no pinned file",
    ),
    "fundus": ("fundus", "reads the sites of the publishers that it knows, over the network only"),
}
"""Name -> its module, and what to say where that is not there."""


@dataclass(frozen=True, slots=True)
class Peer:
    """How a peer did.

    Attributes:
        name: What it is.
        pages: How many it worked on.
        per_second: Pages per second.
        cpu_ms: CPU milliseconds per page of its processes.
        missing: Why there are no figures; empty if there are.
    """

    name: str
    pages: int = 0
    per_second: float = 0.0
    cpu_ms: float = 0.0
    missing: str = ""


def one_page_per_job(plant: Plant, pages: int, workers: int, *, preloaded: bool) -> Peer:
    """RQ's default worker on pages that wait, each a job that does the same work as ours.

    Args:
        plant: Whose pages wait, with no worker of ours.
        pages: How many to take.
        workers: How many processes.
        preloaded: Whether the workers import the code before they fork.
    """
    name = "RQ's defaults, one page a job" + (", code loaded before the fork" if preloaded else "")
    with plant.valkey.client() as redis:
        ids = [one.decode() for one in redis.zrange(plant.keys.pending, 0, pages - 1)]  # type: ignore[union-attr]
        queue = Queue(_QUEUE, connection=redis)
        for page_id in ids:
            queue.enqueue(work_on, page_id)
        registered = int(redis.scard("rq:workers"))  # type: ignore[arg-type]
        command = (sys.executable, "-m", "bench.pipeline_peers", "rq", plant.valkey.url)
        options = ("--preload",) if preloaded else ()
        programs = [plant.program("rq", *command, *options) for _ in range(workers)]
        _wait(lambda: int(redis.scard("rq:workers")) >= registered + workers)  # type: ignore[arg-type]
        left, spent, started = queue.count, _spent(programs), time.time()
        _wait(
            lambda: not queue.count and not queue.started_job_registry.get_job_count(cleanup=False)
        )
        seconds, spent = time.time() - started, _spent(programs) - spent
    for program in programs:
        program.stop(10)
    return Peer(name, left, left / seconds, spent / left * 1000)


def script(name: str, plant: Plant, pages: int) -> Peer:
    """A script with a pool of threads: fetch, extract, write to Redis."""
    told, (module, missing) = f"script: {name}, {_THREADS} threads", SCRIPTS[name]
    if name not in _TAKES or find_spec(module) is None:
        return Peer(told, missing=missing)
    command = (sys.executable, "-m", "bench.pipeline_peers", "script", name, str(pages))
    program = plant.program("script", *command, *plant.web.feeds(), url=plant.valkey.url)
    _wait(lambda: not program.alive)
    last = program.log.read_text().strip().rpartition("\n")[2]
    if program.code:
        return Peer(told, missing=f"failed: {last}")
    done = json.loads(last)
    return Peer(
        told,
        done["pages"],
        done["pages"] / done["seconds"],
        done["cpu_seconds"] / done["pages"] * 1000,
    )


def work_on(page_id: str) -> str:
    """The job: what our workers do with a page."""
    from rq import get_current_job  # noqa: PLC0415 - with the job, as RQ loads it

    from feedmill.store.keys import Keys  # noqa: PLC0415
    from workers.desk import Desk  # noqa: PLC0415

    job = get_current_job()
    assert job is not None
    assert job.connection is not None
    return Desk(job.connection, Keys()).work_on(page_id)


def _rq(url: str, *, preload: bool) -> None:
    if preload:
        import_module("workers.extract").warm_up()
        import_module("workers.desk")
    redis = Redis.from_url(url)
    Worker([Queue(_QUEUE, connection=redis)], connection=redis).work(logging_level="WARNING")


def _script(name: str, most: int, feeds: Sequence[str]) -> None:
    take = _TAKES[name]()
    redis = Redis.from_url(os.environ["FEEDMILL_REDIS"])
    links = [link for feed in feeds for link in _links(feed)][:most]
    started, spent = time.perf_counter(), time.process_time()

    def process(link: str) -> None:
        with contextlib.suppress(Exception):  # as scripts do: a bad page is passed over
            if text := take(link):
                redis.set(f"script:{link}", text)
                redis.xadd("script", {"url": link})

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(process, links))
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    print(json.dumps({"pages": len(links), "seconds": seconds, "cpu_seconds": spent}))


def _by_trafilatura() -> Callable[[str], str | None]:
    trafilatura = import_module("trafilatura")

    def take(link: str) -> str | None:
        with _opener().open(link, timeout=30) as answer:
            page = answer.read()
        found: str | None = trafilatura.extract(
            page, url=link, output_format="json", with_metadata=True, include_comments=False
        )
        return found

    return take


def _by_newspaper() -> Callable[[str], str | None]:
    newspaper = import_module("newspaper")

    def take(link: str) -> str | None:
        with _opener().open(link, timeout=30) as answer:
            page = answer.read().decode("utf-8", "replace")
        article = newspaper.Article(link, fetch_images=False)
        article.download(input_html=page)
        article.parse()
        return json.dumps({"title": article.title, "text": article.text})

    return take


def _by_newsplease() -> Callable[[str], str | None]:
    please = import_module("newsplease").NewsPlease

    def take(link: str) -> str | None:
        with _opener().open(link, timeout=30) as answer:
            page = answer.read().decode("utf-8", "replace")
        article = please.from_html(page, url=link, fetch_images=False)
        return json.dumps(article.get_serializable_dict(), default=str)

    return take


_TAKES = {
    "trafilatura": _by_trafilatura,
    "newspaper4k": _by_newspaper,
    "news-please": _by_newsplease,
}


def _links(feed: str) -> Iterator[str]:
    with _opener().open(feed, timeout=30) as answer:
        for link in ET.parse(answer).iterfind(".//item/link"):
            yield link.text or ""


def _opener() -> urllib.request.OpenerDirector:
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def _spent(programs: Sequence[Program]) -> float:
    return sum(program.cpu_seconds() for program in programs)


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _WAIT
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("a peer does not come to an end")
        time.sleep(0.02)


def main(arguments: Sequence[Any]) -> None:
    """Be a peer."""
    kind, *rest = arguments
    if kind == "rq":
        _rq(rest[0], preload="--preload" in rest)
    else:
        _script(rest[0], int(rest[1]), rest[2:])


if __name__ == "__main__":
    main(sys.argv[1:])
