"""Any number of further articles, each of its own text, made from its number alone."""

from __future__ import annotations

import random
from collections import UserDict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tests.site import bulk_words as words
from tests.site.model import SiteArticle

if TYPE_CHECKING:
    from collections.abc import Callable

NEWEST: Final = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
APART: Final = timedelta(minutes=11)
PARAGRAPHS: Final = (5, 6)
SENTENCES_EACH: Final = (4, 5)
FIRST_YEAR, LAST_YEAR = 1952, 2024


@dataclass(frozen=True, slots=True)
class BulkHead:
    """What a feed shows of a bulk article; much cheaper to make than the article."""

    title: str
    summary: str
    published: datetime


class _Slots(UserDict[str, str]):
    """Fills the slots of a pattern: each look-up draws anew, but for the article's own subject."""

    def __init__(self, rng: random.Random) -> None:
        """Choose the town and the thing that the article is about."""
        super().__init__(town=rng.choice(words.TOWNS), thing=rng.choice(words.THINGS))
        self._draws: dict[str, Callable[[], str]] = {
            "other": lambda: rng.choice(words.TOWNS),
            "town2": lambda: rng.choice(words.TOWNS),
            "thing2": lambda: rng.choice(words.THINGS),
            "body": lambda: rng.choice(words.BODIES),
            "says": lambda: rng.choice(words.SAYS),
            "adj": lambda: rng.choice(words.ADJECTIVES),
            "noun": lambda: rng.choice(words.NOUNS),
            "people": lambda: rng.choice(words.PEOPLE),
            "verb": lambda: rng.choice(words.VERBS),
            "part": lambda: rng.choice(words.PARTS),
            "reason": lambda: rng.choice(words.REASONS),
            "month": lambda: rng.choice(words.MONTHS),
            "weekday": lambda: rng.choice(words.WEEKDAYS),
            "unit": lambda: rng.choice(words.UNITS),
            "year": lambda: str(rng.randint(FIRST_YEAR, LAST_YEAR)),
            "small": lambda: str(rng.randint(3, 49)),
            "number": lambda: f"{rng.randint(60, 9900):,}",
        }

    def __missing__(self, key: str) -> str:
        """Draw a word for the slot; a slot written with a capital gets one."""
        if key[0].isupper():
            value = self[key.lower()]
            return value[0].upper() + value[1:]
        return self._draws[key]()


def _fill(pattern: str, slots: _Slots) -> str:
    """Fill one pattern and put the article right before a vowel."""
    text = pattern.format_map(slots)
    for vowel in "aeiou":
        text = text.replace(f" a {vowel}", f" an {vowel}").replace(f"A {vowel}", f"An {vowel}")
    return text.replace(" an useful", " a useful").replace("An useful", "A useful")


def _start(number: int) -> tuple[random.Random, _Slots, BulkHead]:
    """Draw the head of an article, and return the generator where the body goes on."""
    rng = random.Random(number)
    slots = _Slots(rng)
    title = _fill(rng.choice(words.TITLES), slots)
    summary = _fill(rng.choice(words.LEADS), slots)
    return rng, slots, BulkHead(title, summary, NEWEST - number * APART)


def bulk_head(number: int) -> BulkHead:
    """Return title, summary and time of bulk article `number`; 0 is the newest."""
    return _start(number)[2]


@lru_cache(maxsize=1024)
def bulk_article(number: int) -> SiteArticle:
    """Return bulk article `number`: the same for every call, unlike that of any other number."""
    rng, slots, head = _start(number)
    counts = [rng.randint(*SENTENCES_EACH) for _ in range(rng.randint(*PARAGRAPHS))]
    patterns = rng.sample(words.SENTENCES, sum(counts))
    sentences = [_fill(pattern, slots) for pattern in patterns]
    sentences[0] = f"{head.summary} {sentences[0]}"
    body = []
    for count in counts:
        body.append(" ".join(sentences[:count]))
        sentences = sentences[count:]
    return SiteArticle(
        slug=str(number),
        title=head.title,
        byline="Staff report",
        published=head.published,
        paragraphs=tuple(body),
        section=rng.choice(words.SECTIONS),
        summary=head.summary,
    )
