"""Decoding a body while it streams in, so that its bounds hold for what it unpacks to.

The client library's own decoding takes a body that breaks off in the middle for whole.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from feedmill.errors import FetchError
from service.http.policy import FetchPolicy

ACCEPT_ENCODING = "gzip, deflate"
_PLAIN = frozenset({"", "identity", "none", "utf-8"})  # the last two are mistakes for the first
_PACKED = frozenset({"gzip", "x-gzip", "deflate"})
_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS
_ZLIB_METHOD = 8  # low half of a zlib stream's first byte (RFC 1950); raw deflate has another
_MAGIC = b"\x1f\x8b"  # what a member of a gzip file begins with (RFC 1952)
_STEP = 65_536  # bytes unpacked at a time
_MAX_MEMBERS = 1024
_NO_RATIO = 1 << 20  # bytes; less may be packed as well as it likes


class BodyDecoder:
    """Undoes the content coding of one body, step by step.

    Args:
        coding: The `Content-Encoding` header.
        policy: The bounds.

    Attributes:
        wire_bytes: Taken so far.

    Raises:
        FetchError: kind `encoding` for a coding that was not asked for.
    """

    def __init__(self, coding: str, policy: FetchPolicy) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in _PLAIN | _PACKED:
            raise FetchError(
                "the answer is encoded in a way that was not asked for", kind="encoding"
            )
        self._policy = policy
        self._body = bytearray()
        self._unpacker: zlib._Decompress | None = None
        self._members = 0
        self._rest = b""
        self._is_over = False
        self._is_full = False
        self.wire_bytes = 0

    @property
    def is_plain(self) -> bool:
        """Whether the body comes as it is."""
        return self._coding in _PLAIN

    @property
    def size(self) -> int:
        """Bytes decoded so far."""
        return len(self._body)

    def feed(self, chunk: bytes) -> Iterator[None]:
        """Take the next bytes as they came, in steps between which others may have their turn.

        Raises:
            FetchError: kind `too-big`, or `encoding` if they cannot be unpacked.
        """
        self.wire_bytes += len(chunk)
        if self.wire_bytes > self._policy.max_wire_bytes:
            raise too_big(self._policy.max_wire_bytes)
        if self.is_plain:
            self._keep(chunk)
            yield
            return
        self._rest += chunk
        while self._has_more():
            self._unpack()
            yield

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            FetchError: kind `truncated` if the end is missing.
        """
        if self._unpacker is not None and not self._unpacker.eof:
            raise FetchError("the answer breaks off", kind="truncated", retryable=True)
        return bytes(self._body)

    def _has_more(self) -> bool:
        """Whether there is something to unpack, which at the end of a member must be another member.

        What else follows is left alone, as gzip(1) does: what came before it is whole and checked.
        """
        if self._unpacker is not None and self._unpacker.eof and not self._is_over:
            head = self._rest[: len(_MAGIC)]
            if self._coding == "deflate" or not _MAGIC.startswith(head):
                self._is_over = True
            elif len(head) < len(_MAGIC):
                return False
        if self._is_over:
            self._rest = b""
        return bool(self._rest) or self._is_full

    def _unpack(self) -> None:
        if self._unpacker is None or self._unpacker.eof:
            self._members += 1
            if self._members > _MAX_MEMBERS:
                raise FetchError("the answer is packed in too many pieces", kind="encoding")
            self._unpacker = zlib.decompressobj(self._window(self._rest[0]))
        try:
            part = self._unpacker.decompress(self._rest, _STEP)
        except zlib.error as error:
            raise FetchError(
                "the answer cannot be unpacked", kind="encoding", retryable=True
            ) from error
        self._rest = self._unpacker.unused_data or self._unpacker.unconsumed_tail
        # What did not fit may be inside the unpacker, its source used up.
        self._is_full = len(part) == _STEP and not self._unpacker.eof
        self._keep(part)
        if len(self._body) > max(_NO_RATIO, self.wire_bytes * self._policy.max_ratio):
            raise FetchError("the answer is packed like a bomb", kind="too-big")

    def _keep(self, part: bytes) -> None:
        self._body += part
        if len(self._body) > self._policy.max_bytes:
            raise too_big(self._policy.max_bytes)

    def _window(self, first: int) -> int:
        if self._coding != "deflate":
            return _GZIP
        return zlib.MAX_WBITS if first & 0x0F == _ZLIB_METHOD else _RAW


def too_big(limit: int) -> FetchError:
    """The error of a body with more than so many bytes."""
    return FetchError(
        f"the answer has more than {limit} bytes (`fetch: max_bytes:` in the sources file)",
        kind="too-big",
    )
