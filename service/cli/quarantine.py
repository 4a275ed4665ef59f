"""`feedmill quarantine`: what failed for good, why, and another try."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import ExtractionError, RawPageError, StoreError
from service.cli import options
from service.cli import quarantine_view as view
from service.cli.moments import Moment
from service.cli.progress import progress
from service.cli.reading import reading

if TYPE_CHECKING:
    from feedmill.config import Settings
    from feedmill.page import Page
    from feedmill.raw.reading import RawReader
    from feedmill.store.quarantine import Quarantine, Quarantined, Retried

_SHOWN = 50  # entries of a list for people
_HEAD_BYTES = 10_000  # of a page that are shown at most
_DANGEROUS = ("page-", "crashed")  # kinds of pages that ended the process which worked on them
_NOTHING_TO_ASK = frozenset({"no-link", "url-refused"})

_filters: list[Callable[[Any], Any]] = [
    click.option("--kind", metavar="KIND", help="Only of this kind, such as no-text."),
    click.option("--source", "source_id", metavar="ID", help="Only of this source."),
    click.option("--since", type=Moment(), help="Only what was set aside since: 2d, 2026-03-01."),
]


def _filtered(command: Any) -> Any:
    for option in reversed(_filters):
        command = option(command)
    return command


@click.group()
def quarantine() -> None:
    """Show what failed for good and why; try it again, or drop it.

    An entry goes by its id, or by that of its page.
    """


@quarantine.command()
@options.config_option
@options.redis_option
@_filtered
@click.option("-n", "--count", type=click.IntRange(min=1), help="So many at most.")
@options.json_option
def ls(
    config: Path,
    redis_url: str | None,
    count: int | None,
    *,
    as_json: bool,
    **filters: Any,
) -> None:
    """List what is in quarantine, the newest first: 50 entries, with --json all.

    With --json each entry is an object on a line of its own.
    """
    with _opened(config, redis_url) as (store, _):
        found = store.newest(**filters)
        if as_json:
            for one in islice(found, count):
                click.echo(json.dumps(view.plain(one), ensure_ascii=False))
            return
        shown = list(islice(found, (count or _SHOWN) + 1))
        view.print_list(shown[: count or _SHOWN], has_more=len(shown) > (count or _SHOWN))


@quarantine.command()
@click.argument("asked", metavar="ID")
@options.config_option
@options.redis_option
@click.option(
    "--raw",
    type=click.Path(path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Write the bytes of the page to a file; - is standard output.",
)
@options.json_option
def show(
    asked: str, config: Path, redis_url: str | None, raw: Path | None, *, as_json: bool
) -> None:
    """Show all that is known of an entry: why, what helps, and the page if it is still there."""
    with _opened(config, redis_url) as (store, reader):
        one = _asked(store, asked)
        page, where = _page_of(one, store, reader)
    if raw is not None:
        _write(page, raw)
    elif as_json:
        click.echo(json.dumps({**view.plain(one), "raw": where, "page": view.about(page)}))
    else:
        click.echo(view.told(one, page, where, _text(page, one.kind) if page else []))


@quarantine.command()
@click.argument("asked", metavar="[ID]...", nargs=-1)
@options.config_option
@options.redis_option
@click.option("--all", "everything", is_flag=True, help="All that is in quarantine.")
@_filtered
@options.json_option
def retry(
    asked: tuple[str, ...],
    config: Path,
    redis_url: str | None,
    *,
    everything: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Put pages on their way again, from Redis or from the files of raw pages.

    What could not be had is asked for again by the service. A running service takes both up
    within half a minute. Harmless beside running workers, and when done twice.
    """
    with _opened(config, redis_url) as (store, reader), progress() as tell:
        chosen = _chosen(store, asked, filters, everything=everything)
        done: dict[str, list[str]] = {name: [] for name in ("page", "item", "no-page", "gone")}
        for number, one in enumerate(chosen, 1):
            done[_retry(one, store, reader)].append(one.id)
            tell(f"{number} of {len(chosen)} tried again")
    click.echo(json.dumps(done) if as_json else view.retried(done))
    if done["no-page"] and not (done["page"] or done["item"]):
        raise click.exceptions.Exit(1)


