"""An address taken apart as browsers do it, by the URL standard of WHATWG (https://url.spec.whatwg.org)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import can_ada

from feedmill.urls import tracking

_WEB = re.compile(r"https?:[/\\]{2}", re.IGNORECASE)
_DROPPED = re.compile(r"[\t\n\r]")  # by the standard, wherever they stand
_EDGES = "".join(map(chr, range(0x21)))  # C0 controls and the space
_DIRECTIVE = (
    ":~:"  # begins what a fragment says to the browser alone, such as `text=` (text fragments)
)
_ODD_IN_PATH = re.compile(r"%([0-9A-Fa-f]{2})?|[^\w/.~:@!$&'()*+,;=-]", re.ASCII)
_ODD_IN_QUERY = re.compile(r"%([0-9A-Fa-f]{2})?|[^\w/.~:@!$&'()*+,;=?-]", re.ASCII)
_UNRESERVED = re.compile(r"[\w.~-]", re.ASCII)  # RFC 3986, section 2.3
# Servlets and ASP.NET put the session into the path where a reader takes no cookies.
_SESSION = re.compile(
    r";(?:jsessionid|phpsessid)=[^/;]*|(?<=/)\([AFSX]\([\w-]{10,}\)\)/?", re.IGNORECASE
)
_REFUSED = re.compile(r"(https?:)[/\\]+([\w.-]+)(?=[/\\?#]|$)", re.IGNORECASE | re.ASCII)


class Address(NamedTuple):
    """An address of the web in parts, each in the one spelling that equivalent ones share.

    Attributes:
        scheme: `http` or `https`.
        host: In lower case and ASCII (punycode), IPv6 in brackets, without the root's full stop.
        port: In digits; empty for the scheme's own.
        path: Begins with a slash; without dot segments and session ids.
        query: Without the question mark, what tracks the reader, and empty parameters.
        route: What a single-page site shows, if the fragment says so (`#!/path`), without `#!`.
    """

    scheme: str
    host: str
    port: str
    path: str
    query: str
    route: str

    @property
    def netloc(self) -> str:
        """Host and port. Never the user's name or password: who asks is not what is asked for."""
        return f"{self.host}:{self.port}" if self.port else self.host

    @property
    def rest(self) -> str:
        """Path, query and route as they follow the host."""
        query = f"?{self.query}" if self.query else ""
        return f"{self.path}{query}#!{self.route}" if self.route else self.path + query

    @property
    def text(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.netloc}{self.rest}"


@lru_cache(maxsize=64)  # a page's address is taken apart for each of its names
def read(url: str) -> Address | None:
    """Take an address apart; None if it is none of the web (`http://` or `https://`).

    Raises:
        ValueError: It is one of the web and has a bad port, bracket or host, or half a surrogate pair.
    """
    text = url.strip().strip(_EDGES)
    if not text.isprintable():
        text = _DROPPED.sub("", text)
    if not _WEB.match(text):
        return None
    if not text.isascii():
        text.encode()  # the library's complaint about surrogates is a TypeError
    parsed, host = _parse(text)
    if host.endswith(".") and not host.endswith(".."):
        host = host[:-1]  # the root's; two of them are no name that anybody has
    if not host:
        raise ValueError("the address has no host")
    fragment = parsed.hash
    return Address(
        scheme=parsed.protocol[:-1],
        host=host,
        port=parsed.port,
        path=_path(parsed.pathname),
        query=_query(parsed.search[1:], host),
        route=_route(fragment) if fragment.startswith("#!") else "",
    )


def _parse(text: str) -> tuple[can_ada.URL, str]:
    """The parsed address and its host.

    Names that the standard refuses, such as `1.2.3.400` or bad punycode, are compared as they are written:
    feeds have them, and one must not cost the others. The resolver will say that they do not exist.
    """
    try:
        parsed = can_ada.parse(text)
    except ValueError:
        name = _REFUSED.match(text)
        if name is None:
            raise
        return can_ada.parse(f"{name[1]}//x{text[name.end() :]}"), name[2].lower()
    return parsed, parsed.hostname


def _path(path: str) -> str:
    path = _ODD_IN_PATH.sub(_spelt, path)
    return _SESSION.sub("", path) if ";" in path or "(" in path else path


def _query(query: str, host: str) -> str:
    if not query:
        return ""
    query = _ODD_IN_QUERY.sub(_spelt, query)
    pairs = query.split("&")
    return "&".join([pair for pair in pairs if pair and not tracking.tracks(pair, host)])


def _route(fragment: str) -> str:
    """The route of a hash-bang fragment; empty for that of the front page."""
    route = fragment[2:].partition(_DIRECTIVE)[0]
    return _ODD_IN_QUERY.sub(_spelt, route) if route.strip("/") else ""


def _spelt(odd: re.Match[str]) -> str:
    """What needs no percent-encoding decoded, what needs it encoded, in capitals (RFC 3986, section 6.2.2)."""
    if odd[0][0] != "%":
        return f"%{ord(odd[0]):02X}"
    if odd[1] is None:
        return "%25"  # left as it is, it could become part of another one when this is read again
    character = chr(int(odd[1], 16))
    return character if _UNRESERVED.match(character) else odd[0].upper()
