"""Whether the text that an extraction finds today is better than the one that is stored. Pure.

Nobody knows what the right text is, so this is careful: what is stored stays where the new one is not surely
better (docs/adr/0024).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from workers.dedup.fingerprint import words
from workers.dedup.revision import shared, text_change

Judgement = Literal["improved", "unchanged", "kept"]

_GAIN = 0.01  # of quality, below which two texts are as good as each other
_SHARED = 0.8  # of the pairs of words of the shorter text


class Found(NamedTuple):
    """What an extraction found: the text, how good it is likely to be (0 to 1, if that is known), and by which version."""

    text: str
    quality: float | None
    version: str


def judge(before: Found, after: Found) -> Judgement:
    """What an extraction of the same page is to what is stored of it.

    A text that differs in lines that count or date only is `unchanged`. One whose quality is higher is an
    improvement. One that is as good, or whose quality is not known, is so only if another version of feedmill found
    it and most of the text is the same: a page extracted twice by one version must not go to and fro.

    Args:
        before: What is stored.
        after: What was found now.
    """
    if text_change(before.text, after.text) != "changed":
        return "unchanged"
    if before.quality is not None and after.quality is not None:
        gain = after.quality - before.quality
        if abs(gain) >= _GAIN:
            return "improved" if gain > 0 else "kept"
    is_newer = before.version != after.version
    is_alike = shared(words(before.text), words(after.text)) >= _SHARED
    return "improved" if is_newer and is_alike else "kept"
