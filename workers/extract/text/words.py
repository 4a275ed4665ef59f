"""Words and sentence ends, in any script.

Chinese and Japanese write no blanks; there two characters count as a word, which is about what a
translation into a language with blanks has (Chinese words are 1.5 to 2 characters long on average).
"""

from __future__ import annotations

import re

MAX_LOOKED_AT = (
    4_000  # characters of a line; what is longer is prose or rubbish, and seen from its start
)
_TAIL = 40  # characters in which the end of a sentence shows

_TOKEN = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"[.!?…。！？؟։।]['\"”’»›“)\]」』）\d]{0,6}$")
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_LONG_LINE_WORDS = 45
_GOOD_LINE_WORDS = 12


def head_of(line: str) -> str:
    """As much of a line as is looked at."""
    return line if len(line) <= MAX_LOOKED_AT else line[:MAX_LOOKED_AT]


def tokens(line: str) -> list[str]:
    """The words of a line, folded to one case. Unspaced scripts give runs of characters."""
    return _TOKEN.findall(line.casefold())


def normal(line: str) -> str:
    """What two lines have in common that say the same: their words."""
    return " ".join(tokens(head_of(line)))


def is_unspaced(line: str) -> bool:
    """Whether a line is (also) in a script without blanks between words."""
    return not line.isascii() and bool(_UNSPACED.search(line))


def count_words(line: str) -> int:
    """How many words a line has."""
    looked_at = head_of(line)
    words = len(looked_at.split())
    if is_unspaced(looked_at):
        words += len(_UNSPACED.findall(looked_at)) // 2
    return words


def ends_sentence(line: str) -> bool:
    """Whether a line ends as sentences do, closing quotes, brackets and note numbers aside."""
    return bool(_SENTENCE_END.search(line[-_TAIL:]))


def is_prose(line: str) -> bool:
    """Whether a line is clearly running text: a sentence of at least 12 words, or 45 words."""
    words = count_words(line)
    return words >= _LONG_LINE_WORDS or (words >= _GOOD_LINE_WORDS and ends_sentence(line))
