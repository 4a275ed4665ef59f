"""The content hash: equal for texts with the same words in the same order."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_WORD = re.compile(r"\w+")
_SOFT_HYPHEN = "\u00ad"
# Texts this short ("Watch the video") recur under different headlines: the title has to agree as well.
_MIN_WORDS_ALONE = 50
_MIN_WORDS = 8
_BEGINNING = 500  # characters, that most often are enough to see so many words in


def content_hash(text: str, title: str | None = None) -> str:
    """128 bits of BLAKE2b over the words of a text, as 32 hex digits.

    Words are compared after Unicode normal form NFKC and case folding, so that quotes, dashes, ligatures,
    hyphenation and white space make no difference. For texts of fewer than 50 words the title counts too.
    """
    compared = " ".join(_compared(text, title))
    return hashlib.blake2b(compared.encode(), digest_size=16).hexdigest()


def is_comparable(text: str, title: str | None = None) -> bool:
    """Whether two articles with this text are copies, rather than both too short to tell apart."""
    # One word more, because the last one may be cut.
    return len(words(text[:_BEGINNING])) > _MIN_WORDS or len(_compared(text, title)) >= _MIN_WORDS


def _compared(text: str, title: str | None) -> list[str]:
    found = words(text)
    return found if len(found) >= _MIN_WORDS_ALONE else [*words(title or ""), *found]


def words(text: str) -> list[str]:
    """The words of a text in the form in which they are compared."""
    folded = unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, "").casefold()
    return _WORD.findall(folded)
