"""The guard at the connection: what a name may resolve to, and which address is connected to.

The check that counts is `Guard.open_socket`: it sees the very address that is about to be connected to,
after name resolution, on every hop, for literals too. There is no second look-up after it, so that an
answer that changes between check and use changes nothing.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

from aiohttp import ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from service.http.addresses import Network, is_allowed, is_among
from service.http.policy import FetchPolicy
from service.http.targets import is_inside

__all__ = ["AddressRefusedError", "Guard", "Network", "is_allowed"]

_LOOKED_AT = 64  # answers for a name
_RETURNED = 8


class AddressRefusedError(OSError):
    """The guard does not let this address be connected to."""


class Guard(AbstractResolver):
    """A resolver and a socket factory that let only allowed addresses through.

    Args:
        policy: Returns the policy in force.
        resolver: What names are looked up with; that of the system by default.
    """

    def __init__(
        self, policy: Callable[[], FetchPolicy], resolver: AbstractResolver | None = None
    ) -> None:
        self._policy = policy
        self._is_ours = resolver is None
        self._resolver = resolver or ThreadedResolver()
        self._proxies: frozenset[tuple[str, int]] = frozenset()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Look a name up.

        Raises:
            AddressRefusedError: Any of its addresses is not allowed: a name with both public and private
                addresses is not an accident. The proxy may be anywhere, since the operator has named it.
            OSError: It has none.
        """
        answers = (await self._resolver.resolve(host, port, family))[:_LOOKED_AT]
        if not answers:
            raise OSError("the name has no address")
        if (host.removesuffix(".").lower(), port) == self._proxy():
            self._proxies = frozenset((answer["host"], port) for answer in answers)
        else:
            self._check(host, answers)
        return answers[:_RETURNED]

    async def check_target(self, target: URL) -> None:
        """Look a target up that somebody else, the proxy, will connect to.

        The proxy looks the name up again. What it is told then is beyond this guard: a proxy that can reach
        networks inside needs rules of its own against names that change their minds.

        Raises:
            OSError: As `resolve`.
        """
        host = target.raw_host or ""
        if ":" in host or is_allowed(host, self._policy().allow_networks):
            return  # a literal, which the check of the URL has passed
        answers = await self._resolver.resolve(host, target.port or 0, socket.AF_UNSPEC)
        if not answers:
            raise OSError("the name has no address")
        self._check(host, answers[:_LOOKED_AT])

    def open_socket(self, addr_info: Any) -> socket.socket:
        """Socket factory for aiohttp's connector.

        Raises:
            AddressRefusedError: The address or its port is not allowed.
        """
        family, kind, protocol, _, (host, port, *_rest) = addr_info
        policy = self._policy()
        if (host, port) not in {self._proxy(), *(self._proxies if policy.proxy else ())}:
            if not is_allowed(host, policy.allow_networks):
                raise AddressRefusedError(f"{host} is not a public address")
            if port not in policy.ports:
                raise AddressRefusedError(f"port {port} is not allowed")
        return socket.socket(family, kind, protocol)

    async def close(self) -> None:
        """Close the resolver, unless somebody else has opened it."""
        if self._is_ours:
            await self._resolver.close()

    def _check(self, host: str, answers: list[ResolveResult]) -> None:
        allow = self._policy().allow_networks
        for address in (answer["host"] for answer in answers):
            if not is_allowed(address, allow):
                raise AddressRefusedError(f"{address} is not a public address")
            if is_inside(host) and not is_among(address, allow):
                raise AddressRefusedError(f"{address} is not in an allowed network")

    def _proxy(self) -> tuple[str, int] | None:
        """Host and port of the proxy, as the connector will ask for them."""
        proxy = self._policy().proxy
        if proxy is None:
            return None
        parsed = URL(proxy)
        return (parsed.raw_host or "").removesuffix(".").lower(), parsed.port or 0
