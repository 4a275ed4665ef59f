"""Where an entry leads: the addresses of its article and of what is enclosed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urljoin

from service.feeds import links, markup
from service.feeds.names import RDF_ABOUT, XML_BASE, Fields, Names
from service.feeds.raw import Enclosure
from service.feeds.tree import Element

_MAX_MANY = 50  # enclosures that are looked at
_HTML_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})
_ALTERNATE = "http://www.iana.org/assignments/relation/alternate"


def joined(base: str | None, address: str | None) -> str | None:
    """An `xml:base` within another, or an address within one."""
    if not base or not address:
        return address or base
    try:
        return urljoin(base, address.strip())
    except ValueError:
        return base


def whole(text: str | None) -> str | None:
    """The address in a text, if it is one that nothing has to be done about; most are."""
    address = (text or "").strip()
    return address if links.is_plain(address) else None


def articles(element: Element, found: Fields, base: str | None) -> tuple[str, ...]:
    """Where the article may be. No more is looked for behind an address that is whole."""
    places = []
    for one, link in _places(element, found):
        if not link:
            continue
        around = joined(base, one.get(XML_BASE))
        address = (joined(around, link) if around else link) or link
        places.append(address)
        if links.is_plain(address):
            break
    return tuple(places)


def _places(element: Element, found: Fields) -> Iterator[tuple[Element, str]]:
    for one in (*found.get("link", ()), *found.get("url", ())):
        yield one, markup.text(one).strip() or one.get("href") or ""
    yield from _atom_links(found)
    guids = found.get("guid", ())
    for one in guids:
        if (one.get("isPermaLink") or one.get("ispermalink") or "true").strip().lower() != "false":
            yield one, markup.text(one).strip()
    for one in found.get("atom:content", ()):
        yield one, one.get("src") or ""
    for one in (*found.get("atom:id", ()), *found.get("id", ()), *guids):
        if (link := markup.text(one).strip())[:8].lower().startswith(("http://", "https://")):
            yield one, link
    yield element, element.get(RDF_ABOUT) or element.get("href") or element.get("HREF") or ""


def _atom_links(found: Fields) -> list[tuple[Element, str]]:
    """Those of Atom that lead to the article, HTML before other types."""
    if "atom:link" not in found:
        return []
    leading = [
        (one, href)
        for one in found["atom:link"]
        if (href := one.get("href") or (one.text or "").strip())
        and (one.get("rel") or "alternate").strip().lower() in {"alternate", "", _ALTERNATE}
    ]
    if len(leading) > 1:
        leading.sort(key=lambda one: (one[0].get("type") or "text/html").lower() not in _HTML_TYPES)
    return leading


def enclosures(found: Fields, names: Names) -> tuple[Enclosure, ...]:
    """What an entry encloses: `enclosure` of RSS, links of Atom, `media:content`."""
    attached = found.get("enclosure", [])[:_MAX_MANY]
    for one in found.get("atom:link", ())[:_MAX_MANY]:
        if one.get("rel") == "enclosure":
            attached.append(one)
    found_ones: list[Enclosure] = [
        (address, one.get("type"), one.get("length"))
        for one in attached
        if (address := one.get("url") or one.get("href") or one.get("URL"))
    ]
    if "media:content" not in found and "media:group" not in found:
        return tuple(found_ones)
    found_ones += [
        (address, one.get("type") or one.get("medium"), one.get("fileSize"))
        for one in _media(found, names)
        if (address := one.get("url"))
    ]
    return tuple(found_ones)


def _media(found: Fields, names: Names) -> Iterator[Element]:
    """The `media:content` of an entry, in groups or not."""
    yield from found.get("media:content", ())[:_MAX_MANY]
    for group in found.get("media:group", ())[:_MAX_MANY]:
        for child in group:
            if names[child.tag] == "media:content":
                yield child
