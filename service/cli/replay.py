"""`feedmill replay`: stored articles once more from their raw pages, by today's code."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import ExtractionError, StoreError
from service.cli import options
from service.cli import replay_view as view
from service.cli.moments import Moment
from service.cli.progress import progress
from service.cli.reading import located
from service.cli.replay_view import Change

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from feedmill.article import Article
    from feedmill.config import Settings
    from feedmill.page import Page
    from service.replay import Shelf, Tally, Wanted


@click.command()
@options.config_option
@options.redis_option
@click.option("--since", type=Moment(), help="Articles fetched since: 2d, 2026-03-01, 90m.")
@click.option("--until", type=Moment(), help="... and until then.")
@click.option("--source", "source_id", metavar="ID", help="Only those of this source.")
@click.option("--url", metavar="ID|URL", help="Only the article of this address or id.")
@click.option(
    "--stage",
    type=click.Choice(["extract"]),
    default="extract",
    show_default=True,
    help="From where on the work is done again.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and store nothing.")
@options.json_option
def replay(
    config: Path,
    redis_url: str | None,
    stage: str,  # noqa: ARG001 - one so far
    *,
    dry_run: bool,
    as_json: bool,
    **which: Any,
) -> None:
    """Extract stored articles once more from their raw pages, by today's code.

    The pages go to the running workers. A revision is written where the text improves:
    where it has changed and is surely no worse. Nothing else changes, and doing it twice
    changes nothing. --dry-run works here, without what the workers know of the site's
    other pages.
    """
    from feedmill.config import load
    from feedmill.raw.reading import RawReader
    from feedmill.store.connection import connect
    from feedmill.store.keys import Keys
    from service.replay import Shelf

    if which["since"] is None and which["url"] is None:
        raise click.UsageError("say which articles: --since 2d, or --url ADDRESS")
    settings = load(config)
    with (
        located(settings, redis_url) as url,
        contextlib.closing(connect(url)) as redis,
        progress() as tell,
    ):
        keys = Keys(settings.prefix)
        wanted = _wanted(redis, keys, **which)
        shelf = Shelf(redis, keys, RawReader(settings.raw_dir))
        if dry_run:
            tally, changes = _tried(shelf, wanted, tell)
        else:
            tally, changes = asyncio.run(_run(settings, url, shelf, wanted, tell)), []
    if as_json:
        told = {**asdict(tally), "dry_run": dry_run, "changes": [one.to_json() for one in changes]}
        click.echo(json.dumps(told, ensure_ascii=False))
    else:
        click.echo("\n".join([*map(view.told, changes), view.summary(tally, dry_run=dry_run)]))


def _wanted(
    redis: Redis,
    keys: Any,
    *,
    since: float | None,
    until: float | None,
    source_id: str | None,
    url: str | None,
) -> Wanted:
    from feedmill.store.inquiry import Inquiry
    from service.replay import Wanted

    if url is None:
        return Wanted(since or 0.0, float("inf") if until is None else until, source_id)
    try:
        article = Inquiry(redis, keys).about(url).article
    except ValueError as error:
        raise StoreError(f"{url!r} is neither an id nor an address", kind="asked") from error
    if article is None:
        raise StoreError(
            f"there is no article {url!r}; `feedmill why {url}` tells what is known of it",
            kind="no-article",
        )
    return Wanted(article_id=article.id, source_id=source_id)


async def _run(
    settings: Settings, url: str, shelf: Shelf, wanted: Wanted, tell: Callable[[str], None]
) -> Tally:
    from feedmill.store.connection import connect, connect_async
    from feedmill.store.intake import Intake
    from feedmill.store.keys import Keys
    from feedmill.store.replays import Replays
    from service.bounds import Bounds
    from service.queue import PageQueue
    from service.replay import Replay

    keys, whole = Keys(settings.prefix), settings.stream.payload == "full"
    limits = Bounds.of(settings.queue).limits
    with connect(url) as redis:
        async with (
            connect_async(url, is_patient=True) as client,
            PageQueue(redis, keys, whole=whole) as queue,
        ):
            one = Replay(shelf, Replays(redis, keys), Intake(client, keys), queue, limits)
            return await one.run(wanted, tell)


def _tried(shelf: Shelf, wanted: Wanted, tell: Callable[[str], None]) -> tuple[Tally, list[Change]]:
    """What would come of a replay."""
    from service.extractor import Extractor
    from service.replay import Tally

    tally, changes = Tally(), list[Change]()
    ids = shelf.ids(wanted)
    with Extractor() as extractor:
        for article, page in shelf.take(ids, wanted):
            tally.looked_at += 1
            tell(
                f"{tally.looked_at} of {len(ids)} articles looked at, {tally.improved} would improve"
            )
            if page is None:
                tally.without_raw_page += 1
                continue
            try:
                reply = extractor.extract(page.content, _request(article, page))
            except ExtractionError:
                tally.failed += 1
                continue
            tally.count(reply["judgement"])
            if reply["judgement"] == "improved":
                found = reply["page"]
                changes.append(Change(article, found["text"], found["quality"]))
    return tally, changes


def _request(article: Article, page: Page) -> dict[str, Any]:
    """What the extractor is asked: as a worker works, and what the result is to what is stored."""
    hints, extraction = page.hints, article.extraction
    return {
        "url": page.final_url or page.url,
        "content_type": page.content_type,
        "mode": page.mode,
        "precision": page.precision,
        "drop": list(page.drop),
        "is_fragment": page.kind == "entry",
        "hints": {
            "title": hints.title,
            "summary": hints.summary,
            "content": hints.content,
            "authors": list(hints.authors),
            "published_at": hints.published_at.isoformat() if hints.published_at else None,
            "lang": hints.lang,
        },
        "before": {
            "text": article.text,
            "quality": extraction.quality,
            "version": extraction.version,
        },
    }
