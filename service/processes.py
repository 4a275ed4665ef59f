"""Which process this is, and whether another one of the same machine is dead."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_START_FIELD = 19  # of /proc/PID/stat, counted from the state, which is the first after the name


@dataclass(frozen=True, slots=True)
class ThisProcess:
    """A process, told apart from every other one that there was or will be.

    Attributes:
        host: Name of its host.
        pid: Its number, in its namespace.
        machine: The boot of the machine and the namespace that `pid` belongs to; empty where that cannot be known.
        start: When it was started, in the machine's own count.
    """

    host: str
    pid: int
    machine: str
    start: int

    @classmethod
    def now(cls) -> ThisProcess:
        """The running process."""
        pid = os.getpid()
        return cls(socket.gethostname(), pid, _machine(), _start_of(pid) or 0)

    def to_json(self) -> dict[str, Any]:
        """For `is_dead`."""
        return {
            "host": self.host,
            "pid": self.pid,
            "machine": self.machine,
            "start": self.start,
        }


def is_dead(other: Mapping[str, Any], this: ThisProcess) -> bool:
    """Whether a process is surely dead; False for one that cannot be seen from here.

    Args:
        other: What `ThisProcess.to_json` said of it.
        this: The running process.
    """
    if not this.machine or other.get("machine") != this.machine:
        return False
    pid = other.get("pid")
    return isinstance(pid, int) and _start_of(pid) != other.get("start")


def _machine() -> str:
    """Empty without Linux' /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # Another container has another namespace, in which the same numbers mean other processes.
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _start_of(pid: int) -> int | None:
    """When the process was started, in ticks since the boot; None if there is none, or only what is left of one."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name may hold anything, spaces and brackets too
    return None if fields[0] in "ZX" else int(fields[_START_FIELD])
