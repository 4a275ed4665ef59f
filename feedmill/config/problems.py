"""What can be wrong with a configuration, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """A spot in a file: what an editor jumps to, and the path of keys that leads there."""

    file: str
    line: int
    column: int
    path: str = ""

    def __str__(self) -> str:
        spot = f"{self.file}:{self.line}:{self.column}"
        return f"{spot}: {self.path}" if self.path else spot

    @property
    def spot(self) -> str:
        """`file:line:column` alone, for a sentence that points there."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One mistake at one place; its text is one line."""

    place: Place
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


class Located(Protocol):
    """A file whose parts have places: YAML or OPML."""

    file: Path

    def place(self, path: Sequence[str | int], *, at_key: bool = False) -> Place:
        """Where the value at the path begins, or its key."""

    def report(self, path: Sequence[str | int], text: str, *, at_key: bool = False) -> None:
        """Note a mistake."""

    def written(self, path: Sequence[str | int]) -> str | None:
        """The text at the path as it was before its `${...}` were replaced, if it had any."""


class UnreadableError(Exception):
    """The file as a whole cannot be used, so nothing in it was looked at."""

    def __init__(self, text: str, line: int = 1, column: int = 1) -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.column = column


class UnexpectedError(ValueError):
    """A value is not of the expected form; the message goes on with what was found instead.

    A value that must never be repeated, such as an address with a password, is refused with a
    plain ValueError instead: its sentence is shown alone.

    Args:
        expected: A sentence that begins with "expected".
        detail: What is wrong in particular. It may quote the value, so it is left out when the
            value came from the environment.
        choices: The accepted values, to suggest the nearest.
    """

    def __init__(self, expected: str, *, detail: str = "", choices: Sequence[str] = ()) -> None:
        super().__init__(expected)
        self.expected = expected
        self.detail = detail
        self.choices = choices
