"""Replays: stored articles whose pages are worked on once more, and what comes of each.

A page of a replay goes the way of all pages, under an id that says so: a replay's pages are told apart from new
ones even where a page has ended its worker before anybody could read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, cast, get_args

from redis import Redis

from feedmill.store import scripts
from feedmill.store.keys import Keys

Outcome = Literal["improved", "unchanged", "kept", "failed"]
"""What comes of a page: a revision was written; the text is the same; another text was found that is not surely
better; no article was found in it, and what is stored stays."""
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

_SECONDS = 86_400  # for which outcomes are kept
_ID = re.compile(r"replay\.([0-9a-f]{8})\.(.+)")
_AT_A_TIME = 1000


def page_id(run: str, article_id: str) -> str:
    """The id of the page of an article in a replay.

    Args:
        run: The replay: 8 hexadecimal digits.
        article_id: The article.
    """
    return f"replay.{run}.{article_id}"


def is_replay(page: str) -> bool:
    """Whether the id of a page is that of a replay's."""
    return _ID.fullmatch(page) is not None


def article_of(page: str) -> str:
    """The article that a page of a replay is of.

    Raises:
        ValueError: It is of no replay.
    """
    return _parts(page)[1]


def _parts(page: str) -> tuple[str, str]:
    found = _ID.fullmatch(page)
    if found is None:
        raise ValueError(f"{page!r} is the id of no page of a replay")
    return found[1], found[2]


class Replays:
    """Ends pages of replays, and knows what came of them.

    Args:
        redis: A synchronous client that answers in bytes.
        keys: Names of the keys.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._keys = keys
        self._end = redis.register_script(scripts.load("replay_end.lua"))

    def end(self, page: str, outcome: Outcome) -> None:
        """Note what came of a page; it is pending no longer. The first outcome of a page stays.

        Raises:
            ValueError: The page is of no replay.
        """
        keys = self._keys
        run, _ = _parts(page)
        self._end(
            keys=[
                *(keys.pending, keys.attempts, keys.raw(page), keys.waiting_bytes),
                keys.replayed(run),
            ],
            args=[page, outcome, _SECONDS],
        )

    def outcomes(self, run: str) -> dict[str, Outcome]:
        """What came of the pages of a replay so far, by page id."""
        found = cast("dict[bytes, bytes]", self._redis.hgetall(self._keys.replayed(run)))
        return {page.decode(): cast("Outcome", value.decode()) for page, value in found.items()}

    def count(self, run: str) -> int:
        """Of how many pages of a replay it is known what came of them."""
        return self._redis.hlen(self._keys.replayed(run))

    def has_pending(self, pages: Sequence[str]) -> bool:
        """Whether one of the pages is not finished."""
        parts = (pages[at : at + _AT_A_TIME] for at in range(0, len(pages), _AT_A_TIME))
        return any(
            score is not None
            for part in parts
            for score in self._redis.zmscore(self._keys.pending, list(part))
        )

    def forget(self, run: str) -> None:
        """Remove what is remembered of a replay."""
        self._redis.delete(self._keys.replayed(run))

    def fetched_between(self, since: float, until: float) -> Iterator[str]:
        """Ids of the stored articles whose page was fetched in a time (Unix seconds), in no order."""
        rows = self._redis.hscan_iter(self._keys.heads, count=_AT_A_TIME)
        for article_id, head in cast("Iterator[tuple[bytes, bytes]]", rows):
            fetched = int(head.split(b":", 2)[1]) / 1000
            if since <= fetched <= until:
                yield article_id.decode()
