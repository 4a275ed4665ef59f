"""What is known of an article, looked up in one step before its commit."""

from __future__ import annotations

import pytest
from redis import Redis

from feedmill.identity import Names
from feedmill.store.articles import ArticleLog
from feedmill.store.commit import Committer
from feedmill.store.keys import Keys
from feedmill.store.known import Library, Looked
from tests.articles import file, make_article
from tests.workers.samples import GERMAN, PROSE
from workers.dedup.sketch import sketch

TEXT = "\n\n".join(PROSE)


def looked(valkey: Redis, article, *, with_sketch: bool = True) -> Looked:
    names = Names.of([article.url_key], [])
    return Library(valkey, Keys()).look(
        article, names, sketch(article.text) if with_sketch else None
    )


def test_of_the_first_article_nothing_is_known(valkey):
    assert looked(valkey, make_article(1, text=TEXT)) == Looked()
    assert valkey.dbsize() == 0


def test_an_article_is_known_by_its_address(valkey):
    article = make_article(1, text=TEXT)
    file(valkey, article)
    [known] = looked(valkey, article).known
    assert (known.article.id, known.layer) == (article.id, "url")
    assert known.article.to_json().encode() == known.json


def test_the_first_with_the_same_text_is_its_original(valkey):
    file(valkey, make_article(1, text=TEXT))
    found = looked(valkey, make_article(2, text=TEXT))
    assert (found.known, found.original) == ((), make_article(1).id)
    assert looked(valkey, make_article(2, text=TEXT), with_sketch=False) == Looked()


def test_a_near_duplicate_is_told(valkey):
    file(valkey, make_article(1, text=TEXT))
    found = looked(valkey, make_article(2, text=f"{TEXT} And one more sentence, to be different."))
    assert (found.original, found.near, found.unlike) == (None, make_article(1).id, "")


def test_where_there_is_none_the_state_of_the_index_changes_with_the_next_document(valkey):
    file(valkey, make_article(1, text=TEXT))
    other = make_article(2, text="\n\n".join(GERMAN))
    first = looked(valkey, other)
    assert first.near is None
    assert first.unlike == looked(valkey, other).unlike != ""
    file(valkey, make_article(3, text=" ".join(f"word{n} and" for n in range(200))))
    assert looked(valkey, other).unlike != first.unlike


@pytest.mark.parametrize("meanwhile", [False, True])
def test_the_commit_looks_again_if_another_worker_was_there_meanwhile(valkey, meanwhile):
    file(valkey, make_article(9, text="\n\n".join(GERMAN)))
    article = make_article(2, text=f"{TEXT} And one more sentence.")
    found = looked(valkey, article)
    assert found.unlike
    if meanwhile:
        file(valkey, make_article(1, text=TEXT))
    Committer(valkey, Keys()).commit(
        article,
        page_id="page",
        names=Names.of([article.url_key], []),
        sketch=sketch(article.text),
        unlike=found.unlike,
    )
    assert ArticleLog(valkey, Keys()).get(article.id).dedup.kind == (
        "near" if meanwhile else "none"
    )
