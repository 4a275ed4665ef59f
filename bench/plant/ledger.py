"""The reckoning: everything that was released must have come out, and once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from redis import Redis

from feedmill import urls
from feedmill.store.keys import Keys

_FIRST = frozenset({"new", "duplicate"})  # how an address comes out for the first time


@dataclass(frozen=True)
class Outcome:
    """What became of the pages.

    Attributes:
        expected: Addresses that were released.
        new: Stored as articles.
        linked: Announced as exact copies.
        updated: Announced as updates.
        quarantined: Set aside.
        lost: Addresses of which nothing came out, or not the second edition.
        doubled: Addresses that came out more than once, as `new`, `duplicate`, `update` or quarantined.
        unforeseen: Addresses that were in no feed.
    """

    expected: int
    new: int
    linked: int
    updated: int
    quarantined: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unforeseen: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was lost and nothing doubled."""
        return not (self.lost or self.doubled or self.unforeseen)


@dataclass(frozen=True, slots=True)
class Told:
    """What Redis holds of addresses: how often each op was announced, how often it was set aside, what is stored.

    Attributes:
        announced: Address -> op -> how often.
        quarantined: Address -> how often.
        fetched: Address -> Unix seconds of the fetch of what is stored or linked.
    """

    announced: Mapping[str, Counter[str]]
    quarantined: Counter[str]
    fetched: Mapping[str, float]


def read(redis: Redis, keys: Keys) -> Told:
    """Read the whole stream, the quarantine and the heads."""
    announced: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for _, fields in cast("list[Any]", redis.xrange(keys.articles)):
        announced[fields[b"url"].decode()][fields[b"op"].decode()] += 1
    aside = Counter(
        fields[b"url"].decode()
        for _, fields in cast("list[Any]", redis.xrange(keys.quarantine))
        if b"url" in fields
    )
    heads = cast("dict[bytes, bytes]", redis.hgetall(keys.heads))
    by_id = {key.decode(): int(head.split(b":")[1]) / 1000 for key, head in heads.items()}
    fetched = {url: by_id.get(article_id(url), 0.0) for url in announced}
    return Told(announced, aside, fetched)


def article_id(url: str) -> str:
    """The id of the article at an address."""
    return urls.digest(urls.key(url))


def reckon(told: Told, expected: Sequence[str], edited: Iterable[str], edited_at: float) -> Outcome:
    """Compare what came out with what went in.

    Args:
        told: What Redis holds.
        expected: Addresses that were released.
        edited: Those of them that have changed since.
        edited_at: When they did, Unix seconds.
    """
    wanted = set(expected)
    changed = set(edited)
    lost = [url for url in expected if not _first_times(told, url)]
    lost += [url for url in edited if not _is_second(told, url, edited_at)]
    doubled = [url for url in expected if _is_doubled(told, url, changed)]
    seen = told.announced.keys() | told.quarantined.keys()
    totals = sum(told.announced.values(), Counter[str]())
    return Outcome(
        expected=len(wanted),
        new=totals["new"],
        linked=totals["duplicate"],
        updated=totals["update"],
        quarantined=told.quarantined.total(),
        lost=lost,
        doubled=doubled,
        unforeseen=sorted(seen - wanted),
    )


def _first_times(told: Told, url: str) -> int:
    announced = told.announced.get(url, Counter())
    return sum(announced[op] for op in _FIRST) + told.quarantined[url]


def _is_doubled(told: Told, url: str, changed: set[str]) -> bool:
    """Whether an address came out too often. Each edition may be set aside on its own."""
    editions = 2 if url in changed else 1
    announced = told.announced.get(url, Counter())
    if not announced:
        return told.quarantined[url] > editions
    return _first_times(told, url) > 1 or announced["update"] > editions - 1


def _is_second(told: Told, url: str, edited_at: float) -> bool:
    """Whether what is stored was fetched since the edit: it came as an update, or was the first that came.

    A page that was a copy, or was set aside, is no article of which that can be told.
    """
    if not told.announced.get(url, Counter())["new"]:
        return True
    return told.fetched.get(url, 0.0) >= edited_at
