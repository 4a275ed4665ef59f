"""What one page may take, kept by the kernel: neither C code nor a swallowed exception outlives it."""

from __future__ import annotations

import contextlib
import math
import resource
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_FILES = 256
_NO_STATM_BYTES = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Limits:
    """What one page may take.

    Attributes:
        cpu_seconds: CPU time; the kernel counts whole seconds.
        wall_seconds: Time on the clock, waiting for Redis included: the last resort against what hangs
            without using the CPU.
        memory_bytes: Address space beyond what the process has before its first page.
    """

    cpu_seconds: int = 20
    wall_seconds: float = 300.0
    memory_bytes: int = 1024**3


def confine(memory_bytes: int) -> None:
    """Bound the memory and the files of this process for good, and have it leave no core behind.

    Args:
        memory_bytes: As in `Limits`. Beyond it Python raises MemoryError, and C code fails or crashes.
    """
    _lower(resource.RLIMIT_CORE, 0)
    _lower(resource.RLIMIT_NOFILE, _FILES)
    _lower(resource.RLIMIT_AS, _address_space() + memory_bytes)


@contextlib.contextmanager
def page_limits(limits: Limits) -> Iterator[None]:
    """Have the kernel end this process if the work in the context takes too long.

    By SIGXCPU for the CPU time, by SIGALRM for the time on the clock.
    """
    limit_cpu(limits.cpu_seconds)
    signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def limit_cpu(seconds: int) -> None:
    """Have the kernel end this process by SIGXCPU after so much more CPU time."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time()) + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (_least(soft, hard), hard))


def _address_space() -> int:
    """Bytes of address space that this process has."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return _NO_STATM_BYTES
    return pages * resource.getpagesize()


def _lower(which: int, value: int) -> None:
    """Lower a limit, never beyond what this process is allowed already."""
    _, hard = resource.getrlimit(which)
    lowest = _least(value, hard)
    resource.setrlimit(which, (lowest, lowest))


def _least(value: int, hard: int) -> int:
    return value if hard == resource.RLIM_INFINITY else min(value, hard)
