"""Durations and sizes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedmill.config.durations import LONGEST, format_duration, parse_duration
from feedmill.config.problems import UnexpectedError
from feedmill.config.sizes import parse_size
from feedmill.config.suggest import did_you_mean


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("30s", 30),
        ("15m", 900),
        ("2h", 7200),
        ("1d", 86_400),
        ("1w", 604_800),
        ("250ms", 0.25),
        ("1h30m", 5400),
        ("1.5h", 5400),
        ("0s", 0),
        (90, 90),
        (0.5, 0.5),
        (timedelta(seconds=3), 3),
    ],
)
def test_durations(written: object, seconds: float) -> None:
    assert parse_duration(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "s",
        "30",
        "30 s",
        "-1s",
        "1y",
        "1S",
        "367d",
        "9" * 400 + "s",
        "1s\n",
        "\u0661s",
        "1..5s",
        True,
        None,
        -1,
        float("nan"),
        float("inf"),
        10**400,
        [],
        {},
    ],
)
def test_no_durations(written: object) -> None:
    with pytest.raises(UnexpectedError, match=r"^expected a duration "):
        parse_duration(written)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, "0s"), (0.5, "0.5s"), (90, "1m30s"), (900, "15m"), (86_400, "1d"), (90_061, "1d1h1m1s")],
)
def test_format_duration(seconds: float, expected: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == expected


@given(st.timedeltas(min_value=timedelta(0), max_value=LONGEST))
def test_what_is_written_can_be_read(duration: timedelta) -> None:
    assert parse_duration(format_duration(duration)) == duration


@pytest.mark.parametrize(
    ("written", "size"),
    [
        (1, 1),
        ("1B", 1),
        ("500kB", 500_000),
        ("10MB", 10_000_000),
        ("2GB", 2_000_000_000),
        ("1KiB", 1024),
        ("1MiB", 1_048_576),
        ("1GiB", 1_073_741_824),
    ],
)
def test_sizes(written: object, size: int) -> None:
    assert parse_size(written) == size


@pytest.mark.parametrize(
    "written", ["", "MB", "10", "10 MB", "1.5MB", "10mb", "0B", "1B\n", 0, -1, 1.5, True, None, []]
)
def test_no_sizes(written: object) -> None:
    with pytest.raises(UnexpectedError, match=r"^expected a size "):
        parse_size(written)


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("evry", " (did you mean 'every'?)"),
        ("EVERY", " (did you mean 'every'?)"),
        ("x", ""),
        ("every" * 20, ""),
        (3, ""),
        (None, ""),
    ],
)
def test_did_you_mean(word: object, expected: str) -> None:
    assert did_you_mean(word, ["every", "min"]) == expected
