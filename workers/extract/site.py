"""What the other pages of a site teach: lines that stand on several of them are seldom the article's.

A line is known by its key, whatever its language: 48 bits made of its words, with all numbers taken as
equal, so that counters and dates match. The upper six bits tell the line's length; so pages can be compared
by how much text they share when nothing is left of the text but keys.

A page is never judged by itself. Other addresses of the same article (its print version, its next
edition under a new address) are told by the article's lines in them, and left out of what is taught.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import xxhash

from workers.extract.hints import SiteLines

MAX_LINES = 2_000  # of one page: the first and the last half of them, where the frame of a page is
_MAX_CHARACTERS = 1_000  # of a line; two lines that agree so far are one
_STEP = 8  # characters of length that one step of the upper bits of a key stands for
_STEPS = 64
_HASH_BITS = 42
_KEY_BYTES = 6
# Measured on 1,078 pairs of different articles of one site: at most 0.39 and 0.31, 99 of 100 pairs below 0.37
# and 0.11. Copies, print versions and edited versions lie above one of the two.
_SAME_OF_ARTICLE = 0.45
_SAME_OF_PAGE = 0.25
_LONG_LINE = 80  # characters; shorter lines are often menus
_WORDY_LINE = 40  # characters; shorter lines may be words of any sentence

# What a character is in a line.
_GAP, _LETTER, _DIGIT, _END = range(4)
_ALL_LETTERS = range(0x20000, 0x40000)  # two planes of Chinese characters

Keys = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float64]


class Seen(Protocol):
    """The lines of a page seen earlier: their keys as `pack` packs them."""

    @property
    def article(self) -> bytes:
        """Those that were taken for its article."""

    @property
    def others(self) -> bytes:
        """All others."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The different lines of a page that have a word in them, in their order.

    Attributes:
        words: The words of each, as they are compared.
        keys: The key of each.
    """

    words: tuple[str, ...]
    keys: Keys


@dataclass(frozen=True, slots=True)
class Lesson:
    """What other pages of its site teach about a page.

    Attributes:
        taught: On how many of them its lines stand.
        editions: The places of those that hold the same article. They do not count: they would make
            boilerplate of the article itself.
    """

    taught: SiteLines
    editions: tuple[int, ...]


def line_key(line: str) -> int:
    """The key of a line, 0 for a line without a letter or digit in it."""
    return _key_of(_words([line])[0])


def read(lines: Sequence[str]) -> Lines:
    """The lines of a page; of more than `MAX_LINES` the first and the last."""
    words = tuple(filter(None, dict.fromkeys(_words(_bounded(lines)))))
    return Lines(words, np.fromiter(map(_key_of, words), np.uint64, len(words)))


def of_article(lines: Lines, text: str) -> npt.NDArray[np.bool_]:
    """Which lines of a page stand in its article's text: as lines, long ones also as parts."""
    of_text = _words(text.split("\n"), most=None)
    whole, parts = frozenset(of_text), " ".join(filter(None, of_text))
    return np.array(
        [one in whole or (len(one) >= _WORDY_LINE and one in parts) for one in lines.words], bool
    )


def learn(page: Keys, seen: Sequence[Seen]) -> Lesson:
    """On how many of the other pages the lines of a page stand.

    Args:
        page: The keys of its lines.
        seen: Other pages of the site.
    """
    own = np.unique(page)
    if not seen or not len(own):
        return Lesson(SiteLines(pages=float(len(seen))), ())
    keys, owner, is_article = _spread(seen)
    at = np.searchsorted(own, keys).clip(max=len(own) - 1)
    is_shared = own[at] == keys
    lengths = _lengths(keys)

    def total(of: npt.NDArray[np.bool_]) -> Floats:
        return np.bincount(owner[of], lengths[of], len(seen)).astype(np.float64)

    same = _is_same(own, total(is_shared & is_article), total(is_article))
    counts = np.bincount(at[is_shared & ~same[owner]], minlength=len(own))
    known = np.flatnonzero(counts)
    taught = dict(zip(own[known].tolist(), counts[known].astype(float).tolist(), strict=True))
    editions = tuple(np.flatnonzero(same).tolist())
    return Lesson(SiteLines(pages=float(len(seen) - len(editions)), counts=taught), editions)


def counted(lines: Sequence[str], site: SiteLines) -> Floats:
    """On how many of the site's other pages each of some lines stands."""
    keys = map(_key_of, _words(lines))
    return np.array([site.counts.get(key, 0.0) for key in keys], np.float64)


