"""The WARC records of a page, and the page back from them. Pure.

A page is two records. The first, a `response` or (where there was no HTTP, or its headers are not known) a
`resource`, has the bytes; the second, a `metadata` record, has all else that a page carries, as JSON.
"""

from __future__ import annotations

import base64
import hashlib
import re
import uuid
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NamedTuple

import feedmill
from feedmill import page as pages
from feedmill.errors import RawPageError, StoreError
from feedmill.page import Page

_VERSION = b"WARC/1.1\r\n"
_END = b"\r\n\r\n"
_UNSAFE = re.compile(r"[\x00-\x20\x7f]+")  # in a header's value, which strangers wrote
_UNSAFE_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")

Headers = Iterable[tuple[str, str | None]]


class _Read(NamedTuple):
    headers: dict[str, str]
    block: memoryview


def info(file_name: str, now: datetime) -> bytes:
    """The `warcinfo` record that a file begins with.

    Args:
        file_name: Of the file.
        now: When it is begun.
    """
    block = (
        f"software: feedmill/{feedmill.__version__}\r\n"
        "format: WARC File Format 1.1\r\n"
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"
        "description: pages as feedmill took them, each with what it knew of them; see docs/raw.md\r\n"
    ).encode()
    headers = (
        ("WARC-Type", "warcinfo"),
        ("WARC-Record-ID", _new_id()),
        ("WARC-Date", _written(now)),
        ("WARC-Filename", file_name),
        ("Content-Type", "application/warc-fields"),
        ("WARC-Block-Digest", _digest(block)),
    )
    return _record(headers, block)


def of_page(page: Page) -> tuple[bytes, bytes]:
    """The records of a page: the one with its bytes, the one with the rest."""
    head = _http_head(page)
    record_id = _new_id()
    address = _UNSAFE_ADDRESS.sub(_escaped, page.final_url or page.url)
    common = (("WARC-Date", _written(page.fetched_at)), ("WARC-Target-URI", address))
    kind = _line(page.content_type) or "application/octet-stream"
    content = _record(
        (
            ("WARC-Type", "response" if head else "resource"),
            ("WARC-Record-ID", record_id),
            *common,
            ("WARC-Payload-Digest", _digest(page.content)),  # gzip has a checksum of all of it
            ("Content-Type", "application/http; msgtype=response" if head else kind),
        ),
        head,
        page.content,
    )
    return content, _metadata(page, record_id, common)


def to_page(data: bytes) -> Page:
    """The page in its two records.

    Raises:
        RawPageError: kind `raw-format`, if they are not two records of a page.
    """
    try:
        return _joined(*_split(memoryview(data)))
    except (ValueError, KeyError, TypeError, StoreError) as error:
        raise RawPageError(
            "what lies at the place of a raw page is none, or one of another version of feedmill",
            kind="raw-format",
        ) from error


def _joined(content: _Read, about: _Read) -> Page:
    if about.headers["warc-type"] != "metadata":
        raise ValueError(about.headers["warc-type"])
    block = bytes(content.block)
    if content.headers["warc-type"] == "response":
        _, _, block = block.partition(_END)
    return pages.decode(bytes(about.block) + b"\n" + block)


def _metadata(page: Page, about: str, common: Headers) -> bytes:
    block = pages.encode_head(page)
    headers = (
        ("WARC-Type", "metadata"),
        ("WARC-Record-ID", _new_id()),
        *common,
        ("WARC-Concurrent-To", about),
        ("WARC-Block-Digest", _digest(block)),
        ("Content-Type", "application/json"),
    )
    return _record(headers, block)


def _http_head(page: Page) -> bytes:
    """Status line and headers as far as they are known, of a body that has been unpacked; empty if there was no HTTP."""
    if page.kind != "page" or page.status is None:
        return b""
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = ""
    kind = _line(page.content_type)
    lines = [
        f"HTTP/1.1 {page.status} {phrase}",
        *([f"Content-Type: {kind}"] if kind else []),
        f"Content-Length: {len(page.content)}",
    ]
    return "\r\n".join(lines).encode("utf-8", "replace") + _END


def _record(headers: Headers, *block: bytes) -> bytes:
    lines = [f"{name}: {value}\r\n" for name, value in headers if value]
    head = "".join((*lines, f"Content-Length: {sum(map(len, block))}\r\n\r\n"))
    return b"".join((_VERSION, head.encode("utf-8", "replace"), *block, _END))


def _split(data: memoryview) -> Iterator[_Read]:
    """The records that lie one after the other."""
    while data:
        head, _, _ = bytes(data[:65_536]).partition(_END)
        first, *lines = head.decode("utf-8").split("\r\n")
        if first.encode() + b"\r\n" != _VERSION:
            raise ValueError(first)
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        begin = len(head) + len(_END)
        end = begin + int(headers["content-length"])
        if bytes(data[end : end + len(_END)]) != _END:
            raise ValueError("the record is cut off")
        yield _Read(headers, data[begin:end])
        data = data[end + len(_END) :]


def _digest(data: bytes) -> str:
    """Names bytes, and protects nothing: SHA-1 in base32 is what programs that read WARC expect."""
    return "sha1:" + base64.b32encode(hashlib.sha1(data, usedforsecurity=False).digest()).decode()


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _line(value: str | None) -> str:
    return _UNSAFE.sub(" ", value or "").strip()


def _escaped(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"
