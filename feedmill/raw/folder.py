"""The folder of the WARC files: what is in it, what a crash has left, and what is too old or too much."""

from __future__ import annotations

import contextlib
import fcntl
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from feedmill.raw.reference import NAME

OPEN_ENDING = ".open"  # of a file that is being written
GZIP = 31  # as zlib's `wbits`
_CHUNK = 1 << 18
_UNPACKED = 1 << 20  # bytes at a time of what strangers may have made to unpack to gigabytes


class RawFile(NamedTuple):
    """A file of raw pages: where it is, its bytes, when it was last written to (Unix seconds), whether it is finished."""

    path: Path
    bytes: int
    written_at: float
    is_finished: bool


def files(folder: Path) -> list[RawFile]:
    """The files of a folder, the one that was last written to last. No folder has none.

    Raises:
        OSError: The folder may not be read.
    """
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in folder.iterdir():
            if not NAME.fullmatch(path.name.removesuffix(OPEN_ENDING)):
                continue
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                is_finished = not path.name.endswith(OPEN_ENDING)
                found.append(RawFile(path, status.st_size, status.st_mtime, is_finished))
    return sorted(found, key=lambda file: (file.written_at, file.path))


def prune(folder: Path, *, before: float, max_bytes: int) -> int:
    """Remove finished files that are too old, and then the oldest while there are too many bytes.

    Args:
        folder: The folder.
        before: What was last written to before that goes (Unix seconds).
        max_bytes: What all files may have together.

    Returns:
        How many were removed.

    Raises:
        OSError: A file cannot be removed.
    """
    kept = files(folder)
    total = sum(file.bytes for file in kept)
    removed = 0
    for file in kept:
        if file.is_finished and (file.written_at < before or total > max_bytes):
            file.path.unlink(missing_ok=True)
            total -= file.bytes
            removed += 1
    return removed


def finish_left(folder: Path) -> int:
    """Finish the files that a service which was killed has left: what is torn at the end goes, the rest is whole.

    Files that another service is writing to are left alone.

    Returns:
        How many were finished.

    Raises:
        OSError: A file cannot be read or written.
    """
    left = [file.path for file in files(folder) if not file.is_finished]
    return sum(_finish(path) for path in left)


def finish(file: BinaryIO, path: Path) -> None:
    """Write a file to the disk for good, and give it its name.

    Args:
        file: The file, open for writing.
        path: Its path with `OPEN_ENDING`.

    Raises:
        OSError: That did not go well.
    """
    os.fsync(file.fileno())
    path.rename(path.with_name(path.name.removesuffix(OPEN_ENDING)))
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def lock(file: BinaryIO) -> None:
    """Claim a file for this process until it is closed.

    Raises:
        BlockingIOError: Another one has it.
    """
    fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def _finish(path: Path) -> bool:
    with path.open("r+b") as file:
        try:
            lock(file)
        except BlockingIOError:
            return False
        *_, end = (0, *_member_ends(file))
        if end == 0:
            path.unlink(missing_ok=True)
            return True
        file.truncate(end)
        finish(file, path)
    return True


def _member_ends(file: BinaryIO) -> Iterator[int]:
    """Where the members of a gzip file end that are whole, up to the first that is not."""
    member, left, read = zlib.decompressobj(GZIP), b"", 0
    while True:
        if not left:
            left = file.read(_CHUNK)
            read += len(left)
            if not left:
                return
        try:
            member.decompress(left, _UNPACKED)
        except zlib.error:
            return
        left = member.unconsumed_tail
        if member.eof:
            left = member.unused_data
            yield read - len(left)
            member = zlib.decompressobj(GZIP)
