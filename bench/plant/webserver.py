"""The web of a plant, a process of its own: `python -m bench.plant.webserver PLAN`, PLAN as JSON.

Every host has a feed, `/feed.xml`, of its pages that are released, the newest first, and the pages. What is
released is told over HTTP at `/control/...` of the first host.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import sys
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from bench.plant.plan import Leaf, Plan

_ITEM = (
    "<item><title>Page {number}, edition {edition}</title><link>http://{host}:{port}{path}</link>"
    "<guid isPermaLink='false'>page-{number}</guid><pubDate>{date}</pubDate></item>"
)
_FEED = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'
_BORN = 1_790_000_000  # Unix seconds, of the first page
_APART = 60  # seconds between two pages


class Web:
    """What is released by now, and the answers.

    Args:
        plan: What there is.
        window: Newest items that a feed shows; 0 for all.
    """

    def __init__(self, plan: Plan, window: int) -> None:
        self.plan = plan
        self.port = 0
        self.asked = 0
        self.looked: set[str] = set()
        self._window = window
        self._count = 0
        self._rate = 0.0
        self._since = 0.0
        self._edited = 0

    @property
    def released(self) -> int:
        """How many pages are in the feeds."""
        grown = self._rate * (time.time() - self._since) if self._rate else 0.0
        return min(self.plan.pages, self._count + int(grown))

    async def feed(self, request: web.Request) -> web.StreamResponse:
        """The feed of a host."""
        host, released = _host(request), self.released
        self.looked.add(host)
        shown = [leaf for leaf in self.plan.by_host.get(host, ()) if leaf.number < released]
        shown = shown[-self._window :] if self._window else shown
        items = "".join(self._item(leaf) for leaf in reversed(shown))
        body = _FEED.format(host=host, items=items).encode()
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})

    async def page(self, request: web.Request) -> web.StreamResponse:
        """A page."""
        leaf = self.plan.by_place.get((_host(request), request.path))
        if leaf is None or leaf.number >= self.released:
            return web.Response(status=404)
        self.asked += 1
        return web.Response(
            body=self.plan.content(leaf, self._edition(leaf)), content_type="text/html"
        )

    async def control(self, request: web.Request) -> web.StreamResponse:
        """Release pages, edit them, or tell how far it is."""
        told: dict[str, Any] = await request.json()
        if "count" in told:
            self._count, self._rate = int(told["count"]), 0.0
        if "rate" in told:
            self._count, self._since, self._rate = self.released, time.time(), float(told["rate"])
        if "edit" in told:
            self._edited = self.released
        return web.json_response(
            {
                "released": self.released,
                "edited": self._edited,
                "asked": self.asked,
                "looked": len(self.looked),
            }
        )

    def _edition(self, leaf: Leaf) -> int:
        return 2 if leaf.is_edited and leaf.number < self._edited else 1

    def _item(self, leaf: Leaf) -> str:
        edition = self._edition(leaf)
        date = formatdate(_BORN + leaf.number * _APART + edition, usegmt=True)
        return _ITEM.format(
            number=leaf.number,
            edition=edition,
            host=leaf.host,
            port=self.port,
            path=leaf.path,
            date=date,
        )


def _host(request: web.Request) -> str:
    return request.host.partition(":")[0]


async def serve(plan: Plan, window: int, port: int) -> None:
    """Answer until standard input is closed. Says its port first."""
    told = Web(plan, window)
    if plan.data is not None:
        plan.content(plan.leaves[-1])  # takes the pages apart before anybody waits
    app = web.Application()
    app.router.add_get("/feed.xml", told.feed)
    app.router.add_post("/control", told.control)
    app.router.add_get("/{path:.*}", told.page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    for host in plan.host_names:
        await web.TCPSite(runner, host, port).start()
        port = port or int(runner.addresses[0][1])
    told.port = port
    print(json.dumps({"port": port}), flush=True)
    try:
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    finally:
        await runner.cleanup()


def main() -> None:
    """Run the web of a plan."""
    told = json.loads(sys.argv[1])
    window, port = told.pop("window"), told.pop("port")
    data = told.pop("data")
    asyncio.run(serve(Plan(**told, data=Path(data) if data else None), window, port))


if __name__ == "__main__":
    main()
