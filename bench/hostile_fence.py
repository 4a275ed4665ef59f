"""The fence around hostile cases: whatever fails, nothing is connected to outside the loopback."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from unittest.mock import patch

Breach = tuple[str, int]


@contextlib.contextmanager
def fence() -> Iterator[list[Breach]]:
    """Refuse and record every connection of this process to an address outside the loopback.

    Yields:
        The addresses that were refused, in their order.
    """
    breaches: list[Breach] = []
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def check(made: socket.socket, address: Any) -> None:
        if made.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            breaches.append((str(address[0]), int(address[1])))
            raise OSError(f"the fence refuses {address[0]}")

    def fenced(made: socket.socket, address: Any) -> None:
        check(made, address)
        connect(made, address)

    def fenced_ex(made: socket.socket, address: Any) -> int:
        check(made, address)
        return connect_ex(made, address)

    with (
        patch.object(socket.socket, "connect", fenced),
        patch.object(socket.socket, "connect_ex", fenced_ex),
    ):
        yield breaches


def _is_loopback(host: Any) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
