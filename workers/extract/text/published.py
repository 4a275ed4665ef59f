"""The date over a text: the last one above it that is not of a change."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time

from feedmill.article import Published
from workers.extract import dates
from workers.extract.text import reasons
from workers.extract.text.sorting import Sorted

_DATELINES = frozenset({"date", reasons.BYLINE, reasons.OTHER})
_ABOVE = 12  # lines
_SHARE = 4  # a date is at least a quarter of its line, or it is that of something else
_CHANGING = re.compile(
    r"updat|modif|edited|revised|reviewed|aktualis|stand:|mis à jour|actuali|atuali|aggiorn|bijgewerkt|обновл|更新|günce",
    re.IGNORECASE,
)


def of(found: Sorted) -> Published | None:
    """When the article was published, to the day: clock times without a zone say no more."""
    first = next((i for i, stays in enumerate(found.flags) if stays), 0)
    for index in range(first - 1, max(first - _ABOVE, 0) - 1, -1):
        if found.reasons[index] in _DATELINES and (day := _day(found.lines[index])):
            return day
    return None


def _day(line: str) -> Published | None:
    raw = dates.found_in(line)
    if raw is None or len(raw) * _SHARE < len(line) or _CHANGING.search(line.partition(raw)[0]):
        return None
    day = dates.day(raw)
    if day is None:
        return None
    at = datetime.combine(day, time(), UTC)
    return Published(at=at, precision="day", from_="page", raw=raw)
