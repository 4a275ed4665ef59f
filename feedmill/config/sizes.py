"""Sizes as people write them: `500kB`, `10MB`, `2MiB`, or a number of bytes."""

from __future__ import annotations

import re

from feedmill.config.problems import UnexpectedError

PATTERN = r"^[0-9]{1,12}([kKMG]i?)?B$"

_UNITS = {"B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_UNITS |= {"KIB": 1024, "MIB": 1024**2, "GIB": 1024**3}
_EXPECTED = "expected a size of at least one byte, such as 500kB, 10MB or a number of bytes"


def parse_size(value: object) -> int:
    """Turn `10MB` (ten million), `10MiB` (10 x 1024 x 1024) or a number into bytes.

    Raises:
        UnexpectedError: It is no size, or less than one byte.
    """
    size = _bytes(value)
    if size < 1:
        raise UnexpectedError(_EXPECTED)
    return size


def _bytes(value: object) -> int:
    if isinstance(value, str) and re.fullmatch(PATTERN, value):
        count = value.rstrip("kKMGiB")
        return int(count) * _UNITS[value[len(count) :].upper()]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UnexpectedError(_EXPECTED)
