"""The states of sources in Redis."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedmill.store import sources
from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.sources import SourceState, SourceStates

VALUES = {
    "str": st.text(max_size=20),
    "str | None": st.none() | st.text(max_size=20),
    "float": st.floats(0, 4e9),
    "int": st.integers(0, 10**6),
    "int | None": st.none() | st.integers(0, 999),
    "bool": st.booleans(),
}
STATES = st.builds(SourceState, **{field.name: VALUES[field.type] for field in fields(SourceState)})


@pytest.fixture
async def states(valkey_url):
    async with connect_async(valkey_url) as redis:
        yield SourceStates(redis, Keys("states:"))


async def test_a_source_never_polled_has_the_state_of_one(states):
    assert await states.load("unknown") == SourceState()


@settings(
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_a_state_is_loaded_as_it_was_saved(data):
    # The coding alone: every field, without a server.
    state = data.draw(STATES)
    kept, absent = sources._encoded(state)
    assert sources._decoded(as_stored(kept)) == state
    assert not set(kept) & set(absent)
    assert set(kept) | set(absent) == {field.name for field in fields(SourceState)}


@settings(
    database=None,
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(before=STATES, data=st.data())
def test_what_differs_makes_one_state_of_the_other(before, data):
    names = data.draw(st.sets(st.sampled_from([field.name for field in fields(SourceState)])))
    other = data.draw(STATES)
    after = replace(before, **{name: getattr(other, name) for name in names})
    hash_ = as_stored(sources._encoded(before)[0])
    kept, absent = sources._encoded(after, before)
    assert set(kept) | set(absent) <= names
    left = {name: value for name, value in hash_.items() if name.decode() not in absent}
    assert sources._decoded(left | as_stored(kept)) == after


def as_stored(kept: dict[str, object]) -> dict[bytes, bytes]:
    """As Redis gives back what it was given."""
    return {
        name.encode(): value if isinstance(value, bytes) else str(value).encode()
        for name, value in kept.items()
    }


async def test_validators_come_back_byte_for_byte(states):
    odd = b'W/"caf\xe9 \xff"'.decode("utf-8", "surrogateescape")
    state = SourceState(
        etag=odd, last_modified="  Thursday-ish, 31 Feb", title="\ud800 half a pair"
    )
    await states.save("news", state)
    loaded = await states.load("news")
    assert loaded == state
    assert loaded.etag.encode("utf-8", "surrogateescape") == b'W/"caf\xe9 \xff"'


async def test_what_is_no_longer_known_is_removed(states):
    await states.save("news", SourceState(etag='"1"', failures=2.0, is_gone=True))
    await states.save("news", SourceState(last_modified="monday"))
    assert await states.load("news") == SourceState(last_modified="monday")


async def test_only_what_differs_from_what_is_stored_is_written(states, valkey):
    before = SourceState(etag='"1"', title="The feed", failures=2.0, next_at=5.0)
    after = replace(before, status=304, failures=0.0, next_at=9.0)
    await states.save("news", before)
    valkey.hset("states:source:news", "title", "not written again")
    await states.save("news", after, stored=before)
    assert await states.load("news") == replace(after, title="not written again")
    assert not valkey.hexists("states:source:news", "failures")
    assert valkey.zscore("states:due", "news") == 9.0
    await states.save("news", after, stored=after)
    assert await states.load("news") == replace(after, title="not written again")


async def test_many_states_come_in_one_go_and_in_order(states):
    names = [f"many-{number}" for number in range(1203)]  # more than two batches
    for number in (0, 499, 500, 1202):
        await states.save(names[number], SourceState(next_at=number + 0.5))
    found = await states.load_many(names)
    assert list(found) == names
    due = {name: state.next_at for name, state in found.items() if state.next_at}
    assert due == {"many-0": 0.5, "many-499": 499.5, "many-500": 500.5, "many-1202": 1202.5}
    assert await states.load_many([]) == {}


async def test_saving_says_when_the_source_is_due(states, valkey):
    await states.save("news", SourceState(next_at=123.5))
    assert valkey.zscore("states:due", "news") == 123.5
