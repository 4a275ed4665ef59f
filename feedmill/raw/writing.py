"""Writing raw pages to WARC files, one after the other.

Each record is a gzip member of its own, as the standard recommends, so that a page can be read by itself. A file
has the ending `.open` while it is being written; nothing is ever changed in it but its end.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

from feedmill.page import Page
from feedmill.raw import folder, records
from feedmill.raw.reference import RawRef, file_name

_LEVEL = 1  # of ISA-L: a fifth of the time of zlib's level 1, and smaller


@dataclass(slots=True)
class _Open:
    """The file that is being written to."""

    file: BinaryIO
    path: Path
    begun_at: float
    size: int

    @property
    def name(self) -> str:
        return self.path.name.removesuffix(folder.OPEN_ENDING)


class RawWriter:
    """Writes pages into files of a folder. For one thread at a time.

    Args:
        folder: Where the files are; made when it is needed.
        max_bytes: A file that has become as large is finished, and the next is begun.
        max_seconds: So is one that is as old.
        clock: Unix seconds.
    """

    def __init__(
        self, folder: Path, *, max_bytes: int, max_seconds: float, clock: Callable[[], float]
    ) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._clock = clock
        self._open: _Open | None = None

    @property
    def is_open(self) -> bool:
        """Whether there is a file that is not finished."""
        return self._open is not None

    def write(self, page: Page) -> RawRef:
        """Write a page.

        Raises:
            OSError: It could not be written, and is in no file. The next one is tried again.
        """
        if self._open is not None and os.fstat(self._open.file.fileno()).st_nlink == 0:
            self._abandon()  # somebody has removed the file: what is written to it is in no folder
        opened = self._open = self._open or self._begin()
        offset = opened.size
        _append(opened, b"".join(map(_member, records.of_page(page))))
        ref = RawRef(opened.name, offset, opened.size - offset)
        if opened.size >= self._max_bytes:
            self.close()
        return ref

    def close_if_old(self) -> None:
        """Finish the file if it was begun long enough ago.

        Raises:
            OSError: As `close`.
        """
        if self._open and self._clock() - self._open.begun_at >= self._max_seconds:
            self.close()

    def close(self) -> None:
        """Write what there is to the disk for good.

        Raises:
            OSError: That did not go well.
        """
        opened, self._open = self._open, None
        if opened is not None:
            with opened.file:
                folder.finish(opened.file, opened.path)

    def _begin(self) -> _Open:
        now = self._clock()
        moment = datetime.fromtimestamp(now, UTC)
        # What sites show to subscribers only may be in here, and the embedded server's data beside it.
        for made in (self._folder.parent, self._folder):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = file_name(moment, secrets.token_hex(4))
        path = self._folder / (name + folder.OPEN_ENDING)
        opened = _Open(path.open("xb", buffering=0), path, now, 0)
        try:
            folder.lock(opened.file)
            _append(opened, _member(records.info(name, moment)))
        except OSError:
            opened.file.close()
            path.unlink(missing_ok=True)
            raise
        return opened

    def _abandon(self) -> None:
        if self._open is not None:
            self._open.file.close()
            self._open = None


def _append(opened: _Open, data: bytes) -> None:
    """Write all of it or nothing."""
    left = memoryview(data)
    try:
        while left:
            left = left[opened.file.write(left) :]
    except OSError:
        with contextlib.suppress(OSError):
            opened.file.truncate(opened.size)
            opened.file.seek(opened.size)
        raise
    opened.size += len(data)


def _member(record: bytes) -> bytes:
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, folder.GZIP)
    return bytes(packer.compress(record) + packer.flush())
