"""What is known already of an article: looked up by its names, before the commit decides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from feedmill.article import Article
from feedmill.identity import Layer, Names
from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Known:
    """An article that is stored.

    Attributes:
        article: As it is stored.
        json: The same as JSON.
        layer: What it was found by.
    """

    article: Article
    json: bytes
    layer: Layer


class Library:
    """Finds articles by their names.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def find(self, names: Names, article_id: str) -> list[Known]:
        """What an article may be: what is found by a strong name or the id alone; else all that there are clues to.

        Args:
            names: Of the article.
            article_id: That a new article would get.
        """
        every = [*names.strong, *names.clues]
        values = cast("list[bytes | None]", self._redis.hmget(self._keys.names, every))
        ids = [value.decode() if value and value[:1] != b"=" else "" for value in values]
        for one in filter(None, [*ids[: len(names.strong)], article_id]):
            if known := self._load(one, "url"):
                return [known]
        maybe = dict.fromkeys(filter(None, ids[len(names.strong) :]))
        return [known for one in maybe if (known := self._load(one, "name"))]

    def original(self, content_hash: str) -> str | None:
        """Id of the article that had a text first."""
        found: Any = self._redis.hget(self._keys.content_index, content_hash)
        return found.decode() if found else None

    def _load(self, article_id: str, layer: Layer) -> Known | None:
        data: Any = self._redis.get(self._keys.article(article_id))
        return Known(Article.from_json(data), data, layer) if data else None
