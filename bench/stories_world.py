"""A made-up stream of news: stories of invented words that start, grow and die."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 1, 5, tzinfo=UTC)
_SYLLABLES = [c + v for c in "b d f g k l m n p r s t v z br st tr pl".split() for v in "aeiou"]
_COMMON_WORDS = 6000
_TOPICS = 40
_MEAN_SIZE = 4.0
_LIFE_DAYS = 2.0


@dataclass(frozen=True, slots=True)
class Item:
    """An article of the stream, and the story it is of."""

    id: str
    story: int
    title: str
    text: str
    at: datetime


def stream(count: int, days: int, seed: int = 1) -> Iterator[Item]:
    """Articles by the time they come.

    Two in three stories have one article only, a few have dozens. The stories of a topic share its
    words, as those of real news do; names and numbers are their own.
    """
    rng = random.Random(seed)
    common = _words(rng, _COMMON_WORDS)
    topics = [rng.sample(common, 60) for _ in range(_TOPICS)]
    for number, (at, story) in enumerate(sorted(_times(rng, count, days))):
        own = random.Random(f"{seed} {story}")
        about = _Story.make(own, topics[story % _TOPICS])
        title, text = _article(rng, about, common)
        yield Item(f"a{number}", story, title, text, at)


@dataclass(frozen=True, slots=True)
class _Story:
    names: list[str]
    numbers: list[str]
    words: list[str]

    @classmethod
    def make(cls, own: random.Random, topic: list[str]) -> _Story:
        names = [word.capitalize() for word in _words(own, 7)]
        numbers = [str(own.randint(11, 4999)) for _ in range(4)]
        return cls(names, numbers, own.sample(topic, 20) + _words(own, 10))


def _article(rng: random.Random, about: _Story, common: list[str]) -> tuple[str, str]:
    """A title and a text."""
    names, words = rng.sample(about.names, 5), rng.sample(about.words, 18)
    title = " ".join([names[0], *rng.sample(words, 4), names[1]])
    sentences = []
    for _ in range(rng.randint(8, 18)):
        tokens = _zipf(rng, common, 9) + rng.choices(words, k=5) + rng.choices(names, k=2)
        tokens += rng.choices(about.numbers, k=1)
        rng.shuffle(tokens)
        sentences.append("The " + " ".join(tokens) + ".")
    return title, " ".join(sentences)


def _times(rng: random.Random, count: int, days: int) -> list[tuple[datetime, int]]:
    found: list[tuple[datetime, int]] = []
    story = 0
    while len(found) < count:
        begin = rng.uniform(0, days)
        size = 1 if rng.random() < 0.66 else 2 + int(rng.expovariate(1 / (2 * _MEAN_SIZE)))
        later = [begin + rng.expovariate(2 / _LIFE_DAYS) for _ in range(size - 1)]
        found += [(START + timedelta(days=d), story) for d in (begin, *later) if d < days]
        story += 1
    return found[:count]


def _zipf(rng: random.Random, words: list[str], count: int) -> list[str]:
    return [words[int(len(words) ** rng.random()) - 1] for _ in range(count)]


def _words(rng: random.Random, count: int) -> list[str]:
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(count)]
