"""`feedmill show`: one article to read, or what changed in it."""

from __future__ import annotations

import difflib
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from feedmill.errors import StoreError
from feedmill.log import clean
from service.cli import options
from service.cli.reading import reading

if TYPE_CHECKING:
    from feedmill.article import Article
    from feedmill.store.inquiry import Inquiry
    from feedmill.store.revisions import Revisions

_WIDTH = 100  # columns of text


@click.command()
@click.argument("article", metavar="ID|URL")
@options.config_option
@options.redis_option
@click.option("--rev", type=click.IntRange(min=1), help="An earlier revision.")
@click.option(
    "--diff",
    "since",
    type=click.IntRange(min=1),
    metavar="REV",
    help="What has changed since this revision.",
)
@options.json_option
def show(
    article: str,
    config: Path,
    redis_url: str | None,
    rev: int | None,
    since: int | None,
    *,
    as_json: bool,
) -> None:
    """Show an article, an earlier revision of it, or what has changed since one.

    With --json the article as it is stored; with --diff an object with `removed` and `added`.
    """
    from feedmill.config import load
    from feedmill.store.inquiry import Inquiry
    from feedmill.store.keys import Keys
    from feedmill.store.revisions import Revisions

    settings = load(config)
    with reading(settings, redis_url) as redis:
        keys = Keys(settings.prefix)
        newest = _asked(Inquiry(redis, keys), article)
        revisions = Revisions(redis, keys)

        def at(number: int | None) -> Article:
            return _revision(newest, revisions, number)

        if since is None:
            shown = at(rev)
            click.echo(shown.to_json() if as_json else _page(shown))
            return
        before, after = at(since), at(rev)
    lines = list(_differences(before, after))
    if as_json:
        click.echo(_json(before, after, lines))
    else:
        click.echo(
            "\n".join(map(_coloured, lines)) or f"Nothing has changed since revision {since}."
        )


def _asked(inquiry: Inquiry, asked: str) -> Article:
    try:
        finding = inquiry.about(asked)
    except ValueError as error:
        raise StoreError(f"{asked!r} is neither an id nor an address", kind="asked") from error
    if finding.article is None:
        raise StoreError(
            f"there is no article {asked!r}; `feedmill why {asked}` tells what is known of it",
            kind="no-article",
        )
    return finding.article


def _revision(newest: Article, revisions: Revisions, number: int | None) -> Article:
    if number is None or number == newest.rev:
        return newest
    earlier = revisions.get(newest.id, number)
    if earlier is None:
        kept = ", ".join(map(str, [*revisions.kept(newest.id), newest.rev]))
        raise StoreError(
            f"revision {number} of {newest.id} is not kept; there are {kept}", kind="no-revision"
        )
    return earlier


def _page(article: Article) -> str:
    facts = [
        f"{article.id} revision {article.rev}, {article.status}",
        article.published.at.strftime("%Y-%m-%d %H:%M") if article.published else None,
        ", ".join(author.name for author in article.authors) or None,
        article.lang.code if article.lang else None,
        f"{article.word_count} words",
    ]
    head = [
        click.style(_line(article.title or "(no title)"), bold=True),
        click.style(_line(article.url), dim=True),
        click.style(_line(" · ".join(filter(None, facts))), dim=True),
    ]
    body = [textwrap.fill(_line(part), _WIDTH) for part in article.text.split("\n\n")]
    return "\n".join(head) + "\n\n" + "\n\n".join(body)


def _differences(before: Article, after: Article) -> Iterator[str]:
    """Lines of the one and the other as in a unified diff, sentences wrapped to lines alike."""
    old, new = _lines(before), _lines(after)
    labels = (f"revision {before.rev}", f"revision {after.rev}")
    yield from difflib.unified_diff(old, new, *labels, lineterm="", n=1)


def _lines(article: Article) -> list[str]:
    parts = [article.title or "", "", *article.text.split("\n\n")]
    return [line for part in parts for line in (textwrap.wrap(_line(part), _WIDTH) or [""])]


def _coloured(line: str) -> str:
    if line.startswith(("---", "+++", "@@")):
        return click.style(line, dim=True)
    return click.style(line, fg={"+": "green", "-": "red"}.get(line[:1]))


def _json(before: Article, after: Article, lines: list[str]) -> str:
    told = [line for line in lines if not line.startswith(("---", "+++", "@@"))]
    return json.dumps(
        {
            "id": after.id,
            "from": before.rev,
            "to": after.rev,
            "removed": [line[1:] for line in told if line.startswith("-")],
            "added": [line[1:] for line in told if line.startswith("+")],
        },
        ensure_ascii=False,
    )


def _line(text: str) -> str:
    return " ".join(clean(text).split())
