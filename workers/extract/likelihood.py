"""How likely bytes beyond ASCII are in an encoding of one byte a character, and beside each other."""

from __future__ import annotations

import math
import unicodedata
from functools import cache

from workers.extract.letters import LATIN, OTHER

_ASCII = 0x80  # bytes below it are
_BLANK = "\xa0"  # says nothing, but that it is one

# Likelihoods of a character beyond ASCII. They need not be exact: a wrong encoding is off by far.
_OF_BLANK = 0.3
_OF_TYPOGRAPHY = 0.01
_OF_OTHER_LETTER = 0.0015
_OF_SIGN = 0.0003
_OF_NOTHING = 0.00001
_OF_CAPITAL = 0.1
_NEXT_LATIN = 0.75  # from one letter to the next frequent one
_NEXT_OTHER = 0.91
_UNCOMMON = 4  # steps from the common letters to the others
_TYPOGRAPHY = frozenset("“”„‚‘’–—…«»‹›•·©®€£§°™\xa0\xad")

# Penalties for neighbours, as natural logarithms. Classes: a letter of ASCII, e Latin letter beyond, x letter of
# another script, blank all others.
_PENALTIES = {
    **dict.fromkeys(("ax", "xa", "ex", "xe"), -4.0),  # two scripts in one word
    **dict.fromkeys(("x ", " x"), -0.7),  # what stands alone is seldom a letter
    "ee": -0.7,
}


@cache
def _characters(codec: str) -> tuple[str, ...]:
    """What each byte beyond ASCII means; nothing where it has no meaning."""
    return tuple(bytes([byte]).decode(codec, "ignore") for byte in range(_ASCII, 256))


@cache
def table(codec: str, language: str) -> tuple[float, ...]:
    """How likely each byte from 128 on is in a language: natural logarithms."""
    letters = _alphabet(language)
    return tuple(math.log(_likely(letter, letters)) for letter in _characters(codec))


def _likely(letter: str, letters: dict[str, float]) -> float:
    if letter == _BLANK:
        return _OF_BLANK
    if letter in letters:
        return letters[letter]
    if letter.lower() in letters:
        return letters[letter.lower()] * _OF_CAPITAL
    if letter in _TYPOGRAPHY:
        return _OF_TYPOGRAPHY
    kind = unicodedata.category(letter)[0] if letter else "C"
    return {"L": _OF_OTHER_LETTER, "M": _OF_OTHER_LETTER, "C": _OF_NOTHING}.get(kind, _OF_SIGN)


@cache
def _alphabet(language: str) -> dict[str, float]:
    step, written = _NEXT_LATIN, LATIN.get(language, "")
    if not written:
        step, written = _NEXT_OTHER, OTHER[language]
    common, _, uncommon = written.partition("_")
    weights = {letter: step**place for place, letter in enumerate(common)}
    for place, letter in enumerate(uncommon, len(common) + _UNCOMMON):
        weights[letter] = step**place
    total = sum(weights.values())
    return {letter: weight / total for letter, weight in weights.items()}


@cache
def classes(codec: str) -> str:
    """The class of what each of the 256 bytes means, see `_PENALTIES`."""
    meant = [chr(byte) for byte in range(_ASCII)] + list(_characters(codec))
    return "".join(map(_class_of, meant))


def _class_of(letter: str) -> str:
    if not letter or unicodedata.category(letter)[0] not in "LM":
        return " "
    if letter.isascii():
        return "a"
    return "e" if unicodedata.name(letter, "").startswith("LATIN") else "x"


def penalty(one: str, two: str) -> float:
    """What speaks against two classes as neighbours: 0, or a negative natural logarithm."""
    return _PENALTIES.get(one + two, 0.0)
