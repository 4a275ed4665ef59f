"""`feedmill why`: what became of an article or an address, and what decided it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from feedmill.errors import StoreError
from feedmill.log import clean
from service.cli import options
from service.cli.reading import reading

if TYPE_CHECKING:
    from feedmill.article import Article
    from feedmill.store.inquiry import Finding

_LAYERS = {
    "url": "the same address",
    "name": "the same identifier, borne out by the text",
    "text": "the same words in the same order",
    "replay": "its own page, extracted anew",
    "near": "nearly the same text",
}
_FATES = {
    "article": "is stored",
    "copy": "holds an exact copy of another article, which is stored once",
    "quarantined": "failed for good and was set aside",
    "unknown": "is not known",
}


@click.command()
@click.argument("asked", metavar="ID|URL")
@options.config_option
@options.redis_option
@options.json_option
def why(asked: str, config: Path, redis_url: str | None, *, as_json: bool) -> None:
    """Tell what became of an article or an address, by which layer, and on what evidence.

    The exit status is 1 if nothing is known.
    """
    from feedmill.config import load
    from feedmill.store.inquiry import Inquiry
    from feedmill.store.keys import Keys

    settings = load(config)
    with reading(settings, redis_url) as redis:
        try:
            finding = Inquiry(redis, Keys(settings.prefix)).about(asked)
        except ValueError as error:
            raise StoreError(f"{asked!r} is neither an id nor an address", kind="asked") from error
    click.echo(json.dumps(_plain(finding), ensure_ascii=False) if as_json else _told(finding))
    if finding.fate == "unknown":
        raise click.exceptions.Exit(1)


def _plain(finding: Finding) -> dict[str, Any]:
    article = json.loads(finding.article.to_json()) if finding.article else None
    if article:
        del article["text"]
        article.pop("html", None)
    told = {name: value for name, value in asdict(finding).items() if name != "article"}
    return {**told, "article": article}


def _told(finding: Finding) -> str:
    lines = [f"{click.style(clean(finding.asked), bold=True)} {_FATES[finding.fate]}."]
    if finding.article:
        lines += _rows(_of_article(finding.article, finding))
    for entry in finding.quarantined:
        lines += _rows(_of_refusal(entry))
    if finding.fate == "unknown":
        if finding.removed:
            lines.append(
                f"  {finding.removed} articles were removed within a year, as `retention` in the sources file "
                "says; it may have been one of them."
            )
        lines.append(
            f"  {finding.pending} pages are on their way. Otherwise no source has brought it: "
            "`feedmill status` tells how the sources are, `feedmill fetch URL` what its server answers."
        )
    return "\n".join(lines)


def _rows(rows: Any) -> Iterator[str]:
    for name, value in rows:
        yield f"  {click.style(f'{name:10}', fg='cyan')} {clean(str(value))}"


def _of_article(article: Article, finding: Finding) -> Iterator[tuple[str, str]]:
    yield (
        "article",
        f"{article.id} revision {article.rev}, {article.status}: {article.title or '(no title)'}",
    )
    yield "address", article.url
    yield "source", article.source.id
    yield "known by", f"{article.url_key}" + (f", guid {article.guid}" if article.guid else "")
    yield "text", f"{article.word_count} words, content hash {article.dedup.content_hash}"
    yield "dedup", _dedup(article)
    if article.story_id:
        yield "story", article.story_id
    for entry in finding.story:
        yield "story", _turn(entry)
    if finding.revisions:
        yield "revisions", "earlier ones are kept: " + ", ".join(map(str, finding.revisions))
    for told in finding.trail:
        yield told["verdict"], _step(told)
    for removed in article.extraction.removed:
        yield "left out", f"{len(removed.lines)} lines: {removed.reason}"


def _dedup(article: Article) -> str:
    dedup = article.dedup
    if dedup.kind == "none":
        return "like no other article"
    indefinite = "an" if dedup.relation in {"excerpt", "extension"} else "a"
    return f"{indefinite} {dedup.relation} of {dedup.dup_of} (score {dedup.score})"


def _step(told: dict[str, Any]) -> str:
    what = {
        "new": "stored, and linked to another article",
        "near": f"linked here was {told.get('id')}",
        "update": f"revision {told.get('rev')} was stored",
        "duplicate": "a copy was linked",
        "unchanged": "changed in lines that count or date only; no revision",
    }.get(told["verdict"], told["verdict"])
    layer = _LAYERS.get(told.get("layer", ""), told.get("layer", ""))
    evidence = _evidence(told["evidence"]) if "evidence" in told else ""
    when = told["at"][:19].replace("T", " ")
    return f"{when}  {what}: {layer}{evidence}  ({told['source_id']}, {told['url']})"


def _evidence(seen: dict[str, Any]) -> str:
    """What the rule saw (`feedmill.store.near.Evidence`), in words."""
    parts = [
        f"{seen['new_in_old']:.0%} of it is in the other, {seen['old_in_new']:.0%} of the other in it",
        f"{seen['shared']} passages in common",
        *(
            f"{same} of {compared} {what}"
            for what in ("numbers", "names")
            for same, compared in [seen[what]]
            if compared
        ),
    ]
    return " [" + "; ".join(parts) + "]"


def _turn(entry: dict[str, str]) -> str:
    """An entry of the trail of stories."""
    story, other = entry.get("story_id"), entry.get("other")
    score = f"likeness {entry.get('score')}"
    return {
        "start": f"it began {story}: no story was like it",
        "join": f"it came to {story}, most alike to {other} ({score})",
        "move": f"it was moved from {other} to {story} ({score})",
        "split": f"it was split off from {other} to {story}",
    }.get(entry.get("op", ""), str(entry))


def _of_refusal(entry: dict[str, str]) -> Iterator[tuple[str, str]]:
    """An entry of the quarantine: why, what it has used, and what helps."""
    from feedmill.store.quarantine import MEASURES
    from service.cli.kinds import advice
    from service.cli.quarantine_view import measured

    yield (
        "set aside",
        f"{entry.get('kind')}: {entry.get('reason')} ({entry.get('source_id', 'no source')})",
    )
    measures = {name: float(entry[name]) for name in MEASURES if name in entry}
    if measures:
        yield "used", ", ".join(measured(measures))
    yield "next", advice(entry.get("kind", ""), entry.get("url"), entry["id"])
