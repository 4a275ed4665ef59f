"""From the raw pages: another try of what failed, and stored articles extracted anew, with all of feedmill running."""

from __future__ import annotations

import json

import pytest
from redis import Redis

from feedmill.article import Article
from feedmill.raw.reading import RawReader
from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from feedmill.store.revisions import Revisions
from tests.program import Program, wait_until
from tests.site.process import NewsSite

pytestmark = pytest.mark.slow

KEYS = Keys()


def test_raw_pages_are_there_for_replays_and_for_another_try(program: Program, site: NewsSite):
    program.configure_site(site, ("harbour", "/rss.xml"), ("wire", "/rdf.xml"))
    program.start("run", "-n", "1")
    socket = program.folder / ".feedmill" / "valkey.sock"
    wait_until(socket.exists, what="the server is there")
    with program.redis() as redis:
        wait_until(lambda: redis.xlen(KEYS.quarantine) and _is_idle(redis), what="all is taken in")
        _every_article_has_its_raw_page(program)
        _an_article_that_has_become_worse_is_mended(program, redis)
        _twice_changes_nothing(program, redis)
        _what_failed_is_tried_again(program, redis, site)


def _is_idle(redis: Redis) -> bool:
    return redis.zcard(KEYS.pending) == 0 and redis.xlen(KEYS.articles) > 10


def _every_article_has_its_raw_page(program: Program) -> None:
    articles = program.articles()
    assert len(articles) > 10
    reader = RawReader(program.folder / ".feedmill" / "raw")
    for article in articles:
        page = reader.read(article.raw_ref)
        assert page.source_id == article.source.id
        assert page.fetched_at == article.fetched_at


def _an_article_that_has_become_worse_is_mended(program: Program, redis: Redis) -> None:
    good = max(program.articles(), key=lambda article: article.word_count)
    worse = _worsened(redis, good)
    dry = _replay(program, "--dry-run")
    assert [change["id"] for change in dry["changes"]] == [good.id], (dry, good)
    assert dry["changes"][0]["added"]
    assert ArticleLog(redis, KEYS).get(good.id) == worse
    told = _replay(program)
    assert (told["failed"], told["without_raw_page"]) == (0, 0)
    assert told["improved"] >= 1  # others may be, too: the workers know more of their site by now
    assert told["looked_at"] == len(program.articles())
    assert told["looked_at"] == sum(told[name] for name in ("improved", "unchanged", "kept"))
    now = ArticleLog(redis, KEYS).get(good.id)
    assert now is not None
    assert now.rev == 2
    assert now.text.startswith("\n\n".join(good.text.split("\n\n")[:2]))
    assert Revisions(redis, KEYS).get(good.id, 1) == worse


def _worsened(redis: Redis, good: Article) -> Article:
    extraction = good.extraction.model_copy(update={"quality": 0.1, "version": "0.0.1"})
    first, *_ = good.text.split("\n\n")
    worse = good.model_copy(update={"text": first, "extraction": extraction})
    redis.set(KEYS.article(good.id), worse.to_json())
    return worse


def _twice_changes_nothing(program: Program, redis: Redis) -> None:
    before = redis.xlen(KEYS.articles)
    told = _replay(program)
    assert told["improved"] == 0
    assert redis.xlen(KEYS.articles) == before
    one = _replay(program, "--url", program.articles()[0].url)
    assert (one["looked_at"], one["unchanged"]) == (1, 1)
    assert redis.exists(*redis.keys("replay:*") or ["none"]) == 0
    assert redis.xlen(KEYS.quarantine) == 1


def _what_failed_is_tried_again(program: Program, redis: Redis, site: NewsSite) -> None:
    """The site has nothing at this address: it is asked once more, and that is told once more."""
    [(before, fields)] = redis.xrange(KEYS.quarantine)
    asked = len(site.requests())
    done = program.call("quarantine", "retry", "--all", "--json")
    assert json.loads(done.stdout)["item"] == [before.decode()]
    wait_until(lambda: redis.xlen(KEYS.quarantine), what="it has failed again", seconds=40)
    [(after, again)] = redis.xrange(KEYS.quarantine)
    assert after != before
    assert again[b"url"] == fields[b"url"]
    path = "/" + fields[b"url"].decode().split("/", 3)[3]
    assert path in [request["path"] for request in site.requests()[asked:]]


def _replay(program: Program, *options: str) -> dict[str, int | list]:
    since = () if "--url" in options else ("--since", "1h")
    done = program.call("replay", "--json", *since, *options)
    assert done.returncode == 0, done.stderr
    told: dict = json.loads(done.stdout)
    return told
