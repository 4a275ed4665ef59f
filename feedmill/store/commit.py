"""The commit: the one place where an article gets into the store. The rules are in `commit.lua`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, cast

from redis import Redis

from feedmill import urls
from feedmill.article import SCHEMA, Article
from feedmill.errors import StoreError
from feedmill.store.keys import Keys

Verdict = Literal["new", "update", "duplicate", "unchanged"]


@dataclass(frozen=True, slots=True)
class Committed:
    """What became of an article.

    Attributes:
        verdict: `new` or `update`: written and announced. `duplicate`: an exact copy of another
            article, linked to it. `unchanged`: known already.
        article_id: The article that is stored: another one's for a duplicate.
        rev: Its revision; 0 for a duplicate.
        entry_id: Id of the stream entry, if one was written.
    """

    verdict: Verdict
    article_id: str
    rev: int
    entry_id: str | None


class Committer:
    """Commits articles, one atomic script call each.

    Args:
        redis: A synchronous client.
        keys: Names of the keys.
        whole: Whether stream entries carry the whole article in a field `json`.
    """

    def __init__(self, redis: Redis, keys: Keys, *, whole: bool = False) -> None:
        self._keys = keys
        self._whole = whole
        self._script = redis.register_script(load_script("commit.lua"))

    def commit(
        self, article: Article, *, page_id: str, url_keys: list[str], comparable: bool = True
    ) -> Committed:
        """Store an article, or find out that it is known.

        Args:
            article: With `rev` 1 and `status` usable; the script sets both as they turn out.
            page_id: The page it was made from; it stops being pending.
            url_keys: All keys of addresses that lead to it (`feedmill.urls.key`).
            comparable: Whether another article with the same content hash is a copy; false for
                texts too short to tell articles apart.

        Raises:
            redis.RedisError: Nothing has been stored, or (after a broken connection) it is not
                known; committing again is right in both cases.
        """
        keys = self._keys
        digests = list(dict.fromkeys(urls.digest(key) for key in url_keys))
        result = self._script(
            keys=[
                *(keys.url_index, keys.content_index, keys.heads, keys.articles),
                *(keys.stats, keys.pending, keys.attempts, keys.raw(page_id)),
            ],
            args=[
                *(keys.prefix, page_id, article.id, article.dedup.content_hash),
                str(int(comparable)),
                str(int(article.fetched_at.timestamp() * 1000)),
                *(_document(article), article.source.id, article.url),
                *(str(int(self._whole)), str(len(digests)), *digests),
                *_announcement(article),
            ],
        )
        return _committed(cast("list[Any]", result))


def load_script(name: str) -> str:
    """The text of one of the Lua scripts beside this module."""
    return resources.files("feedmill.store").joinpath(name).read_text(encoding="utf-8")


def _document(article: Article) -> str:
    head = f'{{"schema":"{SCHEMA}","id":"{article.id}","rev":1,"status":"usable",'
    json = article.to_json()
    if not json.startswith(head):
        raise StoreError(
            "an article is committed with rev 1 and status usable; the commit sets both",
            kind="commit-form",
        )
    return json[len(head) :]


def _announcement(article: Article) -> list[str]:
    fields = {
        "source_id": article.source.id,
        "lang": article.lang.code if article.lang else None,
        "published_at": (
            article.published.at.isoformat().replace("+00:00", "Z") if article.published else None
        ),
        "title": article.title,
        "url": article.url,
        "story_id": article.story_id,
    }
    return [part for name, value in fields.items() if value for part in (name, value)]


def _committed(result: list[Any]) -> Committed:
    verdict, article_id, rev, entry_id = result
    return Committed(
        verdict=cast("Verdict", verdict.decode()),
        article_id=article_id.decode(),
        rev=int(rev),
        entry_id=entry_id.decode() or None,
    )
