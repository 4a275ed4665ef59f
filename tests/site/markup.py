"""What the three newspapers' page templates have in common: escaping, dates, surroundings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as escape_text

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Chrome:
    """What a page says around its article: its own address and the headlines beside it."""

    base: str
    canonical: str
    related: tuple[tuple[str, str], ...]


def escape(text: str) -> str:
    """Escape text for element content and for attributes in double quotes."""
    return escape_text(text, {'"': "&quot;"})


def iso(moment: datetime) -> str:
    """Return a UTC time as RFC 3339 with `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def spoken_time(moment: datetime) -> str:
    """Return a time the way the papers print it."""
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
