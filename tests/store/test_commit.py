from __future__ import annotations

from datetime import timedelta

import pytest
from redis import Redis

from feedmill.article import Article
from feedmill.errors import StoreError
from feedmill.store.articles import ArticleLog
from feedmill.store.commit import Committed, Committer
from feedmill.store.keys import Keys
from tests.articles import NOW, make_article

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def log(valkey: Redis) -> ArticleLog:
    return ArticleLog(valkey, Keys())


def commit(redis: Redis, article: Article, page_id: str = "page", *more_urls: str) -> Committed:
    keys = [article.url_key, *more_urls]
    return Committer(redis, Keys()).commit(article, page_id=page_id, url_keys=keys)


def announced(log: ArticleLog) -> list[tuple[str, str, str]]:
    return [(e.fields["op"], e.article_id, e.fields["rev"]) for e in log.since("0-0")]


def test_a_new_article_is_written_indexed_and_announced(valkey, log):
    article = make_article(1, title="Dredging begins")
    committed = commit(valkey, article)
    assert (committed.verdict, committed.article_id, committed.rev) == ("new", article.id, 1)
    assert log.get(article.id) == article
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
    }


def test_committing_twice_changes_nothing(valkey, log):
    article = make_article(1)
    commit(valkey, article)
    before = {key: valkey.dump(key) for key in valkey.scan_iter()}
    assert commit(valkey, article).verdict == "unchanged"
    assert {key: valkey.dump(key) for key in valkey.scan_iter()} == before


def test_a_changed_text_is_a_revision_of_the_same_article(valkey, log):
    first = make_article(1)
    commit(valkey, first)
    second = make_article(1, text="All of it was wrong, says the paper.", fetched_at=LATER)
    committed = commit(valkey, second)
    assert (committed.verdict, committed.article_id, committed.rev) == ("update", first.id, 2)
    stored = log.get(first.id)
    assert (stored.rev, stored.status, stored.text) == (2, "updated", second.text)
    assert announced(log) == [("new", first.id, "1"), ("update", first.id, "2")]


def test_an_older_fetch_that_comes_late_does_not_overwrite(valkey, log):
    newer = make_article(1, fetched_at=LATER)
    commit(valkey, newer)
    older = make_article(1, text="What it said an hour ago was different.", fetched_at=NOW)
    assert commit(valkey, older).verdict == "unchanged"
    assert log.get(newer.id).text == newer.text


def test_the_same_text_elsewhere_is_linked_and_not_announced(valkey, log):
    original = make_article(1, text="One wire report, printed word for word in two papers.")
    copy = make_article(2, text=original.text, source_id="other")
    commit(valkey, original)
    committed = commit(valkey, copy)
    assert (committed.verdict, committed.article_id, committed.entry_id) == (
        "duplicate",
        original.id,
        None,
    )
    assert log.get(copy.id) is None
    assert valkey.hgetall(f"copies:{original.id}") == {copy.url.encode(): b"other"}
    assert len(announced(log)) == 1


def test_the_edit_of_a_copy_does_not_overwrite_the_original(valkey, log):
    original = make_article(1, text="One wire report, printed word for word in two papers.")
    commit(valkey, original)
    commit(valkey, make_article(2, text=original.text))
    edited = make_article(2, text="The second paper has added something.", fetched_at=LATER)
    assert commit(valkey, edited).verdict == "new"
    assert log.get(original.id).text == original.text
    assert log.get(edited.id).text == edited.text


def test_an_article_is_found_by_any_of_its_addresses(valkey):
    article = make_article(1)
    commit(valkey, article, "page", "short.example/x")
    again = make_article(7, url="https://short.example/x", text=article.text)
    assert commit(valkey, again).article_id == article.id


def test_texts_too_short_to_compare_are_never_duplicates(valkey):
    def commit_short(number: int, text: str, hour: int) -> str:
        article = make_article(number, text=text, fetched_at=NOW + timedelta(hours=hour))
        return (
            Committer(valkey, Keys())
            .commit(article, page_id="p", url_keys=[article.url_key], comparable=False)
            .verdict
        )

    assert commit_short(1, "It is 1:0.", 0) == "new"
    assert commit_short(2, "It is 1:0.", 0) == "new"
    assert commit_short(1, "Final score 3:2.", 1) == "update"


def test_a_text_that_was_edited_away_makes_no_copies(valkey, log):
    commit(valkey, make_article(1, text="More about this soon, on this very page."))
    commit(valkey, make_article(1, text="Now the whole of the story.", fetched_at=LATER))
    other = make_article(2, text="More about this soon, on this very page.")
    assert commit(valkey, other).verdict == "new"


def test_the_page_is_finished_with_the_commit(valkey):
    valkey.zadd("pages:pending", {"page": 1})
    valkey.hset("pages:attempts", "page", 2)
    valkey.set("raw:page", b"bytes")
    commit(valkey, make_article(1))
    assert valkey.exists("pages:pending", "pages:attempts", "raw:page") == 0
    assert valkey.hgetall("stats") == {b"new": b"1"}


def test_whole_articles_in_the_stream_on_request(valkey, log):
    article = make_article(1)
    Committer(valkey, Keys(), whole=True).commit(article, page_id="p", url_keys=[article.url_key])
    [entry] = log.since("0-0")
    assert Article.from_json(entry.fields["json"]) == article


def test_all_keys_carry_the_prefix(valkey):
    article = make_article(1)
    Committer(valkey, Keys("fm:")).commit(article, page_id="p", url_keys=[article.url_key])
    assert all(key.startswith(b"fm:") for key in valkey.scan_iter())


def test_only_first_revisions_are_committed(valkey):
    with pytest.raises(StoreError) as caught:
        commit(valkey, make_article(1).model_copy(update={"rev": 2}))
    assert caught.value.kind == "commit-form"


def test_nothing_a_stranger_writes_breaks_the_json(valkey, log):
    nasty = 'quote " backslash \\ brace } %s \u2028 \U0001f600 ","rev":9'
    article = make_article(1, title=nasty, text=nasty * 3)
    commit(valkey, article)
    assert log.get(article.id) == article
