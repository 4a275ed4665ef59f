"""`feedmill worker`: processes that make articles of pages."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedmill.errors import EmbeddedError
from service.cli import options

if TYPE_CHECKING:
    from feedmill.config import Settings
    from service.supervise import Program


@click.command()
@options.config_option
@options.redis_option
@click.option(
    "-n",
    "--processes",
    default="auto",
    show_default=True,
    help="How many; auto is one for each core.",
)
@options.log_option("info")
def worker(config: Path, redis_url: str | None, processes: str, log_level: str) -> None:
    """Run workers alone, on this or any other host that reaches the Redis server."""
    from feedmill import log
    from feedmill.config import load
    from service.supervise import supervise

    count = process_count(processes)
    settings = load(config)
    url = redis_url or settings.redis
    if url == "embedded":
        raise EmbeddedError(
            "the embedded Redis belongs to `feedmill run`, which brings its own workers; "
            "set `redis:` in the sources file, or give --redis",
            kind="embedded-alone",
        )
    log.configure(level=log_level)  # type: ignore[arg-type]
    os.environ[options.REDIS_VARIABLE] = url
    sys.exit(asyncio.run(supervise(worker_programs(count, settings, log_level))))


def process_count(text: str, *, option: str = "--processes") -> int:
    """The number of processes that an option asks for."""
    if text == "auto":
        return (
            len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count() or 1
        )
    if text.isdecimal() and 0 < int(text) <= 1024:  # noqa: PLR2004 - beyond any host
        return int(text)
    raise click.BadParameter("give a number from 1 to 1024, or auto", param_hint=option)


def worker_programs(count: int, settings: Settings, log_level: str) -> list[Program]:
    """The worker processes, as programs to keep running. They find Redis in the environment."""
    import math

    from service.supervise import Program

    limits = settings.workers
    command = (
        *(sys.executable, "-m", "workers", "--prefix", settings.prefix, "--log-level", log_level),
        *("--page-cpu", str(math.ceil(limits.page_cpu.total_seconds()))),
        *("--page-memory", str(limits.page_memory)),
    )
    # A worker without its supervisor may have lost Redis with it, and would wait for that for long. To
    # kill it loses nothing: its pages stay pending.
    worker = Program("worker", command, stop_seconds=12.0, orphan_signal=signal.SIGKILL)
    return [worker] * count
