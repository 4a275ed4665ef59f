"""Addresses in feeds: made absolute, and only those of the web."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from feedmill import urls
from service.feeds.limits import MAX_ADDRESS

# An address that nothing has to be done about; most are.
_PLAIN = re.compile(
    r"https?://[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+(?:[/?#][!#-;=?-\[\]_a-z~]*)?"
)
_BLANK = re.compile(r"[\t\r\n]")
_NO_SCHEME = re.compile(r"www\.[\w-]+\.", re.IGNORECASE)
_MAX_HOST = 300  # characters, with port; names are no longer than 253
_ONLY_SCHEME = re.compile(r"https?:/*", re.IGNORECASE)
_WEB = ("http://", "https://")


def is_plain(address: str) -> bool:
    """Whether nothing has to be done about an address."""
    return _PLAIN.fullmatch(address) is not None and "&amp;" not in address


def absolute(raw: str | None, base: str | None) -> str | None:
    """The address that a feed means, or None if it is none of the web.

    Args:
        raw: As the feed has it: relative or not, with blanks around and in it, with `&amp;` escaped twice.
        base: What it is relative to.
    """
    if not raw or len(raw) > MAX_ADDRESS:
        return None
    if is_plain(raw):
        return raw
    address = _BLANK.sub("", raw.strip()).replace("&amp;", "&").replace(" ", "%20")
    if _ONLY_SCHEME.fullmatch(address):
        return None  # resolved, it would be the feed itself
    if _NO_SCHEME.match(address):
        address = f"http://{address}"
    try:
        address = urljoin(base, address) if base else address
        if not address.lower().startswith(_WEB) or len(address.split("/", 3)[2]) > _MAX_HOST:
            return None
        urls.key(address)
        address.encode()
    except ValueError:
        return None
    return address if urls.host(address) else None
