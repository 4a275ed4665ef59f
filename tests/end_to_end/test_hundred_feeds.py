"""A hundred real feeds at once, with one that hangs, one that is a bomb and one that no parser survives.

Every article that an independent reading of the feeds finds must reach Redis. The links of the feeds are written anew,
so that their pages lie on loopback.
"""

from __future__ import annotations

import asyncio
import json
import re
import tarfile
import zlib
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest
from aiohttp import web
from lxml import etree

from feedmill import urls
from tests.program import Program
from tests.service.support import hostile, serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds" / "corpus.tar.xz"
FEEDS = 100
MAX_ENTRIES = 15  # of a feed, so that the pages can be extracted in reasonable time
BASE = b"http://127.0.0.1:00000"  # as long as the real one; the port is filled in when it is known

_LINKS = re.compile(
    rb"""((?:<link>|<link\s[^>]{0,200}?href\s*=\s*["']|<guid[^>]{0,60}>|<feedburner:origLink>)\s*(?:<!\[CDATA\[)?\s*)https?://""",
    re.IGNORECASE,
)
_WORDS = (
    "harbour council bridge tide budget ferry market engine storm library school river festival "
    "railway museum garden winter report committee station island factory theatre valley road "
    "account measure second evening number water letter history weather village company question"
).split()


@lru_cache
def corpus() -> dict[str, bytes]:
    """Real feeds of few entries, by name, their links on loopback."""
    if not CORPUS.is_file():
        pytest.skip(f"the corpus of feeds is not here ({CORPUS})")
    found: dict[str, bytes] = {}
    with tarfile.open(CORPUS) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is None or member.size < 1_500:
                continue
            body = _LINKS.sub(rb"\1" + BASE + b"/page/", file.read())
            if 2 <= len(links(body)) <= MAX_ENTRIES:
                found[Path(member.name).name] = body
            if len(found) == FEEDS:
                break
    return found


def links(body: bytes) -> set[str]:
    """The links of the entries on loopback, as a plain reading of well-formed XML finds them."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return set()
    found = set()
    for entry in root.iter("{*}item", "{*}entry"):
        told = [_link(node) for node in entry if _is_link(node)]
        if not told or not all(link.startswith(BASE.decode()) for link in told):
            return set()  # not one that can be judged so simply
        found.add(told[0])
    return found


def _is_link(node: etree._Element) -> bool:
    is_element = isinstance(node.tag, str) and etree.QName(node).localname == "link"
    return is_element and node.get("rel", "alternate") == "alternate"


def _link(node: etree._Element) -> str:
    return (node.get("href") or node.text or "").strip()


def article(path: str) -> str:
    """A page of its own for every address."""
    random = Random(path)
    paragraphs = "".join(
        f"<p>{' '.join(random.choices(_WORDS, k=60)).capitalize()}.</p>" for _ in range(4)
    )
    title = " ".join(random.choices(_WORDS, k=6)).capitalize()
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


class Web:
    """All feeds and pages, and three feeds that misbehave."""

    def __init__(self, feeds: dict[str, bytes]) -> None:
        self.feeds = feeds
        self.base = BASE

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        name = request.path.removeprefix("/feed/")
        if request.path.startswith("/page/"):
            return web.Response(text=article(request.path_qs), content_type="text/html")
        if name == "hangs":
            await asyncio.sleep(60)
        if name == "bomb":
            body, headers = _bomb(), {"Content-Encoding": "gzip"}
            return web.Response(body=body, headers=headers, content_type="text/xml")
        if name == "crash":
            return web.Response(body=hostile().f_entity_chain(), content_type="text/xml")
        body = self.feeds[name].replace(BASE, self.base)
        return web.Response(body=body, headers={"Content-Type": "application/xml"})


def _bomb() -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(256)) + packer.flush()


def configuration(base: str, names: list[str]) -> str:
    port = base.rsplit(":", 1)[1]
    return "\n".join(
        [
            "version: 1",
            f"fetch: {{allow_networks: [127.0.0.0/8], ports: [{port}], timeout: 5s, robots: false}}",
            "defaults: {per_host: {concurrency: 16, delay: 0s}}",
            "sources:",
            *(
                f"  - {{url: '{base}/feed/{name}', id: f{n}, extract: {{mode: fast}}}}"
                for n, name in enumerate(names)
            ),
        ]
    )


async def test_every_article_of_a_hundred_feeds_reaches_redis(folder):
    feeds = corpus()
    assert len(feeds) == FEEDS
    site = Web(feeds)
    async with serving(site) as server:
        site.base = server.base.encode()
        with Program(folder) as program:
            program.configure(configuration(server.base, [*feeds, "hangs", "bomb", "crash"]))
            done = await asyncio.to_thread(
                program.call, "run", "--once", "--json", "--workers", "2", seconds=350
            )
            assert done.returncode == 0, done.stderr[-3000:]
            outcome = json.loads(done.stdout)
            with program.redis() as redis:
                stored = {key.decode() for key in redis.hkeys("ix:url")}
                kinds = {n: redis.hget(f"source:f{n}", "error_kind") for n in range(FEEDS + 3)}
    expected = {
        link.replace(BASE.decode(), server.base) for body in feeds.values() for link in links(body)
    }
    missing = {link for link in expected if urls.digest(urls.key(link)) not in stored}
    assert missing == set()
    assert len(expected) > 300
    assert outcome["polled"]["failed"] == 3
    assert {n: kind for n, kind in kinds.items() if kind and n < FEEDS} == {}
    assert all(kinds[n] for n in range(FEEDS, FEEDS + 3))
    assert outcome["verdicts"].get("quarantined", 0) == 0
