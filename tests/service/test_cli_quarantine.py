"""`feedmill quarantine`: what failed, in plain words, and another try."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner, Result
from redis import Redis

from feedmill import page as pages
from feedmill.errors import ExtractionError
from feedmill.raw.reading import RawReader
from feedmill.raw.writing import RawWriter
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect_async
from feedmill.store.intake import Intake
from feedmill.store.keys import Keys
from feedmill.store.quarantine import entry
from feedmill.store.workshop import Workshop
from service.cli import kinds, main
from service.cli.moments import Moment
from service.queue import PageQueue
from service.reconcile import reconcile
from tests.articles import make_page
from workers.desk import Desk

KEYS = Keys()
LINES = "".join(f"<p>Line {n} of the page</p>\n" for n in range(1, 60))


@pytest.fixture
def folder(tmp_path) -> Path:
    (tmp_path / "sources.yaml").write_text("version: 1\nsources: [{path: a.txt, enabled: false}]\n")
    return tmp_path


@pytest.fixture
def call(valkey, valkey_url, folder):
    """Runs `feedmill quarantine` on a store in which three pages failed and one could not be had."""
    writer = RawWriter(
        folder / ".feedmill" / "raw", max_bytes=10**6, max_seconds=99, clock=time.time
    )
    for number, kind in enumerate(("no-text", "page-memory", "bug")):
        url = f"https://news.example/{number}"
        page = make_page(f"page-{number}", LINES.encode(), url=url, content_type="text/html")
        page = pages.decode(pages.encode(page))
        ref = str(writer.write(page))
        used = {"cpu_seconds": 3.2, "max_rss": 2e9, "signal": 9.0} if number == 1 else {}
        set_aside(valkey, page, kind, ref, used)
    writer.close()
    blank = make_page("blank", url="https://other.example/gone", source_id="other")
    error = ExtractionError("HTTP 404", kind="http-status")
    told = entry(None, "other", blank.url, error, blank=blank)
    valkey.xadd(KEYS.quarantine, dict(zip(told[::2], told[1::2], strict=True)))

    def run(*arguments: str, **options) -> Result:
        config = ["-c", str(folder / "sources.yaml"), "--redis", valkey_url]
        return CliRunner().invoke(main, ["quarantine", *arguments, *config], **options)

    return run


def set_aside(redis: Redis, page, kind: str, ref: str, used: dict[str, float]) -> None:
    page = replace(page, raw_ref=ref)
    redis.set(KEYS.raw(page.id), zstandard.compress(pages.encode(page)))
    redis.zadd(KEYS.pending, {page.id: 1})
    Workshop(redis, KEYS).set_aside(page.id, page, ExtractionError("so it is", kind=kind), **used)


def listed(call, *options: str) -> list[dict]:
    return [json.loads(line) for line in call("ls", "--json", *options).stdout.splitlines()]


def test_ls_lists_the_newest_first(call):
    assert [one["kind"] for one in listed(call)] == ["http-status", "bug", "page-memory", "no-text"]
    table = call("ls").stdout
    assert table.index("http-status") < table.index("no-text")
    assert "https://news.example/1" in table


def test_ls_takes_filters(call):
    assert [one["page_id"] for one in listed(call, "--kind", "bug")] == ["page-2"]
    assert [one["url"] for one in listed(call, "--source", "other")] == [
        "https://other.example/gone"
    ]
    assert len(listed(call, "--since", "1h")) == 4
    assert listed(call, "--since", "2999-01-01") == []
    assert len(listed(call, "-n", "2")) == 2
    assert "There is more" in call("ls", "-n", "2").stdout
    assert "Nothing is in quarantine" in call("ls", "--kind", "none").stdout


def test_show_tells_all_and_what_helps(call):
    told = call("show", "page-1").stdout
    for words in (
        "page-memory: the page took more memory than a page may",
        "so it is",
        "3.2 s of CPU time",
        "2000 MB of memory at most",
        "signal 9",
        "feedmill quarantine retry",
        "in Redis, ",
        "| <p>Line 20 of the page</p>",
    ):
        assert words in told
    assert "Line 21 " not in told
    [one] = listed(call, "--kind", "page-memory")
    assert call("show", one["id"]).stdout == told


@pytest.mark.slow
def test_show_begins_with_the_text_of_the_page(call):
    told = call("show", "page-0").stdout
    assert "  | Line 1 of the page\n" in told
    assert "  | Line 20 of the page\n" in told
    assert "Line 21 " not in told


def test_show_of_what_could_not_be_had(call):
    [one] = listed(call, "--kind", "http-status")
    told = call("show", one["id"]).stdout
    assert "it could not even be fetched" in told
    assert "feedmill fetch https://other.example/gone" in told


def test_show_writes_the_raw_page(call, folder):
    assert call("show", "page-0", "--raw", str(folder / "page.html")).exit_code == 0
    assert (folder / "page.html").read_text() == LINES
    assert call("show", "page-0", "--raw", "-").stdout == LINES


def test_show_finds_the_page_in_the_file_and_says_when_it_is_gone(call, valkey, folder):
    valkey.delete(KEYS.raw("page-0"))
    told = json.loads(call("show", "page-0", "--json").stdout)
    assert (told["raw"], told["page"]["bytes"]) == ("file", len(LINES))
    assert call("show", "page-0", "--raw", "-").stdout == LINES
    for path in (folder / ".feedmill" / "raw").iterdir():
        path.unlink()
    assert json.loads(call("show", "page-0", "--json").stdout)["raw"] == "gone"
    none = call("show", "page-0", "--raw", "-")
    assert (none.exit_code, none.stdout) == (1, "")


def test_retry_by_id_by_kind_and_all(call, valkey):
    assert json.loads(call("retry", "page-0", "--json").stdout)["page"]
    assert "1 entry on the way again" in call("retry", "--kind", "bug").stdout
    assert valkey.zrange(KEYS.pending, 0, -1) == [b"page-0", b"page-2"]
    told = call("retry", "--all").stdout
    assert "1 entry on the way again" in told
    assert "1 entry asked for again" in told
    assert valkey.zcard(KEYS.pending) == 3
    assert valkey.zrange(KEYS.later, 0, -1) == [b"blank"]
    assert "Nothing of that kind" in call("retry", "--all").stdout


def test_retry_from_the_file(call, valkey, folder):
    valkey.delete(KEYS.raw("page-0"))
    assert json.loads(call("retry", "page-0", "--json").stdout)["page"]
    page = Workshop(valkey, KEYS).begin("page-0").page
    assert page is not None
    assert page.content == LINES.encode()
    assert page.raw_ref
    valkey.delete(KEYS.raw("page-1"))
    for path in (folder / ".feedmill" / "raw").iterdir():
        path.unlink()
    done = call("retry", "page-1")
    assert done.exit_code == 1
    assert "kept no longer" in done.stdout
    assert len(listed(call)) == 3


@pytest.mark.slow
async def test_the_service_and_a_worker_take_up_what_is_tried_again(
    call, valkey, valkey_url, folder
):
    valkey.delete(KEYS.raw("page-0"))
    await asyncio.to_thread(call, "retry", "page-0")
    async with connect_async(valkey_url) as client:
        async with PageQueue(valkey, KEYS) as queue:
            assert await reconcile(Intake(client, KEYS), queue, grace=0.0) == 1
        async with PageQueue(valkey, KEYS) as queue:
            assert await queue.underway() == {"page-0"}
    assert Desk(valkey, KEYS).work_on("page-0") == "new"
    [article_id] = valkey.hkeys(KEYS.heads)
    article = ArticleLog(valkey, KEYS).get(article_id.decode())
    assert article is not None
    assert RawReader(folder / ".feedmill" / "raw").read(article.raw_ref or "").id == "page-0"


def test_retry_of_what_has_no_address_leaves_it(call, valkey):
    fields = {"kind": "no-link", "reason": "no link", "url": "feed:x#1", "source_id": "news"}
    valkey.xadd(KEYS.quarantine, fields)
    assert call("retry", "--kind", "no-link").exit_code == 1
    assert len(listed(call, "--kind", "no-link")) == 1
    assert valkey.exists(KEYS.later) == 0


def test_drop_asks_and_counts(call, valkey):
    assert call("drop", "--all", input="n\n").exit_code == 1
    assert len(listed(call)) == 4
    assert call("drop", "page-0", input="y\n").exit_code == 0
    assert json.loads(call("drop", "--all", "--yes", "--json").stdout) == {"dropped": 3}
    assert valkey.hget(KEYS.stats, "dropped") == b"4"
    assert list(valkey.scan_iter("raw:*")) == []


@pytest.mark.parametrize("command", ["retry", "drop"])
def test_which_entries_are_meant_has_to_be_said(call, command):
    for arguments in ((), ("page-0", "--all"), ("page-0", "--kind", "bug")):
        done = call(command, *arguments)
        assert done.exit_code == 2
        assert "say which" in done.stderr
    unknown = call(command, "page-9")
    assert unknown.exit_code == 1
    assert "feedmill quarantine ls" in unknown.stderr
    assert len(listed(call)) == 4


def test_controls_in_what_strangers_wrote_do_not_reach_the_terminal(call, valkey):
    fields = {"kind": "bug", "reason": "\x1b[31mred", "url": "https://a.example/\x1b[2J"}
    entry_id = valkey.xadd(KEYS.quarantine, fields).decode()
    for told in (call("ls").stdout, call("show", entry_id).stdout):
        assert "\x1b[31m" not in told
        assert "\x1b[2J" not in told


def test_why_tells_what_helps(call, valkey_url, folder):
    config = ["-c", str(folder / "sources.yaml"), "--redis", valkey_url]
    done = CliRunner().invoke(main, ["why", "https://news.example/1", *config])
    assert "3.2 s of CPU time" in done.stdout
    assert "feedmill quarantine retry" in done.stdout


def test_every_kind_that_a_page_is_set_aside_for_has_words():
    root = Path(__file__).parents[2]
    named = (
        root / "workers" / "batch.py",
        root / "workers" / "desk.py",
        root / "workers" / "making.py",
        root / "feedmill" / "store" / "workshop.py",
        *(root / "workers" / "extract").rglob("*.py"),
    )
    texts = (path.read_text() for path in named)
    found = set(chain.from_iterable(re.findall(r'kind="([a-z-]+)"', text) for text in texts))
    assert found >= {"page-cpu", "crashed", "bug"}
    unexplained = {kind for kind in found if kinds.explain(kind) == kinds.explain("unheard-of")}
    assert unexplained <= {"runner", "stable"}  # of a batch; how things are sorted


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T12:30Z", datetime(2026, 3, 1, 12, 30, tzinfo=UTC)),
        ("2026-03-01T12:30+02:00", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
    ],
)
def test_moments(text, at):
    assert Moment().convert(text, None, None) == at.timestamp()
    assert Moment().convert("2d", None, None) == pytest.approx(time.time() - 172_800, abs=5)
