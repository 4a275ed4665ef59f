"""Articles get their stories through a real Valkey, from several workers at once."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from redis import Redis

from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.stories import StoryStore
from tests.workers.stories_texts import ALL, FIRE_AARHUS, FIRE_BREMEN, LANGS
from workers.stories.assign import Assigned, Stories
from workers.stories.story import story_id

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
SEEDS = Path(__file__).parents[2] / "seeds"


@pytest.fixture
def stories(valkey: Redis) -> Stories:
    return Stories(valkey, Keys())


def assign(stories: Stories, name: str, text: str, lang: str = "en", **more) -> Assigned:
    call = {"title": None, "published_at": NOW, "now": NOW} | more
    return stories.assign(name, text=text, lang_code=lang, **call)


def assign_all(stories: Stories) -> dict[str, str]:
    found = {}
    for event, (texts, lang) in enumerate(zip(ALL, LANGS, strict=True)):
        for i, text in enumerate(texts):
            found[f"{event}-{i}"] = assign(stories, f"{event}-{i}", text, lang).story_id
    return found


def trail(valkey: Redis) -> list[dict[str, str]]:
    entries = valkey.xrange("stories")
    return [{k.decode(): v.decode() for k, v in fields.items()} for _, fields in entries]


def test_the_seed_pages_are_one_story(stories):
    pages = sorted(SEEDS.glob("*.txt"))
    told = [assign(stories, page.name, page.read_text(encoding="utf-8")) for page in pages]
    assert len(told) == 2
    assert len({one.story_id for one in told}) == 1
    assert told[1].of_article == pages[0].name


def test_events_in_three_languages_are_told_apart(stories):
    found = assign_all(stories)
    assert len(set(found.values())) == len(ALL)
    assert all(found[name] == found[name.split("-")[0] + "-0"] for name in found)


def test_the_first_article_has_a_story_at_once_and_it_stays(stories):
    first = assign(stories, "a", FIRE_AARHUS[0])
    assert first == Assigned(story_id("a"), 0.0, None, ())
    second = assign(stories, "b", FIRE_AARHUS[1])
    assert second.story_id == first.story_id
    assert second.score > 0.5
    assert second.of_article == "a"


def test_the_batch_again_changes_nothing(valkey, stories):
    once = assign_all(stories)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert assign_all(stories) == once
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


def test_another_worker_goes_on_where_the_first_one_was(valkey, valkey_url, stories):
    first = assign(stories, "a", FIRE_AARHUS[0])
    with connect(valkey_url) as redis:
        other = Stories(redis, Keys())
        assert assign(other, "b", FIRE_AARHUS[1]).story_id == first.story_id


def test_the_trail_tells_who_joined_what(valkey, stories):
    one = assign(stories, "a", FIRE_AARHUS[0]).story_id
    score = assign(stories, "b", FIRE_AARHUS[1]).score
    entries = trail(valkey)
    assert [entry["op"] for entry in entries] == ["start", "join"]
    assert {entry["story_id"] for entry in entries} == {one}
    assert float(entries[1]["score"]) == pytest.approx(score, abs=0.001)
    assert float(entries[1]["at"]) == NOW.timestamp()


def test_following_the_trail_gives_the_stories_of_all_articles(valkey, stories):
    """A consumer that reads nothing but the trail knows as much as the store."""
    texts = [t for pair in zip(FIRE_AARHUS, FIRE_BREMEN, strict=False) for t in pair]
    names = [f"a{i}" for i in range(len(texts))]
    for name, text in zip(names, texts, strict=True):
        assign(stories, name, text)
    of: dict[str, str] = {}
    for entry in trail(valkey):
        if "article_id" in entry:
            of[entry["article_id"]] = entry["story_id"]
        else:
            of = {a: entry["story_id"] if s == entry["other"] else s for a, s in of.items()}
    store = StoryStore(valkey, Keys())
    assert of == {name: store.story_of(name) for name in names}


def test_the_same_words_two_months_apart_are_two_stories(stories):
    one = assign(stories, "a", FIRE_AARHUS[0]).story_id
    earlier = NOW - timedelta(days=60)
    assert assign(stories, "b", FIRE_AARHUS[1], published_at=earlier).story_id != one


def test_without_times_likeness_alone_decides(stories):
    one = assign(stories, "a", FIRE_AARHUS[0], published_at=None).story_id
    assert assign(stories, "b", FIRE_AARHUS[1]).story_id == one


def test_a_time_in_the_future_is_not_believed(stories):
    one = assign(stories, "a", FIRE_AARHUS[0]).story_id
    far = NOW + timedelta(days=4000)
    assert assign(stories, "b", FIRE_AARHUS[1], published_at=far).story_id == one


def test_after_the_window_a_story_is_forgotten(valkey, stories):
    assign(stories, "a", FIRE_AARHUS[0])
    for key in valkey.scan_iter("story:s*"):
        valkey.delete(key)  # as its end does
    told = assign(stories, "b", FIRE_AARHUS[1])
    assert told == Assigned(story_id("b"), 0.0, None, ())


@pytest.mark.parametrize("text", ["", "Watch.", "12", "Live updates follow here"])
def test_texts_that_say_nothing_stay_alone(stories, text):
    told = {assign(stories, str(i), text).story_id for i in range(3)}
    assert len(told) == 3


def test_what_another_version_wrote_is_passed_over(valkey, stories):
    one = assign(stories, "a", FIRE_AARHUS[0]).story_id
    valkey.set(f"story:{one}", b":0001not a story")
    assert assign(stories, "b", FIRE_AARHUS[1]).story_id == story_id("b")


def test_an_article_whose_story_id_is_taken_gets_another(valkey, stories):
    """Its first story went on without it, and is not like it any more."""
    one = assign(stories, "a", FIRE_AARHUS[0]).story_id
    valkey.delete("story:of:a")
    told = assign(stories, "a", FIRE_BREMEN[0]).story_id
    assert told != one
    assert assign(stories, "a", FIRE_BREMEN[0]).story_id == told


def _work(url: str, name: str, text: str) -> str:
    with connect(url) as redis:
        return assign(Stories(redis, Keys()), name, text).story_id


@pytest.mark.slow
def test_workers_at_the_same_time_agree(valkey_url, valkey):
    """Reports of two events from four workers at once, each twice: two stories, each article once."""
    texts = [*FIRE_AARHUS, *FIRE_BREMEN]
    work = [(valkey_url, f"a{i}", text) for i, text in enumerate(texts)] * 2
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(_work, work, chunksize=1)
    store = StoryStore(valkey, Keys())
    found = [store.story_of(f"a{i}") for i in range(len(texts))]
    assert len(set(found[: len(FIRE_AARHUS)])) == 1
    assert len(set(found[len(FIRE_AARHUS) :])) == 1
    assert len(set(found)) == 2
    begun = Counter(entry["op"] for entry in trail(valkey))
    assert begun["start"] + begun["join"] == len(texts)
