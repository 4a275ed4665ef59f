"""The benchmark of manners tests itself: rude clients are found out, and figures are what they say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bench import manners, manners_peers, manners_rules
from bench.fakeweb.exchange import Asked, Exchange
from bench.fakeweb.plan import DAY, EPOCH, HOUR, Feed, Host, Plan
from bench.fakeweb.population import Size, draw
from bench.manners_rules import Facts, History
from bench.manners_rules.timing import repeated
from bench.manners_score import score
from bench.manners_service import ServiceUnderTest
from feedmill.config import PerHost, Settings
from feedmill.store.connection import connect_async

pytestmark = pytest.mark.slow

HOST = Host("site1.example", "site1.example")
WARM = EPOCH + DAY
FACTS = Facts("feedmill/1", 1, (EPOCH,), (), EPOCH + 4 * DAY)


@pytest.fixture(scope="module")
def plan() -> Plan:
    return draw(Size(feeds=250, hosts=80, days=1.5), seed=3)


def broken_by(plan: Plan, habits: manners_peers.Habits) -> dict[int, int]:
    found = manners_rules.check(manners_peers.visit(plan, habits))
    return {rule: len(violations) for rule, violations in found.items() if violations}


def test_a_cron_script_breaks_most_rules(plan: Plan) -> None:
    assert broken_by(plan, manners_peers.CRON).keys() >= {3, 7, 8, 9, 10, 11, 12, 16, 17}


def test_a_reader_with_better_manners_breaks_fewer(plan: Plan) -> None:
    broken = broken_by(plan, manners_peers.MINIFLUX)
    assert broken.keys() >= {7, 8, 10, 11, 12}
    assert not broken.keys() & {1, 2, 3, 4, 15, 17}


def test_the_same_seed_gives_the_same_log(plan: Plan) -> None:
    first, second = (manners_peers.visit(plan, manners_peers.MINIFLUX).log for _ in range(2))
    assert [(e.at, e.place, e.status) for e in first] == [(e.at, e.place, e.status) for e in second]


def poll(hours: float, items: tuple[int, int], **fields: Any) -> Exchange:
    at = WARM + hours * HOUR
    asked = Asked("GET", HOST.name, "/feeds/f1.xml", {})
    values = {"status": 200, "role": "feed", "feed": "f1", "is_whole": True, "ended": at}
    return Exchange(at, asked, HOST.lane, items=items, sent=1000, **(values | fields))


def feed(*hours: float, **fields: Any) -> Plan:
    """A plan of one feed that shows two items and publishes so many hours after the warm-up."""
    items = tuple(WARM + at * HOUR for at in (-30, -29, *hours))
    one = Feed("f1", HOST, items, window=2, backlog=2, style=0, **fields)
    return Plan((one,), (HOST,), days=4)


def test_delays_and_missed_items_are_counted() -> None:
    log = [poll(0, (0, 2)), poll(3, (1, 3)), poll(9, (4, 6)), poll(10, (4, 6), status=304)]
    result = score(History(log, FACTS), feed(1, 4, 5, 8))
    assert (result.polls, result.needed, result.missed) == (4, 2, 1)  # the item of hour 4
    assert result.useful == 0.5
    assert result.delay_mean == pytest.approx((2 + 4 + 1) * 60 / 3, abs=0.1)
    assert result.megabytes == pytest.approx(0.004, abs=0.05)


def test_what_scrolls_out_in_a_burst_or_is_never_whole_counts_apart() -> None:
    log = [poll(0, (0, 2)), poll(5, (4, 6), is_whole=False), poll(9, (4, 6))]
    result = score(History(log, FACTS), feed(1, 1.1, 1.2, 1.3, is_bursty=True))
    assert (result.missed, result.missed_anyway) == (0, 2)
    assert result.delay_p50 > 7 * 60


def test_liars_are_caught_by_a_second_look_without_validators() -> None:
    plan = feed(1, validators="liar")
    same = [poll(hours, (0, 0), status=304) for hours in (5, 30)]
    assert score(History([poll(0, (0, 2)), *same], FACTS), plan).liars_caught == 0
    caught = score(History([poll(0, (0, 2)), *same, poll(31, (1, 3))], FACTS), plan)
    assert (caught.liars, caught.liars_caught) == (1, 1)


def test_peaks_are_counted_by_second_and_by_domain() -> None:
    log = [poll(0, (0, 2)), poll(0.5 / 3600, (0, 2)), poll(2, (0, 2))]
    log.append(poll(0, (0, 2)))
    log[-1].lane = "site2.example"
    result = score(History(log, FACTS), feed(1))
    assert (result.peak, result.peak_lane) == (3, 2)


def test_the_service_keeps_the_rules_in_a_small_web() -> None:
    plan = draw(Size(feeds=40, hosts=16, days=0.5), seed=3)
    history, _ = manners.visit(plan, seed=3)
    assert len(history.polls) == 40
    assert not any(manners_rules.check(history).values())
    assert repeated(history) == []
    assert any(exchange.status == 304 for exchange in history.log)
    assert any(exchange.at > history.facts.started[1] for exchange in history.log)


def test_a_service_that_forgets_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The restart is checked on the real service too: here it loses its Valkey in the pause."""
    due = ServiceUnderTest.due

    async def due_and_forget(self: ServiceUnderTest) -> dict[str, float]:
        found = await due(self)
        async with connect_async(self.redis_url) as redis:
            await redis.flushall()
        return found

    monkeypatch.setattr(ServiceUnderTest, "due", due_and_forget)
    history, _ = manners.visit(draw(Size(feeds=40, hosts=16, days=0.5), seed=3), seed=3)
    assert len(repeated(history)) > 10


def test_a_service_without_pauses_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    pace = PerHost(concurrency=8, delay=timedelta(0))
    settings = ServiceUnderTest.settings.fget
    assert settings is not None

    def hasty(self: ServiceUnderTest) -> Settings:
        calm = settings(self)
        sources = [source.model_copy(update={"per_host": pace}) for source in calm.sources]
        return calm.model_copy(update={"sources": sources})

    monkeypatch.setattr(ServiceUnderTest, "settings", property(hasty))
    history, _ = manners.visit(draw(Size(feeds=60, hosts=5, days=0.2), seed=3), seed=3)
    assert manners_rules.check(history)[11]
