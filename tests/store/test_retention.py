"""Removing articles: all that belongs to them, and nothing else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from redis import Redis
from redis.exceptions import OutOfMemoryError

from feedmill.article import Article
from feedmill.store import retention
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect_async
from feedmill.store.intake import LISTED_DAYS, Intake, Mark
from feedmill.store.keys import Keys
from feedmill.store.retention import Head, Retention, Retired
from tests.articles import NOW, file, make_article
from tests.store.streams import read

DAY = 86_400
KEYS = Keys()
EVERYTHING = int(4e12)  # in the far future, in Unix milliseconds
# What does not belong to one article: what happened, what goes by itself, what is counted.
ELSEWHERE = ("articles", "stories", "story:", "near", "site:", "stats", "removals", "upkeep")
TODAY = f"{int(time.time() // DAY)}"


@pytest.fixture
async def keeper(valkey, valkey_url):
    async with connect_async(valkey_url) as redis:
        yield Retention(redis, KEYS)


async def retire(
    keeper: Retention, *articles: Article, before: int = EVERYTHING, **more
) -> Retired:
    ids = [article.id for article in articles]
    values = {"reason": "age", "now": time.time(), **more}
    return await keeper.retire(ids, before=before, **values)


async def sweep(keeper: Retention, *, count: int = 1000) -> int:
    """Sweep all names; how many led nowhere."""
    cursor, gone = -1, 0
    while cursor:
        step = await keeper.sweep_names(max(cursor, 0), count=count)
        cursor, gone = step.cursor, gone + step.gone
    return gone


def world(redis: Redis) -> dict[bytes, object]:
    found = (key for key in redis.scan_iter() if not key.decode().startswith(ELSEWHERE))
    return {key: contents(redis, key) for key in found}


def contents(redis: Redis, key: bytes) -> object:
    match redis.type(key):
        case b"hash":
            return redis.hgetall(key)
        case b"list":
            return redis.lrange(key, 0, -1)
        case _:
            return redis.get(key)


def fresh(number: int, age_days: float, **fields) -> Article:
    """An article that was fetched and stored so many days ago."""
    at = datetime.now(UTC) - timedelta(days=age_days)
    return make_article(number, fetched_at=at, **fields).model_copy(update={"stored_at": at})


def filed_with_everything(redis: Redis) -> Article:
    """An article with a revision, two copies, an alias and a guid."""
    wire = "One wire report, printed word for word in two papers."
    article = make_article(1, text=wire)
    file(redis, article, "page", "short.example/x", weak=("guid 1",))
    file(redis, make_article(2, text=wire, source_id="second"))
    file(redis, make_article(3, text=wire, source_id="third"))
    later = NOW + timedelta(hours=1)
    changed = make_article(1, text=wire + " It was added to later.", fetched_at=later)
    assert file(redis, changed).verdict == "update"
    return article


async def test_all_traces_go_and_nothing_else(valkey, keeper):
    others = [make_article(number) for number in range(10, 15)]
    for other in others:
        file(valkey, other, weak=(f"guid {other.id}",))
    before = world(valkey)
    article = filed_with_everything(valkey)
    assert len(valkey.keys(f"*:{article.id}")) >= 4
    assert await retire(keeper, article) == Retired(1, 0, 0)
    assert valkey.keys(f"*:{article.id}") == []
    assert (
        await sweep(keeper) == 4
    )  # the alias, the guid and the copies; its own name is gone already
    assert world(valkey) == before


async def test_it_is_counted_by_day_and_reason(valkey, keeper):
    articles = [make_article(number) for number in range(4)]
    for article in articles:
        file(valkey, article)
    await retire(keeper, *articles[:3])
    await retire(keeper, articles[3], reason="memory", now=NOW.timestamp())
    today = datetime.now(UTC).date().isoformat()
    assert retention.removed(valkey, KEYS) == {"2026-03-01": {"memory": 1}, today: {"age": 3}}
    assert (await keeper.progress())["removed"] == 4
    await keeper.forget_counts(NOW.timestamp() + 400 * DAY)
    assert "2026-03-01" not in retention.removed(valkey, KEYS)


async def test_removing_twice_counts_once(valkey, keeper):
    article = make_article(1)
    file(valkey, article)
    assert await retire(keeper, article, article) == Retired(1, 0, 0)
    assert await retire(keeper, article) == Retired(0, 0, 0)


async def test_a_revision_during_the_sweep_saves_its_article(valkey, keeper):
    article = make_article(1)
    file(valkey, article)
    cursor, (head,) = await keeper.heads(0)
    assert (cursor, head) == (0, Head(int(NOW.timestamp() * 1000), article.id))
    revised = make_article(1, text="It was news again.", fetched_at=NOW + timedelta(days=1))
    file(valkey, revised)
    assert await retire(keeper, article, before=head.fetched + 1) == Retired(0, 0, 0)
    assert ArticleLog(valkey, KEYS).get(article.id).text == revised.text


async def test_an_address_whose_article_was_removed_is_new_again(valkey, keeper):
    article = filed_with_everything(valkey)
    await retire(keeper, article)
    for number, source in ((2, "second"), (1, "news")):  # before its names are swept
        again = make_article(
            number, text=f"Something else {number}.", source_id=source, fetched_at=NOW
        )
        committed = file(valkey, again)
        assert (committed.verdict, committed.article_id, committed.rev) == ("new", again.id, 1)
    assert await sweep(keeper) == 0  # its names are its names again
    assert ArticleLog(valkey, KEYS).get(article.id).text == "Something else 1."


async def test_a_text_whose_article_was_removed_is_new_again(valkey, keeper):
    article = make_article(1, text="One wire report, printed word for word in two papers.")
    file(valkey, article)
    await retire(keeper, article)
    copy = make_article(2, text=article.text)
    committed = file(valkey, copy)
    assert (committed.verdict, committed.article_id) == ("new", copy.id)
    assert file(valkey, make_article(3, text=article.text)).article_id == copy.id


@pytest.mark.parametrize(("acknowledged", "left"), [(0, 3), (1, 2), (2, 1), (3, 0)])
async def test_what_a_group_has_finished_goes(valkey, keeper, acknowledged, left):
    now = int(time.time() * 1000)
    articles = [fresh(number, age_days=3 - number) for number in range(3)]
    for number, article in enumerate(articles):
        file(valkey, article)
        valkey.xadd("announced", {"id": article.id}, id=f"{now - (3 - number) * DAY * 1000}-0")
    valkey.rename("announced", "articles")
    valkey.xgroup_create("articles", "group", "0")
    given = read(valkey, "group", 2)
    if acknowledged > 2:
        given += read(valkey, "group", 1)
    if acknowledged:
        valkey.xack("articles", "group", *given[:acknowledged])
    assert await retire(keeper, *articles) == Retired(3 - left, 0, left)
    forced = await retire(keeper, *articles, reason="memory", even_unread=True)
    assert forced == Retired(left, left, 0)
    unread = {"memory-unread": left} if left else {}
    assert retention.removed(valkey, KEYS) == (
        {
            datetime.now(UTC).date().isoformat(): {
                **({"age": 3 - left} if left < 3 else {}),
                **unread,
            }
        }
    )


async def test_a_full_redis_can_be_relieved(valkey, keeper):
    article = make_article(1)
    file(valkey, article)
    valkey.config_set("maxmemory", 1)
    try:
        assert await retire(keeper, article) == Retired(1, 0, 0)
        with pytest.raises(OutOfMemoryError):
            valkey.set("more", 1)
    finally:
        valkey.config_set("maxmemory", 0)
    assert valkey.hget("removals", f"{TODAY} age") == b"1"


async def test_the_sweep_of_names_goes_in_steps(valkey, keeper):
    valkey.hset("ix:url", mapping={f"name {n}": f"{'=' * (n % 2)}gone {n}" for n in range(3000)})
    article = make_article(1)
    file(valkey, article)
    step = await keeper.sweep_names(0, count=100)
    assert step.cursor
    assert 100 <= step.looked < 1000
    await sweep(keeper, count=100)
    assert valkey.hgetall("ix:url") == {article.id.encode(): article.id.encode()}


async def test_items_that_are_listed_no_more_are_forgotten(valkey, valkey_url, keeper):
    start = 20_000.0 * DAY
    now = start

    async def look(*items: str) -> dict[str, str | None]:
        return await intake.seen("news", list(items))

    async def tidy() -> int:
        return (await keeper.sweep_seen("news", 0, now=now, days=30)).gone

    async with connect_async(valkey_url) as redis:
        intake = Intake(redis, KEYS, lambda: now)
        await intake.mark_all_seen("news", [Mark("gone", "1"), Mark("stays", "2")])
        assert await look("gone", "stays", "never") == {"gone": "1", "stays": "2", "never": None}
        assert await tidy() == 0  # from now on they have a day
        assert await look("gone", "stays", "never") == {"gone": "1", "stays": "2", "never": None}
        for day in range(1, 100):
            now = start + day * DAY
            assert (await look("stays"))["stays"] == "2"
            forgotten = day >= 30 + LISTED_DAYS
            assert await tidy() == (day == 30 + LISTED_DAYS)
            assert valkey.hlen("seen:news") == 1 + (not forgotten)


async def test_the_day_of_an_item_is_written_anew_once_a_week(valkey, valkey_url, keeper):
    now = 20_000.0 * DAY
    written = set()
    async with connect_async(valkey_url) as redis:
        intake = Intake(redis, KEYS, lambda: now)
        await intake.mark_seen("news", Mark("item", "1"))
        await keeper.sweep_seen("news", 0, now=now, days=30)
        for _ in range(28):
            await intake.seen("news", ["item"])
            written |= set(valkey.hvals("seen:news"))
            now += DAY
    assert written == {b"1@20000", b"1@20007", b"1@20014", b"1@20021"}


async def test_the_window_of_near_duplicates_is_told_once(valkey, keeper):
    await keeper.remember_near(timedelta(days=28))
    assert not valkey.exists("near")
    await keeper.remember_near(timedelta(days=7))
    assert valkey.hget("near", "window") == b"604800"
    await keeper.remember_near(timedelta(days=28))
    assert valkey.hget("near", "window") == b"2419200"


WORDS = (
    "harbour dredging council report vessel pilot engineer budget quay crane tide storm cargo ferry"
)
STORY = " ".join(
    f"The {a} of the {b} was seen near the {a} by a {b}."
    for a in WORDS.split()
    for b in WORDS.split()[:5]
)


async def test_a_removed_article_is_no_original_of_a_near_duplicate(valkey, keeper):
    def near(number: int, more: str) -> Article:
        committed = file(valkey, make_article(number, text=f"{STORY} {more}"))
        assert committed.verdict == "new"
        stored = ArticleLog(valkey, KEYS).get(committed.article_id)
        assert stored
        return stored

    first = near(1, "It ends like this.")
    assert near(2, "It ends otherwise.").dedup.dup_of == first.id
    await retire(keeper, first)
    third = near(3, "It ends in a third way.")
    assert third.dedup.kind == "none"
    assert near(4, "It ends in a fourth way.").dedup.dup_of == third.id
    assert near(5, "It ends in a fifth way.").dedup.dup_of == third.id


async def test_near_duplicates_are_looked_for_as_long_as_the_configuration_says(valkey, keeper):
    def dup_of(number: int, day: float) -> str | None:
        article = make_article(number, text=f"{STORY} It ends as number {number}.")
        at = NOW + timedelta(days=day)
        committed = file(valkey, article.model_copy(update={"stored_at": at, "fetched_at": at}))
        stored = ArticleLog(valkey, KEYS).get(committed.article_id)
        assert stored
        return stored.dedup.dup_of

    await keeper.remember_near(timedelta(days=4))
    assert dup_of(1, 0) is None
    assert dup_of(2, 3.5) == make_article(1).id
    assert dup_of(3, 6) is None


def test_copies_beyond_a_thousand_are_announced_and_not_listed(valkey):
    text = "One wire report, printed word for word in two papers."
    original = make_article(1, text=text)
    file(valkey, original)
    valkey.hset(
        f"copies:{original.id}", mapping={f"https://a.example/{n}": "a" for n in range(999)}
    )
    assert file(valkey, make_article(2, text=text)).verdict == "duplicate"
    for _ in range(2):
        announced = valkey.xlen("articles")
        assert file(valkey, make_article(3, text=text)).verdict in {"duplicate", "unchanged"}
    assert valkey.xlen("articles") == announced == 3
    assert valkey.hlen(f"copies:{original.id}") == 1000
    assert file(valkey, make_article(2, text=text)).verdict == "unchanged"
