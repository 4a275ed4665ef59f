"""Files that a command is given: names, globs, `-` for standard input, gzipped or not, all with bounds."""

from __future__ import annotations

import glob
import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from feedmill.errors import FileSourceError

MAX_BYTES = 32_000_000  # after decompression; what an extraction takes
_GZIP = b"\x1f\x8b"
_MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
}


@dataclass(frozen=True, slots=True)
class Input:
    """A file that was read; `name` as it was given, `content_type` by its suffix if that tells."""

    name: str
    content: bytes
    content_type: str | None


def expand(arguments: Sequence[str]) -> list[str]:
    """The files that arguments name. A glob that the shell left alone becomes the files it matches."""
    found: list[str] = []
    for argument in arguments:
        is_glob = argument != "-" and glob.has_magic(argument) and not Path(argument).exists()
        matches = sorted(filter(os.path.isfile, _glob(argument))) if is_glob else []
        found += matches or [argument]
    return found


def read(name: str) -> Input:
    """Read one file.

    Raises:
        FileSourceError: It is not there, a folder, not readable, broken, or too big.
    """
    try:
        if name == "-":
            content = _bounded(sys.stdin.buffer)
        else:
            with Path(name).open("rb") as file:
                content = _bounded(file)
    except FileNotFoundError:
        nothing = "no file matches" if glob.has_magic(name) else "there is no such file"
        raise FileSourceError(f"{shown(name)}: {nothing}", kind="file-none") from None
    except IsADirectoryError:
        raise FileSourceError(
            f"{shown(name)} is a folder; name the files in it, such as {shown(name)}/*.html",
            kind="file-folder",
        ) from None
    except OSError as error:
        reason = error.strerror or error
        raise FileSourceError(
            f"{shown(name)}: cannot be read: {reason}", kind="file-unreadable"
        ) from error
    except zlib.error as error:
        raise FileSourceError(
            f"{shown(name)}: is gzipped and broken: {error}", kind="file-unreadable"
        ) from error
    if len(content) > MAX_BYTES:
        raise FileSourceError(f"{shown(name)}: has more than {MAX_BYTES} bytes", kind="too-big")
    suffixes = Path(name.lower().removesuffix(".gz")).suffix
    return Input(shown(name), content, _MEDIA_TYPES.get(suffixes))


def shown(name: str) -> str:
    """A name as text; bytes of it that are no UTF-8 are escaped."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _glob(pattern: str) -> Iterator[str]:
    return glob.iglob(pattern, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns


def _bounded(file: BinaryIO) -> bytes:
    """All bytes, unzipped if they are gzipped; one more than the limit where there are more."""
    content = file.read(MAX_BYTES + 1)
    if not content.startswith(_GZIP):
        return content
    unzip = zlib.decompressobj(wbits=31)
    plain = unzip.decompress(content, MAX_BYTES + 1)
    if not unzip.eof and len(plain) <= MAX_BYTES:
        raise zlib.error("it ends too early")
    return plain
