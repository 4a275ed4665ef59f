"""`feedmill import` and `feedmill export`."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from feedmill.config import load
from feedmill.config.opml import parse
from service.cli import main
from tests.service.sources.web import site

OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><body>
<outline text="UK"><outline type="rss" text="A &amp; B" xmlUrl="https://a.example/feed" category="politics,/x/y"/></outline>
<outline type="rss" text="$PATH: ${HOME}" xmlUrl="https://b.example/?q=$x"/>
<outline type="rss" text="No" xmlUrl="ftp://c.example/"/>
<outline type="rss" text="Again" xmlUrl="https://a.example/feed"/>
<outline type="rss" text="Slash" xmlUrl="https://a.example/feed/"/>
</body></opml>
"""
CONFIG = "version: 1\nsources:\n  - {url: https://z.example/feed, name: Z, tags: [uk, politics]}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "subs.opml").write_text(OPML)
    (tmp_path / "sources.yaml").write_text(CONFIG)
    return tmp_path


def run(*arguments: str, **more: str) -> Result:
    return CliRunner().invoke(main, arguments, prog_name="feedmill", **more)


def test_a_list_is_written_and_can_be_included(folder):
    done = run("import", "subs.opml")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines() == [
        (
            "warning: subs.opml:5:1: 'No': expected an address that begins with http:// or https://; "
            "this feed is left out"
        ),
        (
            "warning: subs.opml:6:1: 'Again': this address is already listed at subs.opml:3:20; this "
            "feed is left out"
        ),
        "sources.d/subs.yaml: 3 feeds written, 2 left out",
        "now add to sources.yaml: `include: [sources.d/subs.yaml]`",
    ]
    (folder / "sources.yaml").write_text(CONFIG + "include: [sources.d/*.yaml]\n")
    settings = load(folder / "sources.yaml")
    assert [(source.url, source.name, source.tags) for source in settings.sources[1:]] == [
        ("https://a.example/feed", "A & B", ["UK", "politics", "x", "y"]),
        ("https://b.example/?q=$x", "$PATH: ${HOME}", []),
        ("https://a.example/feed/", "Slash", []),
    ]
    assert settings.sources[3].id.startswith("a-example-feed-")


def test_what_is_listed_already_is_left_out(folder):
    (folder / "sources.yaml").write_text(CONFIG + "include: [sources.d/*.yaml]\n")
    run("import", "subs.opml")
    again = run("import", "subs.opml", "-o", "sources.d/again.yaml", "--json")
    told = json.loads(again.stdout)
    assert (told["written"], told["listed"], len(told["left_out"])) == (0, 3, 2)
    assert not (folder / "sources.d/again.yaml").exists()


def test_an_existing_list_is_not_written_over(folder):
    run("import", "subs.opml")
    done = run("import", "subs.opml")
    assert (done.exit_code, done.stderr) == (
        2,
        "sources.d/subs.yaml: there is such a file; --force writes over it\n",
    )
    assert run("import", "subs.opml", "--force").exit_code == 0


def test_standard_input_and_output(folder):
    done = run("import", "-", "-o", "-", input=OPML)
    assert done.exit_code == 0, done.stderr
    assert len(yaml.safe_load(done.stdout)) == 3
    assert not (folder / "sources.d").exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("<opml><outline", "bad.opml:1:15: OPML cannot be read: unclosed token"),
        ("<!DOCTYPE opml><opml/>", "bad.opml:1:15: a DOCTYPE is not allowed; remove it"),
    ],
)
def test_what_is_no_opml(folder, content, sentence):
    (folder / "bad.opml").write_text(content)
    done = run("import", "bad.opml")
    assert done.exit_code == 2
    assert done.stderr.startswith("bad.opml:1:")
    assert sentence.partition(": ")[2] in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_missing_file(folder):
    done = run("import", "no.opml")
    assert done.exit_code == 1
    assert len(done.stderr.splitlines()) == 1


async def test_from_an_address(folder):
    async with site({"/feeds/export": (OPML, "text/x-opml")}) as at:
        port = at.base.rpartition(":")[2]
        allow = f"fetch: {{allow_networks: [127.0.0.0/8], ports: [{port}]}}\n"
        (folder / "sources.yaml").write_text(CONFIG + allow)
        done = await asyncio.to_thread(run, "import", f"{at.base}/feeds/export?x=1")
    assert done.exit_code == 0, done.stderr
    (written,) = (folder / "sources.d").iterdir()
    assert written.name == f"127-0-0-1-{port}-feeds-export.yaml"
    assert len(yaml.safe_load(written.read_text())) == 3


def test_export(folder):
    (folder / "seeds.txt").write_text("x")
    more = "  - {url: https://y.example/list, kind: page}\n  - seeds.txt\n  - https://x.example/?a=1&b=2\n"
    (folder / "sources.yaml").write_text(CONFIG + more)
    done = run("export")
    assert done.exit_code == 0, done.stderr
    assert done.stderr == "2 feeds; 2 sources of other kinds left out\n"
    found = [(one.url, one.title, one.tags) for one in parse(done.stdout.encode())]
    assert sorted(found) == [
        ("https://x.example/?a=1&b=2", "https://x.example/?a=1&b=2", ()),
        ("https://z.example/feed", "Z", ("uk", "politics")),
    ]
    told = json.loads(run("export", "-o", "out.opml", "--json").stdout)
    assert told["feeds"] == 2
    assert (folder / "out.opml").read_text() == done.stdout
    assert run("export", "--json").exit_code == 2


def test_what_was_exported_is_the_same_when_it_is_imported(folder):
    (folder / "subs.opml").write_text(run("export").stdout)
    (folder / "sources.yaml").unlink()
    assert run("import", "subs.opml", "-o", "sources.d/x.yaml").exit_code == 0
    assert yaml.safe_load((folder / "sources.d/x.yaml").read_text()) == [
        {"url": "https://z.example/feed", "name": "Z", "tags": ["uk", "politics"]}
    ]
