"""The recipes of docs/consuming.md as running programs."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from tests.consuming.document import blocks

_PIPE_BYTES = 4096  # a consumer that nobody listens to stands still as soon as this is full


@dataclass(frozen=True)
class Recipe:
    """One recipe: the block it is, how it is run, and what has to be there."""

    file: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Put the program into a folder, just as it stands in the document."""
        for program in self.needs:
            if shutil.which(program) is None:
                pytest.skip(f"the recipe {self.file} needs {program}, which is not installed here")
        (folder / self.file).write_text(blocks()[self.file], encoding="utf-8")


RECIPES = {
    "redis-cli": Recipe("follow.sh", ("bash", "follow.sh"), ("bash", "redis-cli", "jq")),
    "python": Recipe("consume.py", (sys.executable, "-W", "error", "consume.py")),
    "node": Recipe("consume.mjs", ("node", "consume.mjs"), ("node", "npm")),
}


@dataclass(frozen=True)
class Line:
    """What a consumer prints about one entry."""

    entry_id: str
    op: str
    id: str
    rev: int
    title: str | None


class Consumer:
    """A running recipe. A context manager that kills it, always the hard way.

    Args:
        recipe: Which one; it has been written.
        folder: Where.
        environment: Where Redis is, and names.
        stalls: Whether it comes to a stop in the middle of its work when nobody takes its lines.
    """

    def __init__(
        self, recipe: Recipe, folder: Path, environment: dict[str, str], *, stalls: bool = False
    ) -> None:
        reading, writing = _small_pipe() if stalls else _file(folder / "lines")
        self._lines = os.fdopen(reading, "rb", buffering=0)  # takes no more than is asked for
        try:
            self._process = subprocess.Popen(
                recipe.command,
                cwd=folder,
                env=os.environ | environment,
                stdin=subprocess.DEVNULL,
                stdout=writing,
                start_new_session=True,
            )
        finally:
            os.close(writing)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _value: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._kill()
        self._lines.close()

    @property
    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    def take(self, count: int) -> list[Line]:
        """The next lines, as soon as they are there."""
        return [_parse(self._lines.readline()) for _ in range(count)]

    def kill(self) -> list[Line]:
        """End it with SIGKILL; what it had printed and nobody had read."""
        assert self.runs, "the consumer has ended by itself"
        self._kill()
        return [_parse(line) for line in self._lines if line.endswith(b"\n")]

    def _kill(self) -> None:
        if self._process.returncode is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


def _small_pipe() -> tuple[int, int]:
    if not hasattr(fcntl, "F_SETPIPE_SZ"):
        pytest.skip("needs a pipe of a chosen size to hold a consumer up, as Linux has them")
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
    return reading, writing


def _file(path: Path) -> tuple[int, int]:
    writing = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    return os.open(path, os.O_RDONLY), writing


def _parse(line: bytes) -> Line:
    assert line.endswith(b"\n"), f"the consumer has ended, its last line is {line!r}"
    return Line(*json.loads(line))