@quarantine.command()
@click.argument("asked", metavar="[ID]...", nargs=-1)
@options.config_option
@options.redis_option
@click.option("--all", "everything", is_flag=True, help="All that is in quarantine.")
@_filtered
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.json_option
def drop(
    asked: tuple[str, ...],
    config: Path,
    redis_url: str | None,
    *,
    everything: bool,
    yes: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Remove entries for good, and the bytes of their pages from Redis. How many is counted."""
    with _opened(config, redis_url) as (store, _), progress() as tell:
        chosen = _chosen(store, asked, filters, everything=everything)
        if chosen and not yes:
            click.confirm(
                f"Remove {view.number(len(chosen), 'entry')} for good?", abort=True, err=True
            )
        count = 0
        for number, one in enumerate(chosen, 1):
            count += store.drop(one)
            tell(f"{number} of {len(chosen)} dropped")
    click.echo(
        json.dumps({"dropped": count}) if as_json else f"{view.number(count, 'entry')} dropped."
    )


@contextmanager
def _opened(config: Path, redis_url: str | None) -> Iterator[tuple[Quarantine, RawReader]]:
    from feedmill.config import load
    from feedmill.raw.reading import RawReader
    from feedmill.store.keys import Keys
    from feedmill.store.quarantine import Quarantine

    settings: Settings = load(config)
    with reading(settings, redis_url) as redis:
        yield Quarantine(redis, Keys(settings.prefix)), RawReader(settings.raw_dir)


def _asked(store: Quarantine, asked: str) -> Quarantined:
    found = store.get(asked)
    if found is None:
        raise StoreError(
            f"there is nothing {asked!r} in quarantine; `feedmill quarantine ls` lists what is",
            kind="no-entry",
        )
    return found


def _chosen(
    store: Quarantine, asked: tuple[str, ...], filters: dict[str, Any], *, everything: bool
) -> list[Quarantined]:
    """The entries that are meant, the oldest first."""
    is_filtered = any(one is not None for one in filters.values())
    if bool(asked) + (everything or is_filtered) != 1:
        raise click.UsageError("say which: ids, or --all, or --kind, --source, --since")
    if asked:
        return [_asked(store, one) for one in dict.fromkeys(asked)]
    return [*store.newest(**filters)][::-1]


def _retry(one: Quarantined, store: Quarantine, reader: RawReader) -> Retried:
    if one.page_id is None:
        return "no-page" if one.kind in _NOTHING_TO_ASK else store.retry(one)
    return store.retry(one, None if store.has_raw(one) else _from_file(one, reader))


def _page_of(one: Quarantined, store: Quarantine, reader: RawReader) -> tuple[Page | None, str]:
    """The page of an entry, and where it was found: `redis`, `file`, `gone`, or `none` if there was not even a page."""
    if one.page_id is None:
        return None, "none"
    if page := store.page(one):
        return page, "redis"
    page = _from_file(one, reader)
    return page, "file" if page else "gone"


def _from_file(one: Quarantined, reader: RawReader) -> Page | None:
    """The page as the file has it, under the id that it had in Redis."""
    try:
        return reader.read(one.raw_ref) if one.raw_ref else None
    except RawPageError:
        return None


def _text(page: Page, kind: str) -> list[str]:
    """The lines of a page's text; of its bytes where they cannot be had, or would end the process again."""
    from service.extractor import Extractor, NoArticleError

    plain = page.content[:_HEAD_BYTES].decode("utf-8", "replace").splitlines()
    if kind.startswith(_DANGEROUS):
        return plain
    request = {
        "url": page.final_url or page.url,
        "content_type": page.content_type,
        "is_fragment": page.kind == "entry",
        "lines": True,
    }
    with Extractor() as extractor:
        try:
            lines = extractor.extract(page.content, request)["lines"]
        except NoArticleError as error:
            lines = error.lines
        except ExtractionError:
            return plain
    return [line for _, _, line in lines] or plain


def _write(page: Page | None, path: Path) -> None:
    if page is None:
        raise StoreError("there is no raw page of it any more", kind="raw-gone")
    if str(path) == "-":
        sys.stdout.buffer.write(page.content)
    else:
        path.write_bytes(page.content)
