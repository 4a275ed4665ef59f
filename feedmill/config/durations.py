"""Durations as people write them: `30s`, `15m`, `1h30m`, or a number of seconds."""

from __future__ import annotations

import re
from datetime import timedelta

from feedmill.config.problems import UnexpectedError

PATTERN = r"^([0-9]{1,9}(\.[0-9]{1,9})?(ms|s|m|h|d|w))+$"
LONGEST = timedelta(days=366)

_LONGEST_TEXT = 50
_PART = re.compile(r"([0-9.]+)(ms|s|m|h|d|w)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_EXPECTED = "expected a duration such as 30s, 15m or 2h"


def parse_duration(value: object) -> timedelta:
    """Turn `30s`, `1h30m` or a number of seconds into a timedelta.

    Raises:
        UnexpectedError: It is no duration, is negative, or is longer than a year.
    """
    if isinstance(value, timedelta):
        return value
    seconds = _seconds(value)
    if not 0 <= seconds <= LONGEST.total_seconds():
        raise UnexpectedError("expected a duration between 0s and 366d")
    return timedelta(seconds=seconds)


def parse_positive_duration(value: object) -> timedelta:
    """Turn the text into a timedelta as `parse_duration` does, and refuse a duration of zero.

    Raises:
        UnexpectedError: It is no duration, or not longer than zero.
    """
    duration = parse_duration(value)
    if not duration:
        raise UnexpectedError("expected a duration longer than 0s")
    return duration


def format_duration(duration: timedelta) -> str:
    """Write a duration the way it can be read back: `15m`, `1h30m`, `0.5s`."""
    text = ""
    rest = duration
    for unit in ("d", "h", "m"):
        count, rest = divmod(rest, timedelta(seconds=_SECONDS[unit]))
        text += f"{count}{unit}" if count else ""
    if rest or not text:
        seconds = f"{rest.total_seconds():.6f}".rstrip("0").rstrip(".")
        text += f"{seconds}s"
    return text


def _seconds(value: object) -> float:
    if isinstance(value, str) and len(value) <= _LONGEST_TEXT and re.fullmatch(PATTERN, value):
        return sum(float(count) * _SECONDS[unit] for count, unit in _PART.findall(value))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise UnexpectedError(_EXPECTED)
