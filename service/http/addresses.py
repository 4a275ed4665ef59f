"""Which IP addresses may be connected to: public ones, and those the operator has allowed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Network = IPv4Network | IPv6Network

# Special networks that `ipaddress` calls global in some Python version; see IANA's special-purpose
# registries and, for the /32, the metadata service of a cloud provider.
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


def is_allowed(host: str, allow: Iterable[Network]) -> bool:
    """Whether an IP address may be connected to.

    Args:
        host: The address as text; what is none is not allowed.
        allow: Networks the operator has allowed beyond the public ones.
    """
    address = _parsed(host)
    if address is None:
        return False
    if any(address in network for network in allow):
        return True
    if isinstance(address, IPv6Address) and (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return False
    is_public = address.is_global and not (address.is_multicast or address.is_reserved)
    return is_public and not any(address in network for network in _REFUSED)


def is_among(host: str, networks: Iterable[Network]) -> bool:
    """Whether an IP address, given as text, is in one of these networks."""
    address = _parsed(host)
    return address is not None and any(address in network for network in networks)


def _parsed(host: str) -> IPv4Address | IPv6Address | None:
    """The address; an IPv4 one that is written as an IPv6 one is an IPv4 one."""
    if "%" in host:  # a zone of this machine
        return None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address
