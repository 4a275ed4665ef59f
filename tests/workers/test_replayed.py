"""Replayed pages: a revision where the text has improved, and else nothing at all."""

from __future__ import annotations

import dataclasses

import pytest
import zstandard
from redis import Redis

import feedmill
from feedmill import page as pages
from feedmill.article import Article
from feedmill.errors import StoreError
from feedmill.page import Page
from feedmill.store import replays
from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from feedmill.store.replays import Replays
from feedmill.store.revisions import Revisions
from feedmill.store.workshop import MAX_ATTEMPTS, Workshop
from tests.articles import make_page
from workers.desk import Desk
from workers.pipe import answer

KEYS = Keys()
RUN = "0123abcd"
REF = "feedmill-20260314073000-0123abcd.warc.gz#offset=12&length=345"
BODY = "".join(
    f"<p>{sentence}</p>"
    for sentence in (
        "The harbour crane fell into the basin on Monday morning, the port authority said.",
        "Nobody was hurt, because the quay had been cleared an hour before the storm came.",
        "Divers will look at the wreck as soon as the wind allows, and ships wait outside.",
        "The crane was built in the year nineteen sixty two and was to be sold in autumn.",
    )
)
HTML = f"<html><head><title>Crane falls</title></head><body><article>{BODY}</article></body></html>"


def accept(redis: Redis, page: Page) -> str:
    """As the service does it."""
    redis.set(KEYS.raw(page.id), zstandard.compress(pages.encode(page)))
    redis.incrby(KEYS.waiting_bytes, redis.strlen(KEYS.raw(page.id)))
    redis.zadd(KEYS.pending, {page.id: 1.0})
    return page.id


@pytest.fixture
def page() -> Page:
    return make_page("first", HTML.encode(), content_type="text/html", status=200, raw_ref=REF)


@pytest.fixture
def desk(valkey: Redis) -> Desk:
    return Desk(valkey, KEYS)


@pytest.fixture
def stored(valkey: Redis, desk: Desk, page: Page) -> Article:
    assert desk.work_on(accept(valkey, page)) == "new"
    [entry] = ArticleLog(valkey, KEYS).since("0-0")
    article = ArticleLog(valkey, KEYS).get(entry.article_id)
    assert article is not None
    assert article.raw_ref == REF
    return article


def worsen(redis: Redis, article: Article, **extraction) -> Article:
    """What an earlier version of feedmill might have found in the page."""
    found = {"quality": 0.3, "version": "0.0.1", **extraction}
    worse = article.model_copy(
        update={
            "text": article.text.split("\n\n")[0],
            "extraction": article.extraction.model_copy(update=found),
        }
    )
    redis.set(KEYS.article(article.id), worse.to_json())
    return worse


def replayed(redis: Redis, desk: Desk, page: Page, article: Article, run: str = RUN) -> str:
    """What came of replaying the page of an article."""
    page_id = replays.page_id(run, article.id)
    desk.work_on(accept(redis, dataclasses.replace(page, id=page_id)))
    assert (
        redis.zcard(KEYS.pending)
        == redis.exists(KEYS.attempts)
        == redis.exists(KEYS.raw(page_id))
        == 0
    )
    assert int(redis.get(KEYS.waiting_bytes)) == 0
    return Replays(redis, KEYS).outcomes(run)[page_id]


def everything(redis: Redis) -> dict[bytes, bytes]:
    return {key: redis.dump(key) for key in redis.scan_iter() if not key.startswith(b"replay:")}


def test_an_improved_text_is_a_revision(valkey, desk, page, stored):
    worse = worsen(valkey, stored)
    assert replayed(valkey, desk, page, stored) == "improved"
    now = ArticleLog(valkey, KEYS).get(stored.id)
    assert (now.rev, now.status, now.text) == (2, "updated", stored.text)
    same = ("id", "url", "url_key", "guid", "story_id", "fetched_at", "raw_ref", "modified_at")
    assert [getattr(now, name) for name in same] == [getattr(stored, name) for name in same]
    assert Revisions(valkey, KEYS).get(stored.id, 1) == worse
    *_, last = ArticleLog(valkey, KEYS).since("0-0")
    assert (last.fields["op"], last.fields["rev"]) == ("update", "2")
    assert b'"layer":"replay"' in valkey.lindex(KEYS.trail(stored.id), 0)
    assert valkey.hget(KEYS.stats, "update") == b"1"


def test_an_article_that_others_write_all_the_time_is_for_later(
    valkey, desk, page, stored, monkeypatch
):
    worsen(valkey, stored)
    page_id = accept(valkey, dataclasses.replace(page, id=replays.page_id(RUN, stored.id)))
    with monkeypatch.context() as patched:
        patched.setattr("workers.replayed._TRIES", 0)
        assert desk.work_on(page_id) == "contended"
    assert valkey.zcard(KEYS.pending) == 1
    assert not valkey.exists(KEYS.attempts)
    assert desk.work_on(page_id) == "update"