def shares(lines: Sequence[str], site: SiteLines) -> Floats:
    """The share of the site's other pages that have each of some lines: 0 to 1; 0 where no page is known."""
    return (
        np.minimum(counted(lines, site) / site.pages, 1.0) if site.pages else np.zeros(len(lines))
    )


def pack(keys: Keys) -> bytes:
    """Six bytes a key, the lowest first."""
    return keys.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :_KEY_BYTES].tobytes()


def unpack(packed: bytes) -> Keys:
    """What `pack` packed."""
    padded = np.zeros((len(packed) // _KEY_BYTES, 8), np.uint8)
    padded[:, :_KEY_BYTES] = np.frombuffer(packed, np.uint8).reshape(-1, _KEY_BYTES)
    return padded.view("<u8").ravel().astype(np.uint64)


def _spread(
    seen: Sequence[Seen],
) -> tuple[Keys, npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """All keys of some pages, of which page each is, and whether it is of the article there."""
    parts = [part for page in seen for part in (page.article, page.others)]
    sizes = [len(part) // _KEY_BYTES for part in parts]
    part = np.repeat(np.arange(len(parts)), sizes)
    return unpack(b"".join(parts)), part // 2, part % 2 == 0


def _is_same(own: Keys, shared: Floats, articles: Floats) -> npt.NDArray[np.bool_]:
    """Whether a page holds the article that was seen on another page, or most of the page is from it.

    Lines count by their length. Two articles that share half of their text are taken as one, too:
    then the shared half is not lost.

    Args:
        own: All keys of the page; what of them is its article is not known yet.
        shared: How much of each other page's article is in it.
        articles: How long those articles are.
    """
    lengths = _lengths(own)
    long_lines = lengths[lengths >= _LONG_LINE].sum()
    of_page = (shared >= _SAME_OF_PAGE * long_lines) & (long_lines > 0)
    found: npt.NDArray[np.bool_] = (shared > 0) & (
        (shared >= _SAME_OF_ARTICLE * articles) | of_page
    )
    return found


def _lengths(keys: Keys) -> Floats:
    return ((keys >> np.uint64(_HASH_BITS)) + 0.5).astype(np.float64) * _STEP


def _key_of(words: str) -> int:
    if not words:
        return 0
    digest = xxhash.xxh3_64_intdigest(words.encode("utf-8", "surrogatepass"))
    step = min(len(words) // _STEP, _STEPS - 1)
    return step << _HASH_BITS | digest & (1 << _HASH_BITS) - 1


def _bounded(lines: Sequence[str]) -> Sequence[str]:
    half = MAX_LINES // 2
    return [*lines[:half], *lines[-half:]] if len(lines) > MAX_LINES else lines


def _words(lines: Sequence[str], most: int | None = _MAX_CHARACTERS) -> list[str]:
    """The words of each line with one space between them, all letters small and every number 0.

    All lines at once, as an array of characters: a page has hundreds.
    """
    text = "\n".join([line[:most].replace("\n", " ") for line in lines]).casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
    characters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    kinds = _KINDS[characters]
    is_gap, is_digit = kinds == _GAP, kinds == _DIGIT
    plain = np.where(is_gap, ord(" "), np.where(is_digit, ord("0"), characters)).astype("<u4")
    goes_on = np.zeros(len(kinds), bool)
    goes_on[1:] = (kinds[1:] == kinds[:-1]) & (is_gap | is_digit)[1:]
    folded = plain[~goes_on].tobytes().decode("utf-32-le", "surrogatepass")
    return [line.strip() for line in folded.split("\n")]


def _kinds() -> npt.NDArray[np.uint8]:
    """What each character is."""
    kinds = np.full(0x110000, _GAP, np.uint8)
    kinds[: _ALL_LETTERS.start] = [_kind(chr(code)) for code in range(_ALL_LETTERS.start)]
    kinds[_ALL_LETTERS.start : _ALL_LETTERS.stop] = _LETTER
    kinds[ord("\n")] = _END
    return kinds


def _kind(character: str) -> int:
    if character.isdecimal():
        return _DIGIT
    # Vowel signs and the like are parts of words.
    is_mark = unicodedata.category(character)[0] == "M"
    return _LETTER if character.isalnum() or is_mark else _GAP


_KINDS = _kinds()
