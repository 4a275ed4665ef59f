"""Renders a newspaper's entries as RSS 2.0, Atom 1.0, RSS 1.0 and RSS 0.91, and bulk feeds."""

from __future__ import annotations

from email.utils import format_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from tests.site.articles import PAPERS
from tests.site.bulk import NEWEST, bulk_head
from tests.site.hosts import FEEDS
from tests.site.markup import escape, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from tests.site.edition import Edition
    from tests.site.model import Entry

XML: Final = '<?xml version="1.0" encoding="utf-8"?>\n'
MAX_BULK: Final = 10_000
MEDIA_LENGTH: Final = 48_211


def rss2(edition: Edition, base: str) -> str:
    """Return RSS 2.0: text in the feed for some entries, GUIDs that are not addresses."""
    items = (
        _rss2_item(entry, f"{base}/{entry.link_path}", edition.paper.host, base)
        for entry in edition.entries
    )
    return _rss2_feed(edition.paper.host, base, "rss.xml", edition.modified, items)


def _rss2_feed(host: str, base: str, path: str, modified: datetime, items: Iterable[str]) -> str:
    paper = PAPERS[host]
    return (
        f'{XML}<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom">\n'
        f"<channel>\n<title>{escape(paper.name)}</title>\n<link>{base}/</link>\n"
        f'<atom:link href="{base}/{escape(path)}" rel="self" type="application/rss+xml"/>\n'
        f"<description>{escape(paper.tagline)}</description>\n<language>en</language>\n"
        f"<lastBuildDate>{_rfc822(modified)}</lastBuildDate>\n<ttl>1</ttl>\n"
        + "".join(items)
        + "</channel>\n</rss>\n"
    )


def _rss2_item(entry: Entry, link: str, host: str, base: str) -> str:
    article = entry.article
    parts = [
        f"<title>{escape(article.title)}</title>",
        f"<link>{link}</link>",
        f'<guid isPermaLink="false">{host}-{article.slug}</guid>',
        f"<dc:creator>{escape(article.byline)}</dc:creator>",
        f"<category>{escape(article.section)}</category>",
        f"<pubDate>{_rfc822(article.modified)}</pubDate>",
        f"<description>{escape(article.summary)}</description>",
    ]
    if entry.full:
        html = "\n".join(f"<p>{escape(text)}</p>" for text in article.paragraphs)
        parts.append(f"<content:encoded><![CDATA[{html}]]></content:encoded>")
    if entry.enclosure:
        parts.append(
            f'<enclosure url="{base}/media/{article.slug}.jpg"'
            f' length="{MEDIA_LENGTH}" type="image/jpeg"/>'
        )
    return "<item>\n" + "\n".join(parts) + "\n</item>\n"


def atom(edition: Edition, base: str) -> str:
    """Return Atom 1.0: every address relative to xml:base, summaries in HTML."""
    paper = edition.paper
    return (
        f'{XML}<feed xmlns="http://www.w3.org/2005/Atom" xml:base="{base}/" xml:lang="en">\n'
        f"<id>tag:{paper.host}.example,2026:news</id>\n<title>{escape(paper.name)}</title>\n"
        f"<subtitle>{escape(paper.tagline)}</subtitle>\n"
        '<link rel="self" type="application/atom+xml" href="atom.xml"/>\n<link href="./"/>\n'
        f"<updated>{iso(edition.modified)}</updated>\n"
        + "".join(_atom_entry(entry, paper.host) for entry in edition.entries)
        + "</feed>\n"
    )


def _atom_entry(entry: Entry, host: str) -> str:
    article = entry.article
    summary = f"<p>{escape(article.summary)}</p>"
    return (
        f"<entry>\n<id>tag:{host}.example,2026:{article.slug}</id>\n"
        f"<title>{escape(article.title)}</title>\n"
        f'<link rel="alternate" type="text/html" href="{entry.link_path}"/>\n'
        f"<author><name>{escape(article.byline)}</name></author>\n"
        f'<category term="{escape(article.section)}"/>\n'
        f"<published>{iso(article.published)}</published>\n"
        f"<updated>{iso(article.modified)}</updated>\n"
        f'<summary type="html">{escape(summary)}</summary>\n</entry>\n'
    )


