"""The earlier revisions of an article, as many as are kept."""

from __future__ import annotations

from typing import Any, cast

import zstandard
from redis import Redis

from feedmill.article import Article
from feedmill.store.keys import Keys

_MAX_BYTES = 64 * 1024**2  # of one article, uncompressed


def packed(json: bytes) -> bytes:
    """An article's JSON as it is kept."""
    return zstandard.compress(json)


class Revisions:
    """Reads earlier revisions; the commit writes them.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys

    def kept(self, article_id: str) -> list[int]:
        """Which earlier revisions there are, oldest first."""
        found = cast("list[bytes]", self._redis.hkeys(self._keys.revisions(article_id)))
        return sorted(map(int, found))

    def get(self, article_id: str, rev: int) -> Article | None:
        """An earlier revision, or None if it is not kept."""
        data: Any = self._redis.hget(self._keys.revisions(article_id), str(rev))
        if data is None:
            return None
        return Article.from_json(
            zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_BYTES)
        )
