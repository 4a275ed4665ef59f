"""What became of each line of a page: kept, removed and why, or never taken for the article.

An extraction gives back its text and what it removed, not where it stood. Here both are laid against the
page's lines in their order, for people who want to see what went and why. Pure.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Fate = Literal["kept", "removed", "outside"]

_NO_WORD = re.compile(r"[\W_]+")
_MAX_PLACES = 50  # of one line that stands on the page again and again
_MIN_PART = 12  # letters from which a line counts as a part of a longer one
_MAX_SEARCHED = (
    2_000_000_000  # letters of the text times lines of the page, roughly a second's work
)
_MAX_STARTS = 200  # lines of the page that are tried as the beginning of one that was joined
_MAX_RUN = 500  # lines that were joined


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
        Lines of the page that were joined in the text stand there as that one line. A line that is not
        found on the page follows its neighbour.
    """
    kept = [line for line in text.split("\n") if line.strip()]
    keys = [key(line) for line in page]
    kept_keys = [key(line) for line in kept]
    places = _common(keys, kept_keys)
    taken = set(places.values())
    for number, run in _runs(keys, kept_keys, places).items():
        places[number] = run[0]
        taken.update(run)
    rows: list[tuple[tuple[int, int, int], Line]] = []
    last = -1
    for number, line in enumerate(kept):
        last = places.get(number, last)
        rows.append(((last, 0, number), Line(line, "kept")))
    rows += _removed(page, removed, taken)
    whole = _joined(page, kept_keys)
    for index, line in enumerate(page):
        if index not in taken and keys[index] and not _is_part(keys[index], whole):
            rows.append(((index, 0, 0), Line(line, "outside")))
    return [line for _, line in sorted(rows, key=lambda row: row[0])]


def _removed(
    page: Sequence[str], removed: Iterable[tuple[str, Sequence[str]]], taken: set[int]
) -> list[tuple[tuple[int, int, int], Line]]:
    """The removed lines at their places, which are marked as taken; those without one at the end."""
    free: dict[str, list[int]] = defaultdict(list)
    for index in reversed(range(len(page))):
        if index not in taken:
            free[_sign(page[index])].append(index)
    rows: list[tuple[tuple[int, int, int], Line]] = []
    for reason, lines in removed:
        for line in lines:
            spots = free.get(_sign(line))
            index = spots.pop() if spots else len(page)
            taken.add(index)
            rows.append(((index, 1, len(rows)), Line(line, "removed", reason)))
    return rows


def _common(page: Sequence[str], kept: Sequence[str]) -> dict[int, int]:
    """For kept lines their places on the page: the longest run of both in the same order.

    Hunt and Szymanski's method: the longest increasing run of places, the later places of one line first.
    """
    spots: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(page):
        if line and len(spots[line]) < _MAX_PLACES:
            spots[line].append(index)
    ends: list[int] = []  # the last place of the best run of each length
    links: list[tuple[int, int, int]] = []  # number of the line, its place, the link before
    tops: list[int] = []
    for number, line in enumerate(kept):
        for place in reversed(spots.get(line, ())):
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


def _runs(
    page: Sequence[str], kept: Sequence[str], places: Mapping[int, int]
) -> dict[int, list[int]]:
    """For kept lines without a place the lines of the page that they were joined from.

    Those are looked for between the places of the kept lines before and after.
    """
    starts: dict[str, list[int]] = defaultdict(list)
    for index, line in enumerate(page):
        starts[line[:1]].append(index)
    ends = [len(page)] * (len(kept) + 1)
    for number in reversed(range(len(kept))):
        ends[number] = places.get(number, ends[number + 1])
    found: dict[int, list[int]] = {}
    last = -1
    for number, whole in enumerate(kept):
        if number in places:
            last = places[number]
        elif whole:
            spots = starts[whole[0]]
            first = bisect_left(spots, last + 1)
            tried = spots[first : bisect_left(spots, ends[number])][:_MAX_STARTS]
            run = next(filter(None, (_run(page, whole, at, ends[number]) for at in tried)), [])
            if run:
                found[number] = run
                last = run[-1]
    return found


def _run(page: Sequence[str], whole: str, start: int, end: int) -> list[int]:
    """The lines from `start` on that are `whole` when they are joined; none if they are not."""
    run: list[int] = []
    at = 0
    for index in range(start, min(end, start + _MAX_RUN)):
        if not whole.startswith(page[index], at):
            return []
        run.append(index)
        at += len(page[index])
        if at == len(whole):
            return run
    return []


def _joined(page: Sequence[str], kept: Sequence[str]) -> str:
    """The kept text without anything but letters, to look for parts in; none where that would take long."""
    whole = "\n".join(kept)
    return whole if len(whole) * len(page) < _MAX_SEARCHED else ""


def _is_part(part: str, whole: str) -> bool:
    return len(part) >= _MIN_PART and part in whole


def key(line: str) -> str:
    """Nothing but the letters of a line, in one case: what it is known again by."""
    return _NO_WORD.sub("", line).casefold()


def _sign(line: str) -> str:
    """The key of a line, or of one without letters, such as `---`, the line itself."""
    return key(line) or line.strip()
