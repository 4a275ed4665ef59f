"""Pages made to break extractors, and real ones: their text or one of our own errors, within bounds.

Each hostile page is worked on in a process of its own (`tests/workers/hostile.py`), which may not connect to
anything. `pytest tests/workers/test_hostile.py -s -m ""` shows what each costs.
"""

from __future__ import annotations

import gzip
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from feedmill.article import Article
from feedmill.errors import FeedmillError
from tests.articles import make_page
from tests.workers import hostile
from tests.workers.samples import ROOT, SHARED
from workers.making import to_article

pytestmark = pytest.mark.slow

CORPUS = SHARED / "data" / "extraction"
SECONDS = 10  # of CPU
MEGABYTES = 512
EVERY = 12  # of the real pages, one in so many
_QUICK = frozenset({"nested-300", "nested-3000", "p_utf16", "p_random", "p_consent", "p_bl"})

Work = Callable[[str], dict[str, Any]]


@pytest.fixture
def work() -> Work:
    """Works on a hostile page in a limited process behind a fence: what came of it."""

    def work(name: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.workers.hostile", name],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            capture_output=True,
            text=True,
            timeout=110,
            check=False,
        )
        assert done.returncode == 0, f"ended with {done.returncode}: {done.stderr[-1500:]}"
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        sys.stdout.write(f"\n{name}: {report}\n")
        return report

    return work


@pytest.fixture
def fence(monkeypatch) -> Iterator[None]:
    """Refuses every connection and look-up of this process, and fails the test that tried one."""
    tried: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> None:
        tried.append(arguments)
        raise PermissionError("no connections from here")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    yield
    assert tried == []


def pages() -> list[Any]:
    known = hostile.every()
    found: list[Any] = [
        pytest.param(name, marks=[] if name in _QUICK else [pytest.mark.slow]) for name in known
    ]
    if not hostile.GENERATOR.exists():
        skip = pytest.mark.skip(reason=f"{hostile.GENERATOR} is not there")
        found.append(pytest.param("the shared hostile pages", marks=skip))
    return found


@pytest.mark.parametrize("name", pages())
def test_a_page_made_to_break_extractors(name, work):
    report = work(name)
    wanted = hostile.every()[name]
    assert report["connects"] == []
    assert report["seconds"] < SECONDS
    assert report["growth_mb"] < MEGABYTES
    assert report["unwanted"] == []
    if report["refused"]:
        assert report["refused"] in wanted.refused
        return
    assert wanted.text, f"{report['characters']} characters came of it"
    assert report["missing"] == []
    assert report["characters"] >= max(1, wanted.least)


def test_the_fence_refuses_and_tells():
    """Without it the tests above show nothing about connections."""
    script = (
        "import socket; from tests.workers.hostile import fence; tried = []; fence(tried)\n"
        "for call in (lambda: socket.create_connection(('127.0.0.1', 9)), "
        "lambda: socket.getaddrinfo('harbour.example', 80), "
        "lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))):\n"
        "    try: call()\n"
        "    except PermissionError: print('refused')\n"
        "assert len(tried) == 3, tried"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["refused"] * 3, done.stderr


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
def test_real_pages_become_articles_or_say_why_not(name, fence):
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
