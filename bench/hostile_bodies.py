"""Hostile feeds and pages, through the processes in which the service and the workers take them apart."""

from __future__ import annotations

import asyncio
import importlib.util
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.hostile_case import OK, Case, Result, play
from service.extractor import Extractor
from service.feeds.pool import FeedParsers

_URL = "https://hostile.example/feed"
_SECRETS = ("root:x:0:", "root:*:0:")  # what files of the system begin with
_MAX_TEXT = 1_000_000  # characters of one field of a feed; no page has more than it has bytes
_MAX_ITEMS = 10_000


class Bodies:
    """The generators of a folder's `gen.py`."""

    def __init__(self, folder: Path) -> None:
        spec = importlib.util.spec_from_file_location("hostile_gen", folder / "gen.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        self._makers: dict[str, Any] = {**module.FEEDS, **module.PAGES}

    def __getitem__(self, name: str) -> bytes:
        body: bytes = self._makers[name][0]()
        return body


async def feed_results(cases: Sequence[Case], bodies: Bodies) -> list[Result]:
    """Parse every feed."""
    with FeedParsers(processes=1) as parsers:
        await _warm(parsers)
        return [await _feed(case, bodies[case.name], parsers) for case in cases]


async def page_results(cases: Sequence[Case], bodies: Bodies) -> list[Result]:
    """Extract every page."""
    with Extractor() as extractor:
        return [await _page(case, bodies[case.name], extractor) for case in cases]


async def _feed(case: Case, body: bytes, parsers: FeedParsers) -> Result:
    async def parse() -> tuple[str, list[str]]:
        feed = await parsers.parse(body, _URL, "application/xml")
        wrong = _wrong(asdict(feed), _MAX_TEXT)
        if len(feed.entries) > _MAX_ITEMS:
            wrong.append(f"{len(feed.entries)} entries")
        links = [entry.link for entry in feed.entries if entry.link]
        if not all(link.lower().startswith(("http://", "https://")) for link in links):
            wrong.append("a link that is none of the web")
        return OK, wrong

    return await play(case, parse)


async def _page(case: Case, body: bytes, extractor: Extractor) -> Result:
    request = {"url": "https://hostile.example/page", "content_type": "text/html", "html": True}

    async def extract() -> tuple[str, list[str]]:
        reply = await asyncio.to_thread(extractor.extract, body, request)
        wrong = _wrong(reply, max(_MAX_TEXT, len(body)))
        if "<script" in json.dumps(reply.get("page", {}).get("html") or ""):
            wrong.append("a script in the HTML")
        return OK, wrong

    return await play(case, extract)


async def _warm(parsers: FeedParsers) -> None:
    """Start the process before anything is measured."""
    await parsers.parse(b"<rss version='2.0'><channel><title>t</title></channel></rss>", _URL, None)


def _wrong(told: Any, longest: int) -> list[str]:
    """What must never come out of anything: no text may be longer than this, for one."""
    wrong: dict[str, None] = {}
    _each_text(told, lambda text: wrong.update(dict.fromkeys(_wrong_in(text, longest))))
    return list(wrong)


def _wrong_in(text: str, longest: int) -> list[str]:
    wrong = [f"the text {secret}" for secret in _SECRETS if secret in text]
    if len(text) > longest:
        wrong.append("a text without bounds")
    if any("\ud800" <= character <= "\udfff" for character in text):
        wrong.append("a text that cannot be stored")
    return wrong


def _each_text(told: Any, see: Callable[[str], None]) -> None:
    match told:
        case str():
            see(told)
        case dict():
            for part in told.values():
                _each_text(part, see)
        case list() | tuple():
            for part in told:
                _each_text(part, see)
