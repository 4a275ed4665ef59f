"""Times and sizes in a few letters, for tables."""

from __future__ import annotations

_KILO = 1000


def ago(at: float, now: float) -> str:
    """`3 h ago`; `never` for 0."""
    return f"{span(now - at)} ago" if at else "never"


def ahead(at: float, now: float) -> str:
    """`in 3 h`, or `now`."""
    return f"in {span(at - now)}" if at > now else "now"


def span(seconds: float) -> str:
    """A length of time in two words at most: 42 s, 7 min, 3 h, 12 d."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size or (unit == "min" and seconds >= size):
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def size(count: float) -> str:
    """Bytes as people say them: 512 B, 48 kB, 3.2 MB."""
    for unit in ("B", "kB", "MB"):
        if count < _KILO:
            return f"{count:.0f} {unit}" if unit != "MB" else f"{count:.1f} {unit}"
        count /= _KILO
    return f"{count:.1f} GB"
