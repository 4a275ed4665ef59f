"""The "did you mean" at the end of a message."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 40  # comparing is quadratic, and nobody mistypes a longer word into one of ours


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)` for the choice nearest to `word`, or nothing."""
    if not isinstance(word, str) or len(word) > _LONGEST:
        return ""
    nearest = difflib.get_close_matches(word.lower(), list(choices), n=1)
    return f" (did you mean '{nearest[0]}'?)" if nearest else ""
