"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

DEFAULT_CONFIG = "sources.yaml"

config_argument = click.argument(
    "config",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="FEEDMILL_CONFIG",
)
config_option = click.option(
    "-c",
    "--config",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    envvar="FEEDMILL_CONFIG",
    show_default=True,
    help="The sources file.",
)
REDIS_VARIABLE = "FEEDMILL_REDIS"  # how a password reaches child processes: `ps` shows arguments
redis_option = click.option(
    "--redis",
    "redis_url",
    metavar="URL",
    envvar=REDIS_VARIABLE,
    help="Address of the Redis server, in place of the file's.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def log_option(default: str) -> Callable[[Any], Any]:
    """The option `--log-level` with this default."""
    return click.option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning"]),
        default=default,
        show_default=True,
        help="What is worth a line on standard error.",
    )
