"""How far a command is, once it takes longer than two seconds: in place on a terminal, else a line now and then."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.status import Status

_PATIENCE = 2.0  # seconds
_LINE_EVERY = 10.0  # seconds
_UPDATE_EVERY = 0.1  # seconds


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that is told how far things are, in a few words, as often as one likes."""
    shown = _Shown()
    try:
        yield shown.tell
    finally:
        shown.end()


class _Shown:
    def __init__(self) -> None:
        self._next = time.monotonic() + _PATIENCE
        self._status: Status | None = None

    def tell(self, text: str) -> None:
        now = time.monotonic()
        if now < self._next:
            return
        if sys.stderr.isatty():
            self._next = now + _UPDATE_EVERY
            self._on_terminal(text)
        else:
            self._next = now + _LINE_EVERY
            click.echo(text, err=True)

    def end(self) -> None:
        if self._status is not None:
            self._status.stop()

    def _on_terminal(self, text: str) -> None:
        from rich.console import Console
        from rich.status import Status

        if self._status is None:
            self._status = Status(text, console=Console(stderr=True))
            self._status.start()
        self._status.update(text)
