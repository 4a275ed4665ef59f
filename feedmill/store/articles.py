"""Reading: the stream of articles and the articles themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from feedmill.article import Article
from feedmill.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the stream: its id and its fields as text."""

    id: str
    fields: dict[str, str]

    @property
    def article_id(self) -> str:
        """The article that the entry announces."""
        return self.fields["id"]


class ArticleLog:
    """The stream `articles` and what it points to.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def get(self, article_id: str) -> Article | None:
        """The article, or None if there is none of this id."""
        data = self._redis.get(self._keys.article(article_id))
        return None if data is None else Article.from_json(cast("bytes", data))

    def get_json(self, article_id: str) -> str | None:
        """The article's JSON as it is stored, or None."""
        data = self._redis.get(self._keys.article(article_id))
        return None if data is None else cast("bytes", data).decode()

    def last_id(self) -> str:
        """Id of the newest entry; `0-0` if there is none."""
        newest = cast("list[Any]", self._redis.xrevrange(self._keys.articles, count=1))
        return newest[0][0].decode() if newest else "0-0"

    def newest(self, count: int) -> list[Entry]:
        """The newest `count` entries, oldest of them first."""
        rows = cast("list[Any]", self._redis.xrevrange(self._keys.articles, count=count))
        return [_entry(row) for row in reversed(rows)]

    def since(self, entry_id: str, *, count: int = 100) -> Iterator[Entry]:
        """Entries after `entry_id`, oldest first, until the end of the stream."""
        while True:
            rows = cast(
                "list[Any]",
                self._redis.xrange(self._keys.articles, min=f"({entry_id}", count=count),
            )
            if not rows:
                return
            for row in rows:
                entry = _entry(row)
                entry_id = entry.id
                yield entry

    def follow(self, entry_id: str, *, block_seconds: float = 5.0) -> Iterator[Entry]:
        """Entries after `entry_id`, waiting for more. Never ends by itself."""
        while True:
            answer = cast(
                "list[Any]",
                self._redis.xread(
                    {self._keys.articles: entry_id}, count=100, block=int(block_seconds * 1000)
                )
                or [],
            )
            for _stream, rows in answer:
                for row in rows:
                    entry = _entry(row)
                    entry_id = entry.id
                    yield entry


def _entry(row: tuple[bytes, dict[bytes, bytes]]) -> Entry:
    entry_id, fields = row
    return Entry(
        entry_id.decode(),
        {name.decode(): value.decode(errors="replace") for name, value in fields.items()},
    )
