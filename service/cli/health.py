"""`feedmill healthcheck`: for containers and monitors."""

from __future__ import annotations

import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import options

if TYPE_CHECKING:
    from redis import Redis

    from feedmill.store.keys import Keys

_WORKER_SILENT_SECONDS = 60


@click.command()
@options.config_option
@options.redis_option
@click.argument("part", type=click.Choice(["redis", "service", "worker"]), default="service")
def healthcheck(config: Path, redis_url: str | None, part: str) -> None:
    """Is this part alive? Exits with 0 if so, else with 1 and the reason.

    A worker is alive if a worker process of this host has given a sign of life within a minute. A
    service is alive if one works with this Redis, be it this one or one that it stands by for.
    """
    from redis.exceptions import RedisError

    from feedmill.config import load
    from feedmill.store.connection import connect
    from feedmill.store.keys import Keys

    settings = load(config)
    url = redis_url or settings.redis
    if url == "embedded":
        from feedmill.embedded import socket_path

        url = f"unix://{socket_path(settings.data_dir)}"
    try:
        reason = _reason(part, connect(url, retries=2), Keys(settings.prefix))
    except RedisError as error:
        reason = f"Redis does not answer: {error}"
    if reason:
        click.echo(f"{part}: {reason}", err=True)
        sys.exit(1)
    click.echo(f"{part}: alive")


def _reason(part: str, redis: Redis, keys: Keys) -> str | None:
    """Why the part counts as dead, or None if it is alive."""
    redis.ping()
    if part == "service" and not redis.exists(keys.service):
        return "no service works with this Redis"
    if part == "worker" and not has_live_worker(redis, keys, host=socket.gethostname()):
        return "no worker of this host has given a sign of life"
    return None


def has_live_worker(redis: Redis, keys: Keys, *, host: str | None = None) -> bool:
    """Whether a worker has given a sign of life within a minute.

    Args:
        redis: A client.
        keys: Names of the keys.
        host: Only workers of this host count; None for any.
    """
    from rq import Queue, Worker

    workers = Worker.all(queue=Queue(keys.queue, connection=redis))
    now = time.time()
    return any(
        (host is None or worker.hostname == host)
        and worker.last_heartbeat is not None
        and now - worker.last_heartbeat.timestamp() < _WORKER_SILENT_SECONDS
        for worker in workers
    )
