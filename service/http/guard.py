"""Which addresses may be asked: public ones, and private ones the operator has allowed.

The check that counts is `socket_for`: it sees the very address that is about to be connected to, after
name resolution, on every hop.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from yarl import URL

from feedmill.errors import FetchError

Network = IPv4Network | IPv6Network

# Special networks that `ipaddress` calls global in some Python version; see IANA's special-purpose
# registries and, for the two /32, the metadata services of cloud providers.
_REFUSED: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        *("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15"),
        *("224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32", "::/96", "64:ff9b::/96"),
        *("64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001:db8::/32"),
        *("2002::/16", "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8"),
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # RFC 5214: an IPv4 address hides in the interface id


class AddressRefusedError(OSError):
    """The guard does not let this address be connected to."""


def is_allowed(host: str, allow: Iterable[Network]) -> bool:
    """Whether an IP address may be connected to.

    Args:
        host: The address as text.
        allow: Networks the operator has allowed beyond the public ones.
    """
    if "%" in host:
        return False
    address = ip_address(host)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if any(address in network for network in allow):
        return True
    if isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    is_public = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_public and not any(address in network for network in _REFUSED)


def socket_factory(allow: tuple[Network, ...]) -> Callable[[Any], socket.socket]:
    """A socket factory for aiohttp's connector that opens sockets to allowed addresses only."""

    def socket_for(addr_info: Any) -> socket.socket:
        family, kind, protocol, _, address = addr_info
        if not is_allowed(address[0], allow):
            raise AddressRefusedError(f"{address[0]} is not a public address")
        return socket.socket(family, kind, protocol)

    return socket_for


def check_url(url: str, ports: Iterable[int]) -> URL:
    """Parse an address with the parser that the client itself uses, and check its form.

    Raises:
        FetchError: kind `url-refused`: not http(s), no host, a user part, or a port not in `ports`.
    """
    try:
        parsed = URL(url.strip())
        host, port = parsed.host, parsed.port
        has_user = parsed.user is not None or parsed.password is not None
    except (ValueError, IndexError) as error:
        raise FetchError("the address cannot be read", kind="url-refused") from error
    if parsed.scheme not in {"http", "https"} or not host:
        raise FetchError("the address is not one of http or https", kind="url-refused")
    if has_user:
        raise FetchError("addresses with a user name are not fetched", kind="url-refused")
    if port not in set(ports):
        raise FetchError(
            f"port {port} is not among the allowed ports (`fetch: ports:` in the sources file)",
            kind="url-refused",
        )
    return parsed.with_fragment(None)
