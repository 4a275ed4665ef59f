"""What a round over all sources shows: progress while it runs, the articles afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click
from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

from feedmill.article import Article
from feedmill.config import Settings
from feedmill.log import clean
from feedmill.store.articles import ArticleLog, Entry
from feedmill.store.keys import Keys
from service.ingest import Tally

Show = Callable[[Tally, int], None]
_PLAIN_WIDTH = 110  # columns, where there is no terminal to ask
_LINE_EVERY = 10.0  # seconds
_FIRST_CHARACTERS = 230
_SHOWN = 20  # articles in the table


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round came to.

    Attributes:
        verdicts: How many pages ended as new, update, duplicate, unchanged, quarantined.
        polled: Counts of the service, see `service.ingest.Tally`.
        entries: Stream entries to show: those of this round, or else the newest.
        has_news: Whether they are of this round.
        asked_to_wait: Ids of the sources that were not looked at, because their answers ask to wait.
        seconds: How long it took.
    """

    verdicts: dict[str, int]
    polled: dict[str, int]
    entries: list[Entry]
    has_news: bool
    asked_to_wait: tuple[str, ...]
    seconds: float


@contextlib.contextmanager
def progress(*, enabled: bool) -> Iterator[Show]:
    """A function that shows how far the round is: in place on a terminal, else a line now and then."""
    if not enabled:
        yield lambda _tally, _pending: None
    elif sys.stderr.isatty():
        with Status("starting", console=Console(stderr=True)) as status:
            yield lambda tally, pending: status.update(_progress_line(tally, pending))
    else:
        yield _Lines().show


class _Lines:
    """Progress for logs: a line every ten seconds."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def show(self, tally: Tally, pending: int) -> None:
        if time.monotonic() - self._last >= _LINE_EVERY:
            self._last = time.monotonic()
            click.echo(_progress_line(tally, pending), err=True)


def _progress_line(tally: Tally, pending: int) -> str:
    return (
        f"{tally.found} items found, {tally.known} known, {tally.accepted} pages taken, "
        f"{pending} still to be worked on by the workers"
    )


def show(
    outcome: Outcome, settings: Settings, redis_url: str, log: ArticleLog, *, as_json: bool
) -> None:
    """Print what a round came to, for people or as one line of JSON."""
    keys = Keys(settings.prefix)
    if as_json:
        click.echo(json.dumps(_as_json(outcome, redis_url, keys), ensure_ascii=False))
        return
    console = Console(width=None if sys.stdout.isatty() else _PLAIN_WIDTH, highlight=False)
    if outcome.entries:
        console.print(_table(outcome, log, keys))
    for line in _summary(outcome):
        console.print(line)
    console.print(_how_to_go_on(settings, redis_url, keys), soft_wrap=True)


def _as_json(outcome: Outcome, redis_url: str, keys: Keys) -> dict[str, Any]:
    announced = outcome.entries if outcome.has_news else []
    return {
        **{
            name: value
            for name, value in asdict(outcome).items()
            if name in {"verdicts", "polled", "asked_to_wait"}
        },
        "seconds": round(outcome.seconds, 2),
        "redis": clean(redis_url),
        "articles": [
            {"key": keys.article(entry.article_id), "entry_id": entry.id, **entry.fields}
            for entry in announced
        ],
    }


def _table(outcome: Outcome, log: ArticleLog, keys: Keys) -> Table:
    title = "Articles of this round" if outcome.has_news else "Newest articles (known from before)"
    table = Table(title=title, title_justify="left", show_lines=True, expand=True)
    table.add_column("Article", ratio=1)
    table.add_column("Where", no_wrap=True)
    for entry in outcome.entries[-_SHOWN:]:
        article = log.get(entry.article_id)
        if article is not None:
            op = entry.fields["op"] if outcome.has_news else "known"
            table.add_row(_first_lines(article), _where(article, op, keys))
    hidden = len(outcome.entries) - _SHOWN
    if hidden > 0:
        table.caption = f"and {hidden} more: feedmill tail -n {len(outcome.entries)}"
    return table


def _first_lines(article: Article) -> Text:
    text = Text(clean(article.title or "(no title)"), style="bold")
    start = clean(" ".join(article.text[: 2 * _FIRST_CHARACTERS].split()))
    if len(start) > _FIRST_CHARACTERS:
        start = start[:_FIRST_CHARACTERS].rsplit(" ", 1)[0] + " …"
    return text.append("\n" + start, style="not bold")


def _where(article: Article, op: str, keys: Keys) -> Text:
    facts = [article.lang.code if article.lang else "--", f"{article.word_count} words"]
    if article.published:
        facts.append(f"{article.published.at:%Y-%m-%d}")
    removed = sum(len(part.lines) for part in article.extraction.removed)
    lines = [
        (keys.article(article.id), "cyan"),
        (f"{op}, source {article.source.id}"[:44], ""),
        (" · ".join(facts), ""),
        (f"{removed} lines of boilerplate removed" if removed else "", "dim"),
    ]
    return Text("\n").join(Text(line, style=style) for line, style in lines if line)


def _summary(outcome: Outcome) -> Iterator[str]:
    verdicts, polled = outcome.verdicts, outcome.polled
    known = polled["known"] + polled["linked"] + verdicts.get("unchanged", 0)
    counts = {
        "new": verdicts.get("new", 0),
        "updated": verdicts.get("update", 0),
        "duplicates": verdicts.get("duplicate", 0),
        "known from before": known,
        "set aside": verdicts.get("quarantined", 0),
    }
    told = ", ".join(f"[bold]{count}[/bold] {name}" for name, count in counts.items())
    yield f"\n{told}; {outcome.seconds:.1f} s."
    if not outcome.has_news and known:
        yield "Everything the sources hold was known already; nothing new was stored."
    if polled["from_feed"]:
        yield f"{polled['from_feed']} could only be had from the feed itself (extraction.method feed/content)."
    if polled["waiting"]:
        yield f"{polled['waiting']} pages could not be had now; they are asked for again later."
    if outcome.asked_to_wait:
        count = len(outcome.asked_to_wait)
        yield f"{count} source{'' if count == 1 else 's'} asked to wait and {'was' if count == 1 else 'were'} left alone: feedmill status."
    if polled["failed"]:
        yield f"{polled['failed']} sources could not be read; the log above says why."
    if verdicts.get("quarantined"):
        yield "What was set aside, and why, is in the stream `quarantine`."


def _how_to_go_on(settings: Settings, redis_url: str, keys: Keys) -> str:
    embedded = settings.redis == "embedded"
    shown = os.path.relpath(settings.path)
    config = "" if shown == "sources.yaml" else f" {shown}"
    option = f" -c{config}" if config else ""
    socket = redis_url.removeprefix("unix://")
    client = (
        f"redis-cli -s {socket}"
        if redis_url.startswith("unix://")
        else f"redis-cli -u {clean(redis_url)}"
    )
    return "\n".join(
        [
            "",
            (
                f"Articles are JSON under [cyan]{keys.article('ID')}[/cyan], announced in the stream "
                f"[cyan]{keys.articles}[/cyan] of {'the embedded Valkey' if embedded else clean(redis_url)}."
            ),
            f"  keep it running   .venv/bin/feedmill run{config}",
            f"  read articles     .venv/bin/feedmill tail --json{option}",
            (
                f"  any language      {client} XREAD COUNT 10 STREAMS {keys.articles} 0"
                f"{'   (while it runs)' if embedded else ''}"
            ),
            "  consumer groups   docs/consuming.md",
        ]
    )
