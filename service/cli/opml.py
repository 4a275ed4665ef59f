"""`feedmill import` and `feedmill export`: subscriptions from and for other feed readers, as OPML."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import ConfigError
from service.cli import options

if TYPE_CHECKING:
    from feedmill.config import Settings, Source

_WEB = ("http://", "https://")
_STDIN = _STDOUT = "-"
_FEEDS = frozenset({"auto", "feed"})


@dataclass(frozen=True, slots=True)
class _Imported:
    """What is in an OPML file.

    Attributes:
        entries: Feeds that are new, as they stand under `sources`.
        listed: How many are listed already.
        problems: What is wrong with the others, one sentence each.
    """

    entries: list[dict[str, Any]]
    listed: int
    problems: list[str]


@click.command("import")
@options.config_option
@click.argument("opml", metavar="FILE|URL")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="The list to write, - for standard output.  [default: sources.d/NAME.yaml beside the sources file]",
)
@click.option("--force", is_flag=True, help="Write over a list that is there.")
@options.json_option
def import_(config: Path, opml: str, *, output: Path | None, force: bool, as_json: bool) -> None:
    """Turn an OPML file into a list of sources.

    OPML is what feed readers export. Folders become tags. Feeds that the sources file lists already are left
    out, and so is what is no address of a feed: each is told. To follow an OPML file as it changes, name it under
    `include` instead.

    \b
    Examples:
      feedmill import subscriptions.opml
      feedmill import https://reader.example/export.opml -o sources.d/reader.yaml
    """  # noqa: D301 - click wants the sign itself
    from feedmill.config import load
    from feedmill.config.edit import written

    settings = load(config) if config.exists() else None
    name, raw = _read(opml, settings)
    found = _imported(name, raw, settings)
    output = output or config.parent / "sources.d" / f"{name.stem}.yaml"
    is_shown = str(output) == _STDOUT
    text = "".join(f"{line}\n" for line in [f"# From {name.name}.", *written(found.entries)])
    if is_shown:
        click.echo(text, nl=False)
    elif found.entries:
        _write(output, text, force=force)
    _tell(found, None if is_shown else output, as_json=as_json and not is_shown)
    if found.entries and not is_shown:
        _hint(output, config, settings)


@click.command()
@options.config_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write."
)
@options.json_option
def export(config: Path, *, output: Path | None, as_json: bool) -> None:
    """Print the feeds among the sources as OPML 2.0, for other feed readers.

    The first tag of a source is its folder, its other tags are categories. Sources of other kinds than feeds,
    such as list pages, sitemaps and local files, have no place in OPML and are counted.

    \b
    Example:
      feedmill export > feeds.opml
    """  # noqa: D301 - click wants the sign itself
    from feedmill.config import load
    from feedmill.config.opml import render
    from service.cli.sourcesfile import write

    if as_json and not output:
        raise click.UsageError("--json goes with --output: standard output is the OPML otherwise")
    sources = load(config).sources
    feeds = [source for source in sources if source.url and source.kind in _FEEDS]
    text = render("feedmill", map(_outline, feeds))
    others = [source.id for source in sources if source not in feeds]
    if output:
        write(output, text.encode())
    else:
        click.echo(text, nl=False)
    if as_json:
        click.echo(json.dumps({"feeds": len(feeds), "left_out": others, "file": str(output)}))
    else:
        more = f"; {_count(len(others), 'source')} of other kinds left out" if others else ""
        click.echo(f"{_count(len(feeds), 'feed')}{more}", err=True)


def _outline(source: Source) -> Any:
    from feedmill.config.opml import Outline

    return Outline(source.url or "", source.name, tuple(source.tags))


def _read(opml: str, settings: Settings | None) -> tuple[Path, bytes]:
    """The name that the list is to have, and the bytes of the OPML file."""
    from feedmill.config.ids import derive_id
    from service.cli import inputs

    if not opml.lower().startswith(_WEB):
        name = "import.opml" if opml == _STDIN else opml
        return Path(name), inputs.read(opml).content
    raw = asyncio.run(_fetch(opml, settings))
    return Path(f"{derive_id(opml.partition('?')[0])}.opml"), raw


async def _fetch(url: str, settings: Settings | None) -> bytes:
    from feedmill.config import Settings
    from service.http import Fetcher
    from service.parts import policy_of

    async with Fetcher(policy_of(settings or Settings())) as fetcher:
        return (
            await fetcher.fetch(url, accept="text/x-opml, application/xml;q=0.9, */*;q=0.1")
        ).body


def _imported(name: Path, raw: bytes, settings: Settings | None) -> _Imported:
    """The feeds of an OPML file that are new.

    Raises:
        ConfigError: It is no OPML.
    """
    from feedmill.config import Defaults
    from feedmill.config.opml import OpmlDocument
    from feedmill.config.problems import UnreadableError
    from feedmill.config.sources import SourceList
    from feedmill.urls import canonical

    try:
        document = OpmlDocument(name.absolute(), raw)
    except UnreadableError as error:
        raise ConfigError([f"{name}:{error.line}:{error.column}: {error.text}"]) from error
    known = settings.sources if settings else []
    urls = {canonical(source.url) for source in known if source.url}
    ids = {source.id for source in known}
    sources = SourceList()
    for number in range(len(document.outlines)):
        sources.add_listed(document, number, Defaults())
    new = [source for source in sources.sources if canonical(source.url or "") not in urls]
    entries = [_entry(source, ids) for source in new]
    return _Imported(entries, len(sources.sources) - len(new), list(map(str, document.problems)))


def _entry(source: Source, ids: set[str]) -> dict[str, Any]:
    """As it stands under `sources`: an id only where the one made from the address would be another's."""
    from feedmill.config.ids import derive_distinct_id, derive_id

    url = source.url or ""
    entry: dict[str, Any] = {"url": url}
    if source.id != derive_id(url) or source.id in ids:
        entry["id"] = derive_distinct_id(url)
    if source.name:
        entry["name"] = source.name
    if source.tags:
        entry["tags"] = source.tags
    return entry


def _write(output: Path, text: str, *, force: bool) -> None:
    from service.cli.sourcesfile import write

    if output.exists() and not force:
        raise ConfigError([f"{output}: there is such a file; --force writes over it"])
    write(output, text.encode())


def _tell(found: _Imported, output: Path | None, *, as_json: bool) -> None:
    if as_json:
        told = {"written": len(found.entries), "listed": found.listed, "left_out": found.problems}
        click.echo(json.dumps({**told, "file": str(output)}, ensure_ascii=False))
        return
    for problem in found.problems:
        click.echo(f"warning: {problem}", err=True)
    counts = f"{_count(len(found.entries), 'feed')} written"
    counts += f", {found.listed} listed already" if found.listed else ""
    counts += f", {len(found.problems)} left out" if found.problems else ""
    click.echo(f"{output}: {counts}" if output else counts, err=True)


def _hint(output: Path, config: Path, settings: Settings | None) -> None:
    """Say what is still to be done, if the sources file does not include the list."""
    from feedmill.config.paths import absolute

    read = {*settings.files, *settings.would_read()} if settings else set()
    if absolute(output) not in read:
        shown = (
            output.relative_to(config.parent) if output.is_relative_to(config.parent) else output
        )
        click.echo(f"now add to {config}: `include: [{shown}]`", err=True)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
