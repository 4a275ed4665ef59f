"""The keeper of raw pages: before a page is accepted it is in a file, and trouble with files stops nothing."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from redis.asyncio import Redis as AsyncRedis

from feedmill.config import RawOptions, Settings
from feedmill.raw import folder
from feedmill.raw.reading import RawReader
from feedmill.store import rawstate
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.rawstate import RawState
from service import rawpages
from service.cli import main
from service.rawpages import RawKeeper, keep_tidying
from tests.articles import make_page

KEEP = {"keep": 86_400.0, "max_bytes": 1_000_000}
KEYS = Keys()


async def test_a_page_is_in_a_file_before_it_is_accepted(tmp_path):
    page = make_page(content=b"bytes")
    async with RawKeeper(tmp_path, **KEEP) as keeper:
        kept = await keeper.keep(page)
        assert RawReader(tmp_path).read(kept.raw_ref) == kept
        assert kept.content == b"bytes"
    assert [file.is_finished for file in folder.files(tmp_path)] == [True]
    assert RawReader(tmp_path).read(kept.raw_ref) == kept


async def test_many_at_a_time(tmp_path):
    pages = [make_page(f"page-{n}", os.urandom(5000)) for n in range(100)]
    async with RawKeeper(tmp_path, **KEEP) as keeper:
        kept = await asyncio.gather(*map(keeper.keep, pages))
    assert [RawReader(tmp_path).read(page.raw_ref).content for page in kept] == [
        page.content for page in pages
    ]
    assert len(folder.files(tmp_path)) == 5


async def test_the_event_loop_goes_on_meanwhile(tmp_path):
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async with RawKeeper(tmp_path, keep=86_400.0, max_bytes=10**9) as keeper:
        other = asyncio.create_task(turn())
        await keeper.keep(make_page(content=os.urandom(10_000_000)))
        other.cancel()
    assert turns > 20


async def test_where_files_cannot_be_written_pages_go_on_without(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(rawpages, "_TRY_AGAIN", 0.05)
    blocked = tmp_path / "raw"
    blocked.write_text("a file where the folder should be")
    page = make_page(content=b"bytes")
    async with RawKeeper(blocked, **KEEP) as keeper:
        for _ in range(3):
            assert await keeper.keep(page) == page
            await asyncio.sleep(0.06)
        state = await keeper.tidy()
        assert state.failing_since == pytest.approx(time.time(), abs=5)
        assert str(blocked) in state.problem
        blocked.unlink()
        await asyncio.sleep(0.06)
        assert (await keeper.keep(page)).raw_ref
        state = await keeper.tidy()
        assert (state.failing_since, state.problem, state.files) == (0.0, "", 1)
    assert capsys.readouterr().out.count("raw pages are not kept") == 1


async def test_after_trouble_it_waits_before_it_tries_again(tmp_path):
    blocked = tmp_path / "raw"
    blocked.write_text("")
    async with RawKeeper(blocked, **KEEP) as keeper:
        await keeper.keep(make_page())
        blocked.unlink()
        assert (await keeper.keep(make_page())).raw_ref is None
        assert not blocked.exists()


async def test_what_is_old_or_too_much_goes(tmp_path):
    async with RawKeeper(tmp_path, keep=100.0, max_bytes=40_000) as keeper:
        for number in range(12):
            await keeper.keep(make_page(f"page-{number}", os.urandom(5000)))
            # What is finished is within the bound at any time; one file more is being written.
            assert sum(file.bytes for file in folder.files(tmp_path)) <= 40_000 + 5_000 + 2_000
        state = await keeper.tidy()
        assert 0 < state.bytes <= 40_000
        assert state.files == len(list(tmp_path.iterdir()))
        for path in tmp_path.iterdir():
            os.utime(path, (time.time() - 101,) * 2)
        assert (await keeper.tidy()).files == 0


async def test_what_cannot_be_tidied_up_stops_nothing(tmp_path, capsys):
    """A folder where a file that was left should be: it can be neither read nor finished."""
    (tmp_path / "feedmill-20260314073000-0123abcd.warc.gz.open").mkdir()
    async with RawKeeper(tmp_path, **KEEP) as keeper:
        await keeper.tidy()
        await keeper.tidy()
        assert (await keeper.keep(make_page())).raw_ref
    assert capsys.readouterr().out.count("cannot be tidied up") == 1


async def test_a_crash_leaves_a_file_that_is_finished(tmp_path):
    keeper = RawKeeper(tmp_path, **KEEP)
    kept = await keeper.keep(make_page(content=b"bytes"))
    keeper._writer._abandon()
    async with RawKeeper(tmp_path, **KEEP) as other:
        await other.tidy()
        assert [file.is_finished for file in folder.files(tmp_path)] == [True]
    assert RawReader(tmp_path).read(kept.raw_ref).content == b"bytes"


async def test_two_services_do_not_touch_each_others_file(tmp_path):
    async with RawKeeper(tmp_path, **KEEP) as one, RawKeeper(tmp_path, **KEEP) as other:
        first = await one.keep(make_page("a", b"a"))
        second = await other.keep(make_page("b", b"b"))
        await one.tidy()
        await other.tidy()
        third = await one.keep(make_page("c", b"c"))
    reader = RawReader(tmp_path)
    assert [reader.read(page.raw_ref).content for page in (first, second, third)] == [
        b"a",
        b"b",
        b"c",
    ]
    assert len(folder.files(tmp_path)) == 2


def test_what_the_configuration_asks_for(tmp_path):
    settings = Settings(path=tmp_path / "sources.yaml", raw=RawOptions(keep=timedelta(hours=8)))
    keeper = RawKeeper.of(settings)
    assert keeper is not None
    assert keeper._directory == tmp_path / ".feedmill" / "raw"
    assert keeper._writer._max_seconds == 3600
    elsewhere = Settings(path=tmp_path / "sources.yaml", raw=RawOptions(dir=Path("pages")))
    assert elsewhere.raw_dir == tmp_path / "pages"
    assert RawKeeper.of(Settings(raw=RawOptions(enabled=False))) is None


async def test_it_is_told_how_it_goes(tmp_path, valkey, valkey_url):
    async with connect_async(valkey_url) as client, RawKeeper(tmp_path, **KEEP) as keeper:
        await keeper.keep(make_page(content=b"bytes"))
        await _tidied_once(keeper, client)
        state = rawstate.load(valkey, KEYS)
        assert (state.folder, state.files, state.problem) == (str(tmp_path), 1, "")
        assert state.bytes == sum(path.stat().st_size for path in tmp_path.iterdir())
        await _tidied_once(None, client)
        assert rawstate.load(valkey, KEYS) is None


async def test_status_tells_how_it_goes(valkey, valkey_url, tmp_path):
    (tmp_path / "sources.yaml").write_text("version: 1\nsources: [{path: a.txt, enabled: false}]\n")

    def status(*options: str) -> str:
        config = ["-c", str(tmp_path / "sources.yaml"), "--redis", valkey_url]
        return CliRunner().invoke(main, ["status", *config, *options]).stdout

    assert "Raw pages" not in status()
    good = RawState("/data/raw", 3, 2_500_000, time.time() - 86_400 * 3)
    async with connect_async(valkey_url) as client:
        await rawstate.save(client, KEYS, good)
        assert "2.5 MB in 3 files, of the last 3 d" in status()
        await rawstate.save(
            client, KEYS, replace(good, failing_since=time.time() - 120, problem="disk full")
        )
    assert "not kept for 2 min: disk full" in status()
    assert json.loads(status("--json"))["raw_pages"]["problem"] == "disk full"


async def _tidied_once(keeper: RawKeeper | None, client: AsyncRedis) -> None:
    task = asyncio.create_task(keep_tidying(keeper, client, KEYS))
    await asyncio.sleep(0.1)
    task.cancel()
    await asyncio.wait([task])
