"""`feedmill add`: find out what an address has, and write it into the sources file."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import ConfigError, SourceError
from service.cli import options

if TYPE_CHECKING:
    from feedmill.config import Settings
    from service.cli.candidates import Candidate
    from service.cli.sourcesfile import SourcesFile

_KINDS = ("auto", "feed", "site", "page", "sitemap")
_SHOWN_TITLE = 60


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What the user says about the source."""

    source_id: str | None
    tags: tuple[str, ...]
    every: str | None
    select: str | None

    def entry(self, one: Candidate) -> dict[str, Any]:
        """As it stands in the file: no more than is needed."""
        entry: dict[str, Any] = {"url": one.url}
        if one.kind != "feed" and not (one.kind == "page" and self.select):
            entry["kind"] = one.kind
        told = {"id": self.source_id, "select": self.select, "tags": self.tags, "every": self.every}
        return entry | {name: value for name, value in told.items() if value}


@click.command()
@options.config_option
@click.argument("url")
@click.option("--id", "source_id", help="Name of the source; made from its address otherwise.")
@click.option("--tag", "tags", multiple=True, help="Label for its articles; may be repeated.")
@click.option("--kind", type=click.Choice(_KINDS), default="auto", show_default=True)
@click.option("--select", help="CSS selector of the links on a list page.")
@click.option("--every", metavar="DURATION", help="How often to look, such as 30m.")
@click.option("--feed", "number", type=click.IntRange(min=1), help="Take this one of those found.")
@click.option("--all", "take_all", is_flag=True, help="Take all feeds found, except of comments.")
@click.option("--dry-run", is_flag=True, help="Show what would be added; write nothing.")
@options.json_option
def add(
    config: Path,
    url: str,
    *,
    source_id: str | None,
    tags: tuple[str, ...],
    kind: str,
    select: str | None,
    every: str | None,
    number: int | None,
    take_all: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Find out what an address has and add it to the sources file.

    URL may be a feed, a sitemap, or a page: then the feeds that it names are shown to choose from, and a page
    that names none is added as a list of articles, if it is one. The file keeps its comments and its layout; one
    that is not there is made. A running service takes the change up by itself.

    \b
    Examples:
      feedmill add https://news.example/
      feedmill add https://news.example/ --all --tag uk --every 30m
      feedmill add https://news.example/press --kind page --select "main h3 a" --dry-run
    """  # noqa: D301 - click wants the sign itself
    from service.cli.sourcesfile import SourcesFile

    if take_all and (source_id or number):
        raise click.UsageError("--all goes with neither --id nor --feed")
    wanted = _Wanted(source_id, tags, every, select)
    url = url if "://" in url else f"https://{url}"
    file = SourcesFile(config)
    file.refuse_listed(url)  # before anybody is asked
    found = asyncio.run(_find(url, kind, select, file.settings, _whisper))
    if not as_json:
        _show(found)
    chosen = _chosen(found, number, take_all=take_all, ask=not as_json)
    entries, listed = _new([wanted.entry(one) for one in chosen], file)
    ids = [] if dry_run else file.add(entries)
    if as_json:
        _print(found, entries, listed, ids, config)
    else:
        _tell(entries, listed, ids, config, dry_run=dry_run)


async def _find(
    url: str, kind: str, select: str | None, settings: Settings, tell: Callable[[str], None]
) -> list[Candidate]:
    from service.cli.candidates import find
    from service.feeds.pool import FeedParsers
    from service.http import Fetcher
    from service.http.pacing import Pace
    from service.parts import policy_of
    from service.sources.means import Means

    per_host = settings.defaults.per_host
    pace = Pace(per_host.concurrency, per_host.delay.total_seconds())
    with FeedParsers(processes=1) as parsers:
        async with Fetcher(policy_of(settings)) as fetcher:
            return await find(url, kind, Means(fetcher, parsers, pace), select=select, tell=tell)


def _chosen(
    found: Sequence[Candidate], number: int | None, *, take_all: bool, ask: bool
) -> list[Candidate]:
    """Which of those found are taken: as the options say, as the user says, or the first."""
    good = [one for one in found if one.error is None]
    if not good:
        raise SourceError(f"nothing that was found can be read: {found[0].error}", kind="no-feed")
    if take_all:
        return [one for one in good if not one.is_comments] or good
    if number is None and len(found) > 1 and ask and _is_terminal():
        number = click.prompt(
            "Which one", type=click.IntRange(1, len(found)), default=found.index(good[0]) + 1
        )
    if number is None:
        return good[:1]
    if number > len(found):
        raise click.UsageError(f"--feed {number}: {len(found)} found")
    if error := found[number - 1].error:
        raise SourceError(f"this one cannot be read: {error}", kind="no-feed")
    return [found[number - 1]]


def _new(
    entries: Sequence[dict[str, Any]], file: SourcesFile
) -> tuple[list[dict[str, Any]], list[str]]:
    """The entries that can be added; of several, those are left out that are listed already.

    Raises:
        ConfigError: None can.
    """
    try:
        file.with_entries(entries)
    except ConfigError:
        if len(entries) == 1:
            raise
    else:
        return list(entries), []
    new: list[dict[str, Any]] = []
    listed: list[str] = []
    refusal: ConfigError | None = None
    for entry in entries:
        try:
            file.with_entries([*new, entry])
        except ConfigError as error:
            refusal = error
            listed.append(entry["url"])
        else:
            new.append(entry)
    if not new and refusal:
        raise refusal
    return new, listed


def _whisper(text: str) -> None:
    """Say what takes time to whoever waits for it."""
    if sys.stderr.isatty():
        click.echo(text, err=True)


def _is_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty()


def _print(
    found: Sequence[Candidate],
    entries: Sequence[dict[str, Any]],
    listed: Sequence[str],
    ids: Sequence[str],
    config: Path,
) -> None:
    told = {
        "found": [one.to_json() for one in found],
        "entries": entries,
        "added": ids,
        "listed": listed,
        "file": str(config),
    }
    click.echo(json.dumps(told, ensure_ascii=False))


def _show(found: Sequence[Candidate]) -> None:
    for number, one in enumerate(found, 1):
        title = _plain(one.title or "(no title)")[:_SHOWN_TITLE]
        click.echo(f"{number:3}  {title}  [{one.format or one.kind}]  {_about(one)}")
        click.echo(f"     {_plain(one.url)}")


def _about(one: Candidate) -> str:
    if one.error:
        return f"cannot be read: {_plain(one.error)}"
    if one.entries is None:
        return "not looked at"
    what = {"page": "links", "sitemap": "addresses"}.get(one.kind, "entries")
    newest = f", newest {one.newest:%Y-%m-%d %H:%M}" if one.newest else ""
    comments = ", comments" if one.is_comments else ""
    return f"{one.entries} {what}{newest}{comments}"


def _tell(
    entries: Sequence[dict[str, Any]],
    listed: Sequence[str],
    ids: Sequence[str],
    config: Path,
    *,
    dry_run: bool,
) -> None:
    from feedmill.config.edit import written

    for url in listed:
        click.echo(f"already listed, or its id is: {_plain(url)}", err=True)
    click.echo("\n".join(written(entries, "  ")))
    if dry_run:
        click.echo(f"{config}: nothing was written (--dry-run)", err=True)
    else:
        click.echo(f"{config}: added {', '.join(ids)}", err=True)


def _plain(text: str) -> str:
    """Without what a stranger could do to a terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)
