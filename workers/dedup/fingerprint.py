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


def content_hash(text: str, title: str | None = None) -> str:
    """128 bits of BLAKE2b over the words of a text, as 32 hex digits.

    Words are compared after Unicode normal form NFKC and case folding, so that quotes, dashes, ligatures,
    hyphenation and white space make no difference. For texts of fewer than 50 words the title counts too.

    Returns:
        The empty string for fewer than 8 words with the title: too little to tell articles apart.
    """
    words = _words(text)
    if len(words) < _MIN_WORDS_ALONE:
        words = [*_words(title or ""), *words]
    if len(words) < _MIN_WORDS:
        return ""
    return hashlib.blake2b(" ".join(words).encode(), digest_size=16).hexdigest()


def _words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", text).replace(_SOFT_HYPHEN, "").casefold()
    return _WORD.findall(folded)
