"""Local files and globs: text, HTML and Markdown, plain or gzipped."""

from __future__ import annotations

import glob
import gzip
import hashlib
import os
import zlib
from pathlib import Path

from feedmill.errors import FileSourceError
from service.sources.item import Item, Polled

MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
}
MAX_FILES = 100_000


def poll(pattern: str, base: Path, *, max_bytes: int, root: Path | None = None) -> Polled:
    """Read all files of a source. Blocking: call it in a thread.

    A file that cannot be read is a problem of its own and does not stop the others.

    Args:
        pattern: A path or a glob (`**` for any depth), relative to `base` or absolute.
        base: The folder of the file in which the source is configured.
        max_bytes: Largest file that is taken, after decompression.
        root: The folder that articles are named from, `base` if left out.

    Raises:
        FileSourceError: kind `file-none` if a path without glob characters is not there.
    """
    paths = _matches(pattern, base)
    items: list[Item] = []
    problems: list[str] = []
    for path in paths[:MAX_FILES]:
        try:
            items.append(_read(path, root or base, max_bytes))
        except FileSourceError as error:
            problems.append(error.message)
    if len(paths) > MAX_FILES:
        problems.append(f"{pattern}: {len(paths)} files; the first {MAX_FILES} were read")
    return Polled(items=tuple(items), problems=tuple(problems))


def _matches(pattern: str, base: Path) -> list[Path]:
    if not glob.has_magic(pattern):
        path = base / pattern
        if not _is_file(path):
            raise FileSourceError(
                f"{pattern}: there is no such file, or it may not be read",
                kind="file-none",
                retryable=True,
            )
        return [path]
    names = glob.iglob(pattern, root_dir=base, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
    paths = sorted(base / name for name in names)
    # A folder that is linked into itself shows its files many times over.
    distinct = {(os.path.realpath(path.parent), path.name): path for path in reversed(paths)}
    return sorted(path for path in distinct.values() if _is_file(path) and _media_type(path))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


def _media_type(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return next((kind for suffix, kind in MEDIA_TYPES.items() if name.endswith(suffix)), None)


def _read(path: Path, root: Path, max_bytes: int) -> Item:
    try:
        content = _bytes(path, max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileSourceError(f"{path}: cannot be read: {error}", kind="file-unreadable") from error
    if len(content) > max_bytes:
        raise FileSourceError(f"{path}: has more than {max_bytes} bytes", kind="too-big")
    identity = f"file:{_relative(path, root)}"
    return Item(
        key=identity,
        fingerprint=hashlib.blake2b(content, digest_size=16).hexdigest(),
        url=path.resolve().as_uri(),
        identity=identity,
        content=content,
        content_type=_media_type(path),
    )


def _bytes(path: Path, limit: int) -> bytes:
    if path.name.lower().endswith(".gz"):
        with gzip.open(path) as file:
            return file.read(limit)
    with path.open("rb") as file:
        return file.read(limit)


def _relative(path: Path, root: Path) -> str:
    """The path from the root if it lies below it, else the whole path."""
    absolute, root = path.absolute(), root.absolute()
    shown = absolute.relative_to(root) if absolute.is_relative_to(root) else absolute
    # A name that is no UTF-8 is shown with its bytes as \xe9.
    return os.fsencode(shown.as_posix()).decode("utf-8", "backslashreplace")
