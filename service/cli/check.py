"""`feedmill check`: is the sources file right?"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedmill.errors import ConfigError, SourceError
from service.cli import options

if TYPE_CHECKING:
    from feedmill.config import Settings


@click.command()
@options.config_argument
@options.json_option
def check(config: Path, *, as_json: bool) -> None:
    """Check a sources file and list every mistake with its place.

    Exits with 0 if the file is right and with 2 if it is not.
    """
    from feedmill.config import load

    try:
        settings = load(config)
        _check_selectors(settings)
    except ConfigError as error:
        if as_json:
            click.echo(json.dumps({"ok": False, "problems": error.problems}))
            sys.exit(2)
        raise
    if as_json:
        sources = [
            source.model_dump(mode="json", exclude_defaults=True) for source in settings.sources
        ]
        click.echo(json.dumps({"ok": True, "warnings": settings.warnings, "sources": sources}))
        return
    for warning in settings.warnings:
        click.echo(f"warning: {warning}", err=True)
    count = len(settings.sources)
    click.echo(f"{config}: no mistakes, {count} source{'' if count == 1 else 's'}")


def _check_selectors(settings: Settings) -> None:
    """What `select` means is known where pages are read, which loading does not import."""
    from service.feeds.listing import compiled

    problems = []
    for source in settings.sources:
        try:
            if source.select:
                compiled(source.select)
        except SourceError as error:
            problems.append(f"source {source.id}: {error.message}")
    if problems:
        raise ConfigError(problems)
