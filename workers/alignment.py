"""What became of each line of a page: kept, removed and why, or never taken for the article.

An extraction gives back its text and what it removed, not where it stood. Here both are laid against the
page's lines in their order, for people who want to see what went and why. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Fate = Literal["kept", "removed", "outside"]

_NO_WORD = re.compile(r"[\W_]+")
_MAX_PLACES = 50  # of one line that stands on the page again and again
_MIN_PART = 12  # letters from which a line counts as a part of a longer one
_MAX_SEARCHED = 2_000_000  # letters of the text times lines of the page, roughly a second's work


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page and what became of it; `reason` says why it was removed."""

    text: str
    fate: Fate
    reason: str | None = None


def align(
    page: Sequence[str], text: str, removed: Iterable[tuple[str, Sequence[str]]]
) -> list[Line]:
    """The lines of a page in their order, each with its fate.

    Args:
        page: All lines of the page.
        text: What was kept.
        removed: Reasons, and the lines removed for them.

    Returns:
        Every line of the text and every removed one, once, and the lines of the page that are neither.
        A line that is not found on the page (because it was joined or marked up) follows its neighbour.
    """
    kept = [line for line in text.split("\n") if line.strip()]
    keys = [_key(line) for line in page]
    places = _common(keys, [_key(line) for line in kept])
    rows: list[tuple[tuple[int, int, int], Line]] = []
    taken = set(places.values())
    last = -1
    for number, line in enumerate(kept):
        last = places.get(number, last)
        rows.append(((last, 0, number), Line(line, "kept")))
    rows += _removed(keys, removed, taken)
    whole = _joined(page, kept)
    for index, line in enumerate(page):
        if index not in taken and keys[index] and not _is_part(keys[index], whole):
            rows.append(((index, 0, 0), Line(line, "outside")))
    return [line for _, line in sorted(rows, key=lambda row: row[0])]


def _removed(
    keys: Sequence[str], removed: Iterable[tuple[str, Sequence[str]]], taken: set[int]
) -> list[tuple[tuple[int, int, int], Line]]:
    """The removed lines at their places, which are marked as taken; those without one at the end."""
    free: dict[str, list[int]] = defaultdict(list)
    for index in reversed(range(len(keys))):
        if index not in taken:
            free[keys[index]].append(index)
    rows: list[tuple[tuple[int, int, int], Line]] = []
    for reason, lines in removed:
        for line in lines:
            spots = free.get(_key(line))
            index = spots.pop() if spots else len(keys)
            taken.add(index)
            rows.append(((index, 1, len(rows)), Line(line, "removed", reason)))
    return rows


def _common(page: Sequence[str], kept: Sequence[str]) -> dict[int, int]:
    """For kept lines their places on the page: the longest run of both in the same order.

    Hunt and Szymanski's method: the longest increasing run of places, the later places of one line first.
    """
    spots: dict[str, list[int]] = defaultdict(list)
    for index, key in enumerate(page):
        if key and len(spots[key]) < _MAX_PLACES:
            spots[key].append(index)
    ends: list[int] = []  # the last place of the best run of each length
    links: list[tuple[int, int, int]] = []  # number of the line, its place, the link before
    tops: list[int] = []
    for number, key in enumerate(kept):
        for place in reversed(spots.get(key, ())):
            length = bisect_left(ends, place)
            links.append((number, place, tops[length - 1] if length else -1))
            if length == len(ends):
                ends.append(place)
                tops.append(len(links) - 1)
            else:
                ends[length] = place
                tops[length] = len(links) - 1
    found: dict[int, int] = {}
    at = tops[-1] if tops else -1
    while at >= 0:
        number, place, at = links[at]
        found[number] = place
    return found


def _joined(page: Sequence[str], kept: Sequence[str]) -> str:
    """The kept text without anything but letters, to look for parts in; none where that would take long."""
    whole = "\n".join(map(_key, kept))
    return whole if len(whole) * len(page) < _MAX_SEARCHED * 1000 else ""


def _is_part(key: str, whole: str) -> bool:
    return len(key) >= _MIN_PART and key in whole


def _key(line: str) -> str:
    return _NO_WORD.sub("", line).casefold()
