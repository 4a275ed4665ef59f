"""The deduplication alone, over a pipe: `python -m workers.sift`.

For `feedmill dedup`, which belongs to the service and never imports the workers. Reads lines of JSON, files each as
an article in a Valkey of its own that is gone afterwards, by the very commit that the workers use, and answers each
with one line of JSON: what it is to those before it.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from redis import Redis

from feedmill import urls
from feedmill.article import Article, DedupInfo, ExtractionInfo, Published, SourceRef
from feedmill.embedded import EmbeddedServer
from feedmill.errors import FeedmillError
from feedmill.identity import Names
from feedmill.store.articles import ArticleLog
from feedmill.store.commit import Committed
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from workers.dedup.fingerprint import content_hash
from workers.filing import Cabinet

_MAX_TEXT = 2_000_000  # characters
_SOURCE = SourceRef(id="dedup", kind="files")


class Given(BaseModel):
    """One line of the input. Further members are ignored."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(min_length=1, max_length=1000)
    text: str = Field(max_length=_MAX_TEXT)
    url: str | None = None
    title: str | None = None
    published_at: AwareDatetime | None = None


def main() -> None:
    """Answer lines of standard input until there are no more."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8", errors="replace")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no reply
    with (
        tempfile.TemporaryDirectory(prefix="fm-") as folder,
        EmbeddedServer(Path(folder)) as server,
        contextlib.closing(connect(server.url)) as redis,
    ):
        for reply in answers(sys.stdin.buffer, redis):
            replies.write(json.dumps(reply, ensure_ascii=False) + "\n")
            replies.flush()


def answers(lines: Iterable[bytes], redis: Redis) -> Iterator[dict[str, Any]]:
    """What each line is to those before it: `id`, `verdict`, `of`, `score`, `relation`, `story`; or `error`.

    Args:
        lines: JSON, one object a line.
        redis: Of an empty Redis.
    """
    sieve = Sieve(redis)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield sieve.answer(Given.model_validate_json(line))
        except ValidationError as error:
            [first, *_] = error.errors(include_url=False, include_input=False)
            where = ".".join(map(str, first["loc"]))
            message = f"{where}: {first['msg']}" if where else first["msg"]
            yield {"line": number, "error": {"kind": "bad-line", "message": message}}
        except FeedmillError as error:
            yield {"line": number, "error": {"kind": error.kind, "message": error.message}}


class Sieve:
    """Files lines and says what became of them.

    Args:
        redis: Of an empty Redis.
    """

    def __init__(self, redis: Redis) -> None:
        self._cabinet = Cabinet(redis, Keys())
        self._log = ArticleLog(redis, Keys())
        self._given: dict[str, str] = {}  # ids of the input by those of articles

    def answer(self, given: Given) -> dict[str, Any]:
        """What a line is to those before it.

        `verdict` is `new`, `near` (nearly the same text as `of`), `duplicate` (the same words), `update` (a later
        version of what was at its address, or had its id) or `unchanged`.

        Raises:
            FeedmillError: Its address cannot be taken apart.
        """
        article = _article(given, datetime.now(UTC))
        names = Names.of([article.url_key], [f"id\n{given.id}"] if given.url else [])
        committed = self._cabinet.file(article, names, page_id=article.id)
        self._given.setdefault(committed.article_id, given.id)
        return {"id": given.id, **self._verdict(committed)}

    def _verdict(self, committed: Committed) -> dict[str, Any]:
        stored = self._log.get(committed.article_id)
        if stored is None:
            return {"verdict": committed.verdict}
        told: dict[str, Any] = {"verdict": committed.verdict}
        if committed.verdict != "new":
            told["of"] = self._given[committed.article_id]
        elif stored.dedup.kind == "near" and stored.dedup.dup_of:
            told["verdict"] = "near"
            told["of"] = self._given[stored.dedup.dup_of]
            told |= {"score": stored.dedup.score, "relation": stored.dedup.relation}
        if stored.story_id:
            told["story"] = stored.story_id
        return told


def _article(given: Given, now: datetime) -> Article:
    try:
        key = urls.key(given.url) if given.url else f"id:{given.id}"
    except ValueError as error:
        raise FeedmillError(
            f"the address cannot be understood: {given.url}", kind="bad-line"
        ) from error
    published = given.published_at
    return Article(
        schema_="article/1",
        id=urls.digest(key),
        rev=1,
        status="usable",
        url=given.url or f"id:{given.id}",
        url_key=key,
        source=_SOURCE,
        title=given.title,
        title_from="page" if given.title else None,
        text=given.text,
        published=Published(at=published, precision="second", from_="feed") if published else None,
        fetched_at=now,
        stored_at=now,
        access="unknown",
        word_count=len(given.text.split()),
        dedup=DedupInfo(content_hash=content_hash(given.text, given.title), kind="none"),
        extraction=ExtractionInfo(method="text/lines", version="0", ms=0),
    )


if __name__ == "__main__":
    main()
