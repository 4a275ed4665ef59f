"""The site's hosts: which loopback address is which newspaper."""

from __future__ import annotations

from typing import Final

ADDRESSES: Final[dict[str, str]] = {
    "control": "127.0.0.1",
    "harbour": "127.0.0.2",
    "valley": "127.0.0.3",
    "wire": "127.0.0.4",
}
HOSTS: Final[dict[str, str]] = {address: host for host, address in ADDRESSES.items()}
NEWSPAPERS: Final[tuple[str, ...]] = ("harbour", "valley", "wire")
FEEDS: Final[dict[str, tuple[str, ...]]] = {
    "harbour": ("/rss.xml",),
    "valley": ("/atom.xml",),
    "wire": ("/rdf.xml", "/rss091.xml"),
}


def base_url(host: str, port: int) -> str:
    """Return the root URL of a host, without a trailing slash."""
    return f"http://{ADDRESSES[host]}:{port}"
