"""Decoding a body while it streams in, so that its bounds hold for what it unpacks to.

The client library's own decoding takes a body that breaks off in the middle for whole.
"""

from __future__ import annotations

import zlib

from feedmill.errors import FetchError

ACCEPT_ENCODING = "gzip, deflate"
_GZIP = zlib.MAX_WBITS | 16
_RAW = -zlib.MAX_WBITS
_ZLIB_METHOD = 8  # low half of a zlib stream's first byte (RFC 1950); raw deflate has another


class BodyDecoder:
    """Undoes the content coding of one body, chunk by chunk.

    Args:
        coding: The `Content-Encoding` header.
        limit: Bytes that the body may have when decoded.

    Raises:
        FetchError: kind `protocol` for a coding that was not asked for.
    """

    def __init__(self, coding: str, limit: int) -> None:
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise _error("the answer is encoded in a way that was not asked for")
        self._limit = limit
        self._body = bytearray()
        self._unpacker: zlib._Decompress | None = None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes as they came.

        Raises:
            FetchError: kind `too-big`, or `protocol` if they cannot be unpacked.
        """
        if self._coding in {"", "identity"}:
            self._body += chunk
        else:
            self._unpack(chunk)
        if len(self._body) > self._limit:
            raise FetchError(
                f"the answer has more than {self._limit} bytes (`fetch: max_bytes:` in the sources "
                "file)",
                kind="too-big",
            )

    def finish(self) -> bytes:
        """The whole body.

        Raises:
            FetchError: kind `protocol` if the end is missing.
        """
        if self._unpacker is not None and not self._unpacker.eof:
            raise _error("the answer breaks off")
        return bytes(self._body)

    def _unpack(self, chunk: bytes) -> None:
        while chunk and len(self._body) <= self._limit:
            if self._unpacker is None or self._unpacker.eof:  # gzip may have several members
                self._unpacker = zlib.decompressobj(self._window(chunk[0]))
            try:
                # One byte more than allowed is enough to know that it is too much.
                self._body += self._unpacker.decompress(chunk, self._limit + 1 - len(self._body))
            except zlib.error as error:
                raise _error("the answer cannot be unpacked") from error
            chunk = self._unpacker.unused_data if self._unpacker.eof else b""

    def _window(self, first: int) -> int:
        if self._coding != "deflate":
            return _GZIP
        return zlib.MAX_WBITS if first & 0x0F == _ZLIB_METHOD else _RAW


def _error(message: str) -> FetchError:
    return FetchError(message, kind="protocol", retryable=True)
