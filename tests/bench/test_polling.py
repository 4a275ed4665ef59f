"""The simulation behind the polling benchmark."""

from __future__ import annotations

import pytest

from bench import polling
from bench import polling_peers as peers
from bench.polling_ours import Feedmill
from bench.polling_run import Look, simulate
from bench.polling_world import DAY, START, Feed, feeds

HOUR = 3600.0
PEERS = [
    peers.Lockstep,
    peers.Fixed,
    peers.MinifluxRoundRobin,
    peers.MinifluxEntryFrequency,
    peers.CommaFeed,
    peers.NewsBlur,
    peers.StormCrawler,
    peers.MediaCloud,
    peers.SquareRoot,
]


class EveryHours:
    """A policy without chance."""

    def __init__(self, hours: float) -> None:
        self._hours = hours

    def first(self) -> float:
        return 0.0

    def next(self, look: Look) -> float:
        return look.now + self._hours * HOUR


def score(feed: Feed, hours: float, days: int = 9):
    return simulate([feed], lambda *_: EveryHours(hours), days=days, seed=1)


def test_delays_are_counted_from_publishing_to_the_next_poll():
    feed = Feed([START + 7 * DAY + hour * HOUR + 600 for hour in range(24)])
    found = score(feed, 1)
    assert found.delays == [3000.0] * 24
    assert (found.mean, found.quantile(0.99)) == (50.0, 50.0)
    assert (found.polls_a_day, found.useful, found.missed) == (24.0, 24, 0)


def test_what_came_in_the_warm_up_is_not_scored():
    assert score(Feed([START + 600.0, START + 6 * DAY]), 1).delays == []


@pytest.mark.parametrize(("ttl", "missed", "unseeable"), [(None, 70, 0), (24 * 60, 0, 70)])
def test_entries_that_left_the_feed_unseen_are_missed_unless_nobody_was_allowed_to_see_them(
    ttl, missed, unseeable
):
    feed = Feed([START + 7 * DAY + second for second in range(1, 101)], ttl=ttl)
    found = score(feed, 24)
    assert (found.missed, found.unseeable, len(found.delays)) == (missed, unseeable, 30)


def test_polls_earlier_than_the_feed_allows_are_counted():
    assert score(Feed([], ttl=90), 1).early == 48
    assert score(Feed([], max_age=1800.0), 1).early == 0


def test_polls_of_one_second_and_host_are_counted():
    apart = [Feed([], host=number % 2) for number in range(6)]
    found = simulate(apart, lambda *_: EveryHours(1), days=8, seed=1)
    assert (found.peak, found.host_peak) == (6, 3)


def test_the_same_seed_makes_the_same_feeds():
    gaps = [[HOUR] * 9, [600.0, DAY] * 4]
    assert feeds(gaps, count=20, days=8, seed=3) == feeds(gaps, count=20, days=8, seed=3)
    assert feeds(gaps, count=20, days=8, seed=3) != feeds(gaps, count=20, days=8, seed=4)


@pytest.mark.parametrize("policy", [*PEERS, Feedmill], ids=lambda one: one.__name__)
def test_every_policy_goes_on(policy):
    feed = Feed([START + 5000.0 * number for number in range(200)])
    found = simulate([feed], policy, days=10, seed=1)
    assert found.polls > 0
    assert found.delays


def test_ours_is_never_early_and_asks_no_more_than_the_square_root_rule():
    world = feeds([[HOUR] * 9, [60.0, 2 * DAY] * 4], count=12, days=9, seed=5)
    ours = simulate(world, Feedmill, days=9, seed=1)
    plain = simulate(world, peers.SquareRoot, days=9, seed=1)
    assert ours.early == 0
    assert ours.polls < 1.5 * plain.polls


@pytest.mark.slow
def test_ours_spends_the_budget_of_polls():
    side, found = polling._at_budget(
        feeds([[HOUR] * 9, [DAY] * 9], count=30, days=9, seed=5), days=9
    )
    assert 0.95 * 9 < found.polls_a_day <= 9
    assert side.hours > 0


def test_goals_are_for_the_mean_of_the_delays_and_the_worst_of_everything_else():
    some, others = score(Feed([START + 8 * DAY + 600.0]), 1), score(Feed([START + 8 * DAY]), 1)
    others.missed = 3
    mean, p99, missed, *_ = polling._goals([some, others])
    assert (mean.value, mean.met) == (25.0, True)
    assert (p99.value, missed.value, missed.met) == (50.0, 3, False)
    assert "0.0 to 50.0" in mean.name
    assert "worlds" not in polling._goals([some])[0].name
