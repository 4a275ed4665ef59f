"""How the quarantine is shown, to people and as JSON."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from feedmill.log import clean
from service.cli.kinds import advice, explain
from service.cli.moments import told as moment

if TYPE_CHECKING:
    from feedmill.page import Page
    from feedmill.store.quarantine import Quarantined

_LINES = 20  # of a page's text
_PLAIN_WIDTH = 130  # columns, where there is no terminal to ask


def plain(one: Quarantined) -> dict[str, Any]:
    """For `--json`."""
    told = {name: value for name, value in asdict(one).items() if name not in {"blank", "measures"}}
    return {**told, **one.measures, "means": explain(one.kind).what}


def about(page: Page | None) -> dict[str, Any] | None:
    """What is known of a page, for `--json`."""
    if page is None:
        return None
    return {
        "url": page.url,
        "final_url": page.final_url,
        "status": page.status,
        "content_type": page.content_type,
        "fetched_at": page.fetched_at.isoformat(),
        "bytes": len(page.content),
    }


def print_list(shown: list[Quarantined], *, has_more: bool) -> None:
    """Print entries as a table."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not shown:
        click.echo("Nothing is in quarantine, or nothing of that kind.")
        return
    table = Table(box=None, pad_edge=False)
    for name in ("Set aside", "Id", "Kind", "Source", "Address"):
        table.add_column(name, no_wrap=True)
    for one in shown:
        cells = (moment(one.at), one.id, one.kind, one.source_id or "", one.url or "")
        table.add_row(*(Text(clean(cell)) for cell in cells))
    Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False).print(table)
    more = "There is more: -n shows it. " if has_more else ""
    click.echo(f"{more}`feedmill quarantine show ID` tells all of one.")


def told(one: Quarantined, page: Page | None, where: str, text: Sequence[str]) -> str:
    """All about one entry, for people.

    Args:
        one: The entry.
        page: Its page, where it is still there.
        where: Where it is.
        text: Lines of its text.
    """
    first = [f"  | {clean(line[:_PLAIN_WIDTH])}" for line in text if line.strip()][:_LINES]
    if first:
        first.insert(0, "")
    rows = [
        ("set aside", moment(one.at)),
        ("why", f"{one.kind}: {explain(one.kind).what}"),
        ("reason", one.reason),
        ("next", advice(one.kind, one.url, one.id)),
        ("source", one.source_id),
        ("address", one.url),
        ("used", ", ".join(measured(one.measures))),
        ("page", one.page_id),
        ("raw page", _where(where, page, one)),
    ]
    lines = [f"  {click.style(f'{name:10}', fg='cyan')} {clean(v)}" for name, v in rows if v]
    return "\n".join([click.style(one.id, bold=True), *lines, *first])


def measured(measures: dict[str, float]) -> Iterator[str]:
    """What a page has used, in words."""
    units = {"cpu_seconds": "{:.1f} s of CPU time", "max_rss": "{:.0f} MB of memory at most"}
    for name, value in measures.items():
        shown = value / 1e6 if name == "max_rss" else value
        yield units.get(name, name + " {:.0f}").format(shown)


def _where(where: str, page: Page | None, one: Quarantined) -> str:
    size = f", {len(page.content)} bytes, {page.content_type or 'no media type'}" if page else ""
    return {
        "redis": f"in Redis{size}",
        "file": f"in {one.raw_ref}{size}",
        "gone": "kept no longer; only its source could bring it again",
        "none": "it could not even be fetched",
    }[where]


def retried(done: dict[str, list[str]]) -> str:
    """What trying again came to, in sentences."""
    told = [
        ("page", "{} on the way again: a running service enqueues it within half a minute."),
        ("item", "{} asked for again by the service, now."),
        ("no-page", "{} left as it is: the bytes are kept no longer, and there is nothing to ask."),
        ("gone", "{} left the quarantine meanwhile."),
    ]
    lines = [text.format(number(len(done[name]), "entry")) for name, text in told if done[name]]
    return "\n".join(lines) or "Nothing of that kind is in quarantine."


def number(count: int, what: str) -> str:
    """A count of entries, in words."""
    return f"{count} {what if count == 1 else what.replace('entry', 'entries')}"
