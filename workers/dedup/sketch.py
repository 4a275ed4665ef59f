"""The sketch of a text: a few hundred bytes that tell whether two texts are near-duplicates.

News copies are shortened, extended, dressed with datelines and wrapped in boilerplate, so what has to be
estimated is *containment*: the share of one text that is in the other (Broder, "On the resemblance and
containment of documents", 1997). The sample for it is the *bottom-k sketch* (Cohen and Kaplan,
"Summarizing data using bottom-k sketches", 2007): the k smallest hashes of all runs of five words. Up to the
smaller of two sketches' largest hashes both are complete samples of their texts, so the shares of common
hashes below it estimate the containment both ways.

Containment alone takes two weather reports for one and two notices on the same page frame for another.
A sketch therefore also samples the numbers, the names and the beginning of a text. What is made of all that
is decided in one place, `feedmill/store/near.lua`, which also describes the layout of `Sketch.pack`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import xxhash

SHINGLE: Final = 5
"""Words in a shingle. Shorter ones are common phrases in an index of a million articles; longer ones
do not survive rewording."""
RUN: Final = 8
"""Words from the start of a shingle that its `runs` byte stands for."""
HASHES: Final = 40
"""Shingle hashes in a sketch."""
LOOKED: Final = 28
"""Hashes that an index is asked for. A text shorter than this one is in it under larger hashes than a
text of the same length."""
NUMBERS: Final = 20
"""Number hashes in a sketch."""
NAMES: Final = 12
"""Name hashes in a sketch."""
LEAD: Final = 8
"""Hashes of the lead in a sketch."""
LEAD_WORDS: Final = 50
"""Words that are the lead of a text."""
OPENING: Final = 80
"""Shingles that are the opening of a text: more than the lead, because a text in the index is a sample
only and few of a short lead would be in it."""
RECORD_BYTES: Final = 4 + 4 * HASHES + 2 * (NUMBERS + NAMES + LEAD)
"""Length of what the index keeps of a sketch."""

_MARK_BITS_MIN, _MARK_BITS_MAX = 512, 65536
_MARK_BITS_PER_SHINGLE = 16

# Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, kana, Han. Each character is a word there.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# After one of these a capital letter may mean a beginning rather than a name.
_BREAKS = frozenset('.!?:;\n"“”‘’»«„()[]—–|•…。！？')
_TOKEN = re.compile(
    rf"[^\W\d_{_UNSPACED}][^\W{_UNSPACED}]*|\d+(?:[.,:/]\d+)*|[{_UNSPACED}]|[{re.escape(''.join(sorted(_BREAKS)))}]"
)
_SOFT_HYPHEN = "\u00ad"
_NUMBER = "0"  # what every number is in a shingle: an update changes the numbers and little else

_MULTIPLIER: Final = np.uint64(0x9E3779B97F4A7C15)
_CACHED_WORDS = 1 << 17

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a text to recognise its near-duplicates. Hashes are unsigned integers.

    Attributes:
        shingle_count: How many distinct shingles the text has.
        hashes: The smallest shingle hashes, ascending, 64 bits each; they differ in their upper 24 bits.
        runs: For each of them one byte: a hash of the eight words that begin there. If it agrees as
            well, the common passage is longer than the shingle.
        number_count: How many distinct numbers, each with the word after it, the text has; 255 at most.
        numbers: The smallest hashes of them, 16 bits each.
        name_count: How many distinct names the text has; 255 at most. A name is a run of words in
            capitals that does not begin a sentence, so scripts without capitals have none,
            and neither have texts all in capitals.
        names: The smallest hashes of them, 16 bits each.
        lead: Hashes of shingles of the first 50 words, 16 bits each.
        opening: Hashes of the first 80 shingles, upper 24 bits. Only for looking up.
        marks: One bit for each shingle of the text, at the 16 bits that `lead` has of a hash, modulo
            the length: whether a shingle is anywhere in the text. Only for looking up.
    """

    shingle_count: int
    hashes: tuple[int, ...]
    runs: bytes
    number_count: int
    numbers: tuple[int, ...]
    name_count: int
    names: tuple[int, ...]
    lead: tuple[int, ...]
    opening: tuple[int, ...]
    marks: bytes

    def record(self) -> bytes:
        """What the index keeps: `RECORD_BYTES` bytes whatever the text."""
        entries = b"".join(
            (value >> 40).to_bytes(3, "big") + run.to_bytes(1, "big")
            for value, run in zip(self.hashes, self.runs, strict=True)
        )
        counts = bytes((self.number_count, self.name_count))
        return b"".join(
            (
                min(self.shingle_count, 0xFFFF).to_bytes(2, "big") + counts,
                entries.ljust(4 * HASHES, b"\0"),
                _packed16(self.numbers, NUMBERS),
                _packed16(self.names, NAMES),
                _packed16(self.lead, LEAD),
            )
        )

    def pack(self) -> bytes:
        """The record and what a look-up needs besides, for the scripts in `feedmill/store`."""
        places = b"".join(
            (value & 0xFF_FFFF_FFFF).to_bytes(5, "big") for value in self.hashes[:LOOKED]
        )
        opening = b"".join(value.to_bytes(3, "big") for value in self.opening)
        return b"".join(
            (
                self.record(),
                places.ljust(5 * LOOKED, b"\0"),
                len(self.opening).to_bytes(1, "big"),
                opening.ljust(3 * OPENING, b"\0"),
                self.marks,
            )
        )


def sketch(text: str) -> Sketch:
    """Make the sketch of a text.

    Words are compared after Unicode normal form NFKC and case folding, without soft hyphens.
    """
    plain = unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, "")
    tokens = _TOKEN.findall(plain)
    words = [token for token in tokens if token not in _BREAKS]
    hashed = np.fromiter(map(_hashes.__getitem__, words), dtype=np.uint64, count=len(words))
    names = set() if plain.isupper() else _names(tokens)
    return from_words(hashed, _numbers(words), names)


