"""Trimming takes nothing from a consumer group, unless a stream gets too long; and then it counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from redis.exceptions import OutOfMemoryError

from feedmill.store.connection import connect_async
from feedmill.store.groups import Groups
from feedmill.store.keys import Keys
from feedmill.store.trim import Trimmed, Trimmer
from tests.store.streams import add, left, read

HOUR = timedelta(hours=1)
OLD, YOUNG = 7200.0, 60.0  # seconds


@pytest.fixture(autouse=True)
def _small_nodes(valkey):
    valkey.config_set("stream-node-max-entries", 1)  # so that `~` is exact
    yield
    valkey.config_set("stream-node-max-entries", 100)


@pytest.fixture
async def trimmer(valkey_url):
    async with connect_async(valkey_url) as redis:
        yield Trimmer(redis, Keys())


async def trim(trimmer: Trimmer, most: int = 10**6, step: int = 500) -> Trimmed:
    """Trim until nothing is left to do; what went by age, beyond the length, and the losses of all steps."""
    by_age = by_length = 0
    lost: dict[str, int] = {}
    while done := await trimmer.trim("articles", age=HOUR, most=most, step=step):
        by_age, by_length = by_age + done.by_age, by_length + done.by_length
        lost = {name: lost.get(name, 0) + done.lost.get(name, 0) for name in {*lost, *done.lost}}
    return Trimmed(by_age, by_length, lost)


async def test_without_groups_age_decides_alone(valkey, trimmer):
    ids = add(valkey, *[OLD] * 5, *[YOUNG] * 3)
    assert await trim(trimmer) == Trimmed(5, 0)
    assert left(valkey) == ids[5:]


async def test_a_stream_that_is_not_there_is_no_trouble(valkey, trimmer):
    assert not await trimmer.trim("articles", age=HOUR, most=1)
    assert valkey.keys() == []


async def test_whole_nodes_only(valkey, trimmer):
    valkey.config_set("stream-node-max-entries", 100)
    add(valkey, *[OLD] * 250, *[YOUNG] * 3)
    assert (await trim(trimmer)).by_age == 200


async def test_what_a_group_was_not_given_stays(valkey, trimmer):
    ids = add(valkey, *[OLD] * 10, *[YOUNG] * 3)
    valkey.xgroup_create("articles", "slow", "0")
    valkey.xgroup_create("articles", "quick", "$")
    assert not await trim(trimmer)
    valkey.xack("articles", "slow", *read(valkey, "slow", 4))
    await trim(trimmer)
    assert left(valkey) == ids[3:]  # the last one that was read stays as well
    assert read(valkey, "slow", 99) == ids[4:]


async def test_what_a_group_has_not_acknowledged_stays(valkey, trimmer):
    ids = add(valkey, *[OLD] * 10, *[YOUNG] * 3)
    valkey.xgroup_create("articles", "group", "0")
    given = read(valkey, "group", 99)
    valkey.xack("articles", "group", *given[:3], *given[4:])
    await trim(trimmer)
    assert left(valkey) == ids[3:]
    valkey.xack("articles", "group", given[3])
    await trim(trimmer)
    assert left(valkey) == ids[10:]


async def test_what_is_pending_but_gone_holds_nothing(valkey, trimmer):
    add(valkey, *[OLD] * 10, *[YOUNG] * 3)
    valkey.xgroup_create("articles", "group", "0")
    given = read(valkey, "group", 99)
    valkey.xtrim("articles", minid=given[2], approximate=False)
    valkey.xack("articles", "group", *given[2:])
    assert (await trim(trimmer)).by_age == 8


async def test_a_group_that_begins_at_the_end_holds_nothing(valkey, trimmer):
    add(valkey, *[OLD] * 5)
    valkey.xgroup_create("articles", "group", "$")
    assert (await trim(trimmer)).by_age == 4  # the one it begins behind stays


async def test_beyond_the_length_the_oldest_go_and_are_counted(valkey, trimmer):
    ids = add(valkey, *[YOUNG] * 20)
    for name, start in (("none", "0"), ("some", "0"), ("all", "0"), ("late", "$")):
        valkey.xgroup_create("articles", name, start)
    valkey.xack("articles", "some", *read(valkey, "some", 6)[:2])  # four are unfinished
    valkey.xack("articles", "all", *read(valkey, "all", 99))
    assert await trim(trimmer, most=12, step=3) == Trimmed(0, 8, {"none": 8, "some": 6})
    assert left(valkey) == ids[8:]
    counted = {name: value.split()[0] for name, value in valkey.hgetall("articles:lost").items()}
    assert counted == {b"none": b"8", b"some": b"6"}
    more = add(valkey, 1, 1)
    assert (await trim(trimmer, most=12)).lost == {"none": 2, "some": 2}
    assert read(valkey, "none", 99) == ids[10:] + more


async def test_the_lag_that_redis_tells_is_right_after_a_loss(valkey, trimmer):
    add(valkey, *[YOUNG] * 20)
    valkey.xgroup_create("articles", "group", "0")
    read(valkey, "group", 3)
    await trim(trimmer, most=10)
    for count, lag in ((0, 10), (4, 6), (6, 0)):
        if count:
            read(valkey, "group", count)
        (told,) = valkey.xinfo_groups("articles")
        (state,) = Groups(valkey, Keys()).of("articles")
        assert (told["lag"], state.lag) == (lag, lag)


async def test_what_was_lost_before_a_group_began_is_not_its_loss(valkey, trimmer):
    add(valkey, *[YOUNG] * 20)
    await trim(trimmer, most=10)
    valkey.xgroup_create("articles", "group", "0")
    add(valkey, 1)
    assert (await trim(trimmer, most=10)).lost == {"group": 1}


async def test_the_count_of_a_group_that_is_gone_is_forgotten(valkey, trimmer):
    add(valkey, *[YOUNG] * 20)
    valkey.xgroup_create("articles", "group", "0")
    await trim(trimmer, most=10)
    valkey.xgroup_destroy("articles", "group")
    await trimmer.trim("articles", age=HOUR, most=10)
    assert not valkey.exists("articles:lost")


async def test_a_full_redis_is_trimmed(valkey, trimmer):
    ids = add(valkey, *[OLD] * 5, *[YOUNG] * 20)
    valkey.xgroup_create("articles", "group", ids[5])
    valkey.config_set("maxmemory", 1)
    try:
        with pytest.raises(OutOfMemoryError):
            valkey.set("more", 1)
        assert await trim(trimmer, most=10) == Trimmed(5, 10, {"group": 9})
        assert valkey.hget("articles:lost", "group").startswith(b"9 ")
    finally:
        valkey.config_set("maxmemory", 0)


class Model:
    """What groups may still want, kept beside the real stream."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.given: dict[str, int] = {}  # how many entries each group was given
        self.open: dict[str, list[str]] = {}

    def wanted(self) -> set[str]:
        unread = {one for given in self.given.values() for one in self.entries[given:]}
        return unread.union(*self.open.values())


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["add", "read", "ack", "trim", "group"]), st.integers(0, 9)),
    min_size=15,
    max_size=40,
)


