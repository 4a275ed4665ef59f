"""What is known already of an article: looked up before the commit decides."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, cast

from redis import Redis

from feedmill.article import Article
from feedmill.identity import Layer, Names
from feedmill.store import near, scripts
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


@dataclass(frozen=True, slots=True)
class Looked:
    """What is known of an article.

    Attributes:
        known: What it may be: what is found by a strong name or the id alone; else all that there are clues to.
        original: The article that had the text first.
        near: The article that the text is a near-duplicate of.
        unlike: What the index of near-duplicates was when there was none in it; tells the commit.
    """

    known: tuple[Known, ...] = ()
    original: str | None = None
    near: str | None = None
    unlike: str = ""


class Library:
    """Finds articles by their names and texts.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._keys = keys
        self._script = redis.register_script(near.library() + scripts.load("look.lua"))

    def look(self, article: Article, names: Names, sketch: near.Packed | None = None) -> Looked:
        """What is known of an article.

        Args:
            article: As it was made of a page.
            names: All that it may be known by.
            sketch: Of its text; None to look for no near-duplicates.
        """
        call = {
            "prefix": self._keys.prefix,
            "id": article.id,
            "content": article.dedup.content_hash,
            "strong": names.strong,
            "clues": names.clues,
            "now": article.stored_at.timestamp(),
            "window": near.WINDOW.total_seconds(),
        }
        layer, original, like, unlike, *found = cast(
            "list[Any]",
            self._script(
                keys=[self._keys.names, self._keys.content_index],
                args=[json.dumps(call), sketch.pack() if sketch else b""],
            ),
        )
        return Looked(
            tuple(Known(Article.from_json(one), one, layer.decode()) for one in found),
            original.decode() or None,
            None if like.decode() == article.id else like.decode() or None,
            unlike.decode(),
        )
