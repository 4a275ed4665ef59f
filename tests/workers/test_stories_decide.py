"""Joining, starting, moving, splitting and merging, without Redis."""

from __future__ import annotations

import numpy as np
import pytest

from bench.stories_batch import Batch
from tests.workers.stories_texts import ALL, FIRE_AARHUS, FIRE_BREMEN, LANGS
from workers.stories.decide import MAX_RIVALS, Thresholds, decide
from workers.stories.story import (
    MAX_MEMBERS,
    MAX_TOTAL,
    Member,
    Story,
    closeness,
    empty,
    joined,
    likeness,
    pack_story,
    story_id,
    united,
    unpack_story,
    without,
)
from workers.stories.vector import EMPTY, Vector, unit, vector

HOUR = 3600
DAY = 24 * HOUR


def vec(**weights: float) -> Vector:
    """A vector of length 1 of terms named by single letters."""
    ids = np.array(sorted(ord(name) for name in weights), np.uint32)
    return unit(Vector(ids, np.array([weights[chr(i)] for i in ids], np.float32)))


def member(name: str, **weights: float) -> Member:
    return Member(name, vec(**weights))


def story(id_: str, *members: Member, when: int | None = None) -> Story:
    found = empty(id_)
    for one in members:
        found = joined(found, one, when)
    return found


def cluster(*groups: tuple[str, ...]) -> dict[str, str]:
    """The story of each text, named `group-number`, coming in turn."""
    batch = Batch()
    for i in range(max(map(len, groups))):
        for g, texts in enumerate(groups):
            if i < len(texts):
                batch.add(f"{g}-{i}", texts[i], None, "en")
    return batch.stories()


def test_reports_of_one_event_are_one_story_from_the_first_on():
    batch = Batch()
    for event, (texts, lang) in enumerate(zip(ALL, LANGS, strict=True)):
        for i, text in enumerate(texts):
            batch.add(f"{event}-{i}", text, None, lang)
    stories = batch.stories()
    assert len(set(stories.values())) == len(ALL)
    for event in range(len(ALL)):
        assert len({s for a, s in stories.items() if a.startswith(f"{event}-")}) == 1


def test_two_alike_events_in_two_towns_are_two_stories():
    stories = cluster(FIRE_AARHUS, FIRE_BREMEN)
    assert len(set(stories.values())) == 2


def test_the_first_article_names_the_story():
    first = decide("a", vec(x=1), None, ())
    assert first.story_id == story_id("a")
    assert (first.score, first.nearest) == (0.0, None)
    second = decide("b", vec(x=1, y=0.1), None, first.stories)
    assert second.story_id == first.story_id
    assert second.nearest == "a"
    [change] = second.changes
    assert (change.op, change.other) == ("join", "a")


def test_the_most_alike_story_is_joined():
    near, far = story("near", member("n", a=1, b=1)), story("far", member("f", a=1, c=3))
    made = decide("x", vec(a=1, b=1, c=0.2), None, [far, near])
    assert made.story_id == "near"


def test_what_is_alike_to_none_starts():
    made = decide("x", vec(a=1, z=4), None, [story("s", member("m", a=1))])
    assert [change.op for change in made.changes] == ["start"]


def test_an_article_without_terms_is_alone():
    made = decide("x", EMPTY, None, [story("s", member("m", a=1)), story("e", Member("e", EMPTY))])
    assert made.story_id == story_id("x")


def test_the_order_of_candidates_does_not_matter():
    ones = [story(name, member(name, a=1, b=1)) for name in "pqr"]
    one, other = decide("x", vec(a=1), None, ones), decide("x", vec(a=1), None, ones[::-1])
    assert (one.changes, one.merged) == (other.changes, other.merged)


def test_time_between_lowers_the_likeness():
    old = story("s", member("m", a=1), when=0)
    assert closeness(old, 20 * HOUR, 20 * HOUR) == 1
    assert closeness(old, 7 * DAY, 7 * DAY) == pytest.approx(0.5)
    assert closeness(old, None, None) == 1
    assert closeness(story("t", member("m", a=1)), 0, 0) == 1
    like = vec(a=1, b=1.2)
    assert decide("x", like, HOUR, [old]).story_id == "s"
    assert decide("x", like, 30 * DAY, [old]).story_id != "s"


def test_what_is_too_far_away_to_join_does_not_move_there_either():
    old = story("s", member("m", a=1), member("n", a=1, b=0.1), when=0)
    made = decide("x", vec(a=1), 14 * DAY, [old])
    assert [change.op for change in made.changes] == ["start"]


def test_an_old_article_found_late_is_as_far_away_as_a_new_one():
    young = story("s", member("m", a=1), when=30 * DAY)
    assert decide("x", vec(a=1, b=1.2), 0, [young]).story_id != "s"


def test_the_span_of_a_story_grows():
    one = joined(story("s", member("m", a=1), when=5 * DAY), member("n", a=1), 2 * DAY)
    assert (one.first, one.last) == (2 * DAY, 5 * DAY)


def test_an_article_moves_to_a_story_it_is_more_alike_to():
    # `odd` joined the first story when there was no better one
    first = story("first", member("a", a=1), member("b", a=1), member("odd", a=1, c=2))
    second = story("second", member("c", c=1, d=0.3))
    made = decide("new", vec(c=1, d=0.3), None, [first, second])
    assert made.story_id == "second"
    (move,) = [change for change in made.changes if change.op == "move"]
    assert (move.article_id, move.story_id, move.other) == ("odd", "second", "first")
    sizes = {one.id: one.size for one in made.stories}
    assert sizes == {"first": 2, "second": 3}


