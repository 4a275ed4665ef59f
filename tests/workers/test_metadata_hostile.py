"""Pages made to keep a reader of metadata busy: all are read in moderate time."""

from __future__ import annotations

import importlib.util
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from lxml.html import fromstring

from tests.workers.samples import SHARED
from workers.extract import metadata
from workers.extract.metadata import access, articlebody

GENERATOR = SHARED / "hostile" / "gen.py"
SECONDS = 2.0  # of CPU; the slowest takes a quarter of that on the machine this was written on

XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*>")

PAGES: dict[str, Callable[[], str]] = {
    "titles": lambda: "<html><head>" + "<title>x - y | z - a</title>" * 20_000,
    "separators": lambda: f"<html><head><title>{'a - ' * 100_000}</title><h1>{'a | b - ' * 50_000}",
    "names": lambda: f"<html><meta name=author content='{'By A, and B & c - d (e) ' * 50_000}'>",
    "bylines": lambda: "<html><h1>x</h1>" + "<span class=author>By</span>" * 30_000,
    "long byline": lambda: "<html><h1>x</h1><p class=byline>" + "By A B, " * 100_000,
    "metas": lambda: "<html><head>" + "<meta name=a content=b>" * 50_000,
    "attributes": lambda: "<html><p " + " ".join(f"a{n}=1" for n in range(8_000)) + ">x",
    "items": lambda: "<html><body>" + "<div itemscope><b itemprop=author>Ana Ruiz</b>" * 10_000,
    "dates": lambda: "<html><h1>x</h1>" + "<p class=date>" + "12 May " * 30_000,
    "scripts": lambda: "<html>" + "<script type=application/ld+json>{}</script>" * 20_000,
    "commas": lambda: _linked('{"@type":"NewsArticle",' + ",      " * 40_000),
    "braces": lambda: _linked("{ x " * 70_000),
    "tags in a body": lambda: _linked(
        '{"@type":"NewsArticle","articleBody":"' + "<script <style " * 50_000 + '"}'
    ),
    "open objects": lambda: "<html><script>window.x = " + '{"a":[' * 200_000 + "</script>",
    "open strings": lambda: "<html><script>" + 'window.x = {"a":"' * 80_000 + "</script>",
    "blocks": lambda: (
        "<html><script type=application/json>["
        + '{"text":"Some words. And more. Yes."},' * 80_000
        + "{}]</script>"
    ),
    "paywalls": lambda: "<html><body>" + "<div class=paywall>already a " * 10_000,
}


def _linked(text: str) -> str:
    return f'<html><head><script type="application/ld+json">{text}</script></head><body>x'


def check(content: str) -> None:
    tree = fromstring(f"<html>{content}")
    text = "\n".join(tree.itertext())
    started = time.process_time()
    found = metadata.read(tree, "https://harbour.example/1")
    bodies = articlebody.bodies(tree)
    access.read(tree, text)
    access.read(tree, "")
    assert time.process_time() - started < SECONDS
    assert len(str(found)) < 200_000
    assert sum(map(len, bodies)) < 2_000_000


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_our_own(name):
    check(PAGES[name]())


@pytest.mark.slow
def test_pages_of_the_generator():
    if not GENERATOR.exists():
        pytest.skip(f"{GENERATOR} is not there")
    spec = importlib.util.spec_from_file_location("hostile_gen", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, (make, *_) in module.PAGES.items():
        if name != "p_random":
            check(XML_DECLARATION.sub("", make().decode("utf-8", "replace").replace("\0", "")))
