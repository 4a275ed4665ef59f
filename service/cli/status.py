"""`feedmill status`: whether all is well, and how the sources are, the worst first."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from service.cli import options
from service.cli.reading import reading

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import RenderableType

    from feedmill.config import Settings
    from feedmill.store.configs import ConfigInForce
    from service.cli.status_sources import SourceStatus
    from service.overview import Overview

_WATCH_EVERY = 2.0  # seconds
_PLAIN_WIDTH = 130  # columns, where there is no terminal to ask


@dataclass(frozen=True, slots=True)
class _Seen:
    """What one look has found.

    Attributes:
        now: When, Unix seconds.
        overview: How feedmill is.
        sources: How its sources are; the worst first.
        config: The configuration that the service works with.
    """

    now: float
    overview: Overview
    sources: Sequence[SourceStatus]
    config: ConfigInForce | None


@click.command()
@options.config_option
@options.redis_option
@click.argument("source_ids", metavar="[ID]...", nargs=-1)
@click.option("-w", "--watch", is_flag=True, help="Show it anew every two seconds.")
@options.json_option
def status(
    config: Path, redis_url: str | None, source_ids: tuple[str, ...], *, watch: bool, as_json: bool
) -> None:
    """Show whether all is well, and how each source is: last look, success and new entry, next look.

    Of a consumer group it tells what it has yet to read and to acknowledge. It is `behind` if something has
    waited for over an hour, `close to losing` if it needs over 80 % of the entries that a stream may have
    (`retention.entries`), and `has lost` if in the last day something was removed before it had it.

    \b
    Health is one of
      ok        it answers, and brings news as it used to
      new       it has not been looked at yet
      waits     its server has asked for patience
      silent    it answers, but brings nothing new, against its own rhythm
      failing   it could not be read the last time
      gone      its server says that it is gone for good (410)
      off       `enabled: false`
    """  # noqa: D301 - click wants the sign itself
    from feedmill.config import load

    settings = load(config)
    with reading(settings, redis_url) as redis:
        if as_json:
            click.echo(_json(_look(redis, settings, source_ids), settings))
        elif watch:
            _watch(redis, settings, source_ids)
        else:
            _print(_look(redis, settings, source_ids), settings)


def _look(redis: Redis, settings: Settings, source_ids: Sequence[str]) -> _Seen:
    from feedmill.store import configs
    from feedmill.store.keys import Keys
    from feedmill.store.sources import load_states
    from service import overview, schedule
    from service.cli.status_sources import WORST_FIRST, SourceStatus

    keys, now = Keys(settings.prefix), time.time()
    sources = [one for one in settings.sources if not source_ids or one.id in source_ids]
    states = load_states(redis, keys, [source.id for source in sources])
    found = []
    for source in sources:
        state = schedule.of_address(states[source.id], source)
        found.append(SourceStatus(source, state, schedule.health(state, source, now=now)))
    found.sort(key=lambda one: (WORST_FIRST.index(one.health), one.state.next_at))
    return _Seen(now, overview.look(redis, keys, now), found, configs.load(redis, keys))


def _json(seen: _Seen, settings: Settings) -> str:
    told = {
        **seen.overview.to_json(seen.now, settings.retention.entries),
        "config": asdict(seen.config) if seen.config else None,
        "sources": [one.to_json() for one in seen.sources],
    }
    return json.dumps(told, ensure_ascii=False)


def _watch(redis: Redis, settings: Settings, source_ids: Sequence[str]) -> None:
    from rich.live import Live

    with Live(screen=True, auto_refresh=False) as live:
        try:
            while True:
                seen = _look(redis, settings, source_ids)
                live.update(_view(seen, settings, live.console.width), refresh=True)
                time.sleep(_WATCH_EVERY)
        except KeyboardInterrupt:
            return


def _print(seen: _Seen, settings: Settings) -> None:
    import sys

    from rich.console import Console

    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
    console.print(_view(seen, settings, console.width))


def _view(seen: _Seen, settings: Settings, width: int) -> RenderableType:
    from rich.console import Group

    from service.cli.status_panel import panel_of
    from service.cli.status_sources import table_of

    return Group(
        panel_of(seen.overview, seen.now, settings.retention.entries),
        "",
        table_of(seen.sources, seen.config, seen.now, width),
    )
