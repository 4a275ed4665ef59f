"""How consumer groups stand."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from feedmill.store import groups
from feedmill.store.connection import connect_async
from feedmill.store.groups import AsyncGroups, Groups, GroupState
from feedmill.store.keys import Keys
from tests.store.streams import add, read


def of(redis: Redis, name: str = "group") -> GroupState:
    """The state of one group of the articles."""
    (state,) = [state for state in Groups(redis, Keys()).of("articles") if state.name == name]
    return state


def test_no_stream_has_no_groups(valkey):
    assert Groups(valkey, Keys()).of("articles") == []
    add(valkey, 1)
    assert Groups(valkey, Keys()).of("articles") == []


def test_a_group_of_an_empty_stream_has_everything(valkey):
    valkey.xgroup_create("articles", "group", "0", mkstream=True)
    state = of(valkey)
    assert (state.lag, state.is_exact, state.needed, state.oldest) == (0, True, 0, None)
    assert state.waits(time.time()) == 0
    assert state.health(time.time(), 100) == "ok"


def test_what_a_group_has_and_has_not(valkey):
    ids = add(valkey, 100, 90, 80, 70, 60)
    valkey.xgroup_create("articles", "group", "0")
    given = read(valkey, "group", 3)
    valkey.xack("articles", "group", given[0])
    state = of(valkey)
    assert (state.stream, state.consumers, state.pending, state.lag) == ("articles", 1, 2, 2)
    assert (state.last_delivered, state.oldest_pending, state.oldest_unread) == (
        ids[2],
        ids[1],
        ids[3],
    )
    assert state.oldest == ids[1]
    assert state.waits(time.time()) == pytest.approx(90, abs=5)
    assert state.needed == 4  # by time: 30 of 40 seconds, of five entries


async def test_both_readers_tell_the_same(valkey, valkey_url):
    add(valkey, 3, 2, 1, stream="x:articles")
    valkey.xgroup_create("x:articles", "group", "0")
    keys = Keys("x:")
    async with connect_async(valkey_url) as redis:
        assert await AsyncGroups(redis, keys).of(keys.articles) == Groups(valkey, keys).of(
            keys.articles
        )


def test_the_lag_leaves_out_what_was_trimmed_away_by_hand(valkey):
    add(valkey, *[60] * 20)
    valkey.xgroup_create("articles", "group", "0")
    read(valkey, "group", 2)
    valkey.xtrim("articles", maxlen=5, approximate=False)
    assert of(valkey).lag == 5
    read(valkey, "group", 1)
    assert (of(valkey).lag, of(valkey).is_exact) == (4, True)


@pytest.mark.parametrize(("position", "lag"), [(0, 9), (4, 5), (8, 1), (9, 0)])
def test_the_lag_of_a_group_that_began_in_the_middle(valkey, position, lag):
    ids = add(valkey, *[60] * 10)
    valkey.xgroup_create("articles", "group", ids[position])
    assert (of(valkey).lag, of(valkey).is_exact) == (lag, True)


def test_a_lag_that_nobody_knows_is_a_bound(valkey):
    ids = add(valkey, *[60] * 1500)
    valkey.xgroup_create("articles", "group", ids[100])
    assert (of(valkey).lag, of(valkey).is_exact) == (1500, False)


def test_a_group_is_behind_close_and_has_lost(valkey):
    now = time.time()
    add(valkey, *[groups.BEHIND_SECONDS + 60] * 8)
    valkey.xgroup_create("articles", "group", "0")
    assert of(valkey).health(now, 100) == "behind"
    assert of(valkey).health(now - 120, 100) == "ok"
    assert of(valkey).health(now, 10) == "behind"  # 8 of 10 is not over 0.8
    assert of(valkey).health(now, 9) == "close to losing"
    valkey.hset("articles:lost", "group", f"3 {int(now)}")
    assert (of(valkey).lost, of(valkey).health(now, 100)) == (3, "has lost")
    assert of(valkey).health(now + 2 * 86_400, 100) == "behind"


def test_one_entry_that_is_never_acknowledged_counts_from_there(valkey):
    add(valkey, *range(1000, 0, -10))
    valkey.xgroup_create("articles", "group", "0")
    given = read(valkey, "group", 999)
    valkey.xack("articles", "group", *given[:20], *given[21:])
    assert of(valkey).needed == pytest.approx(80, abs=2)
    assert of(valkey).health(time.time(), 95) == "close to losing"
