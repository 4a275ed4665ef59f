"""Is it well? What a person wants to know of a running feedmill at a glance, read in a few round trips."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, cast

from redis import Redis
from rq import Queue
from rq.utils import utcparse
from rq.worker_registration import get_keys

from feedmill.store import gauge, rawstate, retention
from feedmill.store.gauge import Gauge, Standing
from feedmill.store.groups import Groups, GroupState
from feedmill.store.keys import Keys
from feedmill.store.rawstate import RawState

_SILENT_SECONDS = 60.0  # after which a worker that gave no sign of life counts as gone
_LATELY_SECONDS = 600.0
_LATELY_ENTRIES = 200  # of the stream, at most, that the pace of late is judged by


@dataclass(frozen=True, slots=True)
class Workers:
    """The worker processes that are alive.

    Attributes:
        busy: Those that work on a batch.
        idle: Those that wait for one.
        hosts: Where they are.
    """

    busy: int
    idle: int
    hosts: tuple[str, ...]

    @property
    def count(self) -> int:
        """All of them."""
        return self.busy + self.idle


@dataclass(frozen=True, slots=True)
class Overview:
    """How a feedmill is.

    Attributes:
        service: The service that works: `host`, `pid` and more; None if there is none.
        standing: Whether it takes new pages, as it said last; None if it says nothing.
        gauge: What waits, and what memory is used.
        workers: Who works on it.
        batches: Batches that wait for a worker.
        stored: Articles in the store.
        per_minute: Announcements a minute, of the last ten minutes or the last 200.
        quarantined: Entries in the quarantine.
        groups: The consumer groups.
        removed: Articles removed by retention: day -> reason -> number.
        raw: How the keeping of raw pages goes; None if none are kept.
    """

    service: dict[str, Any] | None
    standing: Standing | None
    gauge: Gauge
    workers: Workers
    batches: int
    stored: int
    per_minute: float
    quarantined: int
    groups: tuple[GroupState, ...]
    removed: dict[str, dict[str, int]]
    raw: RawState | None = None

    def to_json(self, now: float, most: int) -> dict[str, Any]:
        """For `--json`. Times are Unix seconds, sizes bytes.

        Args:
            now: Unix seconds.
            most: Entries that a stream may have.
        """
        service = self.service and {name: self.service.get(name) for name in ("host", "pid", "at")}
        standing = self.standing
        return {
            "service": service,
            "pressure": standing
            and {"state": standing.state, "bound": standing.bound, "since": standing.since},
            "waiting": {
                "pages": self.gauge.pages,
                "bytes": self.gauge.bytes,
                "oldest_seconds": round(self.gauge.age, 1),
                "batches": self.batches,
            },
            "workers": {
                "count": self.workers.count,
                "busy": self.workers.busy,
                "idle": self.workers.idle,
                "hosts": self.workers.hosts,
            },
            "articles": {"stored": self.stored, "per_minute": round(self.per_minute, 2)},
            "memory": {"used": self.gauge.used_memory, "limit": self.gauge.max_memory or None},
            "quarantined": self.quarantined,
            "groups": [_group(group, now, most) for group in self.groups],
            "removed": self.removed,
            "raw_pages": self.raw and asdict(self.raw),
        }


def look(redis: Redis, keys: Keys, now: float) -> Overview:
    """Read all of it. Changes nothing, and has RQ change nothing either.

    Args:
        redis: A client that answers in bytes.
        keys: Names of the keys.
        now: Unix seconds.

    Raises:
        redis.RedisError: Redis refuses or is gone.
    """
    queue, groups = Queue(keys.queue, connection=redis), Groups(redis, keys)
    with redis.pipeline(transaction=False) as pipe:
        pipe.get(keys.service)
        pipe.hlen(keys.heads)
        pipe.xlen(keys.quarantine)
        service, stored, quarantined = pipe.execute()
    return Overview(
        service=_decoded(service),
        standing=gauge.load(redis, keys),
        gauge=gauge.read(redis, keys, now),
        workers=_workers(redis, queue, now),
        batches=queue.count,
        stored=stored,
        per_minute=_per_minute(redis, keys, now),
        quarantined=quarantined,
        groups=(*groups.of(keys.articles), *groups.of(keys.stories)),
        removed=retention.removed(redis, keys),
        raw=rawstate.load(redis, keys),
    )


def _decoded(service: bytes | None) -> dict[str, Any] | None:
    return cast("dict[str, Any]", json.loads(service)) if service else None


def _workers(redis: Redis, queue: Queue, now: float) -> Workers:
    """From what the workers say of themselves; RQ's own list would strike off the dead."""
    with redis.pipeline(transaction=False) as pipe:
        for key in sorted(get_keys(queue=queue)):
            pipe.hmget(key, "last_heartbeat", "state", "hostname")
        rows = cast("list[list[bytes | None]]", pipe.execute())
    alive = [row for row in rows if row[0] and now - _at(row[0]) < _SILENT_SECONDS]
    busy = sum(state == b"busy" for _, state, _ in alive)
    hosts = {(host or b"?").decode(errors="replace") for _, _, host in alive}
    return Workers(busy, len(alive) - busy, tuple(sorted(hosts)))


def _at(heartbeat: bytes) -> float:
    return utcparse(heartbeat.decode()).timestamp()


def _per_minute(redis: Redis, keys: Keys, now: float) -> float:
    since = str(int((now - _LATELY_SECONDS) * 1000))
    rows: Sequence[Any] = cast(
        "list[Any]", redis.xrevrange(keys.articles, min=since, count=_LATELY_ENTRIES)
    )
    if len(rows) < _LATELY_ENTRIES:
        return len(rows) * 60 / _LATELY_SECONDS
    oldest = int(rows[-1][0].split(b"-")[0]) / 1000
    return len(rows) * 60 / max(now - oldest, 1.0)


def _group(group: GroupState, now: float, most: int) -> dict[str, Any]:
    """As it was read, and what follows from it."""
    return {
        **asdict(group),
        "lost_at": group.lost_at or None,
        "oldest": group.oldest,
        "oldest_seconds": round(group.waits(now), 1),
        "full": round(group.needed / most, 4),
        "state": group.health(now, most),
    }
