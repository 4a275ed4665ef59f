"""Text that was broken into lines of one width is put together into paragraphs again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from workers.extract.text.words import ends_sentence

_MIN_WIDTH, _MAX_WIDTH = 40, 100  # characters of a column
_MIN_LINES = 6
_MIN_FULL = 0.6  # share of the lines inside paragraphs that fill the column
_MIN_BROKEN = 0.4  # share of lines that end inside a sentence and go on in the next
_ROOM = 16  # characters; a line is full if the next line's first word would not have fitted, at most this long
_NO_TEXT = ("-", "*", "•", "#", ">", "|", "+")


def unwrap(lines: Sequence[str]) -> list[str]:
    """The lines, joined to paragraphs if they are a column of wrapped text; blank lines part paragraphs."""
    stripped = [line.strip() for line in lines]
    width = _column(stripped)
    if width is None:
        return stripped
    joined: list[list[str]] = []
    previous = ""
    for line in stripped:
        if previous and line and _goes_on(previous, line, width):
            joined[-1].append(line)
        else:
            joined.append([line])
        previous = line
    return [_join(parts) for parts in joined]


def _column(lines: Sequence[str]) -> int | None:
    """The width of the column the lines were broken to, or none."""
    text = [line for line in lines if line]
    if len(text) < _MIN_LINES:
        return None
    width = sorted(map(len, text))[int(len(text) * 0.95)]
    if not _MIN_WIDTH <= width <= _MAX_WIDTH or max(map(len, text)) > _MAX_WIDTH + _ROOM:
        return None
    pairs = [(line, following) for line, following in pairwise(lines) if line and following]
    full = sum(_is_full(line, following, width) for line, following in pairs)
    broken = sum(not ends_sentence(line) and following[0].islower() for line, following in pairs)
    wrapped = full >= _MIN_FULL * len(pairs) and broken >= _MIN_BROKEN * len(pairs)
    return width if pairs and wrapped else None


def _goes_on(line: str, following: str, width: int) -> bool:
    if following.startswith(_NO_TEXT):
        return False
    return _is_full(line, following, width)


def _is_full(line: str, following: str, width: int) -> bool:
    """Whether the next word would have made the line too long; so the line ended for want of room."""
    first = following.split(maxsplit=1)[0]
    return len(line) + 1 + min(len(first), _ROOM) > width - 2


def _join(parts: Sequence[str]) -> str:
    """Lines as one, without the soft hyphens of words that were broken at the end of a line."""
    return " ".join(parts).replace("\u00ad ", "")
