"""Renders an article to the full HTML page of its newspaper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.site import markup_harbour, markup_valley, markup_wire
from tests.site.articles import LATIN1, PAPERS
from tests.site.markup import Chrome

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.model import SiteArticle

RENDERERS: Final[dict[str, Callable[[SiteArticle, Chrome], str]]] = {
    "harbour": markup_harbour.render,
    "valley": markup_valley.render,
    "wire": markup_wire.render,
}


def article_page(host: str, article: SiteArticle, base: str, folder: str = "articles") -> str:
    """Return the page of an article under `/<folder>/<slug>`."""
    return RENDERERS[host](article, _chrome(host, base, f"{base}/{folder}/{article.slug}"))


def latin1_page(host: str, base: str) -> bytes:
    """Return a page in ISO 8859-1 that says so in its <meta> tag and nowhere else."""
    chrome = _chrome(host, base, f"{base}/latin1")
    return markup_wire.render(LATIN1, chrome, charset="iso-8859-1").encode("iso-8859-1")


def _chrome(host: str, base: str, canonical: str) -> Chrome:
    """Surround a page with the first edition's headlines, so that only edits change a page."""
    related = tuple(
        (f"/articles/{entry.article.slug}", entry.article.title)
        for entry in PAPERS[host].entries
        if not canonical.endswith(f"/{entry.article.slug}")
    )
    return Chrome(base=base, canonical=canonical, related=related[:4])
