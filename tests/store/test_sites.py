"""Site memory on a real Valkey: bounded, each page once, never the page that asks."""

from __future__ import annotations

import hashlib
import multiprocessing

import pytest
from redis import Redis

from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.sites import (
    MAX_BYTES,
    MAX_LINES,
    MAX_PAGES,
    SITE_SECONDS,
    SiteMemory,
)

SITE = "news.example"
MENU = ("menu", "cookies", "imprint")


def keys(*lines: str) -> bytes:
    """Any six bytes a line that stand for it."""
    return b"".join(hashlib.blake2b(line.encode(), digest_size=6).digest() for line in lines)


def remember(memory: SiteMemory, page: str, *article: str, menu=MENU, **more) -> None:
    memory.remember(SITE, page, article=keys(*article), others=keys(*menu), **more)


@pytest.fixture
def memory(valkey: Redis) -> SiteMemory:
    return SiteMemory(valkey, Keys())


def test_a_site_never_seen_teaches_nothing(valkey, memory):
    assert memory.recall(SITE, "one") == []
    assert valkey.dbsize() == 0


def test_other_pages_are_recalled_newest_first(memory):
    remember(memory, "one", "crane", "harbour")
    remember(memory, "two", "ferry", menu=["menu"])
    newest, oldest = memory.recall(SITE, "three")
    assert newest.article == keys("ferry")
    assert newest.others == keys("menu")
    assert oldest.article == keys("crane", "harbour")
    assert oldest.others == keys(*MENU)


def test_a_page_does_not_see_itself(memory):
    remember(memory, "one", "crane")
    remember(memory, "two", "ferry")
    assert [seen.article for seen in memory.recall(SITE, "one")] == [keys("ferry")]


def test_a_page_fetched_again_counts_once_and_in_its_last_edition(memory):
    remember(memory, "one", "crane")
    remember(memory, "two", "ferry")
    remember(memory, "one", "crane", "update")
    articles = [seen.article for seen in memory.recall(SITE, "three")]
    assert articles == [keys("crane", "update"), keys("ferry")]


def test_a_page_fetched_again_is_the_newest(memory):
    for page in ("one", "two", "one"):
        remember(memory, page, f"article {page}")
    articles = [seen.article for seen in memory.recall(SITE, "three")]
    assert articles == [keys("article one"), keys("article two")]


def test_remembering_twice_changes_nothing(valkey, memory):
    remember(memory, "one", "crane")
    remember(memory, "two", "ferry")
    before = valkey.dump("site:news.example")
    remember(memory, "two", "ferry")
    assert valkey.dump("site:news.example") == before


def test_another_edition_is_forgotten(memory):
    remember(memory, "print/one", "crane")
    remember(memory, "two", "ferry")
    [_, edition] = memory.recall(SITE, "one")
    remember(memory, "one", "crane", instead_of=[edition])
    articles = [seen.article for seen in memory.recall(SITE, "three")]
    assert articles == [keys("crane"), keys("ferry")]


def test_the_oldest_pages_go(memory):
    for number in range(MAX_PAGES + 5):
        remember(memory, f"page {number}", f"article {number}")
    seen = memory.recall(SITE, "other")
    assert len(seen) == MAX_PAGES
    assert seen[0].article == keys(f"article {MAX_PAGES + 4}")
    assert seen[-1].article == keys("article 5")


def test_huge_pages_are_cut_and_leave_room_for_few(valkey, memory):
    for page in range(10):
        menu = [f"line {page} {number}" for number in range(3 * MAX_LINES)]
        remember(memory, f"page {page}", f"article {page}", menu=menu)
    seen = memory.recall(SITE, "other")
    assert len(seen) == MAX_BYTES // (MAX_LINES * 6 + 10)
    assert all(len(page.article) + len(page.others) == 6 * MAX_LINES for page in seen)
    assert seen[0].article == keys("article 9")
    assert sum(map(len, valkey.lrange("site:news.example", 0, -1))) <= MAX_BYTES
    assert valkey.memory_usage("site:news.example", samples=0) < MAX_BYTES + 10_000


def test_one_page_after_a_huge_one_is_kept_with_it(memory):
    remember(memory, "huge", menu=[f"line {number}" for number in range(MAX_LINES)])
    remember(memory, "one", "crane")
    assert len(memory.recall(SITE, "two")) == 2


def test_sites_know_nothing_of_each_other(memory):
    """A wire report may stand in two papers: what one paper repeats says nothing of the other's lines."""
    remember(memory, "one", "crane")
    assert memory.recall("other.example", "two") == []


def test_a_site_without_news_is_forgotten_in_time(valkey, memory):
    remember(memory, "one", "crane")
    assert SITE_SECONDS - 10 <= valkey.ttl("site:news.example") <= SITE_SECONDS
    valkey.expire("site:news.example", 100)
    remember(memory, "one", "crane")
    assert valkey.ttl("site:news.example") > 100


def test_what_is_not_ours_is_passed_over(valkey, memory):
    valkey.rpush("site:news.example", b"", b"x", b"x" * 15, b"\xff" * 10)
    remember(memory, "one", "crane")
    assert [seen.article for seen in memory.recall(SITE, "two") if seen.article] == [keys("crane")]


def test_a_page_without_a_line_is_remembered_as_that(memory):
    remember(memory, "one", menu=[])
    [seen] = memory.recall(SITE, "two")
    assert seen.article == seen.others == b""


def test_all_keys_carry_the_prefix(valkey):
    remember(SiteMemory(valkey, Keys("fm:")), "one", "crane")
    assert valkey.keys() == [b"fm:site:news.example"]


def remember_many(url: str, start: int) -> None:
    with connect(url) as redis:
        memory = SiteMemory(redis, Keys())
        for step in range(100):
            number = (start + step) % 12
            remember(memory, f"page {number}", f"article {number}")


def test_workers_at_the_same_time_remember_each_page_once(valkey, valkey_url, memory):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(remember_many, [(valkey_url, 3 * n) for n in range(4)])
    articles = [seen.article for seen in memory.recall(SITE, "other")]
    assert len(articles) == 12
    assert set(articles) == {keys(f"article {number}") for number in range(12)}
