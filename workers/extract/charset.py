"""Which encoding bytes are in, by the letters they would mean.

Only bytes beyond ASCII and their neighbours say anything, so a few kilobytes of words that have some are
looked at, not the markup. Encodings of several bytes a character are told by how many of their characters
are frequent ones; those of one byte by how likely a language's letters are, and by what seldom stands
side by side: letters and signs, a small letter and a capital, two scripts.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from workers.extract import likelihood
from workers.extract.letters import FREQUENT, LATIN, OTHER, SINGLE_BYTE

_SLICES = 4
_SLICE_BYTES = 12_000
_MAX_WORDS = 1_500
_ASCII = 0x80  # bytes below it are
_TAG = re.compile(rb"<[^<>]*>")
_WORD = re.compile(rb"[A-Za-z]?[\x80-\xff][A-Za-z\x80-\xff]{0,200}")
_HIGH = re.compile(rb"[\x80-\xff]")
_BREAK = re.compile(rb"[ \n<]")  # within no character of any encoding
_LANG = re.compile(rb"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z]{2})", re.IGNORECASE)

_MIN_BYTES = 4  # beyond ASCII; fewer contradict nobody
_MIN_FREQUENT = 0.2  # of the characters; texts have 0.4 and more, chance gives 0.05
_SOME_FREQUENT = 0.04
_DOUBT = 6  # characters more that are not frequent: one of one proves nothing
_MAX_BROKEN = 0.02  # of the characters: pages are cut off, and hold odd bytes
_GOOD_FIT = -4.0
_CLEARLY_WORSE = 0.3  # a character, and in all:
_CLEARLY_WORSE_IN_ALL = 4.5

_STATED_LANGUAGE = 0.8  # for each of 20 characters at most
_STATED_COUNT = 20
_STATED_BY_DEFAULT = "en"  # templates say so whatever the language
_USUAL = "cp1252"
_OF_USUAL = 1.5  # in all: it takes more than a sign or two to think of another


@dataclass(frozen=True, slots=True)
class Sample:
    """What of some bytes tells their encoding.

    Attributes:
        text: A part without tags; begins and ends between characters whatever the encoding.
        singles: How often each byte beyond ASCII is in its words.
        pairs: How often two bytes are neighbours, one of them beyond ASCII.
        language: The language that the page says it is in.
    """

    text: bytes
    singles: Counter[int]
    pairs: Counter[tuple[int, int]]
    language: str | None

    @property
    def count(self) -> int:
        """How many bytes beyond ASCII there are."""
        return self.singles.total()


def sample(content: bytes) -> Sample:
    """Take what tells the encoding, in a few milliseconds from content of any size."""
    text = _TAG.sub(b" ", b" ".join(_slices(content)))
    found = (match[0] for match, _ in zip(_WORD.finditer(text), range(_MAX_WORDS), strict=False))
    words = b" ".join(word for word in found if word.strip(b"\xa0"))
    stated = _LANG.search(content[:4_000])
    return Sample(
        text=text,
        singles=Counter(byte for byte in words if byte >= _ASCII),
        pairs=Counter(
            (one, two)
            for one, two in zip(b" " + words, words + b" ", strict=True)
            if one >= _ASCII or two >= _ASCII
        ),
        language=stated[1].decode("ascii").lower() if stated else None,
    )


def detect(some: Sample) -> str:
    """The likeliest encoding; windows-1252 where there is nothing to go by."""
    share, codec = max((_frequent(some, codec), codec) for codec in FREQUENT)
    if share >= _MIN_FREQUENT:
        return codec
    fits = {codec: _fit(some, codec, tuple(SINGLE_BYTE[codec].split())) for codec in SINGLE_BYTE}
    fits[_USUAL] += _OF_USUAL / max(1, some.count)
    return max(SINGLE_BYTE, key=lambda codec: fits[codec])


def believable(some: Sample, codec: str, likely: str) -> bool:
    """Whether a declared encoding can be right: whether the likely one is not clearly better.

    Args:
        some: The bytes.
        codec: The encoding that is declared.
        likely: What `detect` says.
    """
    if some.count < _MIN_BYTES or codec == likely:
        return True
    if codec in FREQUENT:
        frequent = _frequent(some, codec)
        return frequent >= _SOME_FREQUENT or (
            frequent >= 0 and (likely in FREQUENT or _best_fit(some, likely) < _GOOD_FIT)
        )
    if likely in FREQUENT:
        return False
    worse = _best_fit(some, likely) - _best_fit(some, codec)
    return worse < _CLEARLY_WORSE or worse * some.count < _CLEARLY_WORSE_IN_ALL


def _slices(content: bytes) -> list[bytes]:
    """Pieces from the first byte beyond ASCII on, cut where no character can be."""
    first = _HIGH.search(content)
    start = max(0, first.start() - 100) if first else 0
    if len(content) - start <= _SLICES * _SLICE_BYTES:
        return [content[start:]]
    step = (len(content) - start) // _SLICES
    pieces = [content[at : at + _SLICE_BYTES] for at in range(start, len(content) - step + 1, step)]
    whole = []
    for piece in pieces:
        begin, end = _BREAK.search(piece), max(piece.rfind(b" "), piece.rfind(b"\n"))
        if begin and end > begin.start():
            whole.append(piece[begin.start() : end])
    return whole or pieces


def _frequent(some: Sample, codec: str) -> float:
    """The share of frequent characters if the bytes are in an encoding of several; -1 if they are not."""
    counts = Counter(some.text.decode(codec, "replace"))
    beyond = {letter: count for letter, count in counts.items() if ord(letter) >= _ASCII}
    total = sum(beyond.values())
    broken = beyond.get("\ufffd", 0)
    if not total or broken > max(1, _MAX_BROKEN * total):
        return -1.0
    frequent = sum(count for letter, count in beyond.items() if letter in FREQUENT[codec])
    return frequent / (total + _DOUBT)


def _best_fit(some: Sample, codec: str) -> float:
    return _fit(some, codec, (*LATIN, *OTHER))


def _fit(some: Sample, codec: str, languages: tuple[str, ...]) -> float:
    """How likely the bytes are in an encoding of one byte: a natural logarithm for each beyond ASCII."""
    if not some.count:
        return 0.0
    classes = likelihood.classes(codec)
    pairs = sum(
        count * likelihood.penalty(classes[one], classes[two])
        for (one, two), count in some.pairs.items()
    )
    letters = max(_likelihood(some, codec, language) for language in languages)
    return (letters + pairs) / some.count


def _likelihood(some: Sample, codec: str, language: str) -> float:
    table = likelihood.table(codec, language)
    stated = language == some.language != _STATED_BY_DEFAULT
    bonus = min(some.count, _STATED_COUNT) * _STATED_LANGUAGE if stated else 0.0
    return bonus + sum(count * table[byte - _ASCII] for byte, count in some.singles.items())
