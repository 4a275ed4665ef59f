"""Local web archives (WARC, ISO 28500): pages that somebody fetched before, with the time at which they did.

`service.sources.warcfile` reads records. Here is decided which of them are pages, and what they are as items. An
archive may have gigabytes, so that pages come in batches.
"""

from __future__ import annotations

import asyncio
import glob
import hashlib
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from feedmill import urls
from feedmill.errors import FetchError, FileSourceError
from service.feeds import dates
from service.http.decode import BodyDecoder
from service.http.policy import FetchPolicy
from service.sources.item import Item, Polled
from service.sources.warcfile import Record, records

BATCH_ITEMS = 100
BATCH_BYTES = 8_000_000
MAX_PROBLEMS = 20  # of a file that are told

_ENDINGS = (".warc", ".warc.gz")
_HEAD_BYTES = 65_536  # of HTTP headers, beside the page itself
_OK = "200"
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_VERSIONS = ["HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/2", "HTTP/3"]
_PAGES = ("text/html", "application/xhtml+xml", "text/plain")


async def poll(path: str, base: Path, *, max_bytes: int, now: float) -> AsyncIterator[Polled]:
    """Read all archives of a source, a batch at a time, without keeping the event loop.

    Args:
        path: A path or a glob, relative to `base` or absolute.
        base: The folder of the file in which the source is configured.
        max_bytes: Largest page that is taken, after decompression.
        now: Unix seconds; no page was fetched later than that, whatever its record says.

    Raises:
        FileSourceError: kind `file-none` if a path without glob characters is not there.
    """
    batches = read(path, base, max_bytes=max_bytes, now=now)
    while (batch := await asyncio.to_thread(next, batches, None)) is not None:
        yield batch


def read(path: str, base: Path, *, max_bytes: int, now: float) -> Iterator[Polled]:
    """Read all archives of a source, a batch at a time. Blocking. See `poll`."""
    for file in _matches(path, base):
        yield from _batches(file, max_bytes, datetime.fromtimestamp(now, UTC))


def signature(path: str, base: Path) -> str:
    """Differs when an archive of a source was added, removed or changed: there is nothing new to read before.

    Raises:
        FileSourceError: As `poll`.
        OSError: A file cannot be looked at.
    """
    told = [(file.as_posix(), file.stat()) for file in _matches(path, base)]
    text = "\n".join(f"{name} {stat.st_size} {stat.st_mtime_ns}" for name, stat in told)
    return urls.digest(text)


