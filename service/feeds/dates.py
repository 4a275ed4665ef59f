"""The times that feeds write, as UTC.

No parser that was measured reads all of them (docs/adr): so one function reads them all. Its rules, in order:

1. RFC 822 and ISO 8601 (W3CDTF) in all their forms, with a zone by number or by name; no zone means UTC.
2. Only digits: Unix seconds, milliseconds or microseconds, or a date without separators.
3. Otherwise the time of day is taken out (24 hours, or with a.m. and p.m.), then the zone behind it, then the month by its
   name in some twenty languages, and of the numbers that are left the year is that of four digits, or the last.
4. Without the name of a month, three numbers: the year first if the first has four digits, else last.
   `13/01/2006` and `01/13/2006` speak for themselves. `02/01/2006` is the 2nd of January, but the 1st of February where
   `month_first` says so; `02.01.2006` is always the 2nd of January.

Two digits of a year below 70 are of this century; 100 to 199 are years since 1900, as a common fault writes them. A text
that names no day that exists is no date. Every step is linear in the text, of which only the beginning is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from service.feeds.date_names import MONTHS, ZONES, folded

_MAX_CHARACTERS = 100
_FIRST_YEAR = 1995  # there were no feeds before, but many clocks that had not been set
_AHEAD = timedelta(days=1)  # time zones left out, and clocks that are wrong

_RFC_822 = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s+)?(\d{1,2})[\s-]+([A-Za-z]{3,9})\.?[\s-]+(\d{2,4}),?"
    r"\s+(\d{1,2}):(\d{2})(?::(\d{2}))?\s*([+-]\d{4}|[A-Za-z]{1,5})?"
)
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?"
    r"(?:(?:[Tt]|[Tt]?\s+)(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:[.,:]\d+)?)?\s*(\S.*)?)?[Tt]?"
)
_ORDINAL = re.compile(r"(\d{4})-?(\d{3})(?:[Tt].*)?")
_DIGITS = re.compile(r"(\d{4,20})(?:\.\d*)?[zZ]?")
_COMPACT = re.compile(
    r"(\d{4})(\d{2})(\d{2})[Tt]?(?:(\d{2}):?(\d{2})(?::?(\d{2})(?:\.\d+)?)?)?\s*(\S.*)?"
)
_EAST_ASIAN = re.compile(r"(\d{2,4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]?")
_TIME = re.compile(
    r"(?<![\d:])(\d{1,2})\s?[:h時时시]\s?(\d{2})(?:\s?[:分분]\s?(\d{1,2})(?:[.,]\d{1,9})?)?[分분秒초]?(?!\d)"
    r"(?:\s*([ap])\.?m\b\.?)?"
)
_HOUR = re.compile(r"(?<!\d)(\d{1,2})\s?([ap])\.?m\b\.?")
_HALF = re.compile(r"[ap]\.?m\b", re.IGNORECASE)
_AFTERNOON = re.compile("오후|下午|午後")  # stands before the time
_OFFSET = re.compile(r"(?<![\d-])([+-]|(?<=gmt)|(?<=utc))\s?(\d{1,2}):?(\d{2})?(?!\d)")
_NUMBERS = re.compile(r"(\d{1,4})\s?([./-])\s?(\d{1,2})\.?\s?[./-]\s?(\d{1,4})")
_AMBIGUOUS = re.compile(r"\D*?(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})(?!\d)")
_HOUR_OF_HALF = re.compile(r"\d\s?[AaPp]\.?[Mm]\b")
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ISO_MONTHS: Final = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}
_NO_OFFSET: Final = frozenset({"GMT", "UTC", "Z", "+0000", "-0000"})
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")
_MONTH_FIRST_LANGUAGES: Final = frozenset({"en-us", "en-ph"})


def parse(raw: str, *, month_first: bool = False) -> datetime | None:
    """The time that a text means, or None if it means none.

    Args:
        raw: As the feed has it.
        month_first: How to read `02/01/2006`; see `month_first` for how a feed is judged.
    """
    text = raw[:_MAX_CHARACTERS].strip()
    if len(text) < 4:  # a year
        return None
    try:
        return _parse(text, month_first=month_first)
    except (ValueError, OverflowError):
        return None


def sensible(at: datetime | None, now: datetime) -> datetime | None:
    """The time, unless nothing can have been published then.

    Years before 1995 are clocks that were never set. Up to a day ahead of `now` it is left: that is a zone left out or a
    clock ahead, and what is made of it must not change from poll to poll. What is farther ahead tells nothing.
    """
    if at is None or at.year < _FIRST_YEAR or at - now > _AHEAD:
        return None
    return at


def month_first(raws: Iterable[str], lang: str | None) -> bool:
    """Whether a feed writes the month before the day.

    Any date that can be read one way only decides, by its numbers or its weekday; then a.m. and p.m., then the language.
    """
    is_noon = False
    for raw in raws:
        text = raw[:_MAX_CHARACTERS]
        if found := _AMBIGUOUS.match(text):
            order = _order(int(found[1]), int(found[2]), _year(found[3]), text)
            if order is not None:
                return order
            is_noon = is_noon or _HOUR_OF_HALF.search(text) is not None
    return is_noon or (lang or "").lower() in _MONTH_FIRST_LANGUAGES


def _order(first: int, second: int, year: int, text: str) -> bool | None:
    """Whether the month stands first, if a date shows it."""
    if first > 12 or second > 12:  # months
        return second > first
    weekdays = [name for name in _WEEKDAYS if text.strip()[:3].lower() == name]
    if not weekdays or first == second:
        return None
    names = [
        _WEEKDAYS[datetime(year, month, day, tzinfo=UTC).weekday()]
        for month, day in ((first, second), (second, first))
    ]
    if names[0] == names[1] or weekdays[0] not in names:
        return None
    return names[0] == weekdays[0]


def _parse(text: str, *, month_first: bool) -> datetime | None:
    if at := _usual(text):
        return at
    if found := _RFC_822.fullmatch(text):
        day, name, year, hour, minute, second, zone = found.groups()
        month = MONTHS.get(name.lower())
        offset = _zone(zone)
        if month and offset is not None:
            clock = (int(hour), int(minute), int(second or 0))
            return _built((_year(year), month, int(day)), clock, offset)
    elif text[4:5] == "-" and text[:4].isdigit():
        return _iso(text)
    if found := _DIGITS.fullmatch(text):
        return _digits(found[1])
    if found := _COMPACT.fullmatch(text):
        return _matched(found)
    return _general(folded(text), month_first=month_first)


def _usual(text: str) -> datetime | None:
    """RFC 822 as most feeds write it, `Tue, 05 Nov 2019 12:00:00 GMT`, by its columns; None if it is of another form."""
    month = _ISO_MONTHS.get(text[8:11])
    if month is None or text[3:5] != ", ":
        return None
    zone = text[26:]
    if zone in _NO_OFFSET:
        zone = "+00:00"
    elif zone[:1] not in {"+", "-"} or len(zone) != 5 or zone[1:3] > "13":
        return None
    try:
        at = datetime.fromisoformat(f"{text[12:16]}-{month}-{text[5:7]}T{text[17:25]}{zone}")
    except ValueError:
        return None
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def _iso(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        pass
    else:
        if at.tzinfo is UTC:
            return at
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    if (found := _ISO.fullmatch(text)) and not _HALF.match(found[7] or ""):
        return _matched(found)
    if found := _ORDINAL.fullmatch(text):
        return datetime(int(found[1]), 1, 1, tzinfo=UTC) + timedelta(days=int(found[2]) - 1)
    return _general(folded(text), month_first=False)


def _matched(found: re.Match[str]) -> datetime | None:
    """Of the groups year, month, day, hour, minute, second, zone; all but the first may be missing."""
    year, month, day, hour, minute, second, zone = found.groups()
    offset = _zone_in(folded(zone)) if zone else 0
    clock = (int(hour or 0), int(minute or 0), int(second or 0))
    return _built((int(year), int(month or 1), int(day or 1)), clock, offset)


def _digits(text: str) -> datetime | None:
    size = len(text)
    is_calendar = text.startswith(("19", "20"))
    if is_calendar and size in {8, 12, 14} and (found := _COMPACT.fullmatch(text)):
        return _matched(found)
    if size == 4:  # a year
        return datetime(int(text), 1, 1, tzinfo=UTC)
    if size == 7 and is_calendar:  # a year and a day of it
        return _iso(f"{text[:4]}-{text[4:]}")
    unit = {9: 1, 10: 1, 12: 1000, 13: 1000, 15: 10**6, 16: 10**6}.get(size)
    return datetime.fromtimestamp(int(text) / unit, UTC) if unit else None


def _general(text: str, *, month_first: bool) -> datetime | None:
    clock, day_text, zone_text = _clock(text)
    date = _date(day_text, month_first=month_first)
    if date is None:
        return None
    return _built(date, clock, _zone_in(zone_text))


def _clock(text: str) -> tuple[tuple[int, int, int], str, str]:
    """The time of day, the text without it and its zone, and the text behind it."""
    found = _TIME.search(text)
    if found:
        hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
        half = found[4]
    elif found := _HOUR.search(text):
        hour, minute, second, half = int(found[1]), 0, 0, found[2]
    else:
        return (0, 0, 0), text, ""
    is_afternoon = half == "p" or (half is None and _AFTERNOON.search(text) is not None)
    if is_afternoon and hour < 12:  # noon
        hour += 12
    elif half == "a" and hour == 12:  # midnight
        hour = 0
    behind = text[found.end() :]
    offset = _OFFSET.search(behind)
    rest = behind[: offset.start()] + " " + behind[offset.end() :] if offset else behind
    return (hour, minute, second), f"{text[: found.start()]} {rest}", behind


def _date(text: str, *, month_first: bool) -> tuple[int, int, int] | None:
    if found := _EAST_ASIAN.search(text):
        return _year(found[1]), int(found[2]), int(found[3])
    months = [MONTHS[word] for word in _WORD.findall(text) if word in MONTHS]
    if months:
        # Some weekdays are called like months (French mar.); those stand first.
        return _named(months[-1], _NUMBER.findall(text))
    if found := _NUMBERS.search(text):
        return _numbered(found, month_first=month_first)
    return None


def _named(month: int, numbers: list[str]) -> tuple[int, int, int] | None:
    years = [number for number in numbers if len(number) == 4]
    others = [number for number in numbers if len(number) < 3]
    if not years and len(others) > 1:
        years = [others.pop(1)]
    if not years:
        return None
    return _year(years[0]), month, int(others[0]) if others else 1


def _numbered(found: re.Match[str], *, month_first: bool) -> tuple[int, int, int]:
    first, mark, second, third = found[1], found[2], int(found[3]), found[4]
    if len(first) > 2:
        return _year(first), second, int(third)
    day, month = int(first), second
    if month > 12 or (month_first and mark != "." and day <= 12):
        day, month = month, day
    return _year(third), month, day


def _year(digits: str) -> int:
    year = int(digits)
    if year < 70:
        return year + 2000 if len(digits) < 4 else year
    return year + 1900 if year < 200 else year


def _zone_in(text: str) -> int:
    """Minutes east of Greenwich by the offset or the name in a text; 0 if there is none."""
    if found := _OFFSET.search(text):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        return (-minutes if found[1] == "-" else minutes) if minutes <= 14 * 60 else 0
    for word in _WORD.findall(text):
        if word in ZONES and word not in MONTHS:
            return ZONES[word]
    return 0


@lru_cache(maxsize=256)
def _zone(zone: str | None) -> int | None:
    """Minutes east of Greenwich of what stands behind an RFC 822 time; None if that is no zone."""
    if zone is None:
        return 0
    if zone[0] in "+-":
        return _zone_in(zone)
    # RFC 2822, section 4.3: of the letters that stand for zones only Z can be trusted.
    return 0 if len(zone) == 1 else ZONES.get(zone.lower())


def _built(date: tuple[int, int, int], clock: tuple[int, int, int], offset: int) -> datetime | None:
    hour, minute, second = clock
    days = 0
    if hour == 24 and not minute and not second:  # the end of the day
        hour, days = 0, 1
    if second == 60:  # a leap second
        second = 59
    at = datetime(*date, hour, minute, second, tzinfo=UTC)
    return at + timedelta(days=days, minutes=-offset) if days or offset else at
