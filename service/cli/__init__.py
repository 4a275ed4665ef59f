"""The command `feedmill`: one module for each of its commands.

Modules import what they need when they run, so that `feedmill --help` stays quick.
"""

from __future__ import annotations

import sys

from feedmill import __version__
from feedmill.errors import ConfigError, FeedmillError

try:
    import click
except ModuleNotFoundError:  # a consumer's installation
    sys.exit("The command feedmill needs more packages: pip install 'feedmill[all]'")


class _Commands(click.Group):
    """Turns errors that feedmill raises on purpose into one sentence and an exit code."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except ConfigError as error:
            for problem in error.problems:
                click.echo(problem, err=True)
            sys.exit(2)
        except FeedmillError as error:
            click.echo(f"feedmill: {error.message}", err=True)
            sys.exit(1)
        except Exception as error:
            from redis.exceptions import RedisError

            if not isinstance(error, RedisError):
                raise
            click.echo(f"feedmill: Redis does not answer: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="feedmill")
def main() -> None:
    """Turn news sources into a clean, deduplicated stream of articles in Redis.

    Sources stand in a file, by default sources.yaml in the current folder.
    """


def _add_commands() -> None:
    from service.cli import (
        add,
        check,
        dedup,
        extract,
        fetch,
        health,
        opml,
        parse_feed,
        quarantine,
        replay,
        run,
        service,
        show,
        status,
        tail,
        trial,
        why,
        worker,
    )

    for command in (
        run.run,
        check.check,
        add.add,
        opml.import_,
        opml.export,
        status.status,
        tail.tail,
        show.show,
        why.why,
        quarantine.quarantine,
        replay.replay,
        trial.test,
        fetch.fetch,
        extract.extract,
        dedup.dedup,
        parse_feed.parse_feed,
        service.service,
        worker.worker,
        health.healthcheck,
    ):
        main.add_command(command)


_add_commands()
