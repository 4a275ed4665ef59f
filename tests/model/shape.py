"""How the parts of the store agree with each other, at any moment between two programs."""

from __future__ import annotations

import json
from collections import defaultdict

from redis import Redis

from feedmill.store.keys import Keys
from feedmill.store.workshop import MAX_ATTEMPTS
from tests.model.ledger import Ledger
from tests.model.pages import TEXTS


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
    heads = ledger.now.heads
    texts = {stored.text for stored in ledger.library.articles.values()}
    stored = {
        one.decode().removeprefix(keys.article("")) for one in redis.scan_iter(keys.article("*"))
    }
    assert stored == heads.keys()
    for article_id, (rev, content) in heads.items():
        article = json.loads(redis.get(keys.article(article_id)))
        assert (article["id"], article["rev"]) == (article_id, rev)
        assert article["dedup"]["content_hash"] == content
        assert article["text"] in {"\n\n".join(TEXTS[text]) for text in texts}
        earlier = {int(one) for one in redis.hkeys(keys.revisions(article_id))}
        assert earlier == set(range(1, rev))
    for value in redis.hvals(keys.names):
        assert value.decode().removeprefix("=") in heads
    for content, article_id in redis.hgetall(keys.content_index).items():
        assert heads[article_id.decode()][1] == content.decode()


def _stream(ledger: Ledger) -> None:
    """Of each article: new once and first, then its revisions one after the other; copies whenever they came."""
    told: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for op, article_id, rev in ledger.now.stream:
        if op != "duplicate":
            told[article_id].append((op, rev))
    for article_id, (rev, _) in ledger.now.heads.items():
        updates = [("update", number) for number in range(2, rev + 1)]
        assert told[article_id] == [("new", 1), *updates]
    assert told.keys() == ledger.now.heads.keys()
