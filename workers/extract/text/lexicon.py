"""Words that boilerplate is made of, in 17 languages, by what they are used for.

`lexicon/*.toml` has one file per language, with the same groups in each:

=========== ===================================================================
newsletter  offers of mail, inboxes
account     log in, subscribe, membership, donations
invite      click here, read on, download, do not miss
share       share bars, names of networks
cookie      consent
legal       rights, terms, imprint
advert      advertisements and what surrounds them
comment     readers' comments
related     heads of lists of other articles
byline      what stands before an author's name
trade       writers by profession
bio         what biographies say of them
credit      pictures and their sources
date        months, days, "updated", reading time
reader      "you" and "us"
menu        navigation and names of sections
=========== ===================================================================

A term is words joined by blanks; a word that ends in `*` (after at least four letters) stands for all words
that begin so. The language of a text need not be known: all terms are looked for at once, which costs two
look-ups a word. Chinese, Japanese and Korean terms are looked for anywhere in a line.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

GROUPS = (
    *("newsletter", "account", "invite", "share", "cookie", "legal", "advert", "comment"),
    *("related", "byline", "trade", "bio", "credit", "date", "reader", "menu"),
)
_STEM = 4  # letters
_ANYWHERE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")  # Kana, Han, Hangul
_Terms = Mapping[str, Sequence[tuple[tuple[str, ...], int]]]


@dataclass(frozen=True, slots=True)
class Hits:
    """Which groups a line has words of.

    Attributes:
        counts: Number of terms per group, in the order of `GROUPS`.
        first: The groups of terms that the line begins with, as a bit set.
    """

    counts: tuple[int, ...]
    first: int

    def has(self, *groups: str) -> bool:
        """Whether there is a word of one of the groups."""
        return any(self.counts[GROUPS.index(group)] for group in groups)

    def begins(self, *groups: str) -> bool:
        """Whether the line begins with a term of one of the groups."""
        return any(self.first >> GROUPS.index(group) & 1 for group in groups)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms of all languages.

    Attributes:
        words: By their first word: the words after it, and the group.
        stems: The same for terms whose first word is a stem, by its first four letters; the first word is
            then part of the term.
        unspaced: One expression per group for Chinese, Japanese and Korean.
    """

    words: _Terms
    stems: _Terms
    unspaced: Sequence[re.Pattern[str]]

    def look_up(self, line: str, words: Sequence[str]) -> Hits:
        """Find the terms in a line, given with its words (`words.tokens`)."""
        counts = [0] * len(GROUPS)
        first = 0
        for index, word in enumerate(words):
            for group in self._at(words, index, word):
                counts[group] += 1
                first |= (not index) << group
        if not line.isascii() and _ANYWHERE.search(line):
            for group, pattern in enumerate(self.unspaced):
                found = [match.start() for match in pattern.finditer(line)]
                counts[group] += len(found)
                first |= (0 in found) << group
        return Hits(tuple(counts), first)

    def _at(self, words: Sequence[str], index: int, word: str) -> Iterator[int]:
        for rest, group in self.words.get(word, ()):
            if not rest or _matches(words, index + 1, rest):
                yield group
        for term, group in self.stems.get(word[:_STEM], ()):
            if _matches(words, index, term):
                yield group


def _matches(words: Sequence[str], start: int, term: tuple[str, ...]) -> bool:
    if start + len(term) > len(words):
        return False
    return all(
        word.startswith(part[:-1]) if part[-1] == "*" else word == part
        for part, word in zip(term, words[start:], strict=False)
    )


@cache
def load() -> Lexicon:
    """Read all languages."""
    words: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    stems: dict[str, list[tuple[tuple[str, ...], int]]] = {}
    unspaced: list[list[str]] = [[] for _ in GROUPS]
    for group, term in sorted(_terms()):
        number = GROUPS.index(group)
        parts = tuple(term.casefold().split())
        if _ANYWHERE.search(term):
            unspaced[number].append(re.escape(term.rstrip("*")))
        elif parts[0].endswith("*"):
            stems.setdefault(parts[0][:_STEM], []).append((parts, number))
        else:
            words.setdefault(parts[0], []).append((parts[1:], number))
    patterns = [re.compile("|".join(sorted(terms, key=len, reverse=True))) for terms in unspaced]
    return Lexicon(words, stems, patterns)


def _terms() -> set[tuple[str, str]]:
    """All (group, term) of all languages; a term that two languages share counts once."""
    found = set()
    for file in files(__package__).joinpath("lexicon").iterdir():
        if file.name.endswith(".toml"):
            for group, terms in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found |= {(group, term) for term in terms}
    return found