@pytest.mark.slow
@settings(
    database=None,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(actions=ACTIONS)
async def test_nothing_that_a_group_wants_is_ever_trimmed(valkey: Redis, trimmer, actions):
    valkey.flushall()
    model = Model()
    for what, number in actions:
        name = f"group-{number % 3}"
        if what == "add":
            age = OLD - len(model.entries)
            model.entries += add(valkey, *[age] * number)
        elif what == "group" and name not in model.given:
            start = 0 if number % 2 else len(model.entries)
            valkey.xgroup_create("articles", name, "$" if start else "0", mkstream=True)
            gone = len(model.entries) - len(left(valkey))
            model.given[name], model.open[name] = max(start, gone), []
        elif what == "read" and name in model.given:
            entries = read(valkey, name, number + 1)
            expected = model.entries[model.given[name] :][: number + 1]
            assert entries == expected
            model.given[name] += len(entries)
            model.open[name] += entries
        elif what == "ack" and model.open.get(name):
            entry = model.open[name].pop(number % len(model.open[name]))
            assert valkey.xack("articles", name, entry) == 1
        elif what == "trim":
            await trim(trimmer)
            assert model.wanted() <= set(left(valkey))
    if len(model.given) == 0 and model.entries:
        await trim(trimmer)
        assert left(valkey) == []
    assert all(a < b for a, b in pairwise(model.entries))
