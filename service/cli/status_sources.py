"""How sources are, as `feedmill status` shows it: a table, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.cli.amounts import ago, ahead

if TYPE_CHECKING:
    from rich.console import RenderableType

    from feedmill.config import Source
    from feedmill.store.configs import ConfigInForce
    from feedmill.store.sources import SourceState

WORST_FIRST = ("gone", "failing", "silent", "waits", "new", "ok", "off")
_COLUMNS = ("Health", "Looked", "Success", "New entry", "Next", "Why then")
_WHERE_THERE_IS_ROOM = ("Success", "Why then")
_NARROW = 100  # columns of the terminal
_SHORT_NAME = 26
_STYLES = {"gone": "red", "failing": "red", "silent": "yellow", "waits": "yellow", "ok": "green"}


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


def table_of(
    found: Sequence[SourceStatus], in_force: ConfigInForce | None, now: float, width: int
) -> RenderableType:
    """The table, and what is wrong with the sources file.

    Args:
        found: The sources.
        in_force: The configuration that the service works with.
        now: Unix seconds.
        width: Columns there are; where they are few, two of the table's are left out.
    """
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    is_narrow = width < _NARROW
    table = Table(box=None, pad_edge=False, expand=True)
    table.add_column("Source", no_wrap=True, max_width=_SHORT_NAME if is_narrow else None)
    shown = [name for name in _COLUMNS if not (is_narrow and name in _WHERE_THERE_IS_ROOM)]
    for name in shown:
        table.add_column(name, no_wrap=True)
    table.add_column("Error", ratio=1)
    for one in found:
        cells = _cells(one, now)
        table.add_row(*(cells[name] for name in ("Source", *shown, "Error")))
    counts = {name: sum(one.health == name for one in found) for name in WORST_FIRST}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    return Group(table, Text(f"\n{told or 'no sources'}"), *_about(in_force))


def _cells(one: SourceStatus, now: float) -> dict[str, RenderableType]:
    from rich.text import Text

    from feedmill.log import clean

    state = one.state
    cells = {
        "Source": (one.source.id, "bold"),
        "Health": (one.health, _STYLES.get(one.health, "")),
        "Looked": (ago(state.asked_at, now), ""),
        "Success": (ago(state.succeeded_at, now), ""),
        "New entry": (ago(state.new_at, now), ""),
        "Next": ("never" if state.is_gone else ahead(state.next_at, now), ""),
        "Why then": (state.why, "dim"),
        "Error": (clean(state.error or ""), "dim"),
    }
    return {name: Text(text, style=style) for name, (text, style) in cells.items()}


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
