"""What became of an article, an address or a page, and why: everything that the store still knows of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from redis import Redis

from feedmill import urls
from feedmill.article import Article
from feedmill.store import retention
from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from feedmill.store.revisions import Revisions

_MAX_ENTRIES = 10_000  # the newest of a stream, which are looked through

Fate = Literal["article", "copy", "quarantined", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of what was asked.

    Attributes:
        asked: The id or the address.
        fate: `article`: stored. `copy`: an exact copy of one. `quarantined`: it failed for good. `unknown`: none of these.
        article: The article, or the one that it is a copy of.
        trail: What later pages were to the article, newest first: `at`, `verdict`, `layer`, `url`, `source_id` and more.
        copies: Addresses that hold exact copies of the article, and the source that brought each.
        revisions: Earlier revisions that are kept.
        story: What the trail of stories still tells of the article, newest first: `op`, `story_id`, `score`, `other`.
        quarantined: Entries of the quarantine about this address, newest first: `id`, `kind`, `reason`, `source_id`, …
        pending: How many pages are on their way, any of which may be the one.
        removed: How many articles retention has removed within a year, any of which may have been the one.
    """

    asked: str
    fate: Fate
    article: Article | None = None
    trail: tuple[dict[str, Any], ...] = ()
    copies: dict[str, str] = field(default_factory=dict)
    revisions: tuple[int, ...] = ()
    story: tuple[dict[str, str], ...] = ()
    quarantined: tuple[dict[str, str], ...] = ()
    pending: int = 0
    removed: int = 0


class Inquiry:
    """Asks the store.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._articles = ArticleLog(redis, keys)
        self._revisions = Revisions(redis, keys)

    def about(self, asked: str) -> Finding:
        """What is known of an article's id or of an address.

        Raises:
            ValueError: It is an address that cannot be taken apart.
        """
        if article := self._articles.get(asked):
            return self._finding(asked, "article", article)
        value = cast("bytes | None", self._redis.hget(self._keys.names, _name(asked)))
        if value and (article := self._articles.get(value.decode().removeprefix("="))):
            return self._finding(asked, "copy" if value.startswith(b"=") else "article", article)
        refused = self._quarantined(urls.key(asked))
        pending: Any = self._redis.zcard(self._keys.pending)
        return Finding(
            asked,
            "quarantined" if refused else "unknown",
            quarantined=refused,
            pending=pending,
            removed=self._removed(),
        )

    def _finding(self, asked: str, fate: Fate, article: Article) -> Finding:
        trail = cast("list[bytes]", self._redis.lrange(self._keys.trail(article.id), 0, -1))
        copies = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.copies(article.id)))
        return Finding(
            asked,
            fate,
            article,
            trail=tuple(json.loads(told) for told in trail),
            copies={url.decode(): source.decode() for url, source in copies.items()},
            revisions=tuple(self._revisions.kept(article.id)),
            story=tuple(self._told_of_story(article.id)),
            quarantined=self._quarantined(article.url_key),
        )

    def _removed(self) -> int:
        days = retention.removed(self._redis, self._keys).values()
        return sum(count for reasons in days for count in reasons.values())

    def _told_of_story(self, article_id: str) -> Iterator[dict[str, str]]:
        told = self._newest(self._keys.stories)
        return (entry for entry in told if entry.get("article_id") == article_id)

    def _quarantined(self, url_key: str) -> tuple[dict[str, str], ...]:
        rows = cast("list[Any]", self._redis.xrevrange(self._keys.quarantine, count=_MAX_ENTRIES))
        entries = ({"id": entry_id.decode(), **_text(fields)} for entry_id, fields in rows)
        return tuple(entry for entry in entries if _is_about(entry, url_key))

    def _newest(self, stream: str) -> Iterator[dict[str, str]]:
        """The newest entries of a stream, newest first."""
        rows = cast("list[Any]", self._redis.xrevrange(stream, count=_MAX_ENTRIES))
        for _, fields in rows:
            yield _text(fields)


def _text(fields: dict[bytes, bytes]) -> dict[str, str]:
    return {name.decode(): value.decode(errors="replace") for name, value in fields.items()}


def _name(asked: str) -> str:
    return urls.digest(urls.key(asked))


def _is_about(entry: dict[str, str], url_key: str) -> bool:
    try:
        return urls.key(entry.get("url", "")) == url_key
    except ValueError:
        return False
