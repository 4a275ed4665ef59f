"""How the parts of the store agree with each other, at any moment between two programs."""

from __future__ import annotations

from collections import defaultdict

from redis import Redis

from feedmill.store.articles import ArticleLog
from feedmill.store.keys import Keys
from feedmill.store.revisions import Revisions
from feedmill.store.workshop import MAX_ATTEMPTS
from tests.model.ledger import Ledger
from tests.model.pages import article_id, body


def check(redis: Redis, keys: Keys, ledger: Ledger) -> None:
    """Look at all of it.

    Raises:
        AssertionError: Something contradicts something else.
    """
    _pages(redis, keys, ledger)
    _articles(redis, keys, ledger)
    _stream(ledger)


def _pages(redis: Redis, keys: Keys, ledger: Ledger) -> None:
    """What is pending has its bytes there, and they are counted; attempts are those of pending pages."""
    pending = ledger.now.pending
    sizes = {page_id: redis.strlen(keys.raw(page_id)) for page_id in pending}
    assert all(sizes.values()), "a pending page has no bytes"
    assert int(redis.get(keys.waiting_bytes) or 0) == sum(sizes.values())
    attempts = {one.decode(): int(count) for one, count in redis.hgetall(keys.attempts).items()}
    assert attempts.keys() <= pending
    for page_id, count in attempts.items():
        assert count <= MAX_ATTEMPTS + 1
        assert ledger.blows[page_id], "an attempt is counted and nothing has happened"
    set_aside = {page_id for page_id, _ in ledger.now.quarantine.values()}
    raw = {name.decode().removeprefix(keys.raw("")) for name in redis.scan_iter(keys.raw("*"))}
    assert raw <= pending | set_aside, "bytes are left of a page that is finished"


def _articles(redis: Redis, keys: Keys, ledger: Ledger) -> None:
    """Heads, articles, earlier revisions and names tell the same."""
    heads, log, revisions = ledger.now.heads, ArticleLog(redis, keys), Revisions(redis, keys)
    names = {one.decode() for one in redis.scan_iter(keys.article("*"))}
    assert names == {keys.article(one) for one in heads}
    for home, stored in ledger.library.articles.items():
        one = article_id(home)
        article = log.get(one)
        assert (article.id, article.rev, article.text) == (one, stored.rev, body(stored.text))
        earlier = [revisions.get(one, rev).text for rev in revisions.kept(one)]
        assert earlier == [body(text) for text in stored.texts[:-1]]
    for value in redis.hvals(keys.names):
        assert value.decode().removeprefix("=") in heads
    for content, one in redis.hgetall(keys.content_index).items():
        assert heads[one.decode()][1] == content.decode()


def _stream(ledger: Ledger) -> None:
    """Of each article: new once and first, then its revisions one after the other; copies whenever they came."""
    told: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for op, one, rev in ledger.now.stream:
        if op != "duplicate":
            told[one].append((op, rev))
    assert told == {
        one: [("new", 1), *(("update", number) for number in range(2, rev + 1))]
        for one, (rev, _) in ledger.now.heads.items()
    }
