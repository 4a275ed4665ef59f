"""What an article is about, as counted terms: words, names and numbers.

No list of stop words and no dictionary: which words say little is learnt from the stream
(`workers.stories.idf`). What can be seen in the text alone is used at once: names and numbers tell two
alike events apart (two fires in two towns), and the beginning of a news text says what it is about.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

WORD, NAME, NUMBER = range(3)
"""What a term is by its looks."""

MAX_CHARACTERS = 20_000  # of a text; what comes later adds cost and little else
_HEAD = 30  # tokens that count three times; headline and first sentence
_LEAD = 100  # tokens that count twice; the first paragraphs
_TITLE_CASE = 0.6  # share of capitals from which a line is a headline, whose capitals tell nothing
_MIN_TITLE = 4  # tokens

# Scripts written without spaces; their words are taken as pairs of characters.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_SPACELESS}]")
_TOKEN = re.compile(rf"[^\W\d_{_SPACELESS}]+(?:['’][^\W\d_]+)?|\d+(?:[.,:]\d+)*|[{_SPACELESS}]+")
_STOP = re.compile(r"[.!?…。！？:][\"'”’»)]*\s|\n")
# By their last letter, the longest first; what is left of a word has at least three letters.
_ENDINGS = {
    "d": (("ied", "y"), ("ed", "")),
    "g": (("ing", ""),),
    "s": (("ings", ""), ("ies", "y"), ("ers", "er"), ("es", "e"), ("s", "")),
    "y": (("edly", ""), ("ly", "")),
}
_LAST_LETTERS = frozenset("degsy")  # of words that are folded further
_LONG = 5  # letters beyond which any ending may go
_SHORT = 3  # letters beyond which a plural's may


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """The terms of an article, each once.

    Attributes:
        ids: 32 bits that stand for each, in every process and language.
        kinds: What each is by its looks: `WORD`, `NAME` or `NUMBER`.
        lengths: Characters of each.
        times: How often each stands there; more than once for each at the beginning of the text.
    """

    ids: NDArray[np.uint32]
    kinds: NDArray[np.uint8]
    lengths: NDArray[np.int64]
    times: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)


def terms(text: str, title: str | None = None, lang: str | None = None) -> Terms:
    """The terms of an article.

    Args:
        text: Its text.
        title: Its title, unless the text begins with it.
        lang: Code of its language; English words are freed of their endings.
    """
    whole = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS])
    if title and not whole.startswith(title):
        whole = f"{title}\n{whole}"
    sentences = list(_sentences(whole))
    tokens = list(chain.from_iterable(sentences))
    times = Counter(tokens)
    names = _names(sentences, times)
    times.update(tokens[:_LEAD])
    times.update(tokens[:_HEAD])
    return _folded(times, names, english=(lang or "en").startswith("en"))


def _sentences(text: str) -> Iterator[list[str]]:
    """The tokens of each sentence: words, numbers, pairs of characters."""
    has_runs = _RUN.search(text)
    for sentence in _STOP.split(text):
        found = _TOKEN.findall(sentence)
        yield [*chain.from_iterable(map(_parts, found))] if has_runs else found


def _parts(token: str) -> Iterable[str]:
    if not _RUN.match(token):
        return (token,)
    return (token[at : at + 2] for at in range(max(1, len(token) - 1)))


def _names(sentences: Iterable[list[str]], times: Counter[str]) -> frozenset[str]:
    """Words with a capital inside sentences, and no oftener without. In German these are all nouns."""
    inside = Counter(chain.from_iterable(map(_capitals_inside, sentences)))
    return frozenset(
        word for word, count in inside.items() if len(word) > 1 and _small(word, times) <= count
    )


def _capitals_inside(sentence: list[str]) -> list[str]:
    """Words of a sentence with a capital that is not due to its beginning, or to its being a headline."""
    capitals = [token for token in sentence if not token.islower() and token[0].isupper()]
    if len(sentence) >= _MIN_TITLE and len(capitals) > _TITLE_CASE * len(sentence):
        return []
    return capitals[1:] if capitals and sentence[0][0].isupper() else capitals


def _small(word: str, times: Counter[str]) -> int:
    """How often a word stands there in small letters."""
    small = word.lower()
    return times[small] if small[0].islower() else 0


def _folded(times: Counter[str], names: frozenset[str], *, english: bool) -> Terms:
    """Tokens that are one word as one term; it is a name if one of them is."""
    counts: dict[str, int] = {}
    for token, count in times.items():
        key = _fold(token, english=english)
        counts[key] = counts.get(key, 0) + count
    named = {_fold(name, english=english) for name in names}
    kinds = [NAME if key in named else NUMBER if key[0].isdecimal() else WORD for key in counts]
    return Terms(
        ids=np.array([crc32(key.encode()) for key in counts], np.uint32),
        kinds=np.array(kinds, np.uint8),
        lengths=np.array([*map(len, counts)], np.int64),
        times=np.array([*counts.values()], np.float64),
    )


def _fold(word: str, *, english: bool) -> str:
    """Small letters, without the possessive; in English without the commonest endings as well."""
    word = word.casefold()
    if word[-1] not in _LAST_LETTERS:
        return word
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
    if word.endswith("ss"):
        return word
    for ending, instead in _ENDINGS.get(word[-1], ()):
        if word.endswith(ending):
            return word[: -len(ending)] + instead
    return word
