"""Pages between acceptance and commit: each ends exactly once, whatever happens in between."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator

import pytest
import zstandard
from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from feedmill import page as pages
from feedmill import urls
from feedmill.errors import ExtractionError, FetchError, StoreError
from feedmill.page import Page
from feedmill.store.connection import connect, connect_async
from feedmill.store.intake import RAW_SECONDS, Intake, Mark
from feedmill.store.keys import Keys
from feedmill.store.workshop import MAX_ATTEMPTS, QUARANTINED_RAW_SECONDS, Taken, Workshop
from tests.articles import file, make_article, make_page

KEYS = Keys()
MARK = Mark("guid-1", "version-1")


@pytest.fixture
async def client(valkey: Redis, valkey_url: str) -> AsyncIterator[AsyncRedis]:
    async with connect_async(valkey_url) as client:
        yield client


@pytest.fixture
def intake(client: AsyncRedis) -> Intake:
    return Intake(client, KEYS)


@pytest.fixture
def workshop(valkey: Redis) -> Workshop:
    return Workshop(valkey, KEYS)


def fields(redis: Redis) -> list[dict[str, str]]:
    return [
        {name.decode(): value.decode() for name, value in entry.items()}
        for _, entry in redis.xrange("quarantine")
    ]


async def accept(intake: Intake, page_id: str = "page", content: bytes = b"bytes") -> Page:
    page = make_page(page_id, content)
    await intake.accept(page, Mark(f"guid-{page_id}", "version-1"))
    return page


# ---- the service's side


async def test_accepting_is_one_step_with_everything_in_it(valkey, intake):
    page = make_page("page", b"bytes")
    before = time.time()
    await intake.accept(page, MARK)
    assert valkey.zscore("pages:pending", "page") == pytest.approx(before, abs=5)
    raw = valkey.get("raw:page")
    assert pages.decode(zstandard.ZstdDecompressor().decompress(raw)) == page
    assert RAW_SECONDS - 5 <= valkey.ttl("raw:page") <= RAW_SECONDS
    assert valkey.hgetall("seen:news") == {urls.digest("guid-1").encode(): b"version-1"}
    assert int(valkey.get("pages:bytes")) == valkey.strlen("raw:page")
    assert valkey.dbsize() == 4


async def test_a_reader_never_sees_half_an_acceptance(valkey, valkey_url, client):
    """Seen without pending would lose the page; pending without bytes would quarantine it."""
    stop = threading.Event()
    broken: list[tuple[int, int, int]] = []

    def watch() -> None:
        with connect(valkey_url) as redis:
            look = redis.register_script(
                "local raws = #redis.call('KEYS', 'raw:*')"
                " return {redis.call('ZCARD', 'pages:pending'), raws, redis.call('HLEN', 'seen:news')}"
            )
            while not stop.is_set():
                counts = look()
                if len(set(counts)) != 1:
                    broken.append(tuple(counts))

    intake = Intake(client, KEYS)
    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        for start in range(0, 200, 20):
            await asyncio.gather(*(accept(intake, f"page-{start + n}") for n in range(20)))
    finally:
        stop.set()
        watcher.join()
    assert not broken
    assert valkey.zcard("pages:pending") == 200


async def test_pages_are_pending_since_the_time_of_the_clock(valkey, client):
    now = 1_000_000.0
    intake = Intake(client, KEYS, lambda: now)
    await accept(intake)
    assert valkey.zscore("pages:pending", "page") == now
    now += 60.0
    assert await intake.pending(older_than=60.0) == ["page"]
    assert await intake.pending(older_than=61.0) == []


async def test_all_that_the_service_does_at_a_time_finds_a_connection(valkey, intake):
    """50 sources at a time with 8 pages each, as the service allows itself."""
    await asyncio.gather(*(accept(intake, f"page-{n}") for n in range(400)))
    assert await intake.pending_count() == 400


async def test_accepting_again_changes_nothing(valkey, intake):
    page = await accept(intake)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    await asyncio.sleep(0.01)
    await intake.accept(page, Mark("guid-page", "version-1"))
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


async def test_accepting_a_finished_page_again_is_harmless(valkey, intake, workshop):
    page = await accept(intake)
    article = make_article(1)
    assert file(valkey, article, keys=KEYS).verdict == "new"
    await intake.accept(page, Mark("guid-page", "version-1"))
    assert workshop.begin("page").page == page
    again = file(valkey, article, keys=KEYS)
    assert again.verdict == "unchanged"
    assert valkey.xlen("articles") == 1
    assert await intake.pending_count() == 0


async def test_seen_tells_versions_and_what_was_never_accepted(intake):
    await accept(intake)
    await intake.mark_seen("news", Mark("other", "version-9"))
    assert await intake.seen("news", ["guid-page", "never", "other"]) == {
        "guid-page": "version-1",
        "never": None,
        "other": "version-9",
    }
    assert await intake.seen("elsewhere", ["guid-page"]) == {"guid-page": None}
    assert await intake.seen("news", []) == {}


async def test_the_newest_accepted_version_counts(intake):
    await intake.accept(make_page("a"), Mark("guid", "version-1"))
    await intake.accept(make_page("b"), Mark("guid", "version-2"))
    assert await intake.seen("news", ["guid"]) == {"guid": "version-2"}
    assert await intake.pending_count() == 2


async def test_keys_of_strangers_are_no_keys_of_ours(valkey, intake):
    hostile = "a\r\nFLUSHALL\r\n\x00" + "x" * 100_000
    await intake.mark_seen("news", Mark(hostile, "v"))
    assert await intake.seen("news", [hostile]) == {hostile: "v"}
    assert valkey.hkeys("seen:news") == [urls.digest(hostile).encode()]


async def test_known_urls_are_those_of_articles_and_of_their_copies(valkey, intake):
    original, copy = make_article(1), make_article(2, text=make_article(1).text)
    for article in (original, copy):
        file(valkey, article, "x", keys=KEYS)
    asked = [original.url_key, copy.url_key, "news.example/never"]
    assert await intake.known_urls(asked) == set(asked[:2])
    assert await intake.known_urls([]) == set()


async def test_pending_oldest_first_and_by_age(valkey, intake):
    now = time.time()
    valkey.zadd("pages:pending", {"new": now, "old": now - 100, "middle": now - 50})
    assert await intake.pending() == ["old", "middle", "new"]
    assert await intake.pending(older_than=30) == ["old", "middle"]
    assert await intake.pending(older_than=1000) == []
    assert await intake.pending_count() == 3


async def test_refusing_says_why_and_is_not_tried_again(valkey, intake):
    page = make_page(url="https://news.example/1")
    await intake.refuse(page, MARK, FetchError("the page is gone", kind="http-status"))
    [entry] = fields(valkey)
    assert pages.decode(entry.pop("blank").encode()) == page
    assert entry == {
        "source_id": "news",
        "url": "https://news.example/1",
        "kind": "http-status",
        "reason": "the page is gone",
    }
    assert await intake.seen("news", ["guid-1"]) == {"guid-1": "version-1"}
    assert await intake.verdicts() == {"quarantined": 1}
    assert await intake.pending_count() == 0


async def test_a_full_server_accepts_nothing_at_all(valkey, intake):
    valkey.config_set("maxmemory", 1)
    try:
        with pytest.raises(RedisError):
            await accept(intake)
    finally:
        valkey.config_set("maxmemory", 0)
    assert valkey.dbsize() == 0


async def test_all_keys_carry_the_prefix(valkey, client):
    keys = Keys("fm:")
    intake = Intake(client, keys)
    await intake.accept(make_page(), MARK)
    await intake.refuse(make_page(), MARK, FetchError(""))
    Workshop(valkey, keys).begin("page")
    Workshop(valkey, keys).set_aside("page", None, StoreError("no"))
    assert all(key.startswith(b"fm:") for key in valkey.scan_iter())


async def test_pages_accepted_in_the_future_are_pending_too(valkey, intake):
    """The clock has been set back since."""
    await accept(intake)
    valkey.zadd("pages:pending", {"page": time.time() + 3600})
    assert await intake.pending(older_than=10) == ["page"]
    valkey.zadd("pages:pending", {"page": time.time() + 5})
    assert await intake.pending(older_than=10) == []


# ---- the workers' side


async def test_begin_takes_the_page_and_counts(valkey, intake, workshop):
    page = await accept(intake, content=b"\x00\xffbytes\n")
    assert workshop.begin("page").page == page
    assert valkey.hgetall("pages:attempts") == {b"page": b"1"}
    assert await intake.pending_count() == 1


def test_begin_counts_only_pages_that_are_pending(valkey, workshop):
    assert workshop.begin("never") == Taken(None)
    valkey.set("raw:left-over", b"bytes")
    assert workshop.begin("left-over") == Taken(None)
    assert valkey.exists("pages:attempts") == 0


async def test_a_page_begun_too_often_has_crashed_its_process(valkey, intake, workshop):
    page = await accept(intake)
    for _ in range(MAX_ATTEMPTS):
        assert workshop.begin("page").page == page
    with pytest.raises(StoreError) as caught:
        workshop.begin("page")
    assert (caught.value.kind, caught.value.retryable) == ("crashed", False)
    workshop.set_aside("page", None, caught.value)
    assert fields(valkey)[0]["kind"] == "crashed"
    assert workshop.begin("page") == Taken(None)


async def test_the_count_starts_anew_after_the_page_has_ended(valkey, intake, workshop):
    page = await accept(intake)
    for _ in range(MAX_ATTEMPTS):
        workshop.begin("page")
    workshop.set_aside("page", page, StoreError("no", kind="crashed"))
    await intake.accept(page, MARK)
    assert workshop.begin("page").page == page
    assert valkey.hget("pages:attempts", "page") == b"1"


async def test_an_expired_page_says_so(valkey, intake, workshop):
    await accept(intake)
    valkey.delete("raw:page")
    with pytest.raises(StoreError) as caught:
        workshop.begin("page")
    assert caught.value.kind == "raw-expired"


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"not zstd", id="not zstd"),
        pytest.param(zstandard.ZstdCompressor().compress(b"not a page"), id="not a page"),
        pytest.param(zstandard.ZstdCompressor().compress(b"x" * 9999)[:20], id="cut off"),
        pytest.param(
            zstandard.ZstdCompressor(write_content_size=False).compress(b"\0" * 70_000_000),
            id="70 MB",
        ),
        pytest.param(
            b"\x28\xb5\x2f\xfd\xe0" + (1 << 50).to_bytes(8, "little") + b"\x01\x00\x00",
            id="says it has a petabyte",
        ),
    ],
)
def test_bytes_that_are_no_page_are_a_store_error(valkey, workshop, raw):
    valkey.zadd("pages:pending", {"page": 1})
    valkey.set("raw:page", raw)
    with pytest.raises(StoreError) as caught:
        workshop.begin("page")
    assert caught.value.kind == "page-format"


async def test_set_aside_says_why_and_keeps_the_bytes_for_another_try(valkey, intake, workshop):
    page = await accept(intake)
    workshop.begin("page")
    workshop.set_aside("page", page, ExtractionError("there is no text", kind="no-text"))
    assert fields(valkey) == [
        {
            "page_id": "page",
            "source_id": "news",
            "url": "https://news.example/1",
            "kind": "no-text",
            "reason": "there is no text",
        }
    ]
    assert valkey.exists("pages:pending", "pages:attempts") == 0
    assert RAW_SECONDS < valkey.ttl("raw:page") <= QUARANTINED_RAW_SECONDS
    assert await intake.verdicts() == {"quarantined": 1}


async def test_set_aside_happens_exactly_once(valkey, valkey_url, intake):
    page = await accept(intake)

    def set_aside() -> None:
        with connect(valkey_url) as redis:
            Workshop(redis, KEYS).set_aside("page", page, StoreError("no"))

    await asyncio.gather(*(asyncio.to_thread(set_aside) for _ in range(8)))
    assert valkey.xlen("quarantine") == 1
    assert await intake.verdicts() == {"quarantined": 1}


async def test_a_stored_page_is_not_set_aside(valkey, intake, workshop):
    page = await accept(intake)
    article = make_article(1)
    file(valkey, article, keys=KEYS)
    workshop.set_aside("page", page, StoreError("too late"))
    assert valkey.xlen("quarantine") == 0
    assert await intake.verdicts() == {"new": 1}


async def test_on_a_full_server_a_page_is_set_aside_or_stays_pending(valkey, intake, workshop):
    page = await accept(intake)
    valkey.config_set("maxmemory", 1)
    try:
        workshop.set_aside("page", page, StoreError("no"))
    except RedisError:
        pass
    finally:
        valkey.config_set("maxmemory", 0)
    assert await intake.pending_count() + valkey.xlen("quarantine") == 1


async def test_on_a_full_server_no_attempt_is_counted(valkey, intake, workshop):
    await accept(intake)
    valkey.config_set("maxmemory", 1)
    try:
        for _ in range(MAX_ATTEMPTS + 1):
            with pytest.raises(RedisError):
                workshop.begin("page")
    finally:
        valkey.config_set("maxmemory", 0)
    assert workshop.begin("page").page is not None
