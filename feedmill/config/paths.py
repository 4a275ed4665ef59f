"""Paths and glob patterns that stand in a configuration."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SOURCE_ENDINGS = tuple(
    ending + packed for ending in (".txt", ".html", ".htm", ".md") for packed in ("", ".gz")
)
WARC_ENDINGS = (".warc", ".warc.gz")
ENDINGS = SOURCE_ENDINGS + WARC_ENDINGS
CONFIG_ENDINGS = (".yaml", ".yml")
OPML_ENDING = ".opml"
INCLUDE_ENDINGS = (*CONFIG_ENDINGS, OPML_ENDING)
NO_MATCH = "no file matches this pattern"

_GLOB = re.compile(r"[*?\[]")


def has_glob(path: str) -> bool:
    """Say whether the path is a pattern (`*`, `?`, `[...]`) and not the name of one file."""
    return bool(_GLOB.search(path))


def may_end_in(path: str, endings: Sequence[str]) -> bool:
    """Say whether a file that the path or pattern names can have one of the endings."""
    fixed = re.split(r"[*?\]]", path)[-1].lower() if has_glob(path) else path.lower()
    if not has_glob(path):
        return fixed.endswith(tuple(endings))
    return any(fixed.endswith(ending) or ending.endswith(fixed) for ending in endings)


def matches(pattern: str, base: Path, endings: Sequence[str]) -> list[Path]:
    """List the files below `base` that match the pattern and have one of the endings, sorted."""
    found = glob.iglob(pattern, root_dir=base, recursive=True)  # noqa: PTH207 - takes absolute ones too
    files = {base / name for name in found if name.lower().endswith(tuple(endings))}
    return sorted(file for file in files if is_file(file))


def is_file(path: Path) -> bool:
    """Say whether a regular file is there; a name that cannot exist is none."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file() raises for a name that is too long


def absolute(path: Path) -> Path:
    """The path from the root, without `..`; links are not followed."""
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve() would follow links


def shown(path: Path) -> str:
    """Write a path for a message: relative to the current folder when it is below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def no_such_file(base: Path) -> str:
    """Say that a file is missing, and where it was looked for."""
    return f"there is no such file in {shown(base)}"
