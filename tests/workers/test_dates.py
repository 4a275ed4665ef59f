"""Dates in machine-readable places: read, or nothing, never an exception."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from workers.extract import dates


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("2024-03-05", "2024-03-05T00:00:00", "day"),
        ("20240305", "2024-03-05T00:00:00", "day"),
        ("2024-03-05T10:15", "2024-03-05T10:15:00", "minute"),
        ("2024-03-05 10:15", "2024-03-05T10:15:00", "minute"),
        ("2024-03-05T10:15Z", "2024-03-05T10:15:00", "minute"),
        ("2024-03-05T10:15+01:00", "2024-03-05T09:15:00", "minute"),
        ("2024-03-05T10:15-05:00", "2024-03-05T15:15:00", "minute"),
        ("2024-03-05T10:15:30", "2024-03-05T10:15:30", "second"),
        ("2024-03-05T10:15:30Z", "2024-03-05T10:15:30", "second"),
        ("2024-03-05T10:15:30+01:00", "2024-03-05T09:15:30", "second"),
        ("2024-03-05T10:15:30-05:00", "2024-03-05T15:15:30", "second"),
        ("2024-03-05T10:15:30+0530", "2024-03-05T04:45:30", "second"),
        ("2024-03-05T10:15:30.250Z", "2024-03-05T10:15:30.250", "second"),
        ("20240305T101530Z", "2024-03-05T10:15:30", "second"),
        (" 2024-03-05T10:15:30Z\n", "2024-03-05T10:15:30", "second"),
        ("Tue, 05 Mar 2024 10:15:30 GMT", "2024-03-05T10:15:30", "second"),
        ("Tue, 05 Mar 2024 10:15:30 -0500", "2024-03-05T15:15:30", "second"),
        ("Tue, 5 Mar 2024 10:15 +0100", "2024-03-05T09:15:00", "minute"),
        ("Tue, 5 Mar 2024 10:15:30 -0000", "2024-03-05T10:15:30", "second"),
    ],
)
def test_dates_as_pages_write_them(raw, at, precision):
    assert dates.parse(raw) == dates.Stamp(datetime.fromisoformat(at + "+00:00"), precision)
    assert dates.instant(raw) == datetime.fromisoformat(at + "+00:00")


@pytest.mark.parametrize(
    "raw",
    [
        *(None, "", " ", "yesterday", "2024", "2024-13-01", "2024-02-30", "1709633730", "-1"),
        *("0000-00-00", "1989-12-31", "2100-01-01", "9999-12-31T23:59:59Z", "1" + "0" * 20),
        "0001-01-01T00:00:00",  # what .NET writes for no date
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "Mon, 1 Jan 99999999999999999999 00:00:00 GMT",
        "Mon, 1 Jan 2024 00:00:00 +99999999999999",
        "Mon, 31 Feb 2024 25:61:61 +9999",
        "2016-12-31T23:59:60Z x",
        "x" * 100_000,
    ],
)
def test_what_is_no_date(raw):
    assert dates.parse(raw) is None
    assert dates.instant(raw) is None


def test_clocks_that_are_a_little_ahead():
    now = datetime.now(UTC)
    assert dates.instant((now + timedelta(days=1)).isoformat()) is not None
    assert dates.instant((now + timedelta(days=3)).isoformat()) is None


PARTS = st.sampled_from(
    [
        *("2024", "0001", "9999", "-", "03", "05", "T", " ", "10", ":", "15", "30", "Z", "+"),
        *("Mon", ",", "Jan", "GMT", "EST", ".", "9" * 12, "\u0661", "W", "(", "\ud800", "\x00"),
    ]
)


@given(st.text(max_size=70) | st.lists(PARTS, max_size=14).map("".join))
@example("0001-01-01T00:00:00+14:00")
def test_never_an_exception(raw):
    stamp = dates.parse(raw)
    assert stamp is None or stamp.at.tzinfo is UTC


ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(max_examples=50)
@given(st.datetimes(datetime(1990, 1, 2), datetime(2024, 1, 1), timezones=ZONES))  # noqa: DTZ001
def test_what_python_writes_is_read_back(at):
    assert dates.instant(at.isoformat()) == at.astimezone(UTC)
