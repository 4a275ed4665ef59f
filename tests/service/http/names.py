"""Made-up host names on loopback, and a clock that is set by hand."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from aiohttp.abc import AbstractResolver, ResolveResult


@dataclass
class Clock:
    """Unix seconds that pass only when a test says so."""

    now: float = 1_780_000_000.0

    def __call__(self) -> float:
        return self.now


class Names(AbstractResolver):
    """A resolver for which every name is one address."""

    def __init__(self, address: str) -> None:
        self.address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=self.address,
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
