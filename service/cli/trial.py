"""`feedmill test`: what becomes of a page or a feed, shown to people; nothing is stored."""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import FeedmillError, SourceError
from service.cli import options
from service.cli.extract import mode_option

if TYPE_CHECKING:
    from service.cli.look import Look, Manners, Subject
    from service.extractor import Extractor

_IS_URL = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@click.command()
@options.config_option
@click.argument("subject", metavar="FILE|URL")
@click.option("--url", help="Where the page in the file comes from.")
@click.option(
    "--content-type", help="Its media type, such as text/html; by default as served, or guessed."
)
@mode_option
@click.option("--pages", default=3, show_default=True, help="How many pages of a feed to test.")
@click.option("--all-lines", is_flag=True, help="Show the lines outside the article too.")
@options.json_option
def test(
    config: Path,
    subject: str,
    *,
    url: str | None,
    content_type: str | None,
    mode: str,
    pages: int,
    all_lines: bool,
    as_json: bool,
) -> None:
    """Show what feedmill makes of a page or a feed, and why.

    The text that is kept is shown with the removed lines struck through in their places (in a pipe:
    between ~~), each with the reason. Of a feed the entries are listed and the first few pages tested.
    Nothing is stored. How an address is fetched stands in the sources file, if there is one (`fetch:`).

    The exit status is 1 if a page has no article or cannot be had.

    \b
    Examples:
      feedmill test https://news.example/politics/bridge
      feedmill test https://news.example/rss --pages 5
      feedmill test page.html --url https://news.example/politics/bridge
      feedmill test letter.txt --all-lines
      feedmill test - --json < page.html
    """  # noqa: D301 - click wants the sign itself
    asked = _Asked(subject, url, content_type, mode, max(0, pages))
    try:
        look = _look(asked, config)
    except SourceError as error:
        if not as_json:
            raise
        _print_json({"subject": subject, "error": _in_json(error)})
        sys.exit(1)
    tried = _try_all(look.subjects, mode)
    if as_json:
        _print_json({**look.to_json(), "pages": [one.to_json() for one in tried]})
    else:
        from service.cli import verdict

        verdict.show(look, tried, all_lines=all_lines)
    sys.exit(0 if tried and not any(one.error for one in tried) else 1)


@dataclass(frozen=True, slots=True)
class _Asked:
    subject: str
    url: str | None
    content_type: str | None
    mode: str
    pages: int


@dataclass(frozen=True, slots=True)
class Tried:
    """A page and what the extractor made of it: `reply` as in `service.extractor`, or the error.

    With the error of a page without an article `reply` has its `lines` all the same.
    """

    subject: Subject
    reply: dict[str, Any]
    error: FeedmillError | None

    def to_json(self) -> dict[str, Any]:
        """For `--json`."""
        told: dict[str, Any] = {"subject": self.subject.name}
        if self.subject.trace:
            told["fetch"] = self.subject.trace.to_json()
        elif self.subject.error:
            told["fetch"] = {"error": _in_json(self.subject.error)}
        lines = [
            {"fate": fate, "text": text, **({"reason": reason} if reason else {})}
            for fate, reason, text in self.reply.get("lines", ())
        ]
        if self.error:
            return {**told, "error": _in_json(self.error), **({"lines": lines} if lines else {})}
        return {
            **told,
            **self.reply["page"],
            "milliseconds": self.reply["milliseconds"],
            "lines": lines,
        }


def _look(asked: _Asked, config: Path) -> Look:
    from service.cli import inputs, look

    manners = _manners(config)
    if _IS_URL.match(asked.subject):
        return asyncio.run(look.at_url(asked.subject, manners, pages=asked.pages))
    file = inputs.read(asked.subject)
    kind = asked.content_type or file.content_type
    return asyncio.run(look.at_file(file, asked.url, kind, manners, pages=asked.pages))


def _manners(config: Path) -> Manners:
    """As the sources file says, which need not be there."""
    from feedmill.config import FetchOptions, load
    from service.cli.look import Manners
    from service.http import FetchPolicy
    from service.http.pacing import Pace
    from service.parts import policy_of

    if not config.exists():
        return Manners(FetchPolicy(user_agent=FetchOptions().user_agent), Pace())
    settings = load(config)
    per_host = settings.defaults.per_host
    pace = Pace(per_host.concurrency, per_host.delay.total_seconds())
    return Manners(policy_of(settings), pace)


def _try_all(subjects: Sequence[Subject], mode: str) -> list[Tried]:
    from service.extractor import Extractor

    with Extractor() as extractor:
        return [_try(subject, mode, extractor) for subject in subjects]


def _try(subject: Subject, mode: str, extractor: Extractor) -> Tried:
    """Extract one page, unless it could not be had."""
    from service.extractor import NoArticleError

    if subject.error is not None and not subject.content:
        return Tried(subject, {}, subject.error)
    request = {
        "url": subject.url,
        "content_type": subject.content_type,
        "mode": mode,
        "hints": subject.hints,
        "is_fragment": subject.error is not None,
        "lines": True,
    }
    try:
        return Tried(subject, extractor.extract(subject.content, request), None)
    except NoArticleError as error:
        return Tried(subject, {"lines": error.lines}, error)
    except FeedmillError as error:
        return Tried(subject, {}, error)


def _in_json(error: FeedmillError) -> dict[str, str]:
    return {"kind": error.kind, "message": error.message}


def _print_json(value: dict[str, Any] | Sequence[Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
