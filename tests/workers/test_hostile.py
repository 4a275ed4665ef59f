"""Pages made to break extractors, and real ones: only our own errors may come out, within a minute.

`pytest tests/workers/test_hostile.py -s` shows the times.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from feedmill.article import Article
from feedmill.errors import FeedmillError
from tests.articles import make_page
from tests.workers.samples import SHARED
from workers.jobs import to_article

GENERATOR = SHARED / "hostile" / "gen.py"
CORPUS = SHARED / "data" / "extraction"
SECONDS = 60
EVERY = 12  # of the real pages, one in so many

_ONE = """
import importlib.util, json, resource, sys, time
if sys.argv[1]:
    spec = importlib.util.spec_from_file_location("gen", sys.argv[1])
    gen = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(gen)
from feedmill.errors import FeedmillError
from workers.extract import extract, warm_up
content = CONTENT
warm_up()
started = time.perf_counter()
try:
    text = extract(content, url="https://harbour.example/1", content_type="text/html").text
    text.encode()
    outcome = f"{len(text)} characters"
except FeedmillError as error:
    outcome = error.kind
seconds = round(time.perf_counter() - started, 1)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
print(json.dumps({"outcome": outcome, "seconds": seconds, "peak_mb": peak}))
"""


# Pages of our own that stay within all limits and take what they can.
_OWN = {
    "text": "b'<p>' + b'word ' * 980_000",
    "word": "b'<p>' + b'w' * 4_900_000",
    "class": "b'<p class=\"' + b'a ' * 2_400_000 + b'\">x</p>'",
    "links": "b''.join(b'<a href=/%d>link %d</a> ' % (n, n) for n in range(49_000))",
    "nested": "(b'<div>' * 240 + b'some words here' + b'</div>' * 240) * 200",
    "dates": "b''.join(b'<p>%d-%02d-%02d' % (1990 + n % 40, 1 + n % 12, 1) for n in range(49_000))",
    "cells": "b'<table>' + b'<tr><td>a<td>b' * 16_000",
    "scripts": 'b\'<script type=application/ld+json>{"@type":"Article"}</script>\' * 40_000',
}


def page_names() -> list[str]:
    if not GENERATOR.exists():
        return []
    spec = importlib.util.spec_from_file_location("hostile_gen", GENERATOR)
    assert spec is not None
    assert spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return sorted(module.PAGES)


@pytest.mark.slow
@pytest.mark.parametrize("name", page_names() or [pytest.param("", id="absent")])
def test_a_page_made_to_break_extractors(name):
    if not name:
        pytest.skip(f"{GENERATOR} is not there")
    extract_in_time(name, "gen.PAGES[sys.argv[2]][0]()")


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(_OWN))
def test_a_page_within_the_limits(name):
    extract_in_time(name, f"b'<!doctype html><html><body>' + {_OWN[name]}")


def extract_in_time(name: str, content: str) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            _ONE.replace("CONTENT", content),
            str(GENERATOR) if GENERATOR.exists() else "",
            name,
        ],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads(done.stdout.splitlines()[-1])
    sys.stdout.write(f"\n{name}: {report}\n")


def real_pages(name: str) -> list[tuple[Path, str | None]]:
    rows = (CORPUS / name / "truth.jsonl").read_text(encoding="utf-8").splitlines()
    known = {row["id"]: row.get("url") for row in map(json.loads, rows)}
    files = sorted((CORPUS / name / "html").glob("*.html.gz"))
    return [(path, known.get(path.name.removesuffix(".html.gz"))) for path in files[::EVERY]]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "name", ["fundus", "newspaper4k", "readability_js", "scrapinghub", "wcxb_dev"]
)
def test_real_pages_become_articles_or_say_why_not(name):
    if not CORPUS.exists():
        pytest.skip(f"{CORPUS} is not there")
    refused = []
    pages = real_pages(name)
    for path, url in pages:
        address = url or "https://harbour.example/1"
        content = gzip.decompress(path.read_bytes())
        try:
            article = to_article(make_page(content=content, url=address, identity=address))
        except FeedmillError as error:
            refused.append((error.kind, path.name, error.message))
        else:
            assert Article.from_json(article.to_json()) == article
    assert [page for page in refused if page[0] == "bug"] == []
    assert len(refused) <= len(pages) / 10, refused
