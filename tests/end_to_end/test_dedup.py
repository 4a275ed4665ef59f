"""One article once: what the stream says when papers copy, edit, move and dress up the same articles."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import pytest

from tests.program import Program
from tests.site.articles import wire_story
from tests.site.content_wire import GRAIN, TEXTILE

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WIRE = wire_story().paragraphs
CONFIG = """\
version: 1
fetch: {{allow_networks: [127.0.0.0/8], ports: [{ports}], timeout: 10s, robots: false}}
defaults: {{every: 1s, per_host: {{concurrency: 8, delay: 0s}}}}
sources:
"""


@dataclass
class Paper:
    """A newspaper on a loopback address: pages by path, and the entries of its feed."""

    address: str
    pages: dict[str, str] = field(default_factory=dict)
    entries: dict[str, str] = field(default_factory=dict)  # by guid

    def __enter__(self) -> Self:
        paper = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = paper.answer(self.path)
                self.send_response(200 if body else 404)
                kind = "application/rss+xml" if self.path == "/rss" else "text/html; charset=utf-8"
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer((self.address, 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return self._server.server_port

    def url(self, path: str) -> str:
        return f"http://{self.address}:{self.port}{path}"

    def answer(self, path: str) -> bytes:
        if path == "/rss":
            items = "".join(self.entries.values())
            feed = (
                f"<rss version='2.0'><channel><title>{self.address}</title>{items}</channel></rss>"
            )
            return feed.encode()
        return self.pages.get(path.partition("?")[0], "").encode()

    def publish(
        self,
        path: str,
        title: str,
        paragraphs: tuple[str, ...],
        *,
        guid: str | None = None,
        query: str = "",
        day: int = 2,
        head: str = "",
    ) -> None:
        """Put a page up and an entry for it into the feed."""
        body = "".join(f"<p>{escape(part)}</p>" for part in paragraphs)
        self.pages[path] = (
            f"<html><head><title>{title}</title>{head}</head><body><nav><a href='/'>Home</a></nav>"
            f"<article><h1>{title}</h1>{body}</article></body></html>"
        )
        link, name = escape(self.url(path + query)), guid or path
        self.entries[name] = (
            f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{name}</guid>"
            f"<pubDate>{day:02} Mar 2026 10:00:00 GMT</pubDate></item>"
        )


@pytest.fixture
def papers() -> Iterator[tuple[Paper, Paper]]:
    with Paper("127.0.0.2") as harbour, Paper("127.0.0.3") as valley:
        yield harbour, valley


def ops(program: Program) -> list[tuple[str, str, str | None]]:
    """What one round brought: op, path of the address, and what it is a near-duplicate of."""
    outcome = program.once()
    return [
        (entry["op"], entry["url"].partition("?")[0].split("/", 3)[3], entry.get("dup_of"))
        for entry in outcome["articles"]
    ]


def test_the_stream_shows_just_what_happened(program, papers):
    harbour, valley = papers
    program.configure(
        CONFIG.format(ports=f"{harbour.port}, {valley.port}")
        + f"  - {harbour.url('/rss')}\n  - {valley.url('/rss')}\n"
    )
    harbour.publish("/2026/03/wire-story", "The wire story", WIRE, query="?utm_source=rss")
    harbour.publish("/2026/03/grain-prices", GRAIN.title, GRAIN.paragraphs)
    assert sorted(ops(program)) == [
        ("new", "2026/03/grain-prices", None),
        ("new", "2026/03/wire-story", None),
    ]
    story = next(a for a in program.articles() if "wire-story" in a.url)

    # Another paper prints it word for word; a third of it elsewhere; and the same page has more addresses.
    valley.publish("/news/4711", "The wire story", WIRE)
    valley.publish("/news/4712", "In short", WIRE[:3])
    harbour.publish("/2026/03/wire-story/amp", "The wire story", WIRE, guid="amp")
    harbour.publish("/2026/03/wire-story", "The wire story", WIRE, guid="again", query="?fbclid=9")
    assert sorted(ops(program)) == [
        ("duplicate", "news/4711", None),
        ("new", "news/4712", story.id),
    ]

    # The article is edited, and a guid changes without anything else.
    del valley.entries["/news/4712"]
    valley.publish("/news/4712", "In short", WIRE[:3], guid="a new name")
    edited = (*WIRE, "Correction: an earlier version gave the wrong tonnage for the second ship.")
    harbour.publish("/2026/03/wire-story", "The wire story", edited, day=3)
    assert ops(program) == [("update", "2026/03/wire-story", None)]

    # An article moves under its guid, with a line more; another guid is used again for something else.
    moved = (*GRAIN.paragraphs, "This article has been moved to the archive of the market pages.")
    harbour.publish("/archive/grain", GRAIN.title, moved, guid="/2026/03/grain-prices", day=4)
    harbour.publish("/2026/03/mine-heat", TEXTILE.title, TEXTILE.paragraphs, guid="amp", day=4)
    assert sorted(ops(program)) == [
        ("new", "2026/03/mine-heat", None),
        ("update", "archive/grain", None),
    ]
    assert ops(program) == []
    with program.redis() as redis:
        assert redis.hgetall(f"copies:{story.id}").keys() == {valley.url("/news/4711").encode()}
        assert redis.hkeys(f"revisions:{story.id}") == [b"1"]
        assert redis.xlen("quarantine") == 0