def rdf(edition: Edition, base: str) -> str:
    """Return RSS 1.0, the RDF one."""
    paper = edition.paper
    links = [f"{base}/{entry.link_path}" for entry in edition.entries]
    order = "".join(f'<rdf:li rdf:resource="{link}"/>\n' for link in links)
    return (
        f'{XML}<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f'<channel rdf:about="{base}/rdf.xml">\n<title>{escape(paper.name)}</title>\n'
        f"<link>{base}/</link>\n<description>{escape(paper.tagline)}</description>\n"
        f"<dc:date>{iso(edition.modified)}</dc:date>\n"
        f"<items><rdf:Seq>\n{order}</rdf:Seq></items>\n</channel>\n"
        + "".join(map(_rdf_item, edition.entries, links))
        + "</rdf:RDF>\n"
    )


def _rdf_item(entry: Entry, link: str) -> str:
    article = entry.article
    return (
        f'<item rdf:about="{link}">\n<title>{escape(article.title)}</title>\n<link>{link}</link>\n'
        + _optional("description", article.summary)
        + f"<dc:creator>{escape(article.byline)}</dc:creator>\n"
        f"<dc:subject>{escape(article.section)}</dc:subject>\n"
        f"<dc:language>{article.lang}</dc:language>\n"
        f"<dc:date>{iso(article.modified)}</dc:date>\n</item>\n"
    )


def rss091(edition: Edition, base: str) -> str:
    """Return RSS 0.91: titles, links and descriptions, and no date but the channel's."""
    paper = edition.paper
    items = "".join(
        f"<item>\n<title>{escape(entry.article.title)}</title>\n"
        f"<link>{base}/{entry.link_path}</link>\n"
        f"{_optional('description', entry.article.summary)}</item>\n"
        for entry in edition.entries
    )
    return (
        f'{XML}<rss version="0.91">\n<channel>\n<title>{escape(paper.name)}</title>\n'
        f"<link>{base}/</link>\n<description>{escape(paper.tagline)}</description>\n"
        f"<language>en</language>\n<pubDate>{_rfc822(edition.modified)}</pubDate>\n"
        f"{items}</channel>\n</rss>\n"
    )


@lru_cache(maxsize=32)
def bulk(host: str, base: str, count: int, start: int) -> str:
    """Return RSS 2.0 with the bulk articles from number `start` on, newest first."""
    items = (_bulk_item(number, host, base) for number in range(start, start + count))
    path = f"bulk.xml?n={count}&start={start}"
    return _rss2_feed(host, base, path, NEWEST, items)


def _bulk_item(number: int, host: str, base: str) -> str:
    head = bulk_head(number)
    return (
        f"<item>\n<title>{escape(head.title)}</title>\n<link>{base}/bulk/{number}</link>\n"
        f'<guid isPermaLink="false">{host}-bulk-{number}</guid>\n'
        f"<pubDate>{_rfc822(head.published)}</pubDate>\n"
        f"<description>{escape(head.summary)}</description>\n</item>\n"
    )


def _optional(element: str, text: str) -> str:
    return f"<{element}>{escape(text)}</{element}>\n" if text else ""


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


RENDERERS: Final[dict[str, tuple[Callable[[Edition, str], str], str]]] = {
    "/rss.xml": (rss2, "application/rss+xml"),
    "/atom.xml": (atom, "application/atom+xml"),
    "/rdf.xml": (rdf, "application/rdf+xml"),
    "/rss091.xml": (rss091, "text/xml"),
}


def render(edition: Edition, path: str, base: str) -> tuple[str, str] | None:
    """Return the feed at a path and its content type, or None where the host has no such feed."""
    if path not in FEEDS[edition.paper.host]:
        return None
    renderer, content_type = RENDERERS[path]
    return renderer(edition, base), content_type
