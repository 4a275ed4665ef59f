"""Dates written out for people, in the languages of most news: `5. März 2024, 10:15 Uhr`, `2024年3月5日`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from functools import cache

# January to December, a language a line: English, German, French, Spanish, Portuguese, Italian, Dutch,
# Scandinavian, Russian, Polish, Turkish, Indonesian. A month may be cut to its first three letters or more.
_MONTHS = """
january february march april may june july august september october november december
januar februar märz april mai juni juli august september oktober november dezember
janvier février mars avril mai juin juillet août septembre octobre novembre décembre
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro
gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre
januari februari maart april mei juni juli augustus september oktober november december
januar februar mars april maj juni juli augusti september oktober november desember
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık
januari februari maret april mei juni juli agustus september oktober november desember
"""
_LETTERS = r"[^\W\d_]{3,12}"
_ZONE = r"(?P<zone>z|gmt|utc|(?:gmt|utc)?[+-]\d\d:?\d\d)?(?:\s*\([\w\s]{1,40}\))?"
_TIME = (
    r"(?:[\s,|/\u2013-]*(?:at|um|à|a\s+las|às|alle|ore|kl\.?|om|в|klo|the)?[\s,]*"
    r"(?P<hour>\d{1,2})(?:[:.h時点]|\s?uhr\s?)(?P<minute>\d\d)?(?::(?P<second>\d\d))?(?:\.\d{1,6})?\s*(?P<half>[ap]\.?m\.?)?"
    rf"(?:\s*(?:uhr|h|hrs?|分)\b)?\s*{_ZONE})?"
)
_WEEKDAY = rf"(?:{_LETTERS}\.?,?\s+)?"
_FORMS = tuple(
    re.compile(pattern + _TIME + r"\Z", re.IGNORECASE)
    for pattern in (
        rf"\A{_WEEKDAY}(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th|º|er)?\s+(?:de\s+|of\s+)?(?P<name>{_LETTERS})\.?,?\s+(?:de\s+|del\s+)?(?P<year>\d{{4}})(?:\s*г\.?|\s*р\.?)?",
        rf"\A{_WEEKDAY}(?P<name>{_LETTERS})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})",
        r"\A(?P<year>\d{4})[/.年](?P<month>\d{1,2})[/.月](?P<day>\d{1,2})日?",
        r"\A(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=\s)",
        r"\A(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})",
        r"\A(?P<one>\d{1,2})[/-](?P<other>\d{1,2})[/-](?P<year>\d{4})",
    )
)
_STARTS = re.compile(
    rf"(?<![\w.,/:-])(?:(?:19|20)\d\d[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}|\d{{1,2}}[./-]\s?\d{{1,2}}[./-]\s?(?:19|20)\d\d"
    rf"|\d{{1,2}}(?:\.|st|nd|rd|th|º|er)?\s+(?:de\s+|of\s+)?{_LETTERS}\.?,?\s+(?:de\s+|del\s+)?(?:19|20)\d\d"
    rf"|{_LETTERS}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d)",
    re.IGNORECASE,
)
_TIME_BEHIND = re.compile(_TIME, re.IGNORECASE)
_MAX_TEXT = 200
_NOON = 12
_MIN_LETTERS = 3


def parse(text: str) -> datetime | None:
    """Read a text that is a date, with a time or without.

    `03/04/2024` is the third of April in most of the world and the fourth of March in the United States: such
    a date is read only where the day is over 12 or equals the month.
    """
    for form in _FORMS:
        if match := form.match(text):
            return _assembled(match)
    return None


def candidates(text: str) -> Iterator[str]:
    """What in a text has the form of a date, with the time behind it, in order."""
    text = text[:_MAX_TEXT]
    for match in _STARTS.finditer(text):
        behind = _TIME_BEHIND.match(text, match.end())
        whole = text[match.start() : behind.end() if behind else match.end()].strip(" ,|/-")
        yield whole
        yield match[0]


def _assembled(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    day, month = _day_and_month(parts)
    hour = int(parts["hour"] or 0)
    half = (parts["half"] or "").lower()
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    try:
        return datetime(
            int(parts["year"]),
            month,
            day,
            hour,
            int(parts["minute"] or 0),
            int(parts["second"] or 0),
            tzinfo=_zone(parts["zone"]),
        )
    except ValueError:
        return None


def _day_and_month(parts: dict[str, str | None]) -> tuple[int, int]:
    """Zero for what cannot be told."""
    one, other = int(parts.get("one") or 0), int(parts.get("other") or 0)
    if one:
        if other > _NOON or one == other:
            return other, one
        return (one, other) if one > _NOON else (0, 0)
    name = parts.get("name")
    return int(parts["day"] or 0), _month(name.lower()) if name else int(parts["month"] or 0)


def _month(name: str) -> int:
    exact = _names()
    if name in exact:
        return exact[name]
    if len(name) < _MIN_LETTERS:
        return 0
    return next((number for full, number in exact.items() if full.startswith(name)), 0)


@cache
def _names() -> dict[str, int]:
    return {
        name: number
        for row in _MONTHS.strip().splitlines()
        for number, name in enumerate(row.split(), 1)
    }


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    offset = re.sub(r"[^\d+-]", "", text)
    if not offset:
        return timezone(timedelta(0))
    minutes = int(offset[1:3]) * 60 + int(offset[3:5])
    return timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
