"""Sitemaps, news sitemaps and sitemap indexes (https://www.sitemaps.org/protocol.html, Google's news extension)."""

from __future__ import annotations

from service.feeds import dates, links, markup
from service.feeds.limits import MAX_CHILDREN, MAX_ENTRIES
from service.feeds.model import ParsedChild
from service.feeds.names import Names, fields, first
from service.feeds.raw import RawEntry, RawFeed
from service.feeds.tree import Element


def read(root: Element, url: str | None) -> RawFeed | None:
    """Read a sitemap. None if the root is that of none.

    Args:
        root: Of the document.
        url: What addresses are relative to that should not be.
    """
    names = Names()
    kind = names[root.tag]
    if kind == "sitemapindex":
        children = tuple(_children(root, names, url))
        return RawFeed("sitemap-index", [], 0, children=children)
    if kind != "urlset":
        return None
    found = [_entry(element, names) for element in root if names[element.tag] == "url"]
    entries = [one for one, _ in found if one.links]
    is_news = any(news for _, news in found)
    chosen = entries if len(entries) <= MAX_ENTRIES else _newest(entries)
    return RawFeed("news-sitemap" if is_news else "sitemap", chosen, len(entries))


def _newest(entries: list[RawEntry]) -> list[RawEntry]:
    """As many as are taken, those that changed last, in their order."""

    def changed(at: int) -> float:
        raws = entries[at].published + entries[at].updated
        moment = dates.parse(raws[0]) if raws else None
        return moment.timestamp() if moment else 0.0

    newest = sorted(range(len(entries)), key=changed, reverse=True)[:MAX_ENTRIES]
    return [entries[at] for at in sorted(newest)]


def _children(root: Element, names: Names, url: str | None) -> list[ParsedChild]:
    children = []
    for element in root[:MAX_CHILDREN]:
        found = fields(element, names)
        address = links.absolute(first(found, "loc"), url)
        if names[element.tag] == "sitemap" and address:
            changed = first(found, "lastmod")
            children.append(ParsedChild(address, dates.parse(changed) if changed else None))
    return children


def _entry(element: Element, names: Names) -> tuple[RawEntry, bool]:
    """A `url`, and whether it is one of news."""
    found = fields(element, names)
    address, changed = first(found, "loc"), first(found, "lastmod")
    place = (address,) if address else ()
    updated = (changed,) if changed else ()
    news = found.get("news:news") or found.get("news")
    if not news:
        return RawEntry(links=place, updated=updated), False
    told = fields(news[0], names)
    publication = told.get("news:publication") or told.get("publication") or []
    about = fields(publication[0], names) if publication else {}
    title = first(told, "news:title", "title")
    published = first(told, "news:publication_date", "publication_date")
    words = (first(told, "news:keywords", "keywords") or "")[:4000].split(",")
    return (
        RawEntry(
            links=place,
            title=markup.plain(title) if title else None,
            published=(published,) if published else (),
            updated=updated,
            tags=tuple(dict.fromkeys(word.strip() for word in words if word.strip())),
            lang=first(about, "news:language", "language"),
        ),
        True,
    )
