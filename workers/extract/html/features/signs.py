"""Counts of kinds of characters in many texts at once.

All texts are laid end to end in one array of code points; a table gives the kinds of each.
"""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

_TABLE_SIZE = 0x3400  # code points beyond are all taken as the last one but for `_WIDE_FROM`
_LONG_WORD = 4
_WIDE = ((0x0E00, 0x0EFF), (0x1780, 0x17FF), (0x3040, 0x33FF))
_BEYOND_IS_WIDE = ((0x3400, 0x9FFF), (0xAC00, 0xD7AF))
_FULL_STOPS = "。！？؟।"


class Sign(enum.IntFlag):
    """Kinds of characters."""

    SPACE = enum.auto()
    UPPER = enum.auto()
    DIGIT = enum.auto()
    COMMA = enum.auto()
    MARK = enum.auto()
    FULL_STOP = enum.auto()
    CLOSER = enum.auto()
    QUOTE = enum.auto()
    WIDE = enum.auto()


_CHARACTERS = {
    Sign.SPACE: " \n",
    Sign.COMMA: ",;、，；،",
    Sign.MARK: ".!?…",
    Sign.FULL_STOP: _FULL_STOPS,
    Sign.CLOSER: "\"'”’»)]」』",
    Sign.QUOTE: '"“”„«»「',
}


class Signs:
    """The characters of texts, none of them empty."""

    def __init__(self, texts: Sequence[str]) -> None:
        whole = "\n".join(texts) + "\n"
        codes = np.frombuffer(whole.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.lengths = np.array([len(text) for text in texts])
        self.starts = np.concatenate([[0], np.cumsum(self.lengths + 1)[:-1]])
        self._kinds = _table()[np.minimum(codes, _TABLE_SIZE)]
        for low, high in _BEYOND_IS_WIDE if int(codes.max()) >= _TABLE_SIZE else ():
            self._kinds[(codes >= low) & (codes <= high)] = Sign.WIDE.value

    def count(self, sign: Sign) -> npt.NDArray[np.int_]:
        """How many characters of a kind each text has."""
        return self._sum((self._kinds & sign.value) > 0)

    def sentence_marks(self) -> npt.NDArray[np.int_]:
        """How many marks each text has that may end a sentence: before a blank, a quote or the end."""
        ends = np.zeros(len(self._kinds), bool)
        after = Sign.SPACE.value | Sign.CLOSER.value
        ends[:-1] = ((self._kinds[:-1] & Sign.MARK.value) > 0) & ((self._kinds[1:] & after) > 0)
        return self._sum(ends | ((self._kinds & Sign.FULL_STOP.value) > 0))

    def capitals(self) -> npt.NDArray[np.float64]:
        """Share of the words of four and more characters that begin with a capital; -1 without any."""
        spaces = np.flatnonzero(self._kinds & Sign.SPACE.value)
        begins = np.concatenate([[0], spaces[:-1] + 1])
        long = begins[spaces - begins >= _LONG_WORD]
        text = np.searchsorted(self.starts, long, side="right") - 1
        number = np.bincount(text, minlength=len(self.starts))
        capital = (self._kinds[long] & Sign.UPPER.value) > 0
        capitals = np.bincount(text, capital, minlength=len(self.starts))
        return np.where(number > 0, capitals / np.maximum(number, 1), -1.0)

    def _sum(self, flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.int_]:
        return np.add.reduceat(flags, self.starts, dtype=np.int_)


@cache
def _table() -> npt.NDArray[np.uint16]:
    table = np.zeros(_TABLE_SIZE + 1, np.uint16)
    for code in range(_TABLE_SIZE):
        character = chr(code)
        category = unicodedata.category(character)
        if category == "Lu":
            table[code] |= Sign.UPPER.value
        elif category == "Nd":
            table[code] |= Sign.DIGIT.value
    for low, high in _WIDE:
        table[low : high + 1] |= Sign.WIDE.value
    for sign, characters in _CHARACTERS.items():
        for character in characters:
            if ord(character) < _TABLE_SIZE:
                table[ord(character)] |= sign.value
    return table
