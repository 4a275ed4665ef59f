"""Dates as pages write them: in machine-readable places, and written out for people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

from workers.extract import written

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=2)  # clocks and time zones differ; a date further ahead is a mistake
_MAX_CHARACTERS = 60
_TIME = re.compile(r"\d:\d\d(?P<seconds>:\d\d)?|T\d{4}(?P<basic>\d\d)?")


@dataclass(frozen=True, slots=True)
class Stamp:
    """A point in time (UTC) and how exactly it was given."""

    at: datetime
    precision: Literal["second", "minute", "day"]


def parse(raw: str | None) -> Stamp | None:
    """Read an ISO 8601 or RFC 5322 date, or one written out. A time without a zone counts as UTC.

    Returns:
        None for what is no date, before 1990, or more than two days ahead.
    """
    text = (raw or "").strip()[:_MAX_CHARACTERS]
    at = _read(text)
    if at is None:
        return None
    try:
        at = at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar
        return None
    if not _EARLIEST <= at <= datetime.now(UTC) + _AHEAD:
        return None
    return Stamp(at, _precision(text))


def instant(raw: str | None) -> datetime | None:
    """As `parse`, the point in time alone."""
    stamp = parse(raw)
    return stamp.at if stamp else None


def day(raw: str | None) -> date | None:
    """The day a date names where it was written, whatever day it was then in UTC."""
    text = (raw or "").strip()[:_MAX_CHARACTERS]
    at = _read(text) if parse(raw) else None
    return at.date() if at else None


def found_in(text: str) -> str | None:
    """The first date in a short text such as `Updated on 5 March 2024 by Ana Ruiz`, as written."""
    return next((raw for raw in written.candidates(text) if parse(raw)), None)


def _read(text: str) -> datetime | None:
    # The reader of mail dates takes much else for one, and loses `PM` and zones on the way.
    return _iso(text) or written.parse(text) or _rfc5322(text)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _rfc5322(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None


def _precision(text: str) -> Literal["second", "minute", "day"]:
    time = _TIME.search(text)
    if time is None:
        return "day"
    return "second" if time["seconds"] or time["basic"] else "minute"
