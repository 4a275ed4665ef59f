"""A feed with a hub: subscribed to by the running service, and what the hub pushes is taken in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from feedmill.config import Settings, load
from service.app import Service, running
from service.parts import World
from tests.service.support import Server, eventually, rss, rss_item, serving
from tests.service.test_ingest import accepted
from tests.service.websub.support import PUBLIC, Hub, hub

# One process, so that what the tests share is started once.
pytestmark = [pytest.mark.xdist_group("pushes"), pytest.mark.slow]

CONFIG = """
version: 1
fetch: {{allow_networks: [127.0.0.0/8], ports: [{ports}], robots: false}}
websub: {{callback: "{public}", listen: "127.0.0.1:{listen}"}}
defaults: {{per_host: {{concurrency: 8, delay: 0s}}, min: 1s}}
sources:
  - {{url: "{base}/feed", id: news}}
"""


class Paper:
    """A feed of one entry that names its hub."""

    def __init__(self, hub_address: str) -> None:
        self.hub = hub_address
        self.base = ""

    def feed(self, *numbers: int) -> bytes:
        atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
        head = (
            f'<atom:link {atom} rel="hub" href="{self.hub}"/>'
            f'<atom:link {atom} rel="self" href="{self.base}/feed"/>'
        )
        return rss(*(rss_item(n, f"{self.base}/page/{n}") for n in numbers), head=head)

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/page"):
            text = f"<p>{request.path}</p>"
            return web.Response(text=text, content_type="text/html")
        return web.Response(body=self.feed(1))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_of(url: str) -> int:
    return int(url.split(":")[2].split("/", maxsplit=1)[0])


@contextlib.asynccontextmanager
async def subscribed(
    folder: Path, url: str, *, listens: bool = True
) -> AsyncIterator[tuple[Service, Hub, Paper, Server]]:
    async with (
        publishing(folder, listens=listens) as (settings, fake, paper, site),
        serves(settings, url) as app,
    ):
        yield app, fake, paper, site


@contextlib.asynccontextmanager
async def serves(settings: Settings, url: str, *, ahead: float = 0.0) -> AsyncIterator[Service]:
    world = World(clock=lambda: time.time() + ahead, chance=lambda: 0.0)
    async with running(settings, url, world) as app:
        task = asyncio.create_task(app.poll_for_ever())
        try:
            yield app
        finally:
            task.cancel()
            await asyncio.wait([task])


@contextlib.asynccontextmanager
async def publishing(
    folder: Path, *, listens: bool = True
) -> AsyncIterator[tuple[Settings, Hub, Paper, Server]]:
    async with hub() as fake:
        paper = Paper(fake.address)
        async with serving(paper) as site:
            paper.base = site.base
            fake.port = free_port()
            text = CONFIG.format(
                ports=f"{port_of(site.base)}, {port_of(fake.address)}",
                public=PUBLIC,
                listen=fake.port,
                base=site.base,
            )
            if not listens:
                text = "\n".join(line for line in text.splitlines() if "websub" not in line)
            (folder / "sources.yaml").write_text(text)
            yield load(folder / "sources.yaml"), fake, paper, site


async def test_what_a_hub_pushes_is_taken_in_and_the_feed_polled_seldom(folder, valkey, valkey_url):
    async with subscribed(folder, valkey_url) as (app, fake, paper, site):
        await eventually(lambda: 200 in fake.statuses, seconds=15)
        assert fake.modes == ["subscribe"]
        assert fake.forms[0]["hub.topic"] == f"{site.base}/feed"
        assert await fake.push(paper.feed(2, 3)) // 100 == 2
        await eventually(lambda: len(accepted(valkey)) == 3)
        assert {page.url[-1] for page in accepted(valkey)} == {"1", "2", "3"}
        assert {page.source_id for page in accepted(valkey)} == {"news"}
        # From then on the hub is relied on, and after the next look the one after that is a day away.
        await app._look(app.sources[0])
        assert valkey.hget("source:news", "why") == b"push"
        assert valkey.zscore("due", "news") > time.time() + 80_000


async def test_after_a_downtime_what_a_hub_could_not_bring_is_looked_for_once(
    folder, valkey, valkey_url
):
    async with publishing(folder) as (settings, fake, paper, site):
        async with serves(settings, valkey_url) as app:
            await eventually(lambda: 200 in fake.statuses, seconds=15)
            await fake.push(paper.feed(2))
            await eventually(lambda: valkey.hexists("source:news", "pushed_at"))
            await app._look(app.sources[0])
            assert valkey.hget("source:news", "why") == b"push"
            await eventually(lambda: valkey.exists("listened"))
        asked = site.paths.count("/feed")
        async with serves(settings, valkey_url, ahead=200):  # hubs try again for so long
            await asyncio.sleep(1.0)
        assert site.paths.count("/feed") == asked
        async with serves(settings, valkey_url, ahead=800):
            await eventually(lambda: site.paths.count("/feed") > asked)
            await eventually(lambda: valkey.hget("source:news", "why") == b"push")
        async with serves(settings, valkey_url, ahead=900):
            await asyncio.sleep(1.0)
        assert site.paths.count("/feed") == asked + 1
        assert valkey.zscore("due", "news") > time.time() + 80_000


async def test_a_push_that_is_signed_wrongly_changes_nothing(folder, valkey, valkey_url):
    async with subscribed(folder, valkey_url) as (_, fake, paper, _site):
        await eventually(lambda: 200 in fake.statuses, seconds=15)
        await eventually(lambda: len(accepted(valkey)) == 1)
        await fake.push(paper.feed(2), signature="sha256=" + "0" * 64)
        await asyncio.sleep(0.2)
        assert len(accepted(valkey)) == 1


async def test_a_sitemap_that_is_pushed_is_not_taken_as_entries(folder, valkey, valkey_url):
    async with subscribed(folder, valkey_url) as (_, fake, _paper, site):
        await eventually(lambda: 200 in fake.statuses, seconds=15)
        await eventually(lambda: len(accepted(valkey)) == 1)
        pages = "".join(f"<url><loc>{site.base}/page/{n}</loc></url>" for n in range(5))
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>'
        await fake.push(body.encode())
        await eventually(lambda: json.loads(valkey.hvals("subscription:news")[0])["taken_at"])
        await asyncio.sleep(0.2)
        assert len(accepted(valkey)) == 1


async def test_without_a_public_callback_no_hub_is_asked(folder, valkey, valkey_url):
    async with subscribed(folder, valkey_url, listens=False) as (_, fake, _paper, _site):
        await eventually(lambda: len(accepted(valkey)) == 1)
        await asyncio.sleep(0.2)
        assert fake.forms == []
