"""Reading a raw page back, by its place."""

from __future__ import annotations

import zlib
from dataclasses import replace
from pathlib import Path

from feedmill.errors import RawPageError
from feedmill.page import Page
from feedmill.raw import records
from feedmill.raw.folder import GZIP, OPEN_ENDING
from feedmill.raw.reference import RawRef

_MAX_BYTES = 128 * 1024 * 1024  # unpacked; far above what the fetcher lets through


class RawReader:
    """Reads pages from the files of a folder.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, raw_ref: str) -> Page:
        """The page that an article's `raw_ref` leads to. Blocking.

        Raises:
            RawPageError: kind `raw-ref`: it is no such place. `raw-gone`: the file is not there (any more).
                `raw-unreadable`: it may not be read. `raw-format`: what is there is no page.
        """
        ref = RawRef.parse(raw_ref)
        page = records.to_page(_unpacked(self._bytes(ref)))
        return replace(page, raw_ref=raw_ref)

    def has(self, raw_ref: str) -> bool:
        """Whether the file is there."""
        try:
            ref = RawRef.parse(raw_ref)
        except RawPageError:
            return False
        return any((self._folder / (ref.file + ending)).is_file() for ending in ("", OPEN_ENDING))

    def _bytes(self, ref: RawRef) -> bytes:
        path = self._folder / ref.file
        # Twice the finished one: it may be finished just between the two.
        for tried in (path, path.with_name(path.name + OPEN_ENDING), path):
            try:
                with tried.open("rb") as file:
                    file.seek(ref.offset)
                    return file.read(min(ref.length, _MAX_BYTES))
            except FileNotFoundError:
                continue
            except OSError as error:
                raise RawPageError(
                    f"{tried} cannot be read: {error.strerror or error}", kind="raw-unreadable"
                ) from error
        raise RawPageError(
            f"the raw page is kept no longer: there is no {ref.file} in {self._folder}",
            kind="raw-gone",
        )


def _unpacked(data: bytes) -> bytes:
    """The gzip members that lie one after the other."""
    parts: list[bytes] = []
    left = _MAX_BYTES
    try:
        while data and left > 0:
            member = zlib.decompressobj(GZIP)
            parts.append(member.decompress(data, left))
            if not member.eof:
                raise RawPageError("a raw page is cut off, or far too large", kind="raw-format")
            left -= len(parts[-1])
            data = member.unused_data
    except zlib.error as error:
        raise RawPageError("a raw page cannot be unpacked", kind="raw-format") from error
    return b"".join(parts)
