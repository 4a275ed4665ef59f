"""`feedmill status`: how the sources are, the worst first."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from service.cli import options
from service.cli.reading import reading

if TYPE_CHECKING:
    from redis import Redis
    from rich.console import RenderableType

    from feedmill.config import Settings, Source
    from feedmill.store.configs import ConfigInForce
    from feedmill.store.sources import SourceState

_WATCH_EVERY = 2.0  # seconds
_WORST_FIRST = ("gone", "failing", "silent", "waits", "new", "ok", "off")
_STYLES = {"gone": "red", "failing": "red", "silent": "yellow", "waits": "yellow", "ok": "green"}
_PLAIN_WIDTH = 130  # columns, where there is no terminal to ask


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """A source, what is remembered of it, and how it is."""

    source: Source
    state: SourceState
    health: str

    def to_json(self) -> dict[str, Any]:
        """For `--json`; times are Unix seconds, null for never."""
        state = self.state
        return {
            "id": self.source.id,
            "health": self.health,
            "url": self.source.url,
            "path": self.source.path,
            "last_attempt": state.asked_at or None,
            "last_success": state.succeeded_at or None,
            "last_new": state.new_at or None,
            "next_poll": state.next_at if state.next_at and not state.is_gone else None,
            "why": state.why,
            "failures": state.failures,
            "error": {"kind": state.error_kind, "message": state.error} if state.error else None,
            "http_status": state.status,
            "format": state.format,
            "title": state.title,
            "moved_to": state.moved_to,
            "push_until": state.push_until or None,
        }


@click.command()
@options.config_option
@options.redis_option
@click.argument("source_ids", metavar="[ID]...", nargs=-1)
@click.option("-w", "--watch", is_flag=True, help="Show it anew every two seconds.")
@options.json_option
def status(
    config: Path, redis_url: str | None, source_ids: tuple[str, ...], *, watch: bool, as_json: bool
) -> None:
    """Show how each source is: last look, last success, last new entry, next look and why then.

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
            found, in_force = _look(redis, settings, source_ids)
            click.echo(_json(found, in_force))
        elif watch:
            _watch(redis, settings, source_ids)
        else:
            _print(_view(*_look(redis, settings, source_ids)))


def _look(
    redis: Redis, settings: Settings, source_ids: Sequence[str]
) -> tuple[list[SourceStatus], ConfigInForce | None]:
    from feedmill.store import configs
    from feedmill.store.keys import Keys
    from feedmill.store.sources import load_states
    from service import schedule

    keys, now = Keys(settings.prefix), time.time()
    sources = [one for one in settings.sources if not source_ids or one.id in source_ids]
    states = load_states(redis, keys, [source.id for source in sources])
    found = []
    for source in sources:
        state = schedule.of_address(states[source.id], source)
        found.append(SourceStatus(source, state, schedule.health(state, source, now=now)))
    found.sort(key=lambda one: (_WORST_FIRST.index(one.health), one.state.next_at))
    return found, configs.load(redis, keys)


def _json(found: Sequence[SourceStatus], in_force: ConfigInForce | None) -> str:
    from dataclasses import asdict

    config = asdict(in_force) if in_force else None
    return json.dumps(
        {"config": config, "sources": [one.to_json() for one in found]}, ensure_ascii=False
    )


def _watch(redis: Redis, settings: Settings, source_ids: Sequence[str]) -> None:
    from rich.live import Live

    with Live(screen=True, auto_refresh=False) as live:
        try:
            while True:
                live.update(_view(*_look(redis, settings, source_ids)), refresh=True)
                time.sleep(_WATCH_EVERY)
        except KeyboardInterrupt:
            return


def _print(view: RenderableType) -> None:
    import sys

    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False).print(view)


def _view(found: Sequence[SourceStatus], in_force: ConfigInForce | None) -> RenderableType:
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, expand=True)
    for name in ("Source", "Health", "Looked", "Success", "New entry", "Next", "Why then"):
        table.add_column(name, no_wrap=True)
    table.add_column("Error", ratio=1)
    now = time.time()
    for one in found:
        table.add_row(*_cells(one, now))
    counts = {name: sum(one.health == name for one in found) for name in _WORST_FIRST}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return Group(table, Text(f"\n{told or 'no sources'}"), *_about(in_force))


def _cells(one: SourceStatus, now: float) -> list[RenderableType]:
    from rich.text import Text

    from feedmill.log import clean

    state = one.state
    ago = [_ago(at, now) for at in (state.asked_at, state.succeeded_at, state.new_at)]
    error = clean(state.error or "")
    cells: list[tuple[str, str]] = [
        (one.source.id, "bold"),
        (one.health, _STYLES.get(one.health, "")),
        *((text, "") for text in ago),
        ("never" if state.is_gone else _ahead(state.next_at, now), ""),
        (state.why, "dim"),
        (error, "dim"),
    ]
    return [Text(text, style=style) for text, style in cells]


def _about(in_force: ConfigInForce | None) -> list[RenderableType]:
    from rich.text import Text

    if in_force is None:
        return []
    if not in_force.refused_at:
        return []
    lines = [
        "The sources file was changed and has mistakes; the service works with the one before:",
        *(f"  {problem}" for problem in in_force.problems),
    ]
    return [Text("\n".join(lines), style="red")]


def _ago(at: float, now: float) -> str:
    return f"{_span(now - at)} ago" if at else "never"


def _ahead(at: float, now: float) -> str:
    return f"in {_span(at - now)}" if at > now else "now"


def _span(seconds: float) -> str:
    """A length of time in two words at most: 42 s, 7 min, 3 h, 12 d."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"
