"""`feedmill add`: what an address has is found, shown, and written into the file."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedmill.config import load
from service.cli import add as command
from service.cli import main
from service.cli.sourcesfile import SourcesFile
from service.feeds.pool import FeedParsers
from tests.service.feeds import listpages
from tests.service.sources.web import HTML, RSS, XML, Site, site
from tests.service.support import rss, rss_item

pytestmark = pytest.mark.xdist_group("cli_add")

FEED = (rss(rss_item(1, "https://news.example/1"), rss_item(2, "https://news.example/2")), RSS)
OTHER = (FEED[0].replace(b"The feed", b"Another \x1b[31mfeed"), RSS)
HEAD = """\
# My sources.
version: 1
fetch: {allow_networks: [127.0.0.0/8], ports: [PORT]}
defaults: {per_host: {concurrency: 8, delay: 0s}}  # quick
sources:
  - https://a.example/feed   # the first

# The end.
"""


def page(*feeds: str, body: str = "News") -> tuple[str, str]:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{feed}" title="Feed {feed}">'
        for feed in feeds
    )
    return f"<!doctype html><html><head>{links}</head><body>{body}</body></html>", HTML


PAGES: dict[str, tuple[bytes | str, str] | int] = {
    "/": page("/feed", "/other", "/comments/feed", "/gone"),
    "/feed": FEED,
    "/other": OTHER,
    "/comments/feed": FEED,
    "/list": (listpages.cards(), HTML),
    "/empty": page(),
    "/none": page("/gone"),
    "/map.xml": ("<urlset><url><loc>https://news.example/1</loc></url></urlset>", XML),
}


@pytest.fixture(scope="module")
def web() -> Iterator[Site]:
    """A site in a thread of its own: the command has an event loop itself."""
    ready, over = threading.Event(), threading.Event()
    found: list[Site] = []

    async def serve() -> None:
        async with site(PAGES) as at:
            found.append(at)
            ready.set()
            await asyncio.to_thread(over.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    yield found[0]
    over.set()
    thread.join()


@pytest.fixture
def config(tmp_path: Path, web: Site, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "sources.yaml"
    path.write_text(HEAD.replace("PORT", web.base.rpartition(":")[2]))
    return path


@pytest.fixture(autouse=True)
def shared_parsers(parsers: FeedParsers, monkeypatch: pytest.MonkeyPatch) -> None:
    """One pool for all tests: to start one takes a while."""
    shared = contextlib.nullcontext(parsers)
    monkeypatch.setattr("service.feeds.pool.FeedParsers", lambda **_: shared)


def run(*arguments: str, **more: str) -> Result:
    return CliRunner().invoke(main, ["add", *arguments], prog_name="feedmill", **more)


def added(config: Path) -> str:
    """What stands in the file beside what stood there before; the rest must be as it was."""
    before, after = HEAD.splitlines(), config.read_text().splitlines()
    start = before.index("  - https://a.example/feed   # the first") + 1
    assert after[start - 1] == before[start - 1]
    assert after[:2] == before[:2]
    tail = before[start:]
    assert after[-len(tail) :] == tail
    return "\n".join(after[start : -len(tail)])


def test_a_feed_is_added_and_the_file_stays_as_it_was(config, web):
    done = run(f"{web.base}/feed")
    assert done.exit_code == 0, done.stderr
    assert "The feed  [rss20]  2 entries, newest 2026-03-09 06:02" in done.stdout
    assert added(config) == f"  - {web.base}/feed"
    assert "sources.yaml: added 127-0-0-1-" in done.stderr
    assert len(load(config).sources) == 2


def test_all_that_can_be_said_about_it(config, web):
    options = ("--id", "news", "--tag", "uk", "--tag", "a: b", "--every", "30m")
    done = run(f"{web.base}/feed", *options)
    assert done.exit_code == 0, done.stderr
    source = load(config).sources[1]
    assert (source.id, source.tags) == ("news", ["uk", "a: b"])
    assert source.every.total_seconds() == 1800


def test_of_several_feeds_the_best_is_taken_where_nobody_can_be_asked(config, web):
    done = run(f"{web.base}/")
    assert done.exit_code == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].startswith("  1  The feed")
    assert lines[2] == "  2  Another [31mfeed  [rss20]  2 entries, newest 2026-03-09 06:02"
    assert "cannot be read: the server answered with status 404" in lines[4]
    assert lines[6].endswith(", comments")
    assert added(config) == f"  - {web.base}/feed"


def test_another_one_by_its_number_and_all_of_them(config, web):
    assert run(f"{web.base}/", "--feed", "2").exit_code == 0
    assert added(config) == f"  - {web.base}/other"
    done = run(f"{web.base}/", "--all")
    assert done.exit_code == 0, done.stderr
    assert added(config) == f"  - {web.base}/other\n  - {web.base}/feed"
    assert f"already listed, or its id is: {web.base}/other" in done.stderr


@pytest.mark.parametrize(
    ("number", "sentence"), [("3", "this one cannot be read"), ("9", "--feed 9: 4 found")]
)
def test_numbers_that_cannot_be_taken(config, web, number, sentence):
    done = run(f"{web.base}/", "--feed", number)
    assert done.exit_code in {1, 2}
    assert sentence in done.stderr
    assert added(config) == ""


def test_on_a_terminal_the_user_is_asked(config, web, monkeypatch):
    monkeypatch.setattr(command, "_is_terminal", lambda: True)
    done = run(f"{web.base}/", input="2\n")
    assert done.exit_code == 0, done.stderr
    assert "Which one" in done.stdout + done.stderr
    assert added(config) == f"  - {web.base}/other"


def test_a_list_page_and_a_sitemap(config, web):
    assert run(f"{web.base}/list").exit_code == 0
    assert run(f"{web.base}/map.xml").exit_code == 0
    assert run(f"{web.base}/list?x", "--select", "h3 > a").exit_code == 0
    assert [(source.kind, source.select) for source in load(config).sources[1:]] == [
        ("page", None),
        ("sitemap", None),
        ("page", "h3 > a"),
    ]


def test_a_site_is_added_as_one_where_it_is_asked_for(config, web):
    assert run(f"{web.base}/", "--kind", "site").exit_code == 0
    assert added(config) == f"  - url: {web.base}/\n    kind: site"


@pytest.mark.parametrize(
    ("path", "options", "sentence"),
    [
        ("/empty", (), "names no feed and lists no articles"),
        ("/none", (), "nothing that was found can be read"),
        ("/missing", (), "status 404"),
        ("/", ("--kind", "feed"), "HTML page and no feed"),
        ("/empty", ("--kind", "page"), "no links to articles"),
        ("/empty", ("--select", "a["), "no CSS selector"),
        ("/feed", ("--every", "soon"), "nothing was added: expected a duration"),
        ("/feed", ("--id", "A B"), "nothing was added: expected up to 64"),
        ("/feed", ("--id", "a-example-feed"), "this id is already used at sources.yaml:6:5"),
    ],
)
def test_what_cannot_be_added_is_told_in_one_sentence(config, web, path, options, sentence):
    before = config.read_text()
    done = run(f"{web.base}{path}", *options)
    assert done.exit_code in {1, 2}
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert config.read_text() == before


def test_what_is_listed_already_is_refused_with_its_place_before_anybody_is_asked(config, web):
    web.asked()
    done = run("HTTPS://A.example/feed#x")
    assert (done.exit_code, done.stderr) == (
        2,
        "nothing was added: this address is already listed at sources.yaml:6:5\n",
    )
    assert run("a.example/feed").exit_code == 2
    run(f"{web.base}/feed")
    again = run(f"{web.base}/")
    assert again.exit_code == 2
    assert "already listed at sources.yaml:7:5" in again.stderr


def test_dry_run_and_json(config, web):
    done = run(f"{web.base}/", "--dry-run")
    assert done.exit_code == 0
    assert f"  - {web.base}/feed" in done.stdout
    assert "nothing was written" in done.stderr
    assert added(config) == ""
    told = json.loads(run(f"{web.base}/", "--json", "--all").stdout)
    assert [one["kind"] for one in told["found"]] == ["feed"] * 4
    assert told["found"][0]["newest"] == "2026-03-09T06:02:00Z"
    assert [entry["url"] for entry in told["entries"]] == [f"{web.base}/feed", f"{web.base}/other"]
    assert len(told["added"]) == 2


def test_a_file_with_mistakes_is_not_touched(config, web):
    config.write_text(HEAD.replace("PORT", "80") + "evry: x\n")
    done = run(f"{web.base}/feed")
    assert done.exit_code == 2
    assert "sources.yaml:9:1: evry: unknown key" in done.stderr


def test_private_addresses_are_refused_as_ever(tmp_path, monkeypatch, web):
    monkeypatch.chdir(tmp_path)
    done = run(f"{web.base}/feed")
    assert done.exit_code == 1
    assert not (tmp_path / "sources.yaml").exists()


def test_a_new_file_is_a_good_one(tmp_path):
    path = tmp_path / "sub" / "sources.yaml"
    file = SourcesFile(path)
    assert file.add([{"url": "https://a.example/feed"}]) == ["a-example-feed"]
    assert path.read_text().splitlines()[-2:] == ["sources:", "  - https://a.example/feed"]
    assert load(path, {}).redis == "embedded"
    assert [name.name for name in path.parent.iterdir()] == ["sources.yaml"]


def test_links_and_permissions_are_kept(config, tmp_path):
    config.rename(tmp_path / "real.yaml")
    config.symlink_to("real.yaml")
    (tmp_path / "real.yaml").chmod(0o640)
    SourcesFile(config).add([{"url": "https://b.example/feed"}])
    assert config.is_symlink()
    assert (tmp_path / "real.yaml").stat().st_mode & 0o777 == 0o640
    assert len(load(config).sources) == 2


def test_a_file_that_somebody_else_changes_meanwhile_is_left(config):
    file = SourcesFile(config)
    config.write_text(config.read_text() + "# mine\n")
    with pytest.raises(Exception, match="changed meanwhile"):
        file.add([{"url": "https://b.example/feed"}])
    assert config.read_text().endswith("# mine\n")
