"""`feedmill extract`: real files, and the real process that works on them within limits."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.cli.inputs import MAX_BYTES
from tests.workers.samples import PROSE, ROOT, html_page, json_ld

FIELDS = {
    *("file", "text", "title", "title_from", "description", "authors", "published", "modified_at"),
    *("lang", "section", "tags", "images", "access", "quality", "method", "removed"),
    *("canonical_url", "provenance"),
}

# Loaded by Python itself in the process that extracts: pages that hold these words misbehave in it.
pytestmark = pytest.mark.slow

MISBEHAVE = """
import os, signal, sys
if "workers.pipe" in " ".join(sys.orig_argv):
    import workers.extract
    _extract = workers.extract.extract

    def extract(content, **options):
        if b"SPIN-FOR-EVER" in content:
            while True:
                pass
        if b"EAT-MEMORY" in content:
            return bytearray(2_000_000_000)
        if b"KILL-THE-PROCESS" in content:
            os.kill(os.getpid(), signal.SIGKILL)
        if b"PRINT-SOMETHING" in content:
            print('{"ready": true}', flush=True)
        if b"RAISE" in content:
            raise KeyError("an odd page")
        return _extract(content, **options)

    workers.extract.extract = extract
"""


@pytest.fixture
def here(folder: Path, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    (folder / "page.html").write_bytes(html_page())
    return folder


def call(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["extract", *arguments], input=stdin, prog_name="feedmill")


def answers(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a process, with pages that misbehave."""
    (folder / "sitecustomize.py").write_text(MISBEHAVE, encoding="utf-8")
    path = os.pathsep.join([str(folder), str(ROOT)])
    return subprocess.run(
        [sys.executable, "-m", "service", "extract", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def test_one_line_of_json_for_each_file(here):
    head = json_ld({"@type": "NewsArticle", "datePublished": "2026-03-01T10:00:00+01:00"})
    (here / "dated.html").write_bytes(html_page(head=head))
    result = call("page.html", "dated.html", "--url", "https://harbour.example/a")
    assert result.exit_code == 2  # one address, two files
    result = call("page.html", "dated.html")
    assert (result.exit_code, result.stderr) == (0, "")
    first, second = answers(result)
    assert first.keys() == second.keys() == FIELDS
    assert first["file"] == "page.html"
    assert PROSE[2] in first["text"]
    assert first["title"] == "Old crane goes"
    assert first["published"] is None
    assert first["lang"]["code"] == "en"
    assert second["published"]["precision"] in {"second", "minute"}
    assert second["published"]["from"] == "page"
    assert second["published"]["at"].startswith("2026-03-01T09:00:00")


def test_what_fails_is_told_and_stops_no_other(here):
    (here / "empty.html").write_bytes(b"<html><body></body></html>")
    (here / "picture.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20)
    result = call("none.html", "empty.html", ".", "x*.html", "picture.jpg", "page.html")
    assert result.exit_code == 1
    *failed, good = answers(result)
    assert [set(one) for one in failed] == [{"file", "error"}] * 5
    kinds = [one["error"]["kind"] for one in failed]
    assert kinds[:4] == ["file-none", kinds[1], "file-folder", "file-none"]
    assert kinds[1] in {"no-text", "no-article"}
    assert all(one["error"]["message"] for one in failed)
    assert "*.html" in failed[2]["error"]["message"]
    assert good["text"]
    assert "5 of 6" in result.stderr
    assert "Traceback" not in result.output


def test_standard_input_gzip_and_globs(here):
    (here / "page.html.gz").write_bytes(gzip.compress(html_page()))
    from_stdin = call("-", stdin=html_page())
    assert from_stdin.exit_code == 0
    [piped] = answers(from_stdin)
    both = answers(call("*.html*"))
    assert [one["file"] for one in both] == ["page.html", "page.html.gz"]
    assert {one["text"] for one in both} == {piped["text"]}
    assert piped["file"] == "-"


def test_bombs_and_broken_gzip_are_refused(here):
    (here / "bomb.html.gz").write_bytes(gzip.compress(b" " * (MAX_BYTES * 3)))
    (here / "half.html.gz").write_bytes(gzip.compress(html_page())[:-300])
    result = call("bomb.html.gz", "half.html.gz")
    assert [one["error"]["kind"] for one in answers(result)] == ["too-big", "file-unreadable"]


def test_the_address_resolves_what_is_relative(here):
    page = html_page(head="<link rel=canonical href='/articles/crane'>")
    (here / "page.html").write_bytes(page)
    result = call("page.html", "--url", "https://harbour.example/x?y=1")
    assert answers(result)[0]["canonical_url"] == "https://harbour.example/articles/crane"


@pytest.mark.slow
def test_a_name_that_is_no_utf_8_is_shown_all_the_same(here):
    name = os.fsdecode(b"caf\xe9.html")
    (here / name).write_bytes(html_page())
    done = run(here, name)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["file"] == "caf\\xe9.html"


@pytest.mark.slow
def test_a_page_that_breaks_the_process_costs_one_page(here):
    for name, word in (("a", "KILL-THE-PROCESS"), ("b", "RAISE"), ("c", "EAT-MEMORY")):
        (here / f"{name}.html").write_bytes(html_page(f"<p>{word}</p>"))
    (here / "d.html").write_bytes(html_page("<p>PRINT-SOMETHING</p>" + f"<p>{PROSE[0]}</p>" * 3))
    done = run(here, "a.html", "b.html", "c.html", "d.html", "page.html")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    kinds = [one["error"]["kind"] if "error" in one else "good" for one in lines]
    assert kinds == ["extract-crash", "bug", "out-of-memory", "good", "good"], lines
    assert done.returncode == 1


@pytest.mark.slow
def test_a_page_that_takes_for_ever_ends_after_ten_seconds_of_cpu_time(here):
    (here / "a.html").write_bytes(html_page("<p>SPIN-FOR-EVER</p>"))
    done = run(here, "a.html", "page.html")
    first, second = map(json.loads, done.stdout.splitlines())
    assert first["error"]["kind"] == "out-of-time"
    assert second["text"]


@pytest.mark.slow
def test_modules_of_the_folder_one_stands_in_are_never_run(here):
    (here / "workers.py").write_text("raise SystemExit('never')")
    assert call("page.html").exit_code == 0
