"""The records of a WARC file (ISO 28500), plain or gzipped, one at a time and within bounds.

warcio's own iterator ends at the first record that is broken and reads lines of any length. Here what is broken is
told and skipped: reading goes on at the next line that begins a record, or at the next member of the gzip file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.sources.unpack import BrokenError, Unpacked

_MAX_LINE = 8192
_MAX_HEADERS = 65_536  # bytes
_PEEK = 65_536  # bytes that are had of a block which is too big
_BEGIN = b"WARC/"
_WANTED = frozenset({"response", "resource"})
_DIGITS = 15  # of a length

Tell = Callable[[int | None, str], None]


@dataclass(frozen=True, slots=True)
class Record:
    """A record that may hold a page.

    Attributes:
        offset: Where in the file it begins; of a gzipped file, where its member does.
        type: `response` or `resource`.
        target: The address that it is about.
        date: When it was fetched, as written.
        content_type: Of the block.
        block: Its content.
        is_cut: Whether `block` is only the beginning, because all of it would be too much.
    """

    offset: int
    type: str
    target: str | None
    date: str | None
    content_type: str | None
    block: bytes
    is_cut: bool = False


def records(file: Path, max_bytes: int, tell: Tell) -> Iterator[Record]:
    """Read a file. Blocking.

    Args:
        file: The file.
        max_bytes: Largest block that is read whole.
        tell: Is told what is broken: the offset, and what it is.

    Raises:
        OSError: The file cannot be read.
    """
    with file.open("rb") as raw:
        stream = Unpacked(raw)
        while True:
            try:
                begins = _next_begin(stream, tell)
                if not begins:
                    return
                record = _record(stream, max_bytes)
            except BrokenError as error:
                tell(error.offset, error.text)
                continue
            if record is not None:
                yield record


def _next_begin(stream: Unpacked, tell: Tell) -> bool:
    """Go to the line after the next one that begins a record; False at the end."""
    is_lost = False
    is_begin = True  # whether what comes is the beginning of a line
    while line := stream.readline(_MAX_LINE):
        if is_begin and line.startswith(_BEGIN):
            return True
        if line.strip(b"\r\n\0") and not is_lost:
            tell(stream.offset, "here a record should begin, and none does")
            is_lost = True
        is_begin = line.endswith(b"\n")
    return False


def _record(stream: Unpacked, max_bytes: int) -> Record | None:
    """The record whose headers come now; None if it can hold no page."""
    offset = stream.offset
    headers = _headers(stream)
    written = headers.get("content-length", "")
    if not (written.isascii() and written.isdigit() and len(written) <= _DIGITS):
        raise BrokenError("the length of a record is missing or no number", offset)
    length, kind = int(written), headers.get("warc-type", "").lower()
    if kind not in _WANTED:
        _skip(stream, length, offset)
        return None
    if "warc-segment-number" in headers:
        _skip(stream, length, offset)
        raise BrokenError("a record is split into segments, which are not put together", offset)
    wanted = length if length <= max_bytes else _PEEK
    block = stream.read(wanted)
    if len(block) < wanted:
        raise BrokenError("the file breaks off inside a record", offset)
    _skip(stream, length - wanted, offset)
    return Record(
        offset=offset,
        type=kind,
        target=_address(headers.get("warc-target-uri")),
        date=headers.get("warc-date"),
        content_type=headers.get("content-type"),
        block=block,
        is_cut=wanted < length,
    )


def _headers(stream: Unpacked) -> dict[str, str]:
    """The headers up to the blank line, by lower-case names, the first of each."""
    offset, size = stream.offset, 0
    found: dict[str, str] = {}
    name = ""
    while line := stream.readline(_MAX_LINE):
        size += len(line)
        if size > _MAX_HEADERS:
            raise BrokenError("the headers of a record are too long", offset)
        if not line.strip():
            return found
        text = _text(line)
        if text[0] in " \t" and name:
            found[name] = f"{found[name]} {text.strip()}"
            continue
        name, colon, value = text.partition(":")
        name = name.strip().lower()
        if colon:
            found.setdefault(name, value.strip())
        name = name if colon else ""
    raise BrokenError("the file breaks off inside the headers of a record", offset)


def _skip(stream: Unpacked, length: int, offset: int) -> None:
    if not stream.skip(length):
        raise BrokenError("the file breaks off inside a record", offset)


def _text(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _address(written: str | None) -> str | None:
    """The address; some programs put it in angle brackets, or leave spaces in it."""
    if written and written.startswith("<") and written.endswith(">"):
        written = written[1:-1]
    return written.strip().replace(" ", "%20") if written else None
