"""What the other pages of a site teach: lines that stand on several of them are seldom the article's.

A line is known by its key, whatever its language: eight characters made of its words, with all numbers
taken as equal, so that counters and dates match. The key begins with the line's length; so pages can be
compared by how much text they share when nothing is left of the text but keys.

A page is never judged by itself. Other addresses of the same article (its print version, its next
edition under a new address) are told by the article's lines in them, and left out by `learn`.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from base64 import urlsafe_b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Protocol

from workers.extract.hints import SiteLines

MAX_LINES = 2_000  # of one page: the first and the last half of them, where the frame of a page is
_MAX_CHARACTERS = 1_000  # of a line; two lines that agree so far are one
_STEP = 8  # characters of length that one step of the first character of a key stands for
_STEPS = 64
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_LENGTHS = {letter: (step + 0.5) * _STEP for step, letter in enumerate(_ALPHABET)}
_HASH_BITS = 42
# Measured on 1,078 pairs of different articles of one site: at most 0.39 and 0.31, 99 of 100 pairs below 0.37
# and 0.11. Copies, print versions and edited versions lie above one of the two.
_SAME_OF_ARTICLE = 0.45
_SAME_OF_PAGE = 0.25
_LONG_LINE = 80  # characters; shorter lines are often menus
_WORDY_LINE = 40  # characters; shorter lines may be words of any sentence

# Vowel signs and the like are parts of words that `\w` does not know of.
_MARKS = "".join(
    letter for letter in map(chr, range(0x300, 0xFE30)) if unicodedata.category(letter)[0] == "M"
)
_NO_WORDS = re.compile(rf"(?:[^\w{_MARKS}]|_)+")
_NO_ASCII_WORDS = re.compile(r"[\W_]+", re.ASCII)
_DIGITS = re.compile(r"\d+")


class PageLines(Protocol):
    """The lines of a page seen earlier, by their keys."""

    @property
    def article(self) -> Collection[str]:
        """Those that were taken for its article."""

    @property
    def others(self) -> Collection[str]:
        """All others."""


def line_key(line: str) -> str:
    """The key of a line: 8 characters, or none for a line without a letter or digit in it."""
    return _key_of(_words(line))


def keys(lines: Sequence[str]) -> tuple[str, ...]:
    """The different keys of a page's lines in their order, at most `MAX_LINES`."""
    return tuple(filter(None, dict.fromkeys(map(line_key, _bounded(lines)))))


def article_keys(lines: Sequence[str], text: str) -> frozenset[str]:
    """The keys of those lines of a page that stand in its article's text: as lines, long ones also as parts."""
    whole, parts = set(map(line_key, text.split("\n"))), _words(text, sys.maxsize)
    found = set()
    for line in _bounded(lines):
        key = line_key(line)
        if key and (key in whole or (_LENGTHS[key[0]] >= _WORDY_LINE and _words(line) in parts)):
            found.add(key)
    return frozenset(found)


def learn(page: Collection[str], seen: Iterable[PageLines]) -> SiteLines:
    """On how many of the other pages the lines of a page stand.

    Args:
        page: The keys of its lines.
        seen: Other pages of the site. Those with the same article do not count: they would make
            boilerplate of the article itself.
    """
    wanted = set(page)
    counts: Counter[str] = Counter()
    pages = 0
    for other in seen:
        if same_article(wanted, other.article):
            continue
        pages += 1
        counts.update(wanted.intersection(other.article))
        counts.update(wanted.intersection(other.others))
    return SiteLines(pages=float(pages), counts={key: float(n) for key, n in counts.items()})


def same_article(page: Collection[str], article: Collection[str]) -> bool:
    """Whether a page holds an article that was seen on another page, or most of the page is from it.

    Lines count by their length. Two articles that share half of their text are taken as one, too:
    then the shared half is not lost.

    Args:
        page: All keys of the page; what of them is its article is not known yet.
        article: The keys of the other page's article.
    """
    shared = _length(set(page).intersection(article))
    if not shared:
        return False
    long_lines = _length(key for key in page if _LENGTHS[key[0]] >= _LONG_LINE)
    return shared >= _SAME_OF_ARTICLE * _length(article) or shared >= _SAME_OF_PAGE * long_lines > 0


def share(line: str, site: SiteLines) -> float:
    """The share of the site's other pages that have a line: 0 to 1; 0 where no page is known."""
    return min(1.0, site.counts.get(line_key(line), 0.0) / site.pages) if site.pages else 0.0


def _key_of(words: str) -> str:
    if not words:
        return ""
    digest = hashlib.blake2b(words.encode("utf-8", "surrogatepass"), digest_size=6).digest()
    step = min(len(words) // _STEP, _STEPS - 1)
    number = step << _HASH_BITS | int.from_bytes(digest) & (1 << _HASH_BITS) - 1
    return urlsafe_b64encode(number.to_bytes(6)).decode("ascii")


def _bounded(lines: Sequence[str]) -> Sequence[str]:
    half = MAX_LINES // 2
    return [*lines[:half], *lines[-half:]] if len(lines) > MAX_LINES else lines


def _length(some: Iterable[str]) -> float:
    return sum(_LENGTHS[key[0]] for key in some)


def _words(line: str, most: int = _MAX_CHARACTERS) -> str:
    folded = line[:most].casefold()
    if folded.isascii():
        words = _NO_ASCII_WORDS.sub(" ", folded)
    else:
        words = _NO_WORDS.sub(" ", unicodedata.normalize("NFKC", folded).casefold())
    return _DIGITS.sub("0", words.strip())
