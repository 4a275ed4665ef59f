"""Stories in a real Valkey: shared by workers, each article once, everything with an end."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.stories import WINDOW_SECONDS, Assignment, Found, StoryStore
from feedmill.store.term_counts import LIFE_SECONDS, TermCounts, generation_of

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()
NOTHING = Found()
TERMS = list(range(100, 110))


def story(name: str) -> str:
    return "s" + name.rjust(16, "0")


def start(article: str, name: str | None = None, **more) -> Assignment:
    id_ = story(name or article)
    fields = {
        "article_id": article,
        "story_id": id_,
        "begins": True,
        "write": {id_: b"data of " + article.encode()},
        "gone": {},
        "moved": {},
        "posts": [(id_, TERMS)],
        "trail": [{"op": "start", "story_id": id_, "article_id": article}],
    }
    return Assignment(**(fields | more))


def assign(store: StoryStore, assignment: Assignment, found: Found = NOTHING, **more) -> str | None:
    call = {"terms": TERMS, "slots": b"", "now": NOW} | more
    return store.assign(assignment, found=found, **call)


def find(store: StoryStore, *terms: int, most: int = 8, now: float = NOW) -> Found:
    return store.find("x", terms or TERMS, most, now)


def own(store: StoryStore, article: str) -> str | None:
    return store.find(article, TERMS, 8, NOW).own


def everything(valkey: Redis) -> dict[bytes, bytes]:
    return {key: valkey.dump(key) for key in valkey.scan_iter()}


@pytest.fixture
def store(valkey: Redis) -> StoryStore:
    return StoryStore(valkey, Keys())


def test_an_empty_store_knows_nothing(store):
    assert store.find("a", TERMS, 8, NOW) == NOTHING
    assert store.find("a", [], 8, NOW) == NOTHING


def test_a_story_is_found_by_its_terms(store):
    assert assign(store, start("a")) == story("a")
    (found,) = find(store, *TERMS[:3]).stories
    assert (found.id, found.data) == (story("a"), b"data of a")
    assert find(store, 1, 2, 3).stories == ()


def test_those_that_share_most_come_first(store):
    for name, terms in (("a", TERMS[:3]), ("b", TERMS[:6]), ("c", TERMS[:1])):
        assign(store, start(name, posts=[(story(name), terms)]), terms=[])
    names = [found.id for found in find(store, most=2).stories]
    assert names == [story("b"), story("a")]


def test_the_same_article_again_changes_nothing(valkey, store):
    assign(store, start("a"), slots=b"\5\0\0\0")
    before = everything(valkey)
    again = start("a", "other")
    assert assign(store, again, slots=b"\5\0\0\0") == story("a")
    assert everything(valkey) == before
    assert own(store, "a") == story("a")


def test_articles_are_written_down_by_generation(valkey, store):
    assign(store, start("a"), slots=b"aaaabbbb")
    assign(store, start("b"), slots=b"cccc", terms=[])
    counts, now = TermCounts(valkey, Keys()), generation_of(NOW)
    assert counts.read(now).journal == (b"aaaabbbb", b"cccc")
    assert counts.read(now - 1).journal == ()


def test_what_has_changed_is_refused(valkey, store):
    assign(store, start("a"))
    found = find(store)
    join = start("b", "a", begins=False, posts=[])
    assert assign(store, join, found) == story("a")
    before = everything(valkey)
    late = start("c", "a", begins=False, posts=[])
    assert assign(store, late, found) is None
    assert everything(valkey) == before
    assert assign(store, late, find(store)) == story("a")


def test_a_story_that_exists_is_not_begun_again(store):
    assign(store, start("a"))
    assert assign(store, start("b", "a"), terms=[]) is None


def test_a_story_begun_by_another_meanwhile_is_looked_at_first(store):
    found = find(store)
    assign(store, start("a"))
    assert assign(store, start("b"), found) is None
    assert assign(store, start("b"), find(store)) == story("b")


def test_one_common_term_is_no_reason_to_look_again(store):
    assign(store, start("a", posts=[(story("a"), TERMS[:1])]))
    assert assign(store, start("b")) == story("b")


def test_a_merged_story_leads_to_the_other(store):
    assign(store, start("a"))
    assign(store, start("b"), terms=[])
    found = find(store)
    merge = start(
        "c",
        "a",
        begins=False,
        gone={story("b"): story("a")},
        moved={"b": story("a")},
        trail=[{"op": "merge", "story_id": story("a"), "other": story("b")}],
    )
    assert assign(store, merge, found) == story("a")
    assert store.now_part_of(story("b")) == story("a")
    assert own(store, "b") == story("a")
    assert [one.id for one in find(store).stories] == [story("a")]


def test_the_story_of_an_article_follows_merges(store):
    assign(store, start("a"))
    assign(store, start("b"), terms=[])
    found = find(store)
    gone = start("c", "a", begins=False, gone={story("b"): story("a")})
    assign(store, gone, found)
    assert own(store, "b") == store.story_of("b") == story("a")
    assert store.story_of("x") is None


def test_a_story_that_was_one_for_a_moment_only_leads_to_the_other(store):
    gone = start("b", "a", gone={story("b"): story("a")})
    assert assign(store, gone) == story("a")
    assert store.now_part_of(story("b")) == story("a")


def test_the_trail_tells_everything(valkey, store):
    assign(store, start("a"))
    ((_, entry),) = valkey.xrange("stories")
    assert entry == {b"op": b"start", b"story_id": story("a").encode(), b"article_id": b"a"}


def test_everything_but_the_trail_has_an_end(valkey, store):
    assign(store, start("a"), slots=b"\5\0\0\0")
    lives = {key.decode(): valkey.ttl(key) for key in valkey.scan_iter()}
    assert lives.pop("stories") == -1
    assert lives.pop(f"story:counted:{generation_of(NOW)}") == LIFE_SECONDS
    assert set(lives) == {
        f"story:{story('a')}",
        "story:of:a",
        f"story:post:{int(NOW // 86_400)}",
    }
    assert set(lives.values()) == {WINDOW_SECONDS}


def test_postings_of_earlier_days_are_found(store):
    assign(store, start("a"))
    for days, there in ((1, True), (7, True), (8, False)):
        assert bool(find(store, now=NOW + days * 86_400).stories) is there


def test_the_stories_of_a_term_are_bounded(valkey, store):
    for number in range(60):
        assign(store, start(f"a{number}"), terms=[])
    row = valkey.hget(f"story:post:{int(NOW // 86_400)}", TERMS[0].to_bytes(4, "little"))
    assert len(row) == 32 * 17
    assert row.endswith(story("a59").encode())


def test_a_prefix_keeps_two_feedmills_apart(valkey):
    one, other = StoryStore(valkey, Keys("one:")), StoryStore(valkey, Keys("other:"))
    assign(one, start("a"))
    assert find(other) == NOTHING
    assert all(key.startswith(b"one:") for key in valkey.scan_iter())


def test_a_full_server_is_left_as_it_was(valkey, store):
    valkey.config_set("maxmemory", 1)
    try:
        with pytest.raises(ResponseError):
            assign(store, start("a"))
        assert not everything(valkey)
    finally:
        valkey.config_set("maxmemory", 0)


def _race(url: str, number: int) -> str:
    with connect(url) as redis:
        store = StoryStore(redis, Keys())
        for _ in range(50):
            found = find(store)
            name = found.stories[0].id if found.stories else story(f"a{number}")
            mine = start(f"a{number}", begins=not found.stories)
            write = {name: b"%d" % number}
            told = assign(
                store,
                Assignment(
                    mine.article_id, name, mine.begins, write, {}, {}, [(name, TERMS)], mine.trail
                ),
                found,
            )
            if told:
                return told
        raise AssertionError("never told")


@pytest.mark.slow
def test_workers_at_the_same_time_make_one_story(valkey_url, valkey):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        told = pool.starmap(_race, [(valkey_url, n) for n in range(24)], chunksize=1)
    assert len(Counter(told)) == 1
    assert valkey.xlen("stories") == 24
    assert timedelta(seconds=valkey.ttl(f"story:{told[0]}")) <= timedelta(seconds=WINDOW_SECONDS)
