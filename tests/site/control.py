"""What a test may ask of the site on 127.0.0.1: the request log, edits, publications, a reset."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from tests.site.markup import iso
from tests.site.state import SITE, Site, local_address

if TYPE_CHECKING:
    from tests.site.edition import Edition
    from tests.site.model import SiteArticle


def _site(request: web.Request) -> Site:
    if local_address(request)[0] != "control":
        raise web.HTTPNotFound
    return request.app[SITE]


def _edition(request: web.Request) -> Edition:
    edition = _site(request).editions.get(request.query.get("host", ""))
    if edition is None:
        raise web.HTTPBadRequest(text="host: one of harbour, valley, wire")
    return edition


def _answer(article: SiteArticle) -> web.Response:
    return web.json_response({"slug": article.slug, "modified": iso(article.modified)})


async def requests(request: web.Request) -> web.Response:
    """List every request seen so far, oldest first."""
    return web.json_response(_site(request).requests)


async def edit(request: web.Request) -> web.Response:
    """Correct an article."""
    edition = _edition(request)
    article = edition.edit(request.query.get("slug", ""))
    if article is None:
        raise web.HTTPNotFound(text="slug: no such article, or nothing in it to correct")
    return _answer(article)


async def publish(request: web.Request) -> web.Response:
    """Put one further article at the top of a feed."""
    return _answer(_edition(request).publish())


async def reset(request: web.Request) -> web.Response:
    """Return to the first editions and an empty log."""
    _site(request).reset()
    return web.json_response({})
