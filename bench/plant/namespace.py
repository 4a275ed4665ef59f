"""A second host: a network namespace of Linux, and a pair of virtual cables into it. For root only."""

from __future__ import annotations

import os
import subprocess
from typing import Self

_NET = "10.213.{number}.{end}"
_OUTSIDE, _INSIDE = 1, 2


class Namespace:
    """A host of its own behind one cable, while the `with` block runs.

    Args:
        name: Of the namespace, at most 9 letters; several at a time need different names and numbers.
        number: Of its network, 0 to 255.
    """

    def __init__(self, name: str, number: int = 7) -> None:
        self.name = name
        self.outside = _NET.format(number=number, end=_OUTSIDE)
        self.inside = _NET.format(number=number, end=_INSIDE)

    @staticmethod
    def possible() -> bool:
        """Whether this process may make one."""
        if os.geteuid() != 0:
            return False
        try:
            done = subprocess.run(
                ["unshare", "--net", "ip", "link", "show", "lo"], check=False, capture_output=True
            )
        except OSError:
            return False
        return done.returncode == 0

    @property
    def prefix(self) -> tuple[str, ...]:
        """What to put before a command to run it there."""
        return ("/usr/bin/env", "ip", "netns", "exec", self.name)

    def __enter__(self) -> Self:
        self._remove()
        near, far = f"{self.name}-o", f"{self.name}-i"
        try:
            _ip("netns", "add", self.name)
            _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", self.name)
            _ip("address", "add", f"{self.outside}/30", "dev", near)
            _ip("link", "set", near, "up")
            inside = ("-n", self.name)
            _ip(*inside, "address", "add", f"{self.inside}/30", "dev", far)
            _ip(*inside, "link", "set", far, "up")
            _ip(*inside, "link", "set", "lo", "up")
        except subprocess.CalledProcessError:
            self._remove()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._remove()

    def cut(self) -> None:
        """Pull the cable: nothing gets through, and nobody is told."""
        _ip("link", "set", f"{self.name}-o", "down")

    def mend(self) -> None:
        """Put the cable back."""
        _ip("link", "set", f"{self.name}-o", "up")

    def _remove(self) -> None:
        for command in (("netns", "delete", self.name), ("link", "delete", f"{self.name}-o")):
            subprocess.run(["ip", *command], check=False, capture_output=True)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
