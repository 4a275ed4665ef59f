"""Pages that really end or hang the process that works on them.

No page is known that makes today's libraries crash, so the crash is put into the workers of the plant: they are
started with a `sitecustomize` (`environment`) that wraps `workers.extract.read`, which then does what a marker in the
page says. Nothing of this is in the product. What happens is real: a segmentation fault, a loop in C that looks
at no signal and holds the interpreter, a loop that swallows every exception, memory without end.
"""

from __future__ import annotations

import collections
import ctypes
import functools
import itertools
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

_SITECUSTOMIZE = "from bench import faults_poison\nfaults_poison.install()\n"
_MEGABYTE = 1 << 20
_EATEN = 4096  # megabytes


def marker(deed: str) -> str:
    """What makes a page do one of `DEEDS`."""
    return f"poison-for-{deed}"


def environment(folder: Path) -> dict[str, str]:
    """What workers have to be started with for poison to work on them; `folder` is given the hook."""
    (folder / "sitecustomize.py").write_text(_SITECUSTOMIZE, encoding="utf-8")
    paths = [str(folder), str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH", "")]
    return {"PYTHONPATH": os.pathsep.join(filter(None, paths))}


def install() -> None:
    """Wrap the reading of pages, if this process is a worker."""
    if "workers" not in sys.orig_argv[1:4]:
        return
    from workers import extract  # noqa: PLC0415 - in workers only

    real = extract.read

    @functools.wraps(real)
    def read(content: bytes, **more: Any) -> Any:
        for deed, do in DEEDS.items():
            if marker(deed).encode() in content:
                do()
        return real(content, **more)

    extract.read = read


def _crash() -> None:
    ctypes.string_at(0)


def _loop_in_c() -> None:
    """Look at no signal and let no other thread run: only the kernel can end this."""
    collections.deque(itertools.repeat(None), maxlen=0)


def _loop_on() -> NoReturn:
    """Swallow whatever is raised to end it, as some libraries do."""
    while True:
        try:
            while True:
                pass
        except Exception:  # noqa: BLE001 - that is the poison
            continue


def _eat() -> None:
    hoard = [b"x" * _MEGABYTE for _ in range(_EATEN)]
    time.sleep(len(hoard))


DEEDS: Mapping[str, Callable[[], None]] = {
    "crash": _crash,
    "loop": _loop_in_c,
    "swallow": _loop_on,
    "memory": _eat,
}
"""By name, what a page can do to the process that works on it."""
