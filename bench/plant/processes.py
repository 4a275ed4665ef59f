"""Processes of a plant: started, signalled and measured as whole trees, and gone at the end. Linux only."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from feedmill.launch import with_parent

_PROC = Path("/proc")
_TICK = os.sysconf("SC_CLK_TCK")
_OWN_AND_CHILDREN = slice(11, 15)  # utime, stime, cutime, cstime, counted from the state
_STARTED = 19


class Program:
    """One program and all that it starts. It ends with this process, however that ends.

    Args:
        name: Of its log.
        command: The absolute path of the executable, and its arguments.
        folder: Where it runs, and where its log is put.
        environment: Of its process.
    """

    def __init__(
        self, name: str, command: Sequence[str], folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log = folder / f"{name}.log"
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                with_parent(list(command), number=signal.SIGKILL),
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._spent = 0.0

    @property
    def pid(self) -> int:
        """Of the program itself."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    @property
    def code(self) -> int | None:
        """What it ended with; None while it runs."""
        return self._process.poll()

    def tree(self) -> list[int]:
        """Its process id and those of all that it has started, directly or not."""
        return tree(self.pid) if self.alive else []

    def cpu_seconds(self) -> float:
        """CPU time of the whole tree, children that have ended included."""
        self._spent = max(self._spent, sum(map(cpu_seconds, self.tree())))
        return self._spent

    def memory_bytes(self) -> int:
        """Memory of the whole tree; what several share is counted once."""
        return sum(map(memory_bytes, self.tree()))

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, and nobody else."""
        if self.alive:
            self._process.send_signal(number)

    def pause(self) -> None:
        """Stop it where it is."""
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self.send(signal.SIGCONT)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone. What it has started is left alone."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def kill_tree(self) -> None:
        """SIGKILL to it and to all that it has started."""
        pids = self.tree()
        for pid in pids:
            _kill(pid)
        self._process.wait()
        wait_until_gone(pids)

    def stop(self, seconds: float = 30.0) -> int | None:
        """SIGTERM, and SIGKILL to the tree if it is not gone after so many seconds. Returns its exit code."""
        self.cpu_seconds()
        begun = {pid: started(pid) for pid in self.tree()}
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)
        if self.alive:
            self.kill_tree()
        for pid, at in begun.items():
            if started(pid) == at:  # and no other process that has its number by now
                _kill(pid)
                wait_until_gone([pid])
        return self._process.returncode


def tree(pid: int) -> list[int]:
    """A process and all that it has started, directly or not."""
    found = [pid]
    for child in children(pid):
        found += tree(child)
    return found


def children(pid: int) -> list[int]:
    """Processes that a process has started, whichever thread of it did."""
    found: list[int] = []
    for task in _PROC.glob(f"{pid}/task/*/children"):
        with contextlib.suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def command_line(pid: int) -> str:
    """Of a process; empty if it is gone."""
    with contextlib.suppress(OSError):
        return (_PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    return ""


def cpu_seconds(pid: int) -> float:
    """CPU time of one process, and of its children that have ended."""
    with contextlib.suppress(OSError):
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return sum(map(int, fields[_OWN_AND_CHILDREN])) / _TICK
    return 0.0


def machine_seconds() -> float:
    """CPU time that the cores of this machine were busy for, whoever it was, since it runs."""
    fields = (_PROC / "stat").read_text().split("\n", 1)[0].split()[1:]
    user, nice, system, _idle, _waiting, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / _TICK


def started(pid: int) -> int | None:
    """When a process was started, in ticks since the machine was; None if it is gone."""
    with contextlib.suppress(OSError):
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return int(fields[_STARTED])
    return None


def memory_bytes(pid: int) -> int:
    """Memory of one process; its share of what it has in common with others."""
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def lives(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    with contextlib.suppress(OSError):
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until_gone(pids: Sequence[int], seconds: float = 10.0) -> None:
    """Wait until none of the processes runs."""
    deadline = time.monotonic() + seconds
    while any(map(lives, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)


@contextlib.contextmanager
def stopped_at_the_end(programs: list[Program]) -> Iterator[None]:
    """Stop all programs of a list, the last one first, whatever happens."""
    try:
        yield
    finally:
        for program in reversed(programs):
            program.stop(10.0)


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
