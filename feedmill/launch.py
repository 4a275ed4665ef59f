"""Start a program that ends with its parent, even when the parent is killed with SIGKILL.

`python -m feedmill.launch PARENT_PID SIGNAL COMMAND ...` asks the kernel for SIGNAL at the parent's death and
becomes COMMAND. A program of its own rather than a `preexec_fn`, which is not safe in a process
with threads. Linux only; elsewhere the command just runs.

The kernel counts the death of the *thread* that started the child: start such children from the main thread.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def with_parent(command: list[str], *, number: signal.Signals = signal.SIGTERM) -> list[str]:
    """The command line that runs `command` for as long as the calling process lives.

    Args:
        command: The absolute path of the executable, and its arguments.
        number: The signal that it gets when the calling process ends.
    """
    launch = [sys.executable, "-m", "feedmill.launch", str(os.getpid()), str(number.value)]
    return [*launch, *command]


def die_with_parent(number: signal.Signals) -> None:
    """Ask the kernel to send this process a signal when its parent ends. Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)


def main(argv: list[str]) -> None:
    """Become the command. Ends at once if the parent has died in the meantime."""
    parent, number, command = int(argv[0]), int(argv[1]), argv[2:]
    die_with_parent(signal.Signals(number))
    if sys.platform == "linux" and os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606 - no shell is what is wanted


if __name__ == "__main__":
    main(sys.argv[1:])
