"""What a parser may do to its process. Run in processes of the pool only."""

from __future__ import annotations

import ctypes
import time


def segfault() -> None:
    """Read where nothing is, as a C library with a fault does."""
    ctypes.string_at(0)


def spin(seconds: float) -> str:
    """Be busy."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass
    return "done"


def hog(size: int) -> int:
    """Take memory."""
    return len(bytearray(size))


def fail() -> None:
    """Raise what no parser should."""
    raise ZeroDivisionError("a secret of a stranger")


def echo(*args: object, **kwargs: object) -> object:
    """Give back what came."""
    return args, kwargs