def from_words(hashed: Hashes, numbers: set[str], names: set[str]) -> Sketch:
    """Make a sketch of what a text has been taken apart into.

    Args:
        hashed: The hash of each word, in order.
        numbers: The distinct numbers with the word after each.
        names: The distinct names.
    """
    shingles = _shingles(hashed, SHINGLE)
    distinct = _distinct(shingles)
    low = _lowest(distinct)
    number_count, some_numbers = _sample16(numbers, NUMBERS)
    name_count, some_names = _sample16(names, NAMES)
    lead = _distinct(shingles[: LEAD_WORDS - SHINGLE + 1])[:LEAD]
    return Sketch(
        shingle_count=len(distinct) if len(distinct) > HASHES else len(low),
        hashes=tuple(low.tolist()),
        runs=_runs(hashed, _places(low, shingles)),
        number_count=number_count,
        numbers=some_numbers,
        name_count=name_count,
        names=some_names,
        lead=tuple(_mark16(lead).tolist()),
        opening=tuple(_distinct(shingles[:OPENING] >> np.uint64(40)).tolist()),
        marks=_marks(distinct),
    )


def _compared(word: str) -> str:
    return _NUMBER if word[0].isdecimal() else word.casefold()


class _WordHashes(dict[str, int]):
    """64 bits of XXH3 of each word as it is compared; most words of a text have been asked for before."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHED_WORDS:
            self.clear()
        made = self[word] = xxhash.xxh3_64_intdigest(_compared(word).encode())
        return made


_hashes = _WordHashes()


def _shingles(hashed: Hashes, length: int) -> Hashes:
    """A hash for each run of `length` words; of a shorter text, one for all of it."""
    count = max(len(hashed) - length + 1, min(1, len(hashed)))
    length = min(length, len(hashed))
    total = np.zeros(count, dtype=np.uint64)
    for offset in range(length):
        total = total * _MULTIPLIER + hashed[offset : offset + count]
    return _mixed(total)


def _mixed(values: Hashes) -> Hashes:
    """The finaliser of splitmix64: every bit of the input moves every bit of the output."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _distinct(hashes: Hashes) -> Hashes:
    """Each once, ascending; `numpy.unique` is slower."""
    ordered = np.sort(hashes)
    is_new = np.ones(len(ordered), dtype=np.bool_)
    is_new[1:] = ordered[1:] != ordered[:-1]
    found: Hashes = ordered[is_new]
    return found


def _lowest(distinct: Hashes) -> Hashes:
    """The smallest hashes that differ in their upper 24 bits."""
    some = distinct[: 2 * HASHES]
    _, kept = np.unique(some >> np.uint64(40), return_index=True)
    low: Hashes = some[kept[:HASHES]]
    return low


def _places(low: Hashes, shingles: Hashes) -> npt.NDArray[np.intp]:
    """Where in the text each of some hashes is first."""
    if not len(low):
        return np.zeros(0, dtype=np.intp)
    places: npt.NDArray[np.intp] = (shingles == low[:, np.newaxis]).argmax(axis=1)
    return places


def _runs(hashed: Hashes, places: npt.NDArray[np.intp]) -> bytes:
    padded = np.concatenate((hashed, np.zeros(RUN, dtype=np.uint64)))
    total = np.zeros(len(places), dtype=np.uint64)
    for offset in range(RUN):
        total = total * _MULTIPLIER + padded[places + offset]
    return (_mixed(total) & np.uint64(0xFF)).astype(np.uint8).tobytes()


def _numbers(words: list[str]) -> set[str]:
    """Each number with the word after it: `7 points` and `7 rebounds` are different facts."""
    # Of most words the first test tells that they are none, and is quicker than to look at their first letter.
    places = [i for i, word in enumerate(words) if not word.isalpha() and word[0].isdecimal()]
    return {f"#{words[i]} {''.join(map(_compared, words[i + 1 : i + 2]))}" for i in places}


def _names(tokens: list[str]) -> set[str]:
    """Runs of words in capitals that begin no sentence."""
    names: set[str] = set()
    run: list[str] = []
    last = -2
    capitals = [i for i, token in enumerate(tokens) if not token.islower() and token[0].isupper()]
    for place in capitals:
        begins = place == 0 or tokens[place - 1] in _BREAKS
        if run and (begins or last != place - 1):
            names.add(" ".join(run))
            run = []
        if not begins:
            run.append(tokens[place].casefold())
            last = place
    if run:
        names.add(" ".join(run))
    return names


def _sample16(items: set[str], size: int) -> tuple[int, tuple[int, ...]]:
    """How many there are (255 at most), and the smallest of their 16-bit hashes."""
    hashes = sorted({xxhash.xxh3_64_intdigest(item.encode()) >> 48 for item in items})
    return min(len(hashes), 255), tuple(hashes[:size])


def _mark16(hashes: Hashes) -> Hashes:
    return (hashes >> np.uint64(24)) & np.uint64(0xFFFF)


def _marks(distinct: Hashes) -> bytes:
    """A bit for each shingle; a power of two of bits, so that at most one in sixteen is set."""
    wanted = _MARK_BITS_PER_SHINGLE * len(distinct)
    bits = min(max(1 << max(wanted - 1, 0).bit_length(), _MARK_BITS_MIN), _MARK_BITS_MAX)
    flags = np.zeros(bits, dtype=np.uint8)
    flags[_mark16(distinct) % np.uint64(bits)] = 1
    return np.packbits(flags, bitorder="little").tobytes()


def _packed16(values: tuple[int, ...], size: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values).ljust(2 * size, b"\0")
