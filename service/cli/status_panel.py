"""The panel above the sources in `feedmill status`: is it well?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from service.cli.amounts import size, span

if TYPE_CHECKING:
    from rich.console import RenderableType

    from feedmill.store.groups import GroupState
    from feedmill.store.rawstate import RawState
    from service.overview import Overview

_NEARLY_FULL = 0.9  # share of the memory
_LATELY_DAYS = 7
_WORTH_TELLING = 0.5  # share of a stream that a group needs
_GOOD, _DOUBTFUL, _BAD = "green", "yellow", "red"
_BOUNDS = {
    "pages": "too many pages wait",
    "bytes": "too many bytes of pages wait",
    "age": "pages wait for too long",
    "memory": "Redis is short of memory",
}
_STANDINGS = {
    "ok": ("takes pages", _GOOD),
    "slow": ("takes pages more slowly", _DOUBTFUL),
    "full": ("takes no pages", _DOUBTFUL),
    "redis-full": ("takes no pages: Redis is full", _BAD),
    "redis-refuses": ("takes no pages: Redis takes no writes", _BAD),
}
_HEALTH = {"ok": _GOOD, "behind": _DOUBTFUL, "close to losing": _BAD, "has lost": _BAD}

Told = tuple[str, str]  # what is told, and its style


def panel_of(overview: Overview, now: float, most: int) -> RenderableType:
    """The panel.

    Args:
        overview: What was seen.
        now: Unix seconds.
        most: Entries that a stream may have.
    """
    from rich.table import Table
    from rich.text import Text

    from feedmill.log import clean

    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="cyan")
    table.add_column(overflow="fold")
    for name, (text, style) in _lines(overview, now, most):
        table.add_row(name, Text(clean(text), style=style))
    return table


def _lines(overview: Overview, now: float, most: int) -> Iterator[tuple[str, Told]]:
    gauge, workers = overview.gauge, overview.workers
    yield "Service", _service(overview, now)
    waits = f"{gauge.pages:,} pages, {size(gauge.bytes)}, the oldest for {span(gauge.age)}"
    yield "Waiting", (waits if gauge.pages else "no pages", "")
    at_work = f"{workers.count}: {workers.busy} busy, {workers.idle} idle"
    where = f", on {len(workers.hosts)} hosts" if len(workers.hosts) > 1 else ""
    yield "Workers", (at_work + where, _GOOD) if workers.count else ("none is alive", _BAD)
    yield (
        "Articles",
        (f"{overview.stored:,} stored, {overview.per_minute:.1f} announced a minute lately", ""),
    )
    yield "Redis", _memory(gauge.used_memory, gauge.max_memory)
    yield (
        "Quarantine",
        (f"{overview.quarantined:,}", _DOUBTFUL) if overview.quarantined else ("empty", ""),
    )
    if overview.raw:
        yield "Raw pages", _raw_pages(overview.raw, now)
    if removed := _removed(overview.removed, now):
        yield "Removed", removed
    if not overview.groups:
        yield "Consumers", ("no consumer group", "")
    for number, group in enumerate(overview.groups):
        yield "Consumers" if number == 0 else "", _group(group, now, most)


def _service(overview: Overview, now: float) -> Told:
    if overview.service is None:
        return "does not run", _BAD
    runs = f"runs (pid {overview.service.get('pid')} on {overview.service.get('host')})"
    standing = overview.standing
    if standing is None:
        return f"{runs}, says nothing of the queue", _DOUBTFUL
    what, style = _STANDINGS.get(standing.state, (standing.state, _DOUBTFUL))
    why = f": {_BOUNDS.get(standing.bound, standing.bound)}" if standing.bound else ""
    since = "" if standing.state == "ok" else f" (for {span(now - standing.since)})"
    return f"{runs}, {what}{why}{since}", style


def _memory(used: int, limit: int) -> Told:
    if not limit:
        return f"{size(used)}; no limit is set", ""
    share = used / limit
    return f"{size(used)} of {size(limit)} ({share:.0%})", _BAD if share > _NEARLY_FULL else ""


def _raw_pages(raw: RawState, now: float) -> Told:
    if raw.failing_since:
        return f"not kept for {span(now - raw.failing_since)}: {raw.problem}", _BAD
    if not raw.files:
        return "none yet", ""
    return f"{size(raw.bytes)} in {raw.files} files, of the last {span(now - raw.since)}", ""


def _removed(by_day: dict[str, dict[str, int]], now: float) -> Told | None:
    """What retention has removed of late."""
    from datetime import UTC, datetime, timedelta

    first = datetime.fromtimestamp(now, UTC).date() - timedelta(days=_LATELY_DAYS - 1)
    counts: dict[str, int] = {}
    for day, reasons in by_day.items():
        if day >= first.isoformat():
            for reason, count in reasons.items():
                counts[reason] = counts.get(reason, 0) + count
    if not counts:
        return None
    unread = counts.get("memory-unread", 0)
    told = f"{sum(counts.values()):,} articles in {_LATELY_DAYS} days"
    if unread:
        return f"{told}, {unread:,} of them before every group had read them", _BAD
    return told, ""


def _group(group: GroupState, now: float, most: int) -> Told:
    health = group.health(now, most)
    at_most = "" if group.is_exact else "at most "
    parts = []
    if group.lag:
        parts.append(f"{at_most}{group.lag:,} unread")
    if group.pending:
        parts.append(f"{group.pending:,} not acknowledged")
    if group.oldest:
        parts.append(f"the oldest for {span(group.waits(now))}")
    if group.needed > _WORTH_TELLING * most:
        parts.append(f"needs {group.needed / most:.0%} of the stream's room")
    if group.lost:
        parts.append(f"{group.lost:,} lost")
    what = ", ".join(parts) or "has everything"
    return f"{group.name} ({group.stream}): {health}; {what}", _HEALTH[health]
