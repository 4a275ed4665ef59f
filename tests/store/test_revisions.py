from __future__ import annotations

import json
from datetime import timedelta

from feedmill import urls
from feedmill.identity import Names
from feedmill.store.articles import ArticleLog
from feedmill.store.commit import Committer
from feedmill.store.keys import Keys
from feedmill.store.known import Library
from feedmill.store.revisions import Revisions
from tests.articles import NOW, file, make_article

BODY = (
    "The harbour board met on Tuesday and agreed to dredge the northern channel before the winter.\n\n"
    "Ships of more than nine metres draught will have to wait for the tide until the work is done."
)


def version(number: int, **fields):
    text = f"{BODY}\n\nNotice number {number} of the harbour master."
    return make_article(
        1,
        **{
            "text": text,
            "fetched_at": NOW + timedelta(hours=number),
            "title_from": "page",
            **fields,
        },
    )


def test_earlier_texts_are_kept(valkey):
    first = version(1)
    file(valkey, first)
    file(valkey, version(2))
    committed = file(valkey, version(3))
    assert (committed.verdict, committed.rev) == ("update", 3)
    revisions = Revisions(valkey, Keys())
    assert revisions.kept(first.id) == [1, 2]
    assert revisions.get(first.id, 1).text == first.text
    assert revisions.get(first.id, 1).rev == 1
    assert revisions.get(first.id, 2).text == version(2).text
    assert revisions.get(first.id, 3) is None


def test_only_the_last_twenty_are_kept(valkey):
    for number in range(1, 25):
        file(valkey, version(number))
    assert Revisions(valkey, Keys()).kept(version(1).id) == list(range(4, 24))


def test_a_revision_says_when_it_was_changed(valkey):
    file(valkey, version(1))
    file(valkey, version(2))
    log = ArticleLog(valkey, Keys())
    assert log.get(version(1).id).modified_at == NOW + timedelta(hours=2)
    stated = NOW + timedelta(hours=2, minutes=30)
    file(valkey, version(3, modified_at=stated))
    assert log.get(version(1).id).modified_at == stated


def test_a_counter_is_no_revision_and_leaves_a_trail(valkey):
    file(valkey, version(1, text=f"{BODY}\n\n12 comments"))
    committed = file(valkey, version(2, text=f"{BODY}\n\n13 comments"))
    assert (committed.verdict, committed.rev) == ("unchanged", 1)
    assert Revisions(valkey, Keys()).kept(version(1).id) == []
    [told] = map(json.loads, valkey.lrange(f"trail:{version(1).id}", 0, -1))
    assert (told["verdict"], told["change"], told["layer"]) == ("unchanged", "trivial", "url")


def test_the_trail_tells_updates_and_copies(valkey):
    original = version(1)
    file(valkey, original)
    copy = make_article(2, text=original.text, title=original.title, source_id="other")
    assert file(valkey, copy).verdict == "duplicate"
    file(valkey, version(2))
    update, duplicate = map(json.loads, valkey.lrange(f"trail:{original.id}", 0, -1))
    assert (update["verdict"], update["rev"], update["layer"]) == ("update", 2, "url")
    assert (duplicate["verdict"], duplicate["layer"], duplicate["url"]) == (
        "duplicate",
        "text",
        copy.url,
    )


def test_a_changed_guid_on_the_same_text_is_no_new_article(valkey):
    file(valkey, version(1), weak=("guid\nnews\na",))
    assert (
        file(valkey, version(2, text=version(1).text), weak=("guid\nnews\nb",)).verdict
        == "unchanged"
    )


def test_an_article_that_moves_is_followed_by_its_guid(valkey):
    first = version(1)
    file(valkey, first, weak=("guid\nnews\na",))
    moved = make_article(9, text=version(2).text, fetched_at=NOW + timedelta(hours=2))
    committed = file(valkey, moved, weak=("guid\nnews\na",))
    assert (committed.verdict, committed.article_id, committed.rev) == ("update", first.id, 2)
    assert file(valkey, moved).verdict == "unchanged", "its new address leads to it, too"


def test_a_guid_used_again_for_another_article_is_a_new_one(valkey):
    first = version(1)
    file(valkey, first, weak=("guid\nnews\na",))
    other = make_article(
        9,
        text="Swans have come back to the inner basin, and the swimming season opens on Saturday with a race.",
    )
    assert file(valkey, other, weak=("guid\nnews\na",)).verdict == "new"
    # From now on the identifier is the new article's.
    names = Names.of(["elsewhere.example/1"], ["guid\nnews\na"])
    [found] = Library(valkey, Keys()).look(make_article(77), names).known
    assert found.article.id == other.id


def test_a_claim_takes_no_address_from_the_article_that_is_there(valkey):
    claimed = version(1)
    impostor = make_article(
        9,
        text="Swans have come back to the inner basin, and the swimming season opens on Saturday with a race.",
    )
    assert file(valkey, impostor, weak=(claimed.url_key,)).verdict == "new"
    # Nobody has brought the address itself: it is not passed over, and its article is its own.
    assert not valkey.hexists("ix:url", urls.digest(claimed.url_key))
    committed = file(valkey, claimed)
    assert (committed.verdict, committed.article_id) == ("new", claimed.id)


def test_the_plain_page_of_a_claim_is_the_same_article(valkey):
    amp = make_article(9, text=version(1).text, fetched_at=NOW)
    file(valkey, amp, weak=(version(1).url_key,))
    committed = file(valkey, version(1))
    assert (committed.verdict, committed.article_id) == ("unchanged", amp.id)
    # And the other way round.
    first = make_article(20, text=BODY, title="Other")
    file(valkey, first)
    later = make_article(21, text=BODY + "\n\nOne line more, and then it ends.", title="Other")
    assert file(valkey, later, weak=(first.url_key,)).article_id == first.id


def test_who_looked_before_another_wrote_has_to_look_again(valkey):
    file(valkey, version(1))
    names = Names.of([version(1).url_key], [])
    committer = Committer(valkey, Keys())
    assert committer.commit(version(2), page_id="p", names=names) is None, (
        "it took the article for new"
    )
    [known] = Library(valkey, Keys()).look(version(1), names).known
    file(valkey, version(2))
    valkey.zadd("pages:pending", {"p": 1})
    assert committer.commit(version(3), page_id="p", names=names, known=known) is None, (
        "it has seen rev 1"
    )
    assert valkey.zcard("pages:pending") == 1, "and the page is not finished"
    assert file(valkey, version(3), "p").rev == 3
    assert valkey.zcard("pages:pending") == 0


def test_an_index_that_points_to_nothing_does_no_harm(valkey):
    file(valkey, version(1))
    valkey.delete(f"art:{version(1).id}")
    assert file(valkey, version(2)).verdict == "new"
