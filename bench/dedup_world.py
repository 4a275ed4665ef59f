"""Synthetic articles for the cost of the index: a million of them, as word numbers rather than text.

Words follow Zipf's law. A fifth of every article are phrases out of a common stock, and every fifth article
ends with the tail of its site, so that some shingles are frequent, as they are in news. Three in ten
articles are edits of an earlier one: cut, dressed, reworded or extended.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from feedmill import urls
from workers.dedup import sketch

NEAR = 0.3

_WORDS, _PHRASES, _SITES = 200_000, 20_000, 2_000
_PHRASE_WORDS, _TAIL_WORDS = 7, 45
_PHRASE_EVERY = 35  # words, so that phrases are a fifth
_TAILED = 0.2
_LENGTH, _SPREAD = 350, 0.5  # of a log-normal distribution, in words
_RECENT = 50_000  # articles back to which an edit may reach

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Made:
    """An article: its id, its packed sketch, and the number of the one that it is an edit of."""

    id: str
    packed: bytes
    origin: int | None

    def pack(self) -> bytes:
        """As a sketch does."""
        return self.packed


def article_id(number: int) -> str:
    """The id of an article."""
    return urls.digest(f"article {number}")


def articles(first: int, last: int, seed: int) -> list[Made]:
    """The articles of these numbers; the same whatever else is made."""
    return [_made(number, seed) for number in range(first, last)]


def batches(count: int, size: int) -> Iterator[tuple[int, int]]:
    """First and last numbers, `size` at a time."""
    return ((first, min(first + size, count)) for first in range(0, count, size))


def _made(number: int, seed: int) -> Made:
    random = np.random.default_rng((seed, number, 1))
    origin = _origin(random, number, seed) if _is_edit(random, number) else None
    if origin is None:
        words, facts = _words(number, seed)
    else:
        words, facts = _edited(random, *_words(origin, seed))
    numbers = {f"#{fact} 0" for fact in facts[:12]}
    made = sketch.from_words(words, numbers, {f"n{fact}" for fact in facts[12:]})
    return Made(article_id(number), made.pack(), origin)


def _is_edit(random: np.random.Generator, number: int) -> bool:
    """The first that is drawn for an article: whether it is an edit of an earlier one."""
    return random.random() < NEAR and number > 0


def _origin(random: np.random.Generator, number: int, seed: int) -> int:
    """An earlier article that is no edit itself."""
    while True:
        origin = int(random.integers(max(0, number - _RECENT), number))
        if not _is_edit(np.random.default_rng((seed, origin, 1)), origin):
            return origin


def _words(number: int, seed: int) -> tuple[Words, list[int]]:
    random = np.random.default_rng((seed, number))
    length = int(np.clip(random.lognormal(np.log(_LENGTH), _SPREAD), 40, 3000))
    words = _zipf(random, _WORDS, length)
    for start in range(0, length - _PHRASE_WORDS, _PHRASE_EVERY):
        phrase = int(_zipf(random, _PHRASES, 1)[0])
        words[start : start + _PHRASE_WORDS] = np.arange(_PHRASE_WORDS) + 10**7 + phrase * 100
    if random.random() < _TAILED:
        site = int(_zipf(random, _SITES, 1)[0])
        tail = np.arange(_TAIL_WORDS, dtype=np.uint64) + np.uint64(10**8 + site * 100)
        words = np.concatenate((words, tail))
    return _hashed(words), random.integers(0, 10**6, 20).tolist()


def _edited(random: np.random.Generator, words: Words, facts: list[int]) -> tuple[Words, list[int]]:
    edit = random.integers(4)
    if edit == 0:  # cut
        return words[: max(40, int(len(words) * random.uniform(0.35, 0.9)))], facts[:16]
    if edit == 1:  # dressed
        return np.concatenate((_foreign(random, 12), words, _foreign(random, 40))), facts
    if edit == 2:  # reworded
        changed = random.random(len(words)) < 0.08
        return np.where(changed, _foreign(random, len(words)), words), facts
    middle = len(words) // 2  # extended
    return np.concatenate((words[:middle], _foreign(random, 80), words[middle:])), facts


def _foreign(random: np.random.Generator, length: int) -> Words:
    return _hashed(_zipf(random, _WORDS, length))


def _zipf(random: np.random.Generator, size: int, count: int) -> Words:
    return np.searchsorted(_cumulated(size), random.random(count)).astype(np.uint64)


@cache
def _cumulated(size: int) -> npt.NDArray[np.float64]:
    weights = np.cumsum(1.0 / (np.arange(size) + 2.7))  # Mandelbrot's form of Zipf's law
    return weights / weights[-1]


def _hashed(words: Words) -> Words:
    return (words + np.uint64(1)) * np.uint64(0xD6E8FEB86659FD93)
