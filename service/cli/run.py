"""`feedmill run`: everything on this machine."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import options
from service.cli.worker import process_count, worker_programs

if TYPE_CHECKING:
    from feedmill.config import Settings
    from service.supervise import Program


@click.command()
@options.config_argument
@click.option("--once", is_flag=True, help="Look at every source once, show the articles, end.")
@click.option(
    "-n",
    "--workers",
    default="2",
    show_default=True,
    help="Worker processes; auto is one for each core.",
)
@options.json_option
@options.log_option("info")
@click.pass_context
def run(
    context: click.Context, config: Path, workers: str, log_level: str, *, once: bool, as_json: bool
) -> None:
    """Run Redis (if it is embedded), the service and workers, until Ctrl-C or SIGTERM.

    Each of them is started again if it dies, and all end with this command, however it ends.
    """
    from feedmill import log
    from feedmill.config import load
    from feedmill.embedded import EmbeddedServer
    from service.supervise import supervise

    source = context.get_parameter_source("log_level")
    if once and source is click.core.ParameterSource.DEFAULT:
        log_level = "warning"  # the table tells the rest
    settings = load(config)
    count = process_count(workers, option="--workers")
    log.configure(level=log_level)  # type: ignore[arg-type]
    for warning in settings.warnings:
        click.echo(f"warning: {warning}", err=True)
    with contextlib.ExitStack() as stack:
        server = None
        url = settings.redis
        if url == "embedded":
            server = stack.enter_context(EmbeddedServer(settings.data_dir))
            url = server.url
        os.environ[options.REDIS_VARIABLE] = url
        programs = [
            _service_program(settings, log_level, once=once, as_json=as_json),
            *worker_programs(count, settings, log_level),
        ]
        if not once:
            _announce(settings, url, count)
        watch = server.restart_if_ended if server else None
        code = asyncio.run(supervise(programs, watch=watch, ended=_deaf_to_signals))
    sys.exit(code)


def _deaf_to_signals() -> None:
    """All that is left is to stop the server in order; people press Ctrl-C twice."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})


def _service_program(settings: Settings, log_level: str, *, once: bool, as_json: bool) -> Program:
    from service.supervise import Program

    command = [
        *(sys.executable, "-m", "service", "service"),
        *("--config", str(settings.path), "--log-level", log_level),
        *(["--once"] if once else []),
        *(["--json"] if as_json else []),
    ]
    return Program("service", tuple(command), ends=once, stop_seconds=20.0)


def _announce(settings: Settings, redis_url: str, workers: int) -> None:
    from feedmill.log import clean

    sources = sum(source.enabled for source in settings.sources)
    click.echo(
        f"feedmill runs: {sources} source{'' if sources == 1 else 's'}, {workers} workers, "
        f"Redis at {clean(redis_url)}. Ctrl-C stops it.",
        err=True,
    )
