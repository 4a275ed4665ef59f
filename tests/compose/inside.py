"""Runs in a container of its own beside the stack: what a consumer does, and what Redis holds.

`python - consume GROUP COUNT` reads new articles as a member of a group; `python - state [LENGTH]` tells
what Redis holds, once the stream has LENGTH entries. Both print one JSON object. The tests hand this
file to the container on standard input; it needs no more than redis-py.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sys
import time
from typing import Any

import redis

_URL = "redis://redis:6379/0"
_STREAM = "articles"
_PATIENCE = 60  # seconds


def consume(client: redis.Redis, group: str, count: int) -> dict[str, Any]:
    """Read and acknowledge `count` articles; more if more are there."""
    with contextlib.suppress(redis.ResponseError):  # the group is there already
        client.xgroup_create(_STREAM, group, id="0", mkstream=True)
    articles: list[dict[str, Any]] = []
    until = time.monotonic() + _PATIENCE
    while len(articles) < count and time.monotonic() < until:
        answer: Any = client.xreadgroup(group, "test", {_STREAM: ">"}, count=100, block=1000)
        for entry_id, fields in (entry for _stream, entries in answer or [] for entry in entries):
            articles.append(json.loads(str(client.get(f"art:{fields['id']}"))))
            client.xack(_STREAM, group, entry_id)
    return {"articles": articles}


def state(client: redis.Redis, length: int = 0) -> dict[str, Any]:
    """What must not change when Redis is restarted, after waiting for the stream to have `length` entries."""
    until = time.monotonic() + _PATIENCE
    while client.xlen(_STREAM) < length and time.monotonic() < until:
        time.sleep(0.2)
    entries: Any = client.xrange(_STREAM)
    groups: Any = client.xinfo_groups(_STREAM)
    return {
        "length": client.xlen(_STREAM),
        "urls": sorted(fields["url"] for _id, fields in entries),
        "articles": {key: _digest(client, key) for key in sorted(client.scan_iter("art:*"))},
        "groups": {each["name"]: [each["last-delivered-id"], each["pending"]] for each in groups},
    }


def _digest(client: redis.Redis, key: str) -> str:
    return hashlib.sha256(str(client.get(key)).encode()).hexdigest()


def main(command: str, *arguments: str) -> None:
    """Run a command and print what it returns."""
    client = redis.Redis.from_url(_URL, decode_responses=True, socket_timeout=15)
    if command == "consume":
        result = consume(client, arguments[0], int(arguments[1]))
    else:
        result = state(client, *map(int, arguments))
    sys.stdout.write(json.dumps(result))


main(*sys.argv[1:])
