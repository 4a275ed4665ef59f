"""A small disk that can be filled: a tmpfs, or nothing where mounting is not allowed."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILL = 1 << 14  # bytes


@dataclass(frozen=True, slots=True)
class Disk:
    """A file system of its own at `folder`."""

    folder: Path

    def fill(self) -> None:
        """Leave not a byte."""
        with contextlib.suppress(OSError), self._ballast.open("ab", buffering=0) as file:
            while file.write(b"\0" * _FILL):
                pass

    def free(self) -> None:
        """Take away what `fill` has written."""
        self._ballast.unlink(missing_ok=True)

    @property
    def _ballast(self) -> Path:
        return self.folder / "ballast"


@contextlib.contextmanager
def small_disk(folder: Path, *, megabytes: int) -> Iterator[Disk]:
    """Mount a tmpfs at `folder`, which is made, and take it away again."""
    folder.mkdir(parents=True)
    options = ["-t", "tmpfs", "-o", f"size={megabytes}m,mode=700"]
    subprocess.run(["mount", *options, "bench", str(folder)], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def is_possible() -> bool:
    """Whether this process may mount."""
    return os.geteuid() == 0
