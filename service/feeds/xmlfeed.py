"""A tree of XML as a feed: its format, what it says about itself, its entries."""

from __future__ import annotations

from collections.abc import Iterator

from service.feeds import entry, markup, places
from service.feeds.limits import MAX_ENTRIES
from service.feeds.names import (
    RDF_RESOURCE,
    XML_BASE,
    XML_LANG,
    Fields,
    Names,
    fields,
    first,
    namespace,
)
from service.feeds.raw import RawEntry, RawFeed, RawHints
from service.feeds.tree import Element

_ENTRIES = frozenset({"item", "entry", "atom:entry", "atom:item"})
_ENTRY_TAGS = ("{*}item", "{*}entry")
_RARE_ENTRY_TAGS = tuple(f"{{*}}{tag}" for tag in ("Item", "Entry", "ITEM", "ENTRY", "rss:item"))
_RSS = {"0.90": "rss090", "0.91": "rss091", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_NETSCAPE = ("http://my.netscape.com/rdf/simple/0.9", "http://channel.netscape.com/rdf/simple/0.9")
_RSS_BY_RDF = frozenset({*_NETSCAPE, "http://purl.org/rss/1.0", "http://purl.org/net/rss1.1"})
_ATOM_03 = ("http://purl.org/atom/ns", "http://example.com/newformat")


def read(root: Element) -> RawFeed | None:
    """Read a feed. None if the root is that of no feed."""
    names = Names()
    format_name = _format(root, names)
    if format_name is None:
        return None
    if "atom" in format_name and not root.tag.startswith("{"):
        names = _AtomNames()  # Atom that forgot to say so
    found, base = _about(root, names)
    authors = tuple(entry.persons(found, names)) if "atom" in format_name else ()
    reader = entry.EntryReader(names, base, authors)
    entries: list[RawEntry] = []
    total = 0
    for element in _entries(root, names):
        total += 1
        if total <= MAX_ENTRIES:
            entries.append(reader.read(element))
    if not entries and not _is_feed(root, names):
        return None
    return RawFeed(
        format=format_name,
        entries=entries,
        total=total,
        title=entry.title(found),
        link=_link(found),
        base=base,
        lang=_lang(root, found),
        hints=_hints(found, names),
    )


class _AtomNames(Names):
    """Of a document in which elements without a namespace are those of Atom."""

    def __missing__(self, tag: object) -> str:
        name = super().__missing__(tag)
        if isinstance(tag, str) and not tag.startswith("{") and ":" not in name:
            name = self[tag] = f"atom:{name}"
        return name


def _format(root: Element, names: Names) -> str | None:
    name = names[root.tag]
    if name == "rss":
        version = (root.get("version") or "").strip()
        return _RSS.get(version) or ("rss20" if version.startswith("2") else "rss")
    if name in {"rdf:rdf", "rdf"}:
        return _rdf_version(root)
    if name in {"atom:feed", "feed", "atom:entry"}:
        is_old = namespace(root.tag) in _ATOM_03 or root.get("version") in {"0.1", "0.2", "0.3"}
        return "atom03" if is_old else "atom10"
    if name == "channel":
        lower = root.tag if root.tag.islower() else ""
        return "rss" if lower and root.get("href") is None else "cdf"
    return "rss" if name in {"item", "items"} else None


def _rdf_version(root: Element) -> str:
    uris = {namespace(child.tag) for child in root[:50] if isinstance(child.tag, str)}
    return "rss090" if any(uri in uris for uri in _NETSCAPE) else "rss10"


def _is_feed(root: Element, names: Names) -> bool:
    """Whether a document without entries is a feed all the same. RDF is used for much else."""
    if names[root.tag] in {"rdf:rdf", "rdf"}:
        spaces = {namespace(f"{{{uri}}}") for uri in root.nsmap.values()}
        return not spaces.isdisjoint(_RSS_BY_RDF) or any(
            names[child.tag] == "channel" for child in root
        )
    return names[root.tag] not in {"item", "items", "entry", "atom:entry"}


def _about(root: Element, names: Names) -> tuple[Fields, str | None]:
    """What stands about the feed itself, in its channel or in the root, and the `xml:base` that holds there."""
    base = root.get(XML_BASE)
    for child in root:
        if names[child.tag] == "channel":
            found = {**fields(root, names), **fields(child, names)}
            return found, places.joined(base, child.get(XML_BASE))
    return fields(root, names), base


def _entries(root: Element, names: Names) -> Iterator[Element]:
    """All entries at any depth: in a channel, outside of it, in another that was never closed, or the root itself."""
    tags: tuple[str, ...] = _ENTRY_TAGS
    if next(root.iter(*tags), None) is None:
        tags = _RARE_ENTRY_TAGS
    for element in root.iter(*tags):
        if names[element.tag] in _ENTRIES:
            yield element


def _link(found: Fields) -> str | None:
    for one in found.get("link", ()):
        if link := markup.text(one).strip() or one.get("href"):
            return str(link)
    for one in found.get("atom:link", ()):
        if (one.get("rel") or "alternate") == "alternate" and (link := one.get("href")):
            return str(link)
    return None


def _lang(root: Element, found: Fields) -> str | None:
    return (
        first(found, "language", "dc:language", "atom:language")
        or root.get(XML_LANG)
        or root.get("lang")
    )


def _hints(found: Fields, names: Names) -> RawHints:
    return RawHints(
        ttl=first(found, "ttl"),
        skip_hours=_parts(found, names, "skiphours", "hour"),
        skip_days=_parts(found, names, "skipdays", "day"),
        update_period=first(found, "sy:updateperiod", "updateperiod"),
        update_frequency=first(found, "sy:updatefrequency", "updatefrequency"),
        hub=_related(found, "hub"),
        self_url=_related(found, "self"),
        next_url=_related(found, "next") or _related(found, "prev-archive"),
    )


def _parts(found: Fields, names: Names, outer: str, part: str) -> tuple[str, ...]:
    return tuple(
        markup.text(one)
        for element in found.get(outer, ())[:3]
        for one in element[:40]
        if names[one.tag].endswith(part)
    )


def _related(found: Fields, relation: str) -> str | None:
    for one in (*found.get("atom:link", ()), *found.get("link", ())):
        if relation in (one.get("rel") or "").lower().split():
            return str(one.get("href") or one.get(RDF_RESOURCE) or "") or None
    return None