def test_the_second_time_nothing_changes(valkey, desk, page, stored):
    worsen(valkey, stored)
    replayed(valkey, desk, page, stored)
    before = everything(valkey)
    assert replayed(valkey, desk, page, stored, "aaaaaaaa") == "unchanged"
    assert everything(valkey) == before


def test_the_same_text_changes_nothing(valkey, desk, page, stored):
    before = everything(valkey)
    assert replayed(valkey, desk, page, stored) == "unchanged"
    assert everything(valkey) == before


def test_a_text_that_is_not_better_changes_nothing(valkey, desk, page, stored):
    worsen(valkey, stored, quality=1.0, version=feedmill.__version__)
    before = everything(valkey)
    assert replayed(valkey, desk, page, stored) == "kept"
    assert everything(valkey) == before


def test_a_page_without_an_article_now_is_not_set_aside(valkey, desk, page, stored):
    before = everything(valkey)
    empty = dataclasses.replace(page, content=b"<html><body><nav>Home</nav></body></html>")
    assert replayed(valkey, desk, empty, stored) == "failed"
    assert everything(valkey) == before


def test_a_page_that_ends_its_worker_is_not_set_aside(valkey, stored, page):
    """Nobody could read it: only its id tells that it is a replay's."""
    before = everything(valkey)
    page_id = replays.page_id(RUN, stored.id)
    accept(valkey, dataclasses.replace(page, id=page_id))
    workshop = Workshop(valkey, KEYS)
    for _ in range(MAX_ATTEMPTS):
        workshop.begin(page_id)
    assert Desk(valkey, KEYS).work_on(page_id) == "quarantined"
    assert Replays(valkey, KEYS).outcomes(RUN) == {page_id: "failed"}
    assert everything(valkey) == before


def test_a_newer_page_that_came_meanwhile_stays(valkey, desk, page, stored):
    worse = worsen(valkey, stored)
    newer = worse.model_copy(update={"raw_ref": REF.replace("offset=12", "offset=99")})
    valkey.set(KEYS.article(stored.id), newer.to_json())
    before = everything(valkey)
    assert replayed(valkey, desk, page, stored) == "unchanged"
    assert everything(valkey) == before


def test_an_article_that_is_gone_is_not_brought_back(valkey, desk, page, stored):
    valkey.delete(KEYS.article(stored.id))
    assert replayed(valkey, desk, page, stored) == "unchanged"
    assert not valkey.exists(KEYS.article(stored.id))


def test_only_a_replay_writes_over_the_same_time_of_fetch(valkey, desk, page, stored):
    worse = worsen(valkey, stored)
    again = dataclasses.replace(page, id="second")
    assert desk.work_on(accept(valkey, again)) == "unchanged"
    assert ArticleLog(valkey, KEYS).get(stored.id) == worse


@pytest.mark.parametrize(("quality", "judgement"), [(0.3, "improved"), (1.0, "kept")])
def test_a_command_is_told_the_same_without_a_worker(stored, quality, judgement):
    told = {
        "text": stored.text.split("\n\n")[0],
        "quality": quality,
        "version": feedmill.__version__,
    }
    request = {"url": stored.url, "content_type": "text/html", "before": told}
    assert answer(HTML.encode(), request)["judgement"] == judgement
    same = {**told, "text": stored.text}
    assert answer(HTML.encode(), {**request, "before": same})["judgement"] == "unchanged"
    assert "judgement" not in answer(HTML.encode(), {"url": stored.url})


def test_lines_that_the_operator_does_not_want_are_left_out_for_a_command_too():
    reply = answer(HTML.encode(), {"content_type": "text/html", "drop": ["^Divers will"]})
    assert "Divers" not in reply["page"]["text"]
    assert "Nobody was hurt" in reply["page"]["text"]


def test_ids_of_replays():
    assert replays.is_replay(replays.page_id(RUN, "abc"))
    assert replays.article_of(replays.page_id(RUN, "abc")) == "abc"
    for other in ("abc", "replay.abc", f"replay.{RUN}.", f"x{replays.page_id(RUN, 'abc')}"):
        assert not replays.is_replay(other)
        with pytest.raises(ValueError, match="no page of a replay"):
            replays.article_of(other)


def test_the_first_outcome_stays(valkey):
    log, page_id = Replays(valkey, KEYS), replays.page_id(RUN, "abc")
    log.end(page_id, "improved")
    log.end(page_id, "failed")
    assert log.outcomes(RUN) == {page_id: "improved"}
    assert 0 < valkey.ttl(KEYS.replayed(RUN)) <= 86_400
    log.forget(RUN)
    assert valkey.dbsize() == 0


def test_a_set_aside_of_a_replay_is_none(valkey, stored):
    Workshop(valkey, KEYS).set_aside(replays.page_id(RUN, stored.id), None, StoreError("no"))
    assert valkey.exists(KEYS.quarantine) == 0
