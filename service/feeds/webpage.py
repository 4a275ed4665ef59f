"""A stranger's HTML page as a tree: decoded, bounded, and with what its addresses are relative to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from typing import Any

from lxml import etree, html
from publicsuffixlist import PublicSuffixList

from feedmill import urls
from feedmill.errors import SourceError
from service.feeds import links, text

Element = Any
"""An element of lxml, which has no types."""

MAX_BYTES = 10_000_000
MAX_ELEMENTS = 200_000

_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_DENSE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_HEAD = 4096  # bytes in which the page declares its encoding
_NUL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class WebPage:
    """A page.

    Attributes:
        root: Its element.
        url: Where it came from.
        base: What addresses in it are relative to (`<base href>`).
    """

    root: Element
    url: str
    base: str

    def absolute(self, href: str | None) -> str | None:
        """The address that a link means, without its fragment; None if it is none of the web."""
        address = links.absolute(href, self.base)
        return address.partition("#")[0] if address else None

    def is_own(self, address: str) -> bool:
        """Whether an address is one of the page's own site: of the same registrable domain, or tenant of a platform."""
        return site_of(address) == site_of(self.url)


def parse(body: bytes, url: str, content_type: str | None) -> WebPage:
    """Parse a page.

    Args:
        body: Its bytes, as served.
        url: Where they came from.
        content_type: As served; it may name the encoding.

    Raises:
        SourceError: kind `not-a-page` if there is no element in it, `too-big` if there is too much.
    """
    if len(body) > MAX_BYTES:
        raise SourceError(f"the page has more than {MAX_BYTES} bytes", kind="too-big")
    decoded = _NUL.sub("", text.decode(body, _with_charset(body, content_type)).text)
    parser = html.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False, no_network=True
    )
    try:
        root = html.document_fromstring(decoded.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError("the answer is no HTML page", kind="not-a-page") from error
    for number, _ in enumerate(root.iter()):
        if number >= MAX_ELEMENTS:
            raise SourceError(f"the page has over {MAX_ELEMENTS} elements", kind="too-big")
    return WebPage(root, url, _base(root, url))


def text_of(element: Element) -> str:
    """The text of an element on one line."""
    return " ".join(element.xpath("string()").split())


def words_of(element: Element) -> str:
    """The text of an element on one line; that of images in it where there is no other."""
    return text_of(element) or " ".join(" ".join(element.xpath(".//img/@alt")).split())


def weigh_words(text: str) -> float:
    """How many words a text has; in scripts without spaces, two letters count as one."""
    dense = len(_DENSE.findall(text[:500]))
    spaced = sum(1 for word in text[:500].split() if any(map(str.isalnum, word)))
    return dense / 2 if dense > spaced * 2 else float(spaced)


def site_of(address: str) -> str:
    """The name of the site that an address belongs to: its registrable domain, or its host if it has none.

    The private part of the public suffix list counts: two blogs of a platform are two sites.
    """
    host = _host(address)
    try:
        return str(ip_address(host))
    except ValueError:
        return _suffixes().privatesuffix(host) or host


def _host(address: str) -> str:
    """The host of an address, in ASCII whatever its spelling; empty if it has none."""
    try:
        return urls.host(urls.canonical(address)) or ""
    except ValueError:
        return ""


@cache
def _suffixes() -> PublicSuffixList:
    """The public suffix list, read once in a process."""
    return PublicSuffixList()


def _with_charset(body: bytes, content_type: str | None) -> str | None:
    """The `Content-Type`, completed by what the page itself declares."""
    if text.charset(content_type):
        return content_type
    found = _META.search(body[:_HEAD])
    return f"text/html; charset={found[1].decode('ascii')}" if found else content_type


def _base(root: Element, url: str) -> str:
    href = next((element.get("href") for element in root.iter("base") if element.get("href")), None)
    return links.absolute(href, url) or url
