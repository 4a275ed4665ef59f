"""`feedmill check`: is the sources file right?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from feedmill.errors import ConfigError
from service.cli import options


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
