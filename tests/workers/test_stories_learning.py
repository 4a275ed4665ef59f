"""What a worker knows of the frequencies of terms."""

from __future__ import annotations

import numpy as np
import pytest
from redis import Redis

from feedmill.store.keys import Keys
from feedmill.store.term_counts import GENERATION_SECONDS, Counted, TermCounts, generation_of
from workers.stories import learning as module
from workers.stories.idf import SLOTS, slots
from workers.stories.learning import Learning, added_up, packed
from workers.stories.terms import terms

NOW = 1_773_489_600.0
FIRST = np.array([0, 7, SLOTS - 1], np.uint32)
SECOND = np.array([0, 7, 9], np.uint32)


@pytest.fixture
def counts(valkey: Redis) -> TermCounts:
    return TermCounts(valkey, Keys())


@pytest.fixture
def learning(counts: TermCounts) -> Learning:
    return Learning(counts)


def write_down(valkey: Redis, numbers: np.ndarray, now: float = NOW) -> None:
    valkey.rpush(Keys().story_journal(generation_of(now)), numbers.astype("<u4").tobytes())


def told(learning: Learning, numbers: np.ndarray, now: float = NOW) -> list[float]:
    found = learning.frequencies(numbers, now)
    return [found.documents, *found.of.tolist()]


def test_nothing_is_known_at_first(learning):
    assert told(learning, FIRST) == [0, 0, 0]


def test_what_was_counted_by_others_is_known(valkey, learning):
    write_down(valkey, FIRST)
    write_down(valkey, SECOND)
    assert told(learning, FIRST) == [2, 2, 1]


def test_two_terms_with_one_counter_add_up(valkey, learning):
    write_down(valkey, np.array([0, 7, 7], np.uint32))
    assert told(learning, SECOND) == [1, 2, 0]


def test_the_generation_before_still_counts(valkey, learning):
    write_down(valkey, FIRST)
    assert told(learning, FIRST, NOW + GENERATION_SECONDS) == [1, 1, 1]
    assert told(learning, FIRST, NOW + 2 * GENERATION_SECONDS) == [0, 0, 0]


def test_own_articles_are_known_at_once_those_of_others_later(valkey, learning):
    told(learning, FIRST)
    write_down(valkey, FIRST)
    write_down(valkey, SECOND)
    learning.add(FIRST)
    assert told(learning, FIRST) == [1, 1, 1]
    for _ in range(module._FRESH - 1):
        learning.add(FIRST)
    assert told(learning, FIRST) == [2, 2, 1]  # as it stands in Redis


def test_a_long_journal_becomes_a_table(valkey, counts, learning, monkeypatch):
    monkeypatch.setattr(module, "_LONG", 2)
    write_down(valkey, FIRST)
    assert told(learning, FIRST) == told(learning, FIRST) == [1, 1, 1]
    assert counts.read(generation_of(NOW)).table == b""
    write_down(valkey, SECOND)
    assert told(Learning(counts), FIRST) == [2, 2, 1]
    stored = counts.read(generation_of(NOW))
    assert (len(stored.table), stored.journal) == (4 * SLOTS, ())
    write_down(valkey, FIRST)
    assert told(Learning(counts), FIRST) == [3, 3, 2]


@pytest.mark.parametrize("table", [b"", b"x", b"\1" * 400])
def test_a_table_of_another_kind_counts_as_none(table):
    entry = FIRST.astype("<u4").tobytes()
    assert added_up(Counted(table, (entry,)))[FIRST].tolist() == [1, 1, 1]
    assert len(packed(Counted(table, (entry,)))) == 4 * SLOTS


def test_languages_are_learnt_apart(valkey, learning):
    found = terms("harbour closed")
    write_down(valkey, slots(found, "en"))
    assert told(learning, slots(found, "en")) == [1, 1, 1]
    assert told(learning, slots(found, "da")) == [0, 0, 0]
