"""The canonical form and the key of an address."""

from __future__ import annotations

import re
from unicodedata import normalize
from urllib.parse import quote, urlsplit

from feedmill.urls.address import Address, read
from feedmill.urls.wrapped import resolve

# Marks that separate nothing where they stand: servers decode them before they look (RFC 3986 leaves it open).
_PLAIN_IN_PATH = re.compile("%(2[1789AC]|3A|40|24)")
_PLAIN_IN_QUERY = re.compile("%(2[1789ACF]|3[AF]|40|24)")
_SLASHES = re.compile("/{2,}")
_FOREIGN = re.compile("(?:%[89A-F][0-9A-F])+")
_INDEX = re.compile(
    r"(?:index\.(?:html?|php|shtml|jsp|aspx?|cfm)|default\.(?:html?|aspx?))", re.IGNORECASE
)


def canonical(url: str) -> str:
    """The address with equivalent spellings made equal and without fragment, credentials and tracking.

    Addresses of other schemes than http and https come back as they are, as does what is no address.

    Raises:
        ValueError: `url` cannot be taken apart (a bad port, bracket or host).
    """
    address = read(url)
    return url if address is None else address.text


def key(url: str) -> str:
    """The form of an address by which articles are compared. Cannot be fetched.

    Folded is what surely makes no other article (docs/adr/0017-identity.md): scheme, `www.`, slashes that are
    doubled or at the end, the order of parameters, Unicode's ways to write a letter, and links that wrap another.
    What is no address of the web is its own key, and so is a key.

    Raises:
        ValueError: `url` cannot be taken apart.
    """
    address = read(url)
    return url if address is None else key_of(resolve(address))


def key_of(address: Address) -> str:
    """The key of an address in parts that wraps no other."""
    path = fold(_SLASHES.sub("/", address.path), _PLAIN_IN_PATH).rstrip("/")
    query = fold(address.query, _PLAIN_IN_QUERY)
    if "&" in query:
        # By name alone: of two values of one name, the order may say something.
        query = "&".join(sorted(query.split("&"), key=lambda pair: pair.partition("=")[0]))
    named = address._replace(host=without_www(address.host), path=path, query=query)
    return named.netloc + named.rest


def without_www(host: str) -> str:
    """The host without `www.`, if what is left is a name with a dot."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def is_home(url: str) -> bool:
    """Whether an address is that of a site itself and of none of its pages.

    Raises:
        ValueError: `url` cannot be taken apart.
    """
    address = read(url)
    if address is None:
        parts = urlsplit(url)
        return not parts.path.strip("/") and not parts.query
    return is_front(address)


def is_front(address: Address) -> bool:
    """`is_home` for an address in parts."""
    path = without_index(address.path)
    return not (address.query or address.route or path.strip("/"))


def without_index(path: str) -> str:
    """The path without the name of a folder's own page at its end."""
    parts = path.rstrip("/").split("/")
    if not _INDEX.fullmatch(parts[-1]):
        return path
    while _INDEX.fullmatch(parts[-1]):
        parts.pop()
    return "/".join(parts) + "/"


def host(url: str) -> str | None:
    """The host name of an address as resolvers know it: lower case, ASCII, without port. None if it has none."""
    try:
        address = read(url)
        name = urlsplit(url).hostname if address is None else address.host
    except ValueError:
        return None
    return name.strip("[]") or None if name else None


def fold(text: str, plain: re.Pattern[str]) -> str:
    """The text with what `plain` matches decoded and letters composed (NFC), as most keyboards write them."""
    if "%" not in text:
        return text
    text = plain.sub(lambda mark: chr(int(mark[1], 16)), text)
    foreign = _FOREIGN.sub(_decoded, text)
    if foreign.isascii():
        return text
    return "".join(c if c.isascii() else quote(c) for c in normalize("NFC", foreign))


def _decoded(encoded: re.Match[str]) -> str:
    try:
        return bytes.fromhex(encoded[0].replace("%", "")).decode()
    except ValueError:
        return encoded[0]  # another encoding's bytes
