"""Telling HTML from plain text, by the bytes first and what the server says second.

Servers serve HTML as text/plain and text as text/html; the first bytes say more than either.
"""

from __future__ import annotations

import enum
import re

from workers.extract.decode import utf_16_of

_SNIFF_BYTES = 4096
_BLANK_BYTES = 65_536  # that may stand before anything else
_BINARY_MAGIC = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
)
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_FOR_MACHINES = frozenset(
    {
        *("application/json", "application/ld+json", "application/javascript", "text/javascript"),
        *("text/css", "application/xml", "text/xml", "application/rss+xml", "application/atom+xml"),
    }
)
_DOCUMENT = re.compile(rb"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_BLOCK = re.compile(
    rb"<(?:p|div|article|section|table|h[1-6]|ul|ol|meta|title)\b[^>]{0,500}>", re.IGNORECASE
)
_MIN_BLOCKS = 3
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\f\r\x1b"})  # escape: ISO-2022-JP has it
_MOST_CONTROLS = 0.02  # of the bytes; chance gives 0.1, and text has none but by mistake


class Kind(enum.Enum):
    """What a page's bytes are."""

    HTML = "html"
    TEXT = "text"
    OTHER = "other"


def kind_of(content: bytes, content_type: str | None) -> Kind:
    """Whether bytes are HTML, plain text or neither.

    Args:
        content: The bytes; the first 4 KiB after blanks decide.
        content_type: The media type they were served with, if any.
    """
    head = content[:_BLANK_BYTES].lstrip()[:_SNIFF_BYTES]
    if head.startswith(_BINARY_MAGIC):
        return Kind.OTHER
    wide = head.startswith(_BOMS) or utf_16_of(head) is not None
    if b"\x00" in head and not wide:
        return Kind.OTHER
    plain = head.replace(b"\x00", b"")
    if not wide and len(plain.translate(None, _CONTROLS)) < (1 - _MOST_CONTROLS) * len(plain):
        return Kind.OTHER
    if _DOCUMENT.search(plain) or len(_BLOCK.findall(plain)) >= _MIN_BLOCKS:
        return Kind.HTML
    media_type = (content_type or "").split(";")[0].strip().lower()
    if plain.startswith(b"<?xml") or media_type in _FOR_MACHINES:
        return Kind.OTHER
    if media_type in {"text/html", "application/xhtml+xml"} and b"<" in plain:
        return Kind.HTML
    return Kind.TEXT
