"""What filing makes of near-duplicates, with the rule of `near.lua` in the commit."""

from __future__ import annotations

import json

from feedmill.store.articles import ArticleLog
from feedmill.store.inquiry import Inquiry
from feedmill.store.keys import Keys
from tests.articles import file, make_article
from tests.site.articles import wire_story

WIRE = wire_story().paragraphs
TEXT = "\n\n".join(WIRE)


def test_an_excerpt_is_stored_linked_and_announced(valkey):
    file(valkey, original := make_article(1, text=TEXT))
    excerpt = make_article(2, text="\n\n".join(WIRE[: len(WIRE) // 2]), source_id="other")
    assert file(valkey, excerpt).verdict == "new"
    log = ArticleLog(valkey, Keys())
    dedup = log.get(excerpt.id).dedup
    assert (dedup.kind, dedup.dup_of, dedup.relation) == ("near", original.id, "excerpt")
    assert dedup.score > 0.9
    *_, entry = log.since("0-0")
    assert (entry.fields["op"], entry.fields["dup_of"]) == ("new", original.id)
    assert entry.fields["relation"] == "excerpt"
    assert log.get(original.id).dedup.kind == "none"


def test_the_evidence_can_be_asked_for(valkey):
    file(valkey, original := make_article(1, text=TEXT))
    copy = make_article(2, text=f"{TEXT}\n\nReporting by the newsroom of the valley.")
    file(valkey, copy)
    inquiry = Inquiry(valkey, Keys())
    [told] = inquiry.about(copy.id).trail
    assert (told["verdict"], told["layer"], told["of"]) == ("new", "near", original.id)
    assert told["evidence"]["shared"] > 10
    [told] = inquiry.about(original.id).trail
    assert (told["verdict"], told["id"]) == ("near", copy.id)


def test_near_duplicates_of_a_near_duplicate_are_of_the_first(valkey):
    file(valkey, original := make_article(1, text=TEXT))
    for number in (2, 3):
        file(valkey, make_article(number, text=f"{TEXT}\n\nThe {number}nd paper adds a line here."))
    articles = ArticleLog(valkey, Keys())
    of = {articles.get(make_article(number).id).dedup.dup_of for number in (2, 3)}
    assert of == {original.id}


def test_a_near_duplicate_has_the_story_of_its_original(valkey):
    """Two paragraphs from the middle are too little to tell by themselves what they are about."""
    file(valkey, original := make_article(1, text=TEXT))
    file(valkey, excerpt := make_article(2, text="\n\n".join(WIRE[2:4])))
    articles = ArticleLog(valkey, Keys())
    assert articles.get(excerpt.id).dedup.dup_of == original.id
    assert articles.get(excerpt.id).story_id == articles.get(original.id).story_id


def test_an_edited_near_duplicate_stays_one(valkey):
    file(valkey, original := make_article(1, text=TEXT))
    copy = make_article(2, text=f"{TEXT}\n\nThe valley paper adds a line here.")
    file(valkey, copy)
    later = copy.model_copy(
        update={
            "text": f"{copy.text}\n\nAnd one more, an hour later.",
            "fetched_at": copy.fetched_at.replace(hour=13),
        }
    )
    assert file(valkey, later).verdict == "update"
    assert ArticleLog(valkey, Keys()).get(copy.id).dedup.dup_of == original.id


def test_a_copy_of_an_edited_text_is_found(valkey):
    file(
        valkey,
        original := make_article(
            1, text="More about this soon, on this very page, says the paper."
        ),
    )
    later = original.model_copy(
        update={"text": TEXT, "fetched_at": original.fetched_at.replace(hour=13)}
    )
    assert file(valkey, later).verdict == "update"
    copy = make_article(2, text=f"{TEXT}\n\nThe valley paper adds a line here.")
    file(valkey, copy)
    assert ArticleLog(valkey, Keys()).get(copy.id).dedup.dup_of == original.id


def test_committing_a_near_duplicate_again_changes_nothing(valkey):
    file(valkey, make_article(1, text=TEXT))
    copy = make_article(2, text=f"{TEXT}\n\nThe valley paper adds a line here.")
    file(valkey, copy)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert file(valkey, copy).verdict == "unchanged"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before
    assert all(json.loads(told) for told in valkey.lrange(f"trail:{copy.id}", 0, -1))
