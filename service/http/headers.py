"""What the headers of an answer say. Pure; every value is a stranger's, and none of it raises."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from email.utils import parsedate_to_datetime

_LONGEST = float(2**31)  # seconds: what RFC 9111 (section 1.2.2) lets greater numbers stand for
_MAX_VALIDATOR = 1024  # characters
_MAX_DATE = 64
_MAX_TYPE = 1024
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]*)?", re.ASCII)
_DIRECTIVE = re.compile(r'([a-z-]{1,40})(?:=("?)([^",;\s]*)\2)?', re.IGNORECASE)
_MAX_DIRECTIVES = 50
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
_NO_BYTE = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # surrogates that stand for no raw byte


def text(value: str) -> str:
    """A header's value as text that can be stored and shown: no raw bytes (surrogates), no controls."""
    raw = _NO_BYTE.sub("\ufffd", value).encode("utf-8", "surrogateescape")
    return _CONTROL.sub("", raw.decode("utf-8", "replace"))


def content_type(headers: Mapping[str, str]) -> str | None:
    """The media type that the answer says it has, cut where its parameters never end."""
    value = headers.get("Content-Type")
    return None if value is None else text(value)[:_MAX_TYPE]


def validator(value: str | None) -> str | None:
    """A validator as it was received, or None if it is too long or not printable ASCII to be sent back."""
    if value and len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable():
        return value
    return None


def retry_after(headers: Mapping[str, str], *, now: float) -> float | None:
    """Seconds that `Retry-After` asks to wait: finite and not negative.

    A date is taken relative to the answer's own `Date`, so that clocks that differ do no harm.

    Args:
        headers: Of the answer.
        now: Unix seconds, for an answer without a date.

    Returns:
        None where there is none or it cannot be read.
    """
    value = headers.get("Retry-After", "").strip()
    if _NUMBER.fullmatch(value):
        return _clamped(float(value))
    until = _date(value)
    return None if until is None else _clamped(until - _sent_at(headers, now))


def max_age(headers: Mapping[str, str], controls: Sequence[str], *, now: float) -> float | None:
    """Seconds for which an answer is fresh (RFC 9111, section 4.2.1), for a private cache.

    Args:
        headers: Of the answer.
        controls: Its `Cache-Control` headers.
        now: Unix seconds, for an answer without a date.

    Returns:
        None where the answer does not say, or forbids to store or to use it without asking.
    """
    directives = _directives(", ".join(controls))
    if directives.keys() & {"no-store", "no-cache"}:
        return None
    value = directives.get("max-age", "")
    if _NUMBER.fullmatch(value):
        return _clamped(float(value))
    expires = _date(headers.get("Expires", ""))
    return None if expires is None else _clamped(expires - _sent_at(headers, now))


def _directives(value: str) -> dict[str, str]:
    """Directives by name; of several with one name the first counts."""
    found: dict[str, str] = {}
    for match in _DIRECTIVE.finditer(value):
        found.setdefault(match[1].lower(), match[3] or "")
        if len(found) >= _MAX_DIRECTIVES:
            break
    return found


def _sent_at(headers: Mapping[str, str], now: float) -> float:
    sent = _date(headers.get("Date", ""))
    return now if sent is None else sent


def _date(value: str) -> float | None:
    """An HTTP date in any of its three forms, as Unix seconds."""
    if not value or len(value) > _MAX_DATE:
        return None
    try:
        date = parsedate_to_datetime(value)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _clamped(seconds: float) -> float:
    return min(max(seconds, 0.0), _LONGEST)
