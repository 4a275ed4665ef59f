"""What an article is about, as counted terms: words, names and numbers.

No list of stop words and no dictionary: which words say little is learnt from the stream
(`workers.stories.idf`). What can be seen in the text alone is used at once: names and numbers tell two
alike events apart (two fires in two towns), and the beginning of a news text says what it is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple
from zlib import crc32

Kind = Literal["word", "name", "number"]

MAX_CHARACTERS = 20_000  # of a text; what comes later adds cost and little else
_HEAD = 30  # tokens; headline and first sentence
_LEAD = 100  # tokens; the first paragraphs
_HEAD_WEIGHT = 3.0
_LEAD_WEIGHT = 2.0
_TITLE_CASE = 0.6  # share of capitals from which a line is a headline, whose capitals tell nothing
_MIN_TITLE = 4  # tokens

# Scripts written without spaces; their words are taken as pairs of characters.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKEN = re.compile(
    rf"(?P<number>\d+(?:[.,:]\d+)*)|(?P<run>[{_SPACELESS}]+)"
    rf"|(?P<word>[^\W\d_{_SPACELESS}]+(?:['’][^\W\d_]+)?)|(?P<stop>[.!?…。！？:][\"'”’»)]*\s|\n)"
)
# Longest first; what is left has at least three letters.
_ENDINGS = (
    *(("ings", ""), ("edly", ""), ("ing", ""), ("ied", "y"), ("ies", "y")),
    *(("ers", "er"), ("ed", ""), ("es", "e"), ("ly", ""), ("s", "")),
)
_LONG = 5  # letters beyond which any ending may go
_SHORT = 3  # letters beyond which a plural's may


class Term(NamedTuple):
    """A term of an article.

    Attributes:
        id: 32 bits that stand for it, in every process and language.
        kind: What it is by its looks.
        length: Characters.
        times: How often it stands there; more than once for each at the beginning of the text.
    """

    id: int
    kind: Kind
    length: int
    times: float


class _Token(NamedTuple):
    text: str
    kind: Kind
    inside: bool  # a capital that is not due to the beginning of a sentence


def terms(text: str, title: str | None = None, lang: str | None = None) -> list[Term]:
    """The terms of an article, each once.

    Args:
        text: Its text.
        title: Its title, unless the text begins with it.
        lang: Code of its language; English words are freed of their endings.
    """
    whole = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    if title and not whole.startswith(title):
        whole = f"{title}\n{whole}"
    tokens = list(_tokens(whole))
    names = _names(tokens)
    english = (lang or "en").startswith("en")
    counts: dict[str, float] = defaultdict(float)
    kinds: dict[str, Kind] = {}
    for position, token in enumerate(tokens):
        kind: Kind = "name" if token.text in names else token.kind
        key = _fold(token.text, english=english)
        counts[key] += _worth(position)
        if kinds.get(key) != "name":
            kinds[key] = kind
    return [Term(crc32(key.encode()), kinds[key], len(key), count) for key, count in counts.items()]


def _worth(position: int) -> float:
    return _HEAD_WEIGHT if position < _HEAD else _LEAD_WEIGHT if position < _LEAD else 1.0


def _tokens(text: str) -> Iterator[_Token]:
    sentence: list[tuple[str, Kind]] = []
    for match in _TOKEN.finditer(text):
        found, what = match.group(), match.lastgroup
        if what == "stop":
            yield from _sentence(sentence)
            sentence = []
        elif what == "run":
            sentence.extend((pair, "word") for pair in _pairs(found))
        else:
            sentence.append((found, "number" if what == "number" else "word"))
    yield from _sentence(sentence)


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(max(1, len(run) - 1)))


def _sentence(tokens: list[tuple[str, Kind]]) -> Iterator[_Token]:
    capitals = sum(text[0].isupper() for text, _ in tokens)
    headline = len(tokens) >= _MIN_TITLE and capitals > _TITLE_CASE * len(tokens)
    for i, (text, kind) in enumerate(tokens):
        yield _Token(text, kind, i > 0 and not headline and text[0].isupper())


def _names(tokens: list[_Token]) -> frozenset[str]:
    """Words with a capital inside sentences, and no oftener without. In German these are all nouns."""
    inside = Counter(token.text for token in tokens if token.inside)
    small = Counter(token.text for token in tokens if token.text[0].islower())
    return frozenset(
        word for word, count in inside.items() if len(word) > 1 and small[word.lower()] <= count
    )


@lru_cache(maxsize=1 << 14)
def _fold(word: str, *, english: bool) -> str:
    """Small letters, without the possessive; in English without the commonest endings as well."""
    word = word.casefold()
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if not english or not word.isascii():
        return word
    if len(word) > _LONG:
        word = _without_ending(word)
    elif len(word) > _SHORT and word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    return word[:-1] if len(word) > _SHORT + 1 and word.endswith("e") else word


def _without_ending(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and not word.endswith("ss"):
            return word[: -len(ending)] + instead
    return word
