"""The web server: one application on four loopback addresses, the same port on each."""

from __future__ import annotations

import asyncio
import errno
import socket
from typing import Final

from aiohttp import web

from tests.site import control, feeds, misbehave
from tests.site.bulk import bulk_article
from tests.site.conditional import respond
from tests.site.hosts import ADDRESSES
from tests.site.pages import article_page
from tests.site.state import SITE, Site, base_of, edition_of, log_request, log_status

HTML: Final = "text/html; charset=utf-8"
ATTEMPTS: Final = 50
SHUTDOWN_SECONDS: Final = 0.2
FAILURES: Final = {
    404: "<!doctype html><title>Not found</title><h1>This page has gone out with the tide</h1>",
    500: "<!doctype html><title>Error</title><h1>Something broke. Please try again later.</h1>",
}


async def feed(request: web.Request) -> web.Response:
    """Send the host's feed."""
    edition = edition_of(request)
    rendered = feeds.render(edition, request.path, base_of(request))
    if rendered is None:
        raise web.HTTPNotFound
    text, content_type = rendered
    return respond(request, text.encode(), f"{content_type}; charset=utf-8", edition.modified)


async def article(request: web.Request) -> web.Response:
    """Send an article's page, or fail the way its entry says."""
    edition = edition_of(request)
    entry = edition.entry(request.match_info["slug"])
    status = entry.page_status if entry else 404
    if entry is None or status in FAILURES:
        return web.Response(status=status, text=FAILURES[status], content_type="text/html")
    page = article_page(edition.paper.host, entry.article, base_of(request))
    return respond(request, page.encode(), HTML, entry.article.modified)


async def go(request: web.Request) -> web.Response:
    """Redirect a tracking link to the article, for now."""
    raise web.HTTPFound(f"/articles/{_known_slug(request)}")


async def old(request: web.Request) -> web.Response:
    """Redirect an old address to the tracking link, for good."""
    raise web.HTTPMovedPermanently(f"/go/{_known_slug(request)}")


def _known_slug(request: web.Request) -> str:
    slug = request.match_info["slug"]
    if edition_of(request).entry(slug) is None:
        raise web.HTTPNotFound
    return slug


async def bulk_feed(request: web.Request) -> web.Response:
    """Send a feed of `n` bulk articles from number `start` on."""
    host, base = edition_of(request).paper.host, base_of(request)
    try:
        count, start = int(request.query.get("n", "200")), int(request.query.get("start", "0"))
    except ValueError:
        raise web.HTTPBadRequest(text="n and start: whole numbers") from None
    if start < 0 or not 0 <= count <= feeds.MAX_BULK:
        raise web.HTTPBadRequest(text=f"n: at most {feeds.MAX_BULK}; start: not negative")
    text = await asyncio.to_thread(feeds.bulk, host, base, count, start)
    modified = bulk_article(start).modified
    return respond(request, text.encode(), "application/rss+xml; charset=utf-8", modified)


async def bulk_page(request: web.Request) -> web.Response:
    """Send the page of a bulk article."""
    host = edition_of(request).paper.host
    item = bulk_article(int(request.match_info["number"]))
    page = article_page(host, item, base_of(request), folder="bulk")
    return respond(request, page.encode(), HTML, item.modified)


def make_app() -> web.Application:
    """Return the application that answers for all hosts."""
    app = web.Application(middlewares=[log_request])
    app[SITE] = Site()
    app.on_response_prepare.append(log_status)
    app.add_routes([web.get(path, feed) for path in feeds.RENDERERS])
    app.add_routes(
        [
            web.get("/articles/{slug}", article),
            web.get("/go/{slug}", go),
            web.get("/old/{slug}", old),
            web.get("/bulk.xml", bulk_feed),
            web.get(r"/bulk/{number:\d{1,6}}", bulk_page),
            web.get("/endless", misbehave.endless),
            web.get("/silent", misbehave.silent),
            web.get("/huge", misbehave.huge),
            web.get("/bomb", misbehave.bomb),
            web.get("/latin1", misbehave.latin1),
            web.get("/loop/{end}", misbehave.loop),
            web.get("/requests", control.requests),
            web.post("/edit", control.edit),
            web.post("/publish", control.publish),
            web.post("/reset", control.reset),
        ]
    )
    return app


def bind(port: int) -> list[socket.socket]:
    """Bind one port, or any that is free everywhere, on all of the site's addresses."""
    for _ in range(1 if port else ATTEMPTS):
        bound: list[socket.socket] = []
        try:
            for address in ADDRESSES.values():
                chosen = bound[0].getsockname()[1] if bound else port
                bound.append(_bind_one(address, chosen))
        except OSError as error:
            for sock in bound:
                sock.close()
            if port or error.errno != errno.EADDRINUSE:
                raise
        else:
            return bound
    raise OSError(errno.EADDRINUSE, "no port is free on all of the site's addresses")


def _bind_one(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((address, port))
    except OSError:
        sock.close()
        raise
    return sock


async def start(port: int = 0) -> tuple[web.AppRunner, int]:
    """Start serving; return the runner to clean up with, and the port."""
    runner = web.AppRunner(
        make_app(), access_log=None, handler_cancellation=True, shutdown_timeout=SHUTDOWN_SECONDS
    )
    await runner.setup()
    sockets = bind(port)
    for sock in sockets:
        await web.SockSite(runner, sock, backlog=512).start()
    return runner, sockets[0].getsockname()[1]
