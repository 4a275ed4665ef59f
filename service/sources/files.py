"""Local files and globs: text, HTML and Markdown, plain or gzipped."""

from __future__ import annotations

import glob
import gzip
import hashlib
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


def poll(pattern: str, base: Path, *, max_bytes: int) -> Polled:
    """Read all files of a source. Blocking: call it in a thread.

    A file that cannot be read is a problem of its own and does not stop the others.

    Args:
        pattern: A path or a glob (`**` for any depth), relative to `base` or absolute.
        base: The folder of the file in which the source is configured.
        max_bytes: Largest file that is taken, after decompression.

    Raises:
        FileSourceError: kind `file-none` if a path without glob characters is not there.
    """
    paths = _matches(pattern, base)
    items: list[Item] = []
    problems: list[str] = []
    for path in paths[:MAX_FILES]:
        try:
            items.append(_read(path, base, max_bytes))
        except FileSourceError as error:
            problems.append(error.message)
    if len(paths) > MAX_FILES:
        problems.append(f"{pattern}: {len(paths)} files; the first {MAX_FILES} were read")
    return Polled(items=tuple(items), problems=tuple(problems))


def _matches(pattern: str, base: Path) -> list[Path]:
    if not glob.has_magic(pattern):
        path = base / pattern
        if not path.is_file():
            raise FileSourceError(
                f"{pattern}: there is no such file", kind="file-none", retryable=True
            )
        return [path]
    names = glob.iglob(pattern, root_dir=base, recursive=True)  # noqa: PTH207 - Path.glob refuses absolute patterns
    paths = (base / name for name in names)
    return sorted(path for path in paths if path.is_file() and _media_type(path))


def _media_type(path: Path) -> str | None:
    name = path.name.lower().removesuffix(".gz")
    return next((kind for suffix, kind in MEDIA_TYPES.items() if name.endswith(suffix)), None)


def _read(path: Path, base: Path, max_bytes: int) -> Item:
    try:
        content = _bytes(path, max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FileSourceError(f"{path}: cannot be read: {error}", kind="file-unreadable") from error
    if len(content) > max_bytes:
        raise FileSourceError(f"{path}: has more than {max_bytes} bytes", kind="too-big")
    identity = f"file:{_relative(path, base)}"
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


def _relative(path: Path, base: Path) -> str:
    """The path from the configuration's folder if it lies below it, else the whole path."""
    absolute, root = path.absolute(), base.absolute()
    return (absolute.relative_to(root) if absolute.is_relative_to(root) else absolute).as_posix()
