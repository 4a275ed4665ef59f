"""`feedmill test`: files, and a real news site on loopback."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.cli.verdict import quality_in_words
from tests.site.process import NewsSite
from tests.workers.samples import PROSE, ROOT, html_page

LETTER = "\n\n".join(
    [
        "Old crane goes",
        *PROSE[:3],
        "Sign up for our free newsletter to get the best of the harbour in your inbox.",
        *PROSE[3:],
        "Share this article on Facebook",
        "© 2026 Harbour Gazette. All rights reserved.",
    ]
)

pytestmark = pytest.mark.slow
WRAPPED = """\
{title}

The old crane of the harbour is to be taken down before the winter, the
port authority said on Monday, after engineers had asked for this step
for years and the council agreed to it in the end.

Work will begin in March and is to last for about ten weeks, and a second
crane stays where it is, because the ferries of the islands need it all
year. The council will talk about the price again in April or, at the
latest, in the first days of the month that comes after it, which is in
May.

Sign up for our free newsletter to get the best of the harbour in your
inbox. You can unsubscribe at any time.
"""
SLUG = "dredging-inner-channel"


@pytest.fixture
def here(folder: Path, monkeypatch) -> Path:
    monkeypatch.chdir(folder)
    (folder / "letter.txt").write_text(LETTER)
    return folder


@pytest.fixture
def allowed(here: Path, site: NewsSite) -> NewsSite:
    """A sources file that lets the loopback site be asked."""
    (here / "sources.yaml").write_text(
        f"version: 1\nfetch: {{allow_networks: [127.0.0.0/8], ports: [{site.port}]}}\n"
        "defaults: {per_host: {delay: 0s}}\nsources: []\n"
    )
    return site


def call(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(main, ["test", *arguments], input=stdin, prog_name="feedmill")


def in_json(*arguments: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(call(*arguments, "--json").stdout)
    return answer


def test_a_file_is_shown_with_what_went_struck_through_and_why(here):
    result = call("letter.txt")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0] == "Old crane goes"
    [struck] = [line for line in lines if line.startswith("~~Share")]
    assert lines.index(struck) > lines.index(PROSE[-1])
    assert re.search(r"~~  ← [a-z-]+$", struck)
    assert PROSE[0] in lines
    assert "\x1b" not in result.stdout
    head = result.stdout.split("\n\n")[0]
    for word in ("authors", "published", "language", "access", "quality", "method", " ms", "kept"):
        assert word in head


@pytest.mark.parametrize("title", ["Old crane goes", "# Old crane goes"])
def test_nothing_of_wrapped_text_looks_lost(here, title):
    (here / "wrapped.txt").write_text(WRAPPED.format(title=title))
    [page] = in_json("wrapped.txt")["pages"]
    fates = [(line["fate"], line.get("reason"), line["text"]) for line in page["lines"]]
    assert fates[0] == ("outside", "title", title)
    assert [fate for fate, _, _ in fates[1:]] == ["kept", "kept", "removed"]
    assert fates[2][2].endswith("which is in May.")
    shown = call("wrapped.txt").stdout.splitlines()
    assert f"{title}  ← title" in shown
    [counts] = [line for line in shown if line.startswith("  text ")]
    assert "2 lines kept, 1 removed" in counts
    assert "outside" not in counts


def test_code_and_tables_are_shown_together_and_once(here):
    code = "<pre>with open(path) as f:\n    total = f.read()</pre>"
    table = "<table><tr><th>method</th><th>time</th></tr><tr><td>read</td><td>1.9</td></tr></table>"
    body = "".join(f"<p>{line}</p>" for line in PROSE)
    (here / "code.html").write_bytes(html_page(body + code + f"<p>{PROSE[0]} Or so.</p>" + table))
    shown = call("code.html").stdout
    assert "with open(path) as f:\n    total = f.read()\n" in shown
    assert "outside" not in shown.split("\n\n", 1)[1]


@pytest.mark.slow
def test_on_a_terminal_it_is_struck_through_in_earnest(here):
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "service", "test", "letter.txt"],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color"},
        cwd=here,
        stdin=subprocess.DEVNULL,
        stdout=follower,
        stderr=follower,
    )
    os.close(follower)
    shown = b""
    while True:
        try:
            part = os.read(leader, 65536)
        except OSError:  # the other end is closed
            break
        if not part:
            break
        shown += part
    os.close(leader)
    assert process.wait(30) == 0
    assert re.search(rb"\x1b\[[0-9;]*\b9m[^\x1b]*Share this", shown), shown
    assert b"~~" not in shown


def test_as_json_each_line_has_its_fate(here):
    answer = in_json("letter.txt")
    assert answer["subject"] == "letter.txt"
    [page] = answer["pages"]
    fates = {line["text"]: line["fate"] for line in page["lines"]}
    assert fates[PROSE[0]] == "kept"
    [gone] = [
        line for line in page["lines"] if line["fate"] == "removed" and "Share" in line["text"]
    ]
    assert gone["reason"]
    assert page["title"] == "Old crane goes"
    assert page["milliseconds"] >= 0


def test_an_address_is_shown_with_its_trace_and_nothing_is_stored(here, allowed):
    url = allowed.url("harbour", f"/old/{SLUG}")
    result = call(url)
    assert result.exit_code == 0, result.output
    assert "200, text/html; charset=utf-8" in result.stdout
    hops = [f"/old/{SLUG}", f"/go/{SLUG}", f"/articles/{SLUG}"]
    assert [result.stdout.index(hop) for hop in hops] == sorted(map(result.stdout.index, hops))
    assert {path.name for path in here.iterdir()} == {"letter.txt", "sources.yaml"}
    assert len(allowed.requests()) == 3
    [page] = in_json(url)["pages"]
    assert page["fetch"]["hops"][0] == url
    assert len(page["fetch"]["hops"]) == 3
    assert page["fetch"]["status"] == 200
    assert page["fetch"]["bytes"] > 1000


def test_of_a_feed_the_entries_are_listed_and_the_first_pages_tested(here, allowed):
    url = allowed.url("harbour", "/rss.xml")
    result = call(url, "--pages", "1")
    assert result.exit_code == 0, result.output
    assert "Harbour Gazette" in result.stdout
    assert "rss20, 7 entries" in result.stdout
    assert result.stdout.count("method ") == 1
    asked = [request["path"] for request in allowed.requests()]
    assert asked == ["/rss.xml", f"/articles/{SLUG}"]
    answer = in_json(url, "--pages", "2")
    assert len(answer["feed"]["entries"]) == 7
    assert [bool(page["text"]) for page in answer["pages"]] == [True, True]


def feed_of(link: str, content: str = "") -> str:
    return (
        "<?xml version='1.0'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><title>A feed</title>"
        f"<item><title>Gone</title><link>{link}</link>{content}</item></channel></rss>"
    )


def test_a_feed_in_a_file(here, allowed):
    (here / "feed.xml").write_text(feed_of(allowed.url("valley", "/articles/nowhere")))
    result = call("feed.xml")
    assert result.exit_code == 1
    assert "A feed" in result.stdout
    assert "404" in result.stdout
    answer = in_json("feed.xml")
    assert answer["pages"][0]["error"]["kind"] == "http-status"


def test_what_a_feed_holds_stands_in_for_a_page_that_cannot_be_had(here, allowed):
    body = "".join(f"&lt;p>{line}&lt;/p>" for line in PROSE)
    link = allowed.url("valley", "/articles/nowhere")
    (here / "feed.xml").write_text(feed_of(link, f"<content:encoded>{body}</content:encoded>"))
    result = call("feed.xml")
    assert result.exit_code == 0, result.output
    assert "404; what the feed holds stands in" in result.stdout
    assert PROSE[0] in result.stdout.splitlines()


@pytest.mark.parametrize(
    ("subject", "word"),
    [("none.html", "no such file"), (".", "folder"), ("http://127.0.0.1/", "not a public address")],
)
def test_what_cannot_be_had_is_one_sentence(here, subject, word):
    result = call(subject)
    assert (result.exit_code, result.stdout) == (1, "")
    assert word in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert in_json(subject)["error"]["kind"]


def test_a_page_without_an_article_says_so(here):
    (here / "empty.html").write_bytes(b"<html><body></body></html>")
    result = call("empty.html")
    assert result.exit_code == 1
    assert re.search(r"there is no (?:article )?text", result.stdout)
    assert "the page has no line of text" in result.stdout
    assert "--all-lines" not in result.stdout


def test_of_a_page_without_an_article_the_lines_are_shown(here):
    (here / "menu.html").write_bytes(html_page("<p>Ferries</p><p>Fish</p>"))
    (here / "menu.txt").write_text("Share on Facebook\n\nAll rights reserved.\n")
    for name in ("menu.html", "menu.txt"):
        result = call(name)
        assert result.exit_code == 1
        assert re.search(r"has [23] lines of text, none of it kept; --all-lines", result.stdout)
        result = call(name, "--all-lines")
        assert result.exit_code == 1
        struck = [line for line in result.stdout.splitlines() if line.startswith("~~")]
        assert len(struck) in {2, 3}
        [page] = in_json(name)["pages"]
        assert page["error"]["kind"] == "no-text"
        assert {line["fate"] for line in page["lines"]} <= {"outside", "removed"}
    assert "← share" in result.stdout  # of plain text the reasons are known


def test_strangers_cannot_write_to_the_terminal(here):
    bad = "\x1b]0;owned\x07\u202e"
    (here / "bad.html").write_bytes(html_page(title=f"Crane {bad}"))
    (here / "bad.txt").write_text(LETTER.replace("free", f"free {bad}"))
    for name in ("bad.html", "bad.txt"):
        shown = call(name).stdout
        assert not {"\x1b", "\x07", "\u202e"} & set(shown)


def test_every_quality_has_words():
    assert quality_in_words(None) == "not rated"
    said = [quality_in_words(quality / 20).partition(": ")[2] for quality in range(21)]
    assert all(said)
    assert len(set(said)) == 5
    assert quality_in_words(0.97) == "0.97 of 1 expected: very likely right"


def test_the_documentation_has_the_words_of_every_quality():
    documented = (ROOT / "docs" / "extraction.md").read_text(encoding="utf-8")
    for quality in (0.97, 0.9, 0.8, 0.6, 0.1):
        assert f"| {quality_in_words(quality).partition(': ')[2]} |" in documented
