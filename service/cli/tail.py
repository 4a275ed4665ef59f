"""`feedmill tail`: the newest articles, and those that come."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedmill.errors import EmbeddedError
from service.cli import options
from service.cli.reading import reading

if TYPE_CHECKING:
    from feedmill.config import Settings
    from feedmill.store.articles import ArticleLog, Entry


@click.command()
@options.config_option
@options.redis_option
@click.option("-n", "--lines", default=10, show_default=True, help="How many to begin with.")
@click.option("-f", "--follow", is_flag=True, help="Go on with those that come.")
@options.json_option
def tail(config: Path, redis_url: str | None, lines: int, *, follow: bool, as_json: bool) -> None:
    """Show the newest entries of the stream of articles.

    With --json each line is the announcement with the whole article in its field `article`.
    """
    from feedmill.config import load
    from feedmill.store.articles import ArticleLog
    from feedmill.store.keys import Keys

    settings = load(config)
    if follow and not redis_url and settings.redis == "embedded":
        _require_running(settings)
    with reading(settings, redis_url) as redis, contextlib.suppress(KeyboardInterrupt):
        log = ArticleLog(redis, Keys(settings.prefix))
        newest = log.newest(lines) if lines > 0 else []
        last = newest[-1].id if newest else log.last_id()
        _print(newest, log, as_json=as_json)
        if follow:
            _print(log.follow(last), log, as_json=as_json)


def _require_running(settings: Settings) -> None:
    """Following a server of one's own would wait for ever, and keep others from the folder."""
    from feedmill.embedded import answers, socket_path

    if not answers(f"unix://{socket_path(settings.data_dir)}"):
        raise EmbeddedError(
            "there is nothing to follow: start `feedmill run` first", kind="embedded-not-running"
        )


def _print(entries: Iterable[Entry], log: ArticleLog, *, as_json: bool) -> None:
    for entry in entries:
        click.echo(_json_line(entry, log) if as_json else _line(entry))


def _line(entry: Entry) -> str:
    from feedmill.log import clean

    fields = entry.fields
    when = fields.get("published_at", "")[:16].replace("T", " ")
    title = " ".join(clean(fields.get("title", "(no title)")).split())
    place = clean(fields.get("url", ""))
    return (
        f"{fields['op']:9} {click.style(fields['id'], fg='cyan')} {when:16} {fields.get('lang', '--'):5} "
        f"{click.style(title, bold=True)}  {click.style(place, dim=True)}"
    )


def _json_line(entry: Entry, log: ArticleLog) -> str:
    stored = log.get_json(entry.article_id)
    article = json.loads(stored) if stored else None
    return json.dumps(
        {"entry_id": entry.id, **entry.fields, "article": article}, ensure_ascii=False
    )