def _matches(path: str, base: Path) -> list[Path]:
    if glob.has_magic(path):
        names = glob.iglob(path, root_dir=base, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
        files = {base / name for name in names if name.lower().endswith(_ENDINGS)}
        return sorted(file for file in files if file.is_file())
    if not (base / path).is_file():
        raise FileSourceError(
            f"{path}: there is no such file, or it may not be read",
            kind="file-none",
            retryable=True,
        )
    return [base / path]


def _batches(file: Path, max_bytes: int, latest: datetime) -> Iterator[Polled]:
    """The pages of one archive. What cannot be read of it is told with the last batch."""
    items: list[Item] = []
    size = 0
    problems = _Problems(file.name)
    try:
        for record in records(file, max_bytes + _HEAD_BYTES, problems.tell):
            try:
                item = item_of(record, max_bytes, latest)
            except FileSourceError as error:
                problems.tell(record.offset, error.message)
                continue
            if item is None:
                continue
            items.append(item)
            size += len(item.content or b"")
            if len(items) >= BATCH_ITEMS or size >= BATCH_BYTES:
                yield Polled(tuple(items))
                items, size = [], 0
    except OSError as error:
        problems.tell(None, f"cannot be read: {error.strerror or error}")
    yield Polled(tuple(items), problems=problems.sentences)


class _Problems:
    """What is wrong with an archive: the first of it in words, the rest as a number."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._told: list[str] = []
        self._count = 0

    def tell(self, offset: int | None, what: str) -> None:
        self._count += 1
        if self._count <= MAX_PROBLEMS:
            place = "" if offset is None else f" at byte {offset}"
            self._told.append(f"{self._name}{place}: {what}")

    @property
    def sentences(self) -> tuple[str, ...]:
        more = self._count - len(self._told)
        return (
            *self._told,
            *([f"{self._name}: {more} more records cannot be read"] if more else ()),
        )


def item_of(record: Record, max_bytes: int, latest: datetime) -> Item | None:
    """The page in a record, or None if it holds none: another type, status, scheme or kind of content.

    Args:
        record: The record.
        max_bytes: Largest page that is taken.
        latest: When it can have been fetched at the latest.

    Raises:
        FileSourceError: kind `warc-record` if it cannot be read, `too-big` if it is too big.
    """
    url = record.target
    if url is None or not url.lower().startswith(("http://", "https://")):
        return None
    if record.type == "resource":
        status, kind, body = _OK, record.content_type, record.block
        if record.is_cut and _is_page(kind):
            raise _too_big(max_bytes)
    elif record.type == "response":
        status, kind, body = _response(record, max_bytes)
    else:
        return None
    if status != _OK or not body or not _is_page(kind):
        return None
    try:
        key = urls.key(url)
    except ValueError as error:
        raise FileSourceError("its address cannot be understood", kind="warc-record") from error
    if len(body) > max_bytes:
        raise _too_big(max_bytes)
    return Item(
        key=key,
        fingerprint=hashlib.blake2b(body, digest_size=16).hexdigest(),
        url=url,
        identity=url,
        content=body,
        content_type=kind,
        fetched_at=_time(record.date, latest),
    )


def _too_big(max_bytes: int) -> FileSourceError:
    return FileSourceError(f"its page has more than {max_bytes} bytes", kind="too-big")


def _is_page(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() in _PAGES


def _response(record: Record, max_bytes: int) -> tuple[str, str | None, bytes]:
    """Status, media type and decoded body of an HTTP response; no body where it is not wanted."""
    end = _HEAD_END.search(record.block, 0, _HEAD_BYTES)
    size = end.end() if end else len(record.block)
    head = _http_head(record.block[: min(size, _HEAD_BYTES)])
    status, kind = head.get_statuscode(), head.get_header("Content-Type")
    if status != _OK or not _is_page(kind):
        return status, kind, b""
    if record.is_cut:
        raise _too_big(max_bytes)
    body = record.block[size:]
    if (head.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        body = ChunkedDataReader(BytesIO(body)).read()
    return status, kind, _decoded(body, head.get_header("Content-Encoding") or "", max_bytes)


def _http_head(head: bytes) -> StatusAndHeaders:
    try:
        return StatusAndHeadersParser(_VERSIONS).parse(BytesIO(head))
    except (StatusAndHeadersParserException, EOFError, ValueError, IndexError) as error:
        raise FileSourceError("its HTTP headers cannot be read", kind="warc-record") from error


def _decoded(body: bytes, coding: str, max_bytes: int) -> bytes:
    """Without its content coding. Crawlers often undo it and leave the header: then it is plain already."""
    policy = FetchPolicy(max_bytes=max_bytes, max_wire_bytes=len(body) + 1)
    try:
        return _with_coding(body, coding, policy)
    except FetchError as error:
        if error.kind == "too-big":
            raise _too_big(max_bytes) from error
        if coding and body.lstrip()[:1] == b"<":
            return _with_coding(body, "", policy)
        raise FileSourceError(
            f"its page cannot be unpacked: {error.message}", kind="warc-record"
        ) from error


def _with_coding(body: bytes, coding: str, policy: FetchPolicy) -> bytes:
    decoder = BodyDecoder(coding, policy)
    for _ in decoder.feed(body):
        pass
    return decoder.finish()


def _time(written: str | None, latest: datetime) -> datetime | None:
    moment = dates.parse(written[:100]) if written else None
    return min(moment, latest) if moment else None
