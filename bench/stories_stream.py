"""Three weeks of made-up news through Redis: what they cost, and whether anything grows without end."""

from __future__ import annotations

import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from redis import Redis

from bench import stories_world
from bench.stories_score import score
from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.stories import StoryStore
from workers.stories.assign import Stories

_SEEDS = Path(__file__).parents[1] / "seeds"
_DAYS = 21
_WINDOW_DAYS = 7


def stream(per_day: int, seed: int) -> dict[str, Any]:
    """Three weeks of news through Redis; memory is told each week."""
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as server,
        connect(server.url) as redis,
    ):
        seeds = _seeds(redis)
        redis.flushall()
        return {"seeds are one story": seeds, **_weeks(redis, per_day, seed)}


def _seeds(redis: Redis) -> bool:
    """The two pages that come with feedmill, the first ones of a new install."""
    stories = Stories(redis, Keys())
    now = datetime.now(UTC)
    pages = sorted(_SEEDS.glob("*.txt"))
    return (
        len(
            {
                stories.assign(p.name, None, p.read_text(), "en", None, now=now).story_id
                for p in pages
            }
        )
        == 1
    )


def _weeks(redis: Redis, per_day: int, seed: int) -> dict[str, Any]:
    stories, empty = Stories(redis, Keys()), _used(redis)
    truth: dict[str, int] = {}
    first: dict[str, str] = {}
    final: dict[str, str] = {}
    weeks: list[dict[str, Any]] = []
    seconds, day = 0.0, 0
    items = list(stories_world.stream(per_day * _DAYS, _DAYS, seed))
    for item in items:
        while item.at >= stories_world.START + timedelta(days=day + 1):
            final.update(_told(redis, first.keys() - final.keys()))
            day += 1
            if day % _WINDOW_DAYS == 0:
                weeks.append(_week(redis, empty, day, per_day))
            _let_a_day_pass(redis)
        started = time.perf_counter()
        told = stories.assign(item.id, item.title, item.text, "en", item.at, now=item.at)
        seconds += time.perf_counter() - started
        truth[item.id], first[item.id] = item.story, told.story_id
    final.update(_told(redis, first.keys() - final.keys()))
    weeks.append(_week(redis, empty, _DAYS, per_day))
    return {
        "articles": len(items),
        "stories": len(set(truth.values())),
        "documents/s": round(len(items) / seconds),
        "weeks": weeks,
        "score": asdict(score(truth, final)),
    }


def _told(redis: Redis, articles: set[str]) -> dict[str, str]:
    """The stories of articles, at the end of the day they came on."""
    store = StoryStore(redis, Keys())
    found = {one: store.story_of(one) for one in articles}
    return {one: story for one, story in found.items() if story}


def _let_a_day_pass(redis: Redis) -> None:
    """Everything that ends gets a day older: the server's clock cannot be set."""
    keys = list(redis.scan_iter("story:*", count=5000))
    with redis.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.ttl(key)
        left = pipe.execute()
        for key, seconds in zip(keys, left, strict=True):
            pipe.expire(key, max(0, seconds - 86_400))
        pipe.execute()


def _week(redis: Redis, empty: int, day: int, per_day: int) -> dict[str, Any]:
    used = _used(redis) - empty
    counters = sum(redis.memory_usage(key) or 0 for key in redis.keys("story:df:*"))
    trail = redis.memory_usage("stories") or 0
    live = list(redis.scan_iter("story:s*", count=5000))
    in_window = per_day * min(day, _WINDOW_DAYS)
    return {
        "day": day,
        "redis MB": round(used / 1e6, 1),
        "counters MB": round(counters / 1e6, 1),
        "trail MB": round(trail / 1e6, 1),
        "live stories": len(live),
        "bytes a story": round(_mean_size(redis, live)),
        "bytes an article": round((used - counters - trail) / in_window),
        "worker MB": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3),
    }


def _mean_size(redis: Redis, keys: Sequence[Any]) -> float:
    with redis.pipeline(transaction=False) as pipe:
        for key in keys[:2000]:
            pipe.memory_usage(key)
        sizes = pipe.execute()
    return float(sum(sizes)) / max(1, len(sizes))


def _used(redis: Redis) -> int:
    return int(redis.info("memory")["used_memory"])
