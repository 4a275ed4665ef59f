"""How much processes grow at their peak. Linux tells; elsewhere only the peak of the whole run is known."""

from __future__ import annotations

import contextlib
import os
import resource
from pathlib import Path

_PROC = Path("/proc")
_RESET_PEAK = "5"  # see proc(5), clear_refs


class Memory:
    """Peak growth of this process and its children since this was made, in megabytes."""

    def __init__(self) -> None:
        pids = [os.getpid(), *_children()]
        for pid in pids:
            with contextlib.suppress(OSError):
                (_PROC / str(pid) / "clear_refs").write_text(_RESET_PEAK)
        self._before = {pid: _megabytes(pid, "VmRSS") for pid in pids}
        self._whole = _peak_of_all()

    def growth(self) -> tuple[float, float]:
        """Of this process, and of the child that grew most."""
        if not _PROC.is_dir():
            return _peak_of_all() - self._whole, 0.0
        own = os.getpid()
        # What was not there before, or has taken another's place, is measured by what it has come to.
        grown = {
            pid: _megabytes(pid, "VmHWM") - self._before.get(pid, _megabytes(pid, "VmRSS"))
            for pid in (own, *_children())
        }
        return max(grown.pop(own), 0.0), max(grown.values(), default=0.0)


def _children() -> list[int]:
    found: list[int] = []
    for task in _PROC.glob(f"{os.getpid()}/task/*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def _megabytes(pid: int, field: str) -> float:
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "status").read_text().splitlines():
            if line.startswith(f"{field}:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _peak_of_all() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
