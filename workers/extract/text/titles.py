"""The title of a plain text: stated by a first line that stands apart, or derived from the text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from workers.extract import dates
from workers.extract.text.boxes import is_offer
from workers.extract.text.features import look_at
from workers.extract.text.lexicon import GROUPS
from workers.extract.text.people import is_byline
from workers.extract.text.words import (
    count_words,
    ends_sentence,
    head_of,
    is_prose,
    is_unspaced,
    tokens,
)

_WORDS = range(2, 26)
_MAX_CHARACTERS = 200
_DERIVED_WORDS = 12
_MIN_WORDS = 4  # of a title that nothing but its place shows
_DERIVED_CHARACTERS = 40  # where there are no blanks
_LOOKED_AT = 6  # lines at the top among which a title is looked for
_BETWEEN = 24  # lines after it among which the text must begin
_MAX_DATE_WORDS = 25
_LONG, _STEM = (
    4,
    5,
)  # letters of a word that says what a headline is about; of those, so many are compared
_ECHO, _MIN_ECHO = 0.5, 2  # of them that the text has
_MARKDOWN = re.compile(r"^#{1,2}\s+(?P<title>\S.*)$")
_UNDERLINE = re.compile(r"^(?:=|-){3,}$")
_LABEL = re.compile(
    r"^(?:title|headline|titel|titre|título|titolo|заголовок|标题|標題)\s*[:：]\s*", re.IGNORECASE
)
_NOT_TITLES = (
    *("newsletter", "account", "cookie", "legal", "advert", "comment", "share", "byline", "date"),
    *("menu", "related", "invite"),
)


def split(lines: Sequence[str]) -> tuple[str | None, list[str]]:
    """The title that the text states, if it does, and the lines without it.

    Args:
        lines: All lines, stripped, the empty ones among them.
    """
    top = [index for index, line in enumerate(lines) if line][:_LOOKED_AT]
    for place, index in enumerate(top):
        found = _stated(lines, index)
        if found is not None:
            return found, [*lines[:index], *lines[index + _height(lines, index) :]]
        if not _may_precede(lines[index]) or place + 1 == len(top):
            break
    return None, list(lines)


def may_be_one(line: str, kept: Sequence[str]) -> bool:
    """Whether a line at the very top that is not of the text may be its title: the text has its words."""
    if count_words(line) < _MIN_WORDS or look_at(line).bullet or _may_precede(line):
        return False
    return _is_headline(line) and _is_echoed(line, kept)


def derive(kept: Sequence[str]) -> str | None:
    """The first words of the text, for an article that has no title of its own."""
    if not kept:
        return None
    words = kept[0].split()
    if len(words) == 1:
        short = kept[0][:_DERIVED_CHARACTERS]
        return short + (" …" if len(kept[0]) > len(short) else "")
    return " ".join(words[:_DERIVED_WORDS]) + (" …" if len(words) > _DERIVED_WORDS else "")


def _stated(lines: Sequence[str], index: int) -> str | None:
    line = lines[index]
    marked = _MARKDOWN.match(line)
    if marked:
        return marked["title"].rstrip("# \t") or None
    if _LABEL.match(line):
        return _LABEL.sub("", line) or None
    return line if _is_headline(line) and _stands_apart(lines, index) else None


def _height(lines: Sequence[str], index: int) -> int:
    """Two lines where the title is underlined, else one."""
    following = lines[index + 1] if index + 1 < len(lines) else ""
    return 2 if _UNDERLINE.match(following) else 1


def _stands_apart(lines: Sequence[str], index: int) -> bool:
    """Whether a blank line, an underline or prose of quite another length follows."""
    rest = lines[index + 1 :]
    if not rest:
        return False
    if not rest[0] or _UNDERLINE.match(rest[0]):
        return True
    following = [line for line in rest if line][:_BETWEEN]
    begins = (i for i, line in enumerate(following) if not (_is_small(line) or _may_precede(line)))
    start = next(begins, 0)
    if any(lines[:index]) or not is_prose(following[start] if following else ""):
        return False
    return start < _LOOKED_AT or _is_echoed(lines[index], following)


def _is_echoed(line: str, text: Sequence[str]) -> bool:
    """Whether most of a headline's longer words, or pairs of characters, are in the text, too."""
    unspaced = is_unspaced(line)
    beginning = " ".join(head_of(part) for part in text[:_BETWEEN] if is_prose(part))
    wanted = _stems(line, unspaced=unspaced)
    found = wanted & _stems(beginning, unspaced=unspaced)
    return len(found) >= max(_MIN_ECHO, _ECHO * len(wanted))


def _stems(text: str, *, unspaced: bool) -> set[str]:
    if unspaced:
        return {first + second for first, second in pairwise(text) if first.isalpha()}
    return {word[:_STEM] for word in tokens(text) if len(word) >= _LONG}


def _is_small(line: str) -> bool:
    """Whether a line may stand between title and text: a byline, a date, a name, a share bar."""
    return not ends_sentence(line) and count_words(line) <= _WORDS[-1] // 4


def _is_headline(line: str) -> bool:
    if len(line) > _MAX_CHARACTERS or count_words(line) not in _WORDS or _is_boilerplate(line):
        return False
    return line.endswith(("?", "!", "？", "！")) or not ends_sentence(line)


def _is_boilerplate(line: str) -> bool:
    """Whether a line is a byline, an offer, or most of its words are those of menus and the like."""
    seen = look_at(line)
    if is_byline(seen) or is_offer(seen):
        return True
    named = sum(seen.hits.counts[GROUPS.index(group)] for group in _NOT_TITLES)
    return seen.hits.begins(*_NOT_TITLES) and 2 * named >= seen.count


def _may_precede(line: str) -> bool:
    """Whether a line may stand above the title or between it and the text: a section, date, byline."""
    seen = look_at(line)
    if seen.count <= _MAX_DATE_WORDS and not seen.ends and dates.found_in(line):
        return True
    return (
        not seen.good
        and seen.count <= _WORDS[-1] // 2
        and (
            seen.hits.has("menu", "date", "byline", "share", "advert", "credit", "legal", "cookie")
            or not seen.words
        )
    )
