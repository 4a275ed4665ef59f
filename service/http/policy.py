"""The bounds on every request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from feedmill import __version__
from service.http.addresses import Network


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """Bounds on every request.

    Attributes:
        user_agent: How the service names itself.
        seconds: For a request in all, redirects included, waiting for the host's turn not.
        connect_seconds: For connecting, per try.
        idle_seconds: Longest silence of the server.
        max_bytes: Of a body after decompression.
        max_wire_bytes: Of a body as it is sent.
        max_ratio: Bytes that one sent byte may unpack to, once the first MiB is unpacked.
        least_rate: Bytes per second that a body must come with ...
        least_rate_after: ... once it has been coming for so many seconds.
        max_redirects: How many redirects are followed.
        allow_networks: Networks that may be asked though they are not public. Any iterable of networks or their text.
        ports: Ports that may be asked. Any iterable.
        most_retry_after: Seconds that a server can ask to wait; more is taken for this.
        connections: At the same time in all; taken when the fetcher is opened.
        proxy: Address of an HTTP proxy that all requests go through; only if it is given here, never from
            the environment. Targets are resolved and checked here before the proxy is asked.
    """

    user_agent: str = f"feedmill/{__version__}"
    seconds: float = 30.0
    connect_seconds: float = 5.0
    idle_seconds: float = 10.0
    max_bytes: int = 10_000_000
    max_wire_bytes: int = 10_000_000
    max_ratio: float = 200.0
    least_rate: float = 200.0
    least_rate_after: float = 10.0
    max_redirects: int = 5
    allow_networks: tuple[Network, ...] = ()
    ports: frozenset[int] = frozenset({80, 443, 8080, 8443})
    most_retry_after: float = 7 * 86_400.0
    connections: int = 50
    proxy: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "allow_networks", networks_of(self.allow_networks))
        object.__setattr__(self, "ports", frozenset(int(port) for port in self.ports))


def networks_of(given: Iterable[Any] | str) -> tuple[Network, ...]:
    """Networks, given as such or as text.

    Raises:
        ValueError: One of them is none.
    """
    texts = [given] if isinstance(given, str) else given
    return tuple(ip_network(str(text), strict=False) for text in texts)
