from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis

from feedmill.article import Article
from feedmill.errors import StoreError
from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from tests.articles import NOW, file, make_article

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def log(valkey: Redis) -> ArticleLog:
    return ArticleLog(valkey, Keys())


def in_story(article: Article, stored: Article) -> Article:
    """The article as it was filed; its story is given to it on the way."""
    assert stored.story_id
    return article.model_copy(update={"story_id": stored.story_id})


def announced(log: ArticleLog) -> list[tuple[str, str, str]]:
    return [(e.fields["op"], e.article_id, e.fields["rev"]) for e in log.since("0-0")]


def test_a_new_article_is_written_indexed_and_announced(valkey, log):
    article = make_article(1, title="Dredging begins")
    committed = file(valkey, article)
    assert (committed.verdict, committed.article_id, committed.rev) == ("new", article.id, 1)
    stored = log.get(article.id)
    assert stored == in_story(article, stored)
    [entry] = log.since("0-0")
    assert entry.id == committed.entry_id
    assert entry.fields == {
        "schema": "article/1",
        "op": "new",
        "id": article.id,
        "rev": "1",
        "source_id": "news",
        "title": "Dredging begins",
        "url": article.url,
        "story_id": stored.story_id,
    }


def test_committing_twice_changes_nothing(valkey, log):
    article = make_article(1)
    file(valkey, article)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert file(valkey, article).verdict == "unchanged"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


def test_a_changed_text_is_a_revision_of_the_same_article(valkey, log):
    first = make_article(1)
    file(valkey, first)
    second = make_article(1, text="All of it was wrong, says the paper.", fetched_at=LATER)
    committed = file(valkey, second)
    assert (committed.verdict, committed.article_id, committed.rev) == ("update", first.id, 2)
    stored = log.get(first.id)
    assert (stored.rev, stored.status, stored.text) == (2, "updated", second.text)
    assert announced(log) == [("new", first.id, "1"), ("update", first.id, "2")]


def test_an_older_fetch_that_comes_late_does_not_overwrite(valkey, log):
    newer = make_article(1, fetched_at=LATER)
    file(valkey, newer)
    older = make_article(1, text="What it said an hour ago was different.", fetched_at=NOW)
    assert file(valkey, older).verdict == "unchanged"
    assert log.get(newer.id).text == newer.text


def test_after_the_clock_was_set_back_an_edit_is_taken_all_the_same(valkey, log):
    """What is stored was fetched in the future: that tells nothing of the order."""
    file(valkey, make_article(1, fetched_at=LATER, stored_at=LATER))
    edited = make_article(1, text="It said something else later.", fetched_at=NOW, stored_at=NOW)
    assert file(valkey, edited).verdict == "update"
    assert log.get(edited.id).text == edited.text
    again = make_article(1, text="And something else again.", fetched_at=NOW, stored_at=NOW)
    assert file(valkey, again).verdict == "unchanged"


def test_the_same_text_elsewhere_is_linked_and_announced_as_a_duplicate(valkey, log):
    original = make_article(1, text="One wire report, printed word for word in two papers.")
    copy = make_article(2, text=original.text, source_id="other")
    file(valkey, original)
    committed = file(valkey, copy)
    assert (committed.verdict, committed.article_id) == ("duplicate", original.id)
    assert log.get(copy.id) is None
    assert valkey.hgetall(f"copies:{original.id}") == {copy.url.encode(): b"other"}
    assert announced(log) == [("new", original.id, "1"), ("duplicate", original.id, "1")]
    *_, entry = log.since("0-0")
    assert (entry.id, entry.fields["url"]) == (committed.entry_id, copy.url)
    assert entry.fields["source_id"] == "other"
    assert file(valkey, copy).verdict == "unchanged"
    assert len(announced(log)) == 2


def test_the_edit_of_a_copy_does_not_overwrite_the_original(valkey, log):
    original = make_article(1, text="One wire report, printed word for word in two papers.")
    file(valkey, original)
    file(valkey, make_article(2, text=original.text))
    edited = make_article(2, text="The second paper has added something.", fetched_at=LATER)
    assert file(valkey, edited).verdict == "new"
    assert log.get(original.id).text == original.text
    assert log.get(edited.id).text == edited.text


def test_an_article_is_found_by_any_of_its_addresses(valkey):
    article = make_article(1)
    file(valkey, article, "page", "short.example/x")
    again = make_article(7, url="https://short.example/x", text=article.text)
    assert file(valkey, again).article_id == article.id


def test_texts_too_short_to_compare_are_never_duplicates(valkey):
    def commit_short(number: int, text: str, hour: int) -> str:
        article = make_article(number, text=text, fetched_at=NOW + timedelta(hours=hour))
        return file(valkey, article).verdict

    assert commit_short(1, "It is 1:0.", 0) == "new"
    assert commit_short(2, "It is 1:0.", 0) == "new"
    assert commit_short(1, "Final score 3:2.", 1) == "update"


def test_a_text_that_was_edited_away_makes_no_copies(valkey, log):
    file(valkey, make_article(1, text="More about this soon, on this very page."))
    file(valkey, make_article(1, text="Now the whole of the story.", fetched_at=LATER))
    other = make_article(2, text="More about this soon, on this very page.")
    assert file(valkey, other).verdict == "new"


def test_the_page_is_finished_with_the_commit(valkey):
    valkey.zadd("pages:pending", {"page": 1})
    valkey.hset("pages:attempts", "page", 2)
    valkey.set("raw:page", b"bytes")
    file(valkey, make_article(1))
    assert valkey.exists("pages:pending", "pages:attempts", "raw:page") == 0
    assert valkey.hgetall("stats") == {b"new": b"1"}


def test_whole_articles_in_the_stream_on_request(valkey, log):
    article = make_article(1)
    file(valkey, article, whole=True)
    [entry] = log.since("0-0")
    assert Article.from_json(entry.fields["json"]) == log.get(article.id)


def test_all_keys_carry_the_prefix(valkey):
    article = make_article(1)
    file(valkey, article, keys=Keys("fm:"))
    assert all(key.startswith(b"fm:") for key in valkey.scan_iter())


def test_only_first_revisions_are_committed(valkey):
    with pytest.raises(StoreError) as caught:
        file(valkey, make_article(1).model_copy(update={"rev": 2}))
    assert caught.value.kind == "commit-form"


def test_nothing_a_stranger_writes_breaks_the_json(valkey, log):
    nasty = 'quote " backslash \\ brace } %s \u2028 \U0001f600 ","rev":9'
    article = make_article(1, title=nasty, text=nasty * 3)
    file(valkey, article)
    stored = log.get(article.id)
    assert stored == in_story(article, stored)
