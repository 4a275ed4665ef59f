"""`feedmill extract`: the article in files, as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import FeedmillError

if TYPE_CHECKING:
    from service.extractor import Extractor

mode_option = click.option(
    "--mode",
    type=click.Choice(["default", "fast"]),
    default="default",
    show_default=True,
    help="fast is several times as fast and a little less right.",
)


@click.command()
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--url", help="Where the page comes from; for one file only.")
@click.option("--content-type", help="Its media type, such as text/html; guessed by default.")
@mode_option
@click.option("--html", is_flag=True, help="Add the article as clean HTML, in the field html.")
def extract(
    files: Sequence[str], url: str | None, content_type: str | None, mode: str, *, html: bool
) -> None:
    """Extract the article from pages and print one line of JSON for each file.

    FILE may be HTML or text, `-` for standard input, a glob, or gzipped. A file that has no article or
    cannot be read gives {"file": ..., "error": {"kind": ..., "message": ...}} and the exit status 1;
    the others are extracted all the same. To see why a line was kept or not, use `feedmill test`.

    \b
    Examples:
      feedmill extract page.html --url https://news.example/politics/bridge
      feedmill extract --mode fast 'pages/**/*.html.gz' > articles.jsonl
      feedmill extract letter.txt | jq -r .text
      curl -s https://news.example/politics/bridge | feedmill extract --html -
    """  # noqa: D301 - click wants the sign itself
    from service.cli import inputs
    from service.extractor import Extractor

    names = inputs.expand(files)
    if url and len(names) > 1:
        raise click.UsageError("--url belongs to one file; there are several")
    request = {"url": url, "mode": mode, "html": html}
    failed = 0
    with Extractor() as extractor:
        for number, name in enumerate(names):
            _progress(number, len(names))
            found = _one(name, request, content_type, extractor)
            failed += "error" in found
            _progress(None, len(names))
            line = json.dumps(found, ensure_ascii=False)
            click.echo(line.encode("utf-8", "replace"))
    if failed and len(names) > 1:
        click.echo(f"feedmill: {failed} of {len(names)} files gave no article", err=True)
    sys.exit(1 if failed else 0)


def _one(
    name: str, request: dict[str, Any], content_type: str | None, extractor: Extractor
) -> dict[str, Any]:
    """The object that is printed for a file."""
    from service.cli import inputs

    try:
        page = inputs.read(name)
        reply = extractor.extract(
            page.content, {**request, "content_type": content_type or page.content_type}
        )
    except FeedmillError as error:
        return {
            "file": inputs.shown(name),
            "error": {"kind": error.kind, "message": error.message},
        }
    return {"file": page.name, **reply["page"]}


def _progress(done: int | None, total: int) -> None:
    """Show on a terminal how far it is; `None` takes the line away before something is printed."""
    if total > 1 and sys.stderr.isatty():
        click.echo("\r\x1b[K" if done is None else f"\r{done} of {total} files", nl=False, err=True)
