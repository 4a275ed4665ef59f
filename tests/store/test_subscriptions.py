"""Subscriptions on a real Valkey."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.subscriptions import Subscription, Subscriptions

KEYS = Keys("x:")
SUB = Subscription(
    "news", "https://hub.example/", "https://news.example/feed?ü", "token", "secret", until=1.5
)


@pytest.fixture
async def store(valkey, valkey_url):
    redis = connect_async(valkey_url)
    yield Subscriptions(redis, KEYS)
    await redis.aclose()


async def test_comes_back_as_it_was_saved(store):
    other = replace(SUB, token="other", mode="unsubscribe", error="no", is_proven=True)
    await store.save(SUB)
    await store.save(other)
    assert {sub.token: sub for sub in await store.load()} == {"token": SUB, "other": other}


async def test_since_when_nobody_listens(store, valkey):
    assert await store.listened_at() is None
    await store.note_listening(1_772_366_400.25)
    assert await store.listened_at() == 1_772_366_400.25
    valkey.set(KEYS.listened, "yesterday")
    assert await store.listened_at() is None


async def test_the_last_save_counts_and_removal_leaves_nothing(store, valkey):
    await store.save(SUB)
    await store.save(replace(SUB, pushes=7))
    assert [sub.pushes for sub in await store.load()] == [7]
    await store.remove(SUB)
    assert await store.load() == []
    assert valkey.keys() == []


@pytest.mark.parametrize(
    "stored", [b"", b"null", b"[]", b"{}", b"{not json", b'{"source_id": "news"}', b"\xff"]
)
async def test_what_cannot_be_read_is_left_out(store, valkey, stored):
    await store.save(SUB)
    valkey.hset(KEYS.callbacks, "broken", "news")
    valkey.hset(KEYS.subscription("news"), "broken", stored)
    valkey.hset(KEYS.callbacks, "nowhere", "gone")
    assert await store.load() == [SUB]


async def test_fields_of_another_version_do_no_harm(store, valkey):
    await store.save(SUB)
    stored = valkey.hget(KEYS.subscription("news"), "token")
    valkey.hset(KEYS.subscription("news"), "token", stored.replace(b"{", b'{"later": 1, ', 1))
    assert await store.load() == [SUB]


def test_secrets_do_not_show(store):
    assert "token" not in repr(SUB)
    assert "secret" not in repr(SUB)
