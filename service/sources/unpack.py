"""The bytes of a local file, which may be gzipped in one member or many, some of them broken."""

from __future__ import annotations

import zlib
from typing import BinaryIO

_MAGIC = b"\x1f\x8b\x08"  # what a member of a gzip file begins with (RFC 1952)
_GZIP = zlib.MAX_WBITS | 16
_READ = 65_536  # bytes read at a time
_STEP = 65_536  # bytes unpacked at a time
_NO_RATIO = 1 << 24  # bytes; less may be packed as well as it likes
_MAX_RATIO = 200.0


class BrokenError(Exception):
    """Something in a file cannot be read; what comes after it may be.

    Args:
        text: What is wrong, for a person.
        offset: Where in the file.
    """

    def __init__(self, text: str, offset: int) -> None:
        super().__init__(text)
        self.text = text
        self.offset = offset


class Unpacked:
    """Reads a file, unpacked if it is gzipped. After a BrokenError it goes on at the next member.

    Args:
        raw: The file, at its beginning.

    Attributes:
        offset: Where in the file the current member begins; of a file that is not gzipped, where the next byte stands.
    """

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self._packed = raw.read(_READ)
        self._is_gzip = self._packed.startswith(_MAGIC[:2])
        self._unpacker: zlib._Decompress | None = None
        self._plain = b""
        self._at = 0  # in _plain
        self._taken = 0  # bytes of the file before _packed
        self._member = 0  # where the current member begins
        self._out = 0  # bytes that it has unpacked to
        self._was_full = False

    @property
    def offset(self) -> int:
        """See the class."""
        return self._member if self._is_gzip else self._taken - (len(self._plain) - self._at)

    def read(self, count: int) -> bytes:
        """So many bytes, or fewer at the end of the file.

        Raises:
            BrokenError: They cannot be unpacked.
        """
        parts = []
        while count and self._fill():
            part = self._plain[self._at : self._at + count]
            self._at += len(part)
            count -= len(part)
            parts.append(part)
        return b"".join(parts)

    def skip(self, count: int) -> bool:
        """Leave so many bytes out; False if the file ends before.

        Raises:
            BrokenError: They cannot be unpacked.
        """
        while count and self._fill():
            step = min(count, len(self._plain) - self._at)
            self._at += step
            count -= step
        return not count

    def readline(self, limit: int) -> bytes:
        """The next line with its end, or so many bytes of it; empty at the end of the file.

        Raises:
            BrokenError: It cannot be unpacked.
        """
        parts = []
        while limit and self._fill():
            end = self._plain.find(b"\n", self._at, self._at + limit)
            stop = self._at + limit if end < 0 else end + 1
            part = self._plain[self._at : stop]
            self._at += len(part)
            limit -= len(part)
            parts.append(part)
            if end >= 0:
                break
        return b"".join(parts)

    def _fill(self) -> bool:
        """Have at least one byte; False at the end of the file."""
        while self._at >= len(self._plain):
            if not self._packed and not self._read_more() and not self._is_full():
                return self._end()
            self._plain, self._at = (self._unpack() if self._is_gzip else self._take()), 0
        return True

    def _read_more(self) -> bool:
        self._packed = self._raw.read(_READ)
        return bool(self._packed)

    def _is_full(self) -> bool:
        """Whether the unpacker may still hold bytes, its source used up."""
        return self._unpacker is not None and not self._unpacker.eof and self._was_full

    def _end(self) -> bool:
        if self._unpacker is not None and not self._unpacker.eof:
            self._unpacker = None
            raise BrokenError("the file breaks off", self._member)
        return False

    def _take(self) -> bytes:
        part, self._packed = self._packed, b""
        self._taken += len(part)
        return part

    def _unpack(self) -> bytes:
        """The next bytes of the member, or of the next one."""
        if self._unpacker is None or self._unpacker.eof:
            self._begin_member()
            if self._unpacker is None:
                return b""
        before = len(self._packed)
        try:
            part = self._unpacker.decompress(self._packed, _STEP)
        except zlib.error as error:
            raise self._broken("a part of the file cannot be unpacked") from error
        self._packed = self._unpacker.unused_data or self._unpacker.unconsumed_tail
        self._taken += before - len(self._packed)
        self._was_full = len(part) == _STEP
        self._out += len(part)
        if self._out > max(_NO_RATIO, (self._taken - self._member) * _MAX_RATIO):
            raise self._broken("a part of the file is packed like a bomb")
        return part

    def _begin_member(self) -> None:
        """Begin the next member; bytes between members that are none are left out."""
        self._unpacker = None
        while True:
            at = self._packed.find(_MAGIC)
            if at >= 0:
                break
            kept = self._packed[-(len(_MAGIC) - 1) :]
            self._taken += len(self._packed) - len(kept)
            more = self._raw.read(_READ)
            if not more:
                self._taken += len(kept)
                self._packed = b""
                return
            self._packed = kept + more
        self._packed = self._packed[at:]
        self._taken += at
        self._member, self._out = self._taken, 0
        self._unpacker = zlib.decompressobj(_GZIP)

    def _broken(self, text: str) -> BrokenError:
        """Give the member up, so that what follows is searched for the next one."""
        self._unpacker = None
        self._plain, self._at = b"", 0
        if self._taken == self._member:  # nothing of it was taken: do not find it again
            self._packed = self._packed[1:]
            self._taken += 1
        return BrokenError(text, self._member)
