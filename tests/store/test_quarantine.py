"""The quarantine: entries are found, tried again and dropped, each once, whoever else does so."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest
import zstandard
from redis import Redis
from redis.exceptions import RedisError

from feedmill import page as pages
from feedmill.errors import ExtractionError, FetchError
from feedmill.page import EntryHints, Page
from feedmill.store.connection import connect, connect_async
from feedmill.store.deferred import DeferredPages
from feedmill.store.intake import Intake, Mark
from feedmill.store.keys import Keys
from feedmill.store.quarantine import Quarantine, Quarantined
from feedmill.store.workshop import Workshop
from tests.articles import make_page

KEYS = Keys()
REF = "feedmill-20260314073000-0123abcd.warc.gz#offset=12&length=345"


@pytest.fixture
def store(valkey: Redis) -> Quarantine:
    return Quarantine(valkey, KEYS)


def set_aside(redis: Redis, page_id: str = "page", kind: str = "no-text", **fields) -> Page:
    page = make_page(page_id, b"bytes", raw_ref=REF, **fields)
    redis.set(KEYS.raw(page_id), zstandard.compress(pages.encode(page)), ex=99)
    redis.incrby(KEYS.waiting_bytes, redis.strlen(KEYS.raw(page_id)))
    redis.zadd(KEYS.pending, {page_id: 1})
    Workshop(redis, KEYS).set_aside(page_id, page, ExtractionError("no article", kind=kind))
    return page


def only(store: Quarantine) -> Quarantined:
    [one] = store.newest()
    return one


def test_an_entry_tells_what_is_known(valkey, store):
    set_aside(valkey)
    one = only(store)
    assert one.at == pytest.approx(time.time(), abs=5)
    assert replace(one, id="", at=0) == Quarantined(
        id="",
        at=0,
        kind="no-text",
        reason="no article",
        page_id="page",
        source_id="news",
        url="https://news.example/1",
        raw_ref=REF,
    )
    assert store.has_raw(one)
    assert store.page(one).content == b"bytes"
    assert store.count() == 1


def test_what_a_page_has_used_is_told(valkey, store):
    valkey.zadd(KEYS.pending, {"page": 1})
    error = ExtractionError("too much", kind="page-memory")
    Workshop(valkey, KEYS).set_aside("page", None, error, cpu_seconds=1.5, max_rss=2e9, signal=9.0)
    assert only(store).measures == {"signal": 9, "cpu_seconds": 1.5, "max_rss": 2e9}


def test_newest_first_and_only_what_is_asked_for(valkey, store):
    for number in range(1200):
        valkey.xadd(
            KEYS.quarantine,
            {
                "kind": f"k{number % 2}",
                "reason": "r",
                "source_id": f"s{number % 3}",
                "url": str(number),
            },
            id=f"{1000 * number + 1}-0",
        )
    every = list(store.newest())
    assert [one.url for one in every] == [str(n) for n in reversed(range(1200))]
    assert [one.url for one in store.newest(kind="k1", source_id="s2")] == [
        str(n) for n in reversed(range(1200)) if n % 2 == 1 and n % 3 == 2
    ]
    assert [one.url for one in store.newest(since=1198.0)] == ["1199", "1198"]


def test_by_its_id_and_by_that_of_its_page(valkey, store):
    set_aside(valkey, "a")
    set_aside(valkey, "b")
    newest, oldest = store.newest()
    assert store.get(oldest.id) == store.get("a") == oldest
    assert store.get("b") == newest
    assert store.get("c") is store.get("1-1") is None


def test_a_page_goes_on_its_way_again_as_if_it_had_just_been_accepted(valkey, store):
    page = set_aside(valkey)
    one = only(store)
    now = time.time()
    assert store.retry(one) == "page"
    assert valkey.zscore(KEYS.pending, "page") == pytest.approx(now, abs=5)
    assert valkey.ttl(KEYS.raw("page")) > 6 * 86_400
    assert int(valkey.get(KEYS.waiting_bytes)) == valkey.strlen(KEYS.raw("page"))
    assert valkey.hget(KEYS.stats, "quarantined") == b"0"
    assert store.count() == 0
    assert Workshop(valkey, KEYS).begin("page").page == page
    assert store.retry(one) == "gone"


def test_a_page_comes_from_the_file_when_redis_has_it_no_longer(valkey, store):
    page = set_aside(valkey)
    one = only(store)
    valkey.delete(KEYS.raw("page"))
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert store.retry(one) == "no-page"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before
    assert store.retry(one, page) == "page"
    assert int(valkey.get(KEYS.waiting_bytes)) == valkey.strlen(KEYS.raw("page"))
    assert Workshop(valkey, KEYS).begin("page").page == page


def test_a_page_that_is_on_its_way_already_stays_as_it_is(valkey, store):
    """It was set aside twice, and tried again twice."""
    set_aside(valkey)
    set_aside(valkey)
    newest, oldest = store.newest()
    assert store.retry(newest) == "page"
    since = valkey.zscore(KEYS.pending, "page")
    time.sleep(0.01)
    assert store.retry(oldest) == "page"
    assert valkey.zscore(KEYS.pending, "page") == since
    Workshop(valkey, KEYS).begin("page")
    assert valkey.zcard(KEYS.pending) == 1
    assert int(valkey.get(KEYS.waiting_bytes)) == valkey.strlen(KEYS.raw("page"))
    assert valkey.hget(KEYS.attempts, "page") == b"1"


async def test_what_could_not_be_had_is_asked_for_again(valkey, valkey_url, store):
    blank = make_page("blank", url="https://news.example/gone", hints=EntryHints(title="Crane"))
    async with connect_async(valkey_url) as client:
        error = FetchError("gone", kind="http-status")
        await Intake(client, KEYS).refuse(blank, Mark("key", "version"), error)
        one = only(store)
        assert (one.page_id, one.url, one.kind) == (None, blank.url, "http-status")
        assert store.retry(one) == "item"
        [due] = await DeferredPages(client, KEYS).due(time.time() + 1, limit=9)
        assert (due.page, due.tries, due.has_standin) == (blank, 0, False)
    assert valkey.hget(KEYS.stats, "quarantined") == b"0"
    assert store.retry(one) == "gone"
    assert valkey.zcard(KEYS.later) == 1


async def test_entries_of_earlier_versions_can_be_asked_for_too(valkey, valkey_url, store):
    fields = {"source_id": "news", "url": "https://news.example/1", "kind": "dns", "reason": "r"}
    valkey.xadd(KEYS.quarantine, fields)
    assert store.retry(only(store)) == "item"
    async with connect_async(valkey_url) as client:
        [due] = await DeferredPages(client, KEYS).due(time.time() + 1, limit=9)
    assert (due.page.url, due.page.source_id) == ("https://news.example/1", "news")


def test_dropping_removes_the_entry_and_the_bytes_and_is_counted(valkey, store):
    set_aside(valkey)
    one = only(store)
    assert store.drop(one)
    assert not store.drop(one)
    assert valkey.exists(KEYS.raw("page"), KEYS.quarantine) == 1  # the stream, empty
    assert store.count() == 0
    assert valkey.hgetall(KEYS.stats) == {b"quarantined": b"0", b"dropped": b"1"}


def test_dropping_an_entry_leaves_a_page_that_is_on_its_way_again(valkey, store):
    set_aside(valkey)
    set_aside(valkey)
    newest, oldest = store.newest()
    assert store.retry(newest) == "page"
    assert store.drop(oldest)
    assert Workshop(valkey, KEYS).begin("page").page is not None


@pytest.mark.parametrize("raw", [b"", b"garbage"])
def test_bytes_that_are_no_page_are_none(valkey, store, raw):
    set_aside(valkey)
    valkey.set(KEYS.raw("page"), raw)
    assert store.page(only(store)) is None


def test_many_at_the_same_time_do_each_thing_once(valkey, valkey_url, store):
    for number in range(60):
        set_aside(valkey, f"page-{number}")
    results: list[str] = []

    def work(*, drops: bool) -> None:
        with connect(valkey_url) as client:
            mine = Quarantine(client, KEYS)
            for one in list(mine.newest()):
                if drops:
                    results.append("drop" if mine.drop(one) else "gone")
                else:
                    results.append(mine.retry(one))

    threads = [threading.Thread(target=work, kwargs={"drops": n == 0}) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    counts = {name: results.count(name) for name in ("page", "drop")}
    assert counts["page"] + counts["drop"] == 60
    assert valkey.zcard(KEYS.pending) == counts["page"]
    assert int(valkey.hget(KEYS.stats, "dropped") or 0) == counts["drop"]
    assert int(valkey.get(KEYS.waiting_bytes)) == sum(
        valkey.strlen(key) for key in valkey.scan_iter("raw:*")
    )


def test_all_keys_carry_the_prefix(valkey):
    keys = Keys("fm:")
    store = Quarantine(valkey, keys)
    Workshop(valkey, keys)
    for kind in ("dns", "no-text", "bug"):
        fields = {"kind": kind, "reason": "r", **({} if kind == "dns" else {"page_id": kind})}
        valkey.xadd(keys.quarantine, fields)
        valkey.set(keys.raw(kind), "x")
    ask, page, drop = reversed(list(store.newest()))
    assert (store.retry(ask), store.retry(page), store.drop(drop)) == ("item", "page", True)
    assert all(key.startswith(b"fm:") for key in valkey.scan_iter())


def test_a_full_server_changes_nothing(valkey, store):
    set_aside(valkey)
    valkey.config_set("maxmemory", 1)
    try:
        with pytest.raises(RedisError, match="maxmemory"):
            store.retry(only(store))
    finally:
        valkey.config_set("maxmemory", 0)
    assert store.count() == 1
    assert valkey.zcard(KEYS.pending) == 0