def test_a_story_whose_only_article_moves_is_merged():
    lonely = story("lonely", member("l", a=1, b=0.8))
    large = story("large", member("m", a=1, c=0.8))
    made = decide("x", vec(a=1, b=0.5, c=1), None, [lonely, large])
    assert made.merged == {"lonely": "large"}
    assert [change.op for change in made.changes] == ["join", "merge"]
    assert {one.id: one.size for one in made.stories} == {"large": 3}


def test_two_groups_in_one_story_are_split():
    mixed = story(
        "mixed",
        *(member(f"p{i}", s=1, a=2, b=i / 9) for i in range(3)),
        *(member(f"q{i}", s=1, c=2, d=i / 9) for i in range(2)),
    )
    made = decide("new", vec(s=1, c=2), None, [mixed])
    parts = {one.id: {m.article_id for m in one.members} for one in made.stories}
    assert sorted(map(sorted, parts.values())) == [["new", "q0", "q1"], ["p0", "p1", "p2"]]
    split = [change for change in made.changes if change.op == "split"]
    assert len(split) == 3
    assert made.story_id in parts
    assert "new" in parts[made.story_id]


def test_a_story_of_one_piece_stays():
    whole = story("whole", *(member(f"p{i}", s=1, a=1, b=i / 9) for i in range(6)))
    made = decide("new", vec(s=1, a=1), None, [whole])
    assert [change.op for change in made.changes] == ["join"]


def test_stories_that_have_become_one_are_merged_under_the_larger_name():
    small = story("small", member("a", a=1, b=0.4), member("b", a=1, b=0.4))
    large = story("large", *(member(f"m{i}", a=1, b=0.3) for i in range(4)))
    made = decide("x", vec(a=1, b=0.4), None, [small, large], limits=Thresholds(margin=1.0))
    assert made.merged == {"small": "large"}
    assert made.story_id == "large"
    (merged,) = made.stories
    assert merged.size == 7


def test_articles_and_merges_are_never_lost_or_counted_twice():
    """Whatever happens, the sizes add up and every article is in one story."""
    rng = np.random.default_rng(3)
    stories: dict[str, Story] = {}
    for number in range(300):
        ids = np.sort(rng.choice(24, 6, replace=False)).astype(np.uint32)
        one = unit(Vector(ids, rng.random(6).astype(np.float32) + 0.1))
        near = sorted(stories.values(), key=lambda s, v=one: -likeness(v, s))[:6]
        made = decide(f"a{number}", one, None, near)
        stories.update((s.id, s) for s in made.stories)
        for gone, kept in made.merged.items():
            del stories[gone]
            assert kept in stories
        assert made.story_id in stories
        assert sum(s.size for s in stories.values()) == number + 1
    kept = [m.article_id for s in stories.values() for m in s.members]
    assert len(kept) == len(set(kept))
    assert all(len(s.members) <= min(MAX_MEMBERS, s.size) for s in stories.values())
    assert all(len(s.total) <= MAX_TOTAL for s in stories.values())


def test_few_rivals_are_touched():
    many = [story(f"s{i}", member(f"m{i}", a=1, b=1 + i / 50)) for i in range(12)]
    made = decide("x", vec(a=1, b=1), None, many)
    assert len(made.stories) + len(made.merged) <= MAX_RIVALS + 1


def test_a_packed_story_comes_back():
    for one in (
        story("s", member("first", a=1, b=2)),
        story("s", *(member(f"m{i}", a=1, b=i + 1) for i in range(20)), when=1_700_000_000),
    ):
        back = unpack_story("s", pack_story(one))
        assert (back.size, back.first, back.last) == (one.size, one.first, one.last)
        assert [m.article_id for m in back.members] == [m.article_id for m in one.members]
        assert back.total.ids.tolist() == one.total.ids.tolist()
        assert back.total.weights == pytest.approx(one.total.weights, rel=1e-3)


@pytest.mark.parametrize("cut", [0, 3, 23, 40])
def test_a_damaged_story_is_refused(cut):
    data = pack_story(story("s", member("first", a=1, b=2)))
    with pytest.raises(ValueError):
        unpack_story("s", data[:cut])


def test_stories_stay_small():
    batch = Batch()
    for i in range(40):
        batch.add(str(i), " ".join(FIRE_AARHUS) + f" Pier {i} of {i * 7}", None, "en")
    texts = [vector(" ".join(FIRE_AARHUS) + f" Pier {i} of {i * 7}") for i in range(40)]
    large = story("s", *(Member(f"article-{i:08}", one) for i, one in enumerate(texts)))
    assert len(set(batch.stories().values())) == 1
    assert len(pack_story(large)) < 8_000
    assert len(pack_story(story("s", Member("article-00000001", texts[0])))) < 600


def test_leaving_and_uniting_are_sums():
    ones = [member(str(i), a=1, b=i + 1) for i in range(4)]
    whole = story("s", *ones)
    left = without(whole, ones[:2])
    assert left.size == 2
    assert left.total.weights == pytest.approx(story("s", *ones[2:]).total.weights, abs=1e-5)
    again = united(left, story("t", *ones[:2]))
    assert again.size == 4
    assert again.total.weights == pytest.approx(whole.total.weights, abs=1e-5)
