"""Names of elements: what feeds call one thing by many namespaces gets one short name.

An element of RSS (any version, and sitemaps) is called by its name alone in lower case, `pubdate`; one of another known
namespace gets its usual prefix, `dc:creator`; of an unknown one its whole address.
"""

from __future__ import annotations

from typing import Final

from service.feeds import markup
from service.feeds.tree import Element

# Compared in lower case, without a last slash or number sign, https like http.
_PREFIXES: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "",
            "http://backend.userland.com/rss",
            "http://backend.userland.com/rss2",
            "http://backend.userland.com/rss091",
            "http://backend.userland.com/rss093",
            "http://blogs.law.harvard.edu/tech/rss",
            "http://cyber.law.harvard.edu/rss",
            "http://cyber.law.harvard.edu/rss/rss.html",
            "http://www.rssboard.org/rss-specification",
            "http://purl.org/rss/1.0",
            "http://purl.org/net/rss1.1",
            "http://my.netscape.com/rdf/simple/0.9",
            "http://my.netscape.com/publish/formats/rss-0.91.dtd",
            "http://channel.netscape.com/rdf/simple/0.9",
            "http://purl.org/rss/2.0",
            "http://example.com/newformat",
            "http://www.sitemaps.org/schemas/sitemap/0.9",
            "http://www.sitemaps.org/schemas/sitemap/0.90",
            "http://www.google.com/schemas/sitemap/0.84",
            "http://www.google.com/schemas/sitemap/0.9",
        ),
        "",
    ),
    **dict.fromkeys(
        (
            "http://www.w3.org/2005/atom",
            "http://purl.org/atom/ns",
            "http://purl.org/echo",
            "http://example.com/necho",
            "uri/of/echo/namespace",
            "http://purl.org/pie",
            "http://www.w3.org/2005/atom/ns",
        ),
        "atom",
    ),
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/elements/1.0": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://search.yahoo.com/mrss": "media",
    "http://video.search.yahoo.com/mrss": "media",
    "http://tools.search.yahoo.com/mrss": "media",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns": "rdf",
    "http://www.google.com/schemas/sitemap-news/0.9": "news",
    "http://prismstandard.org/namespaces/1.2/basic": "prism",
    "http://prismstandard.org/namespaces/basic/2.0": "prism",
    "http://www.w3.org/xml/1998/namespace": "xml",
}
RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


class Names(dict[object, str]):
    """The short name by the tag as lxml has it. One for each document: strangers make up tags."""

    def __missing__(self, tag: object) -> str:
        """Work a name out and remember it."""
        name = self[tag] = _short(tag)
        return name


def namespace(tag: str) -> str:
    """The namespace of a tag in the form that is compared."""
    if not tag.startswith("{"):
        return ""
    uri = tag[1:].partition("}")[0].lower().rstrip("/#")
    return "http://" + uri[8:] if uri.startswith("https://") else uri


def _short(tag: object) -> str:
    if not isinstance(tag, str):  # a comment or an instruction
        return "#"
    local = tag.rpartition("}")[2].lower()
    uri = namespace(tag)
    if not uri:
        return local.removeprefix(
            "rss:"
        )  # a prefix that was never declared is nearly always the usual one
    prefix = _PREFIXES.get(uri, uri)
    return f"{prefix}:{local}" if prefix else local


Fields = dict[str, list[Element]]


def fields(element: Element, names: Names) -> Fields:
    """The children of an element by their short names."""
    found: Fields = {}
    for child in element:
        name = names[child.tag]
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


def first(found: Fields, *names: str) -> str | None:
    """The first text that is not blank, by the order of names."""
    for name in names:
        for element in found.get(name, ()):
            value = markup.text(element)
            if value and not value.isspace():
                return value.strip()
    return None
