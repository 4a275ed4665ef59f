"""Counters of terms on a real Valkey: every article counts once, whoever puts the journal into the table."""

from __future__ import annotations

import multiprocessing

import pytest
from redis import Redis

from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from feedmill.store.term_counts import LIFE_SECONDS, Counted, TermCounts, generation_of

WEEK = 2900


@pytest.fixture
def counts(valkey: Redis) -> TermCounts:
    return TermCounts(valkey, Keys())


def joined(counted: Counted) -> bytes:
    """Any table in which all that was counted can be seen."""
    return counted.table + b"".join(counted.journal)


def test_nothing_is_counted_at_first(counts):
    assert counts.read(WEEK) == Counted(b"", ())


def test_the_journal_goes_into_the_table(valkey, counts):
    valkey.rpush(f"story:counted:{WEEK}", b"a", b"b")
    assert counts.read(WEEK) == Counted(b"", (b"a", b"b"))
    assert counts.fold(WEEK, joined)
    valkey.rpush(f"story:counted:{WEEK}", b"c")
    assert counts.read(WEEK) == Counted(b"ab", (b"c",))
    assert counts.fold(WEEK, joined)
    assert counts.read(WEEK) == Counted(b"abc", ())
    assert counts.read(WEEK - 1) == Counted(b"", ())
    assert LIFE_SECONDS - 10 <= valkey.ttl(f"story:df:{WEEK}") <= LIFE_SECONDS


def test_an_article_that_comes_meanwhile_stays_in_the_journal(valkey, counts):
    valkey.rpush(f"story:counted:{WEEK}", b"a")

    def while_another_comes(counted: Counted) -> bytes:
        valkey.rpush(f"story:counted:{WEEK}", b"b")
        return joined(counted)

    assert counts.fold(WEEK, while_another_comes)
    assert counts.read(WEEK) == Counted(b"a", (b"b",))


def test_of_two_workers_at_once_one_does_it(valkey, counts):
    valkey.rpush(f"story:counted:{WEEK}", b"a")

    def while_another_does_it(counted: Counted) -> bytes:
        assert TermCounts(valkey, Keys()).fold(WEEK, joined)
        return joined(counted)

    assert not counts.fold(WEEK, while_another_does_it)
    assert counts.read(WEEK) == Counted(b"a", ())


def test_all_keys_carry_the_prefix(valkey):
    valkey.rpush(f"fm:story:counted:{WEEK}", b"a")
    counts = TermCounts(valkey, Keys("fm:"))
    assert counts.fold(WEEK, joined)
    assert valkey.keys() == [f"fm:story:df:{WEEK}".encode()]


def test_a_generation_is_a_week():
    assert generation_of(0) == generation_of(604_799) == 0
    assert generation_of(604_800) == 1


def write_and_fold(url: str, letter: str) -> None:
    with connect(url) as redis:
        counts = TermCounts(redis, Keys())
        for _ in range(100):
            redis.rpush(f"story:counted:{WEEK}", letter)
            counts.fold(WEEK, joined)


@pytest.mark.slow
def test_workers_at_the_same_time_count_every_article_once(valkey, valkey_url, counts):
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        pool.starmap(write_and_fold, [(valkey_url, letter) for letter in "abcd"])
    assert sorted(joined(counts.read(WEEK))) == sorted(b"abcd" * 100)
