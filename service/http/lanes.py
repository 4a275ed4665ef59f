"""Which hosts are to be treated as one: those of one registrable domain, and who shares it.

The public suffix list has two parts. By the ICANN part, `news.bbc.co.uk` and `www.bbc.co.uk` belong to
`bbc.co.uk`, and every blog of a platform such as `blogspot.com` to the platform: one lane. The private part
names platforms whose customers are strangers to each other: within a lane they are its tenants.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path

import publicsuffixlist
from publicsuffixlist import PublicSuffixList
from yarl import URL

_MAX_HOSTS = 16_384  # whose places are remembered
_LONGEST_NAME = 253  # characters of a host name (RFC 1035)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a host belongs.

    Attributes:
        lane: Its registrable domain, or the host itself if it is an address or a single label.
        tenant: Its customer's part of a shared platform; the lane itself anywhere else.
    """

    lane: str
    tenant: str

    @property
    def is_shared(self) -> bool:
        """Whether strangers to this host share its lane."""
        return self.tenant != self.lane


def lane(host: str) -> str:
    """The name under which a host is paced: its registrable domain by the ICANN suffixes.

    Args:
        host: A name in any spelling, or an address literal with or without brackets.
    """
    return place(host).lane


def place(host: str) -> Place:
    """The lane of a host, and its own part of it. See `lane`."""
    return _place(host[-_LONGEST_NAME:])


def load_suffixes() -> None:
    """Read the list (some 20 ms, once), so that the first request need not wait for it."""
    _suffixes()


@lru_cache(maxsize=_MAX_HOSTS)
def _place(host: str) -> Place:
    name = host.strip().strip("[]").rstrip(".").lower()
    try:
        address = ip_address(name)
    except ValueError:
        return _place_of_name(_ascii(name))
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return Place(str(address), str(address))


def _place_of_name(name: str) -> Place:
    public, private = _suffixes()
    lane = public.privatesuffix(name) or name
    return Place(lane, private.privatesuffix(name) or lane)


def _ascii(name: str) -> str:
    """The spelling that the client itself asks the resolver for."""
    if name.isascii():
        return name
    try:
        return URL.build(scheme="http", host=name).raw_host or name
    except ValueError:
        return name  # nothing that could be asked


@cache
def _suffixes() -> tuple[PublicSuffixList, PublicSuffixList]:
    """The two parts of the list."""
    return (
        PublicSuffixList(_rules("ICANN"), accept_encoded_idn=False),
        PublicSuffixList(_rules("PRIVATE"), accept_encoded_idn=False, accept_unknown=False),
    )


def _rules(part: str) -> Iterator[str]:
    """The rules of one part, in ASCII, which is how hosts are looked up."""
    is_inside = False
    for line in Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").splitlines():
        rule = line.strip()
        if rule == f"// ===BEGIN {part} DOMAINS===":
            is_inside = True
        elif rule == f"// ===END {part} DOMAINS===":
            return
        elif is_inside and rule and not rule.startswith("//"):
            yield rule if rule.isascii() else rule.encode("idna").decode("ascii")
