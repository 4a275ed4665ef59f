"""A clock that can be set wrong for the programs of a plant, without touching the machine's.

A small library is put in front of the system's (`faults_clock.c`); it adds the seconds that stand in a file.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

_SOURCE = Path(__file__).with_name("faults_clock.c")


class Clock:
    """The time of day as some programs see it.

    Args:
        folder: Where the library and the file of seconds are put.
    """

    def __init__(self, folder: Path) -> None:
        self._library = folder / "clock.so"
        self._offset = folder / "clock.offset"
        self._offset.write_bytes(struct.pack("l", 0))
        compiler = shutil.which("cc") or "cc"
        flags = ["-O2", "-shared", "-fPIC", "-o", str(self._library)]
        subprocess.run([compiler, *flags, str(_SOURCE), "-ldl"], check=True)

    @property
    def environment(self) -> dict[str, str]:
        """What a program has to be started with to see this clock."""
        return {"LD_PRELOAD": str(self._library), "BENCH_CLOCK": str(self._offset)}

    def step(self, seconds: int) -> None:
        """Set the clock forwards, or (negative) backwards, beside the machine's."""
        with self._offset.open("r+b") as file:
            file.write(struct.pack("l", seconds))


def is_possible() -> bool:
    """Whether this machine has a C compiler."""
    return shutil.which("cc") is not None
