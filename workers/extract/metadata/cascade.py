"""One reading of a page: each field from the best source that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lxml.html import HtmlElement

from workers.extract.hints import Hints
from workers.extract.metadata import (
    access,
    authors,
    canonical,
    jsonld,
    language,
    microdata,
    near,
    tags,
    title,
    when,
)
from workers.extract.metadata.jsonld import Node
from workers.extract.metadata.microdata import Items
from workers.extract.metadata.model import Metadata
from workers.extract.metadata.page import Page, survey
from workers.extract.metadata.text import line


def read(
    tree: HtmlElement, url: str | None, hints: Hints | None = None, *, page: Page | None = None
) -> Metadata:
    """Read the metadata of a parsed page. The tree is not changed.

    Args:
        tree: The page.
        url: Its address, to make relative addresses absolute and to judge claims by.
        hints: What the feed entry says: the last source, and a witness for the title.
        page: The survey of the tree, where it has been made already.
    """
    page = page or survey(tree)
    hints = hints or Hints()
    own = [jsonld.bare(address) for address in (url or "", *page.canonical) if address]
    articles = page.linked.articles([address for address in own if "/" in address])
    # What JSON-LD says in full, microdata only repeats.
    is_said = any(node.get("datePublished") and node.get("author") for node in articles)
    items = Items() if is_said else microdata.read(tree)
    source = _Source(page, articles, items, url, hints)
    fields = {name: value for name, value in source.fields().items() if all(value)}
    return Metadata(
        **{name: value for name, (value, _) in fields.items()},
        provenance={name: where for name, (_, where) in fields.items()},
    )


_MAX_SITE_WORDS = 6


@dataclass(frozen=True, slots=True)
class _Source:
    """All that the fields are read from."""

    page: Page
    articles: Sequence[Node]
    items: Items
    url: str | None
    hints: Hints

    def fields(self) -> Mapping[str, tuple[Any, str]]:
        page, articles, items, url, hints = (
            self.page,
            self.articles,
            self.items,
            self.url,
            self.hints,
        )
        site = _site_names(page)
        heads = [
            text
            for node in articles
            if (text := line(node.get("headline")) or _name_of_article(node))
        ]
        named = title.choose(page, heads, url=url, site=site, feed=line(hints.title))
        around = near.Surroundings(page.tree, near.heading_of(page, named[0]))
        return {
            "title": named,
            "canonical_url": canonical.choose(page.canonical, page.first("og:url"), url),
            "description": tags.description(page, articles, items),
            "authors": authors.choose(
                page, articles, items, url=url, site=site, feed=hints.authors, near=around
            ),
            "published": when.published(
                page, articles, items, url=url, feed=hints.published_at, near=around
            ),
            "modified_at": when.modified(page, articles, items),
            "section": tags.section(page, articles, items),
            "tags": tags.keywords(page, articles, items),
            "images": tags.images(page, articles, url),
            "access": access.stated(page, articles, items),
            "language": language.read(page, articles),
        }


def _name_of_article(node: Node) -> str:
    return line(node.get("name")) if jsonld.is_a(node, ("article", "posting")) else ""


def _site_names(page: Page) -> list[str]:
    """What the site is called, by its tags and its linked data."""
    found = [
        *page.all("og:site_name"),
        *page.all("application-name"),
        *page.all("apple-mobile-web-app-title"),
    ]
    for node in page.linked.of_type("website", "organization", "newsmediaorganization")[:5]:
        found += [line(node.get("name")), line(node.get("alternateName"))]
    for node, _ in page.linked.nodes[:50]:
        publisher = page.linked.resolved(node.get("publisher"))
        if isinstance(publisher, dict):
            found.append(line(publisher.get("name")))
    # Some templates give the title of the article for the name of the site.
    short = (name for name in found if name and len(name.split()) <= _MAX_SITE_WORDS)
    return list(dict.fromkeys(short))
