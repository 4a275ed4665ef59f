"""`feedmill service`: the asyncio program alone, with workers elsewhere."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import EmbeddedError
from service.cli import options

if TYPE_CHECKING:
    from feedmill.config import Settings


@click.command()
@options.config_option
@options.redis_option
@click.option("--once", is_flag=True, help="Look at every source once, show the articles, end.")
@options.json_option
@options.log_option("info")
def service(
    config: Path, redis_url: str | None, log_level: str, *, once: bool, as_json: bool
) -> None:
    """Poll sources and hand pages to workers that run elsewhere.

    Stops on SIGTERM or Ctrl-C; what was accepted stays in Redis.
    """
    from feedmill import log
    from feedmill.config import load

    settings = load(config)
    url = redis_url or settings.redis
    if url == "embedded":
        raise EmbeddedError(
            "the embedded Redis belongs to `feedmill run`; set `redis:` in the sources file, or give --redis",
            kind="embedded-alone",
        )
    log.configure(level=log_level)  # type: ignore[arg-type]
    if once:
        from service.cli.once import once as run_once

        sys.exit(asyncio.run(_until_signal(run_once(settings, url, as_json=as_json))))
    sys.exit(asyncio.run(_until_signal(_for_ever(settings, url))))


async def _for_ever(settings: Settings, redis_url: str) -> int:
    from service.app import running

    async with running(settings, redis_url) as app:
        await app.poll_for_ever()
    return 0


async def _until_signal(program: Coroutine[Any, Any, int]) -> int:
    """Run a program until it ends or SIGTERM or SIGINT comes, which cancels it."""
    task = asyncio.create_task(program)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, task.cancel)
    try:
        return await task
    except asyncio.CancelledError:
        return 0
