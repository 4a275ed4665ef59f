"""Each rule finds what breaks it in a made-up log, and nothing in one that keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from bench import manners_rules
from bench.fakeweb.exchange import Asked, Exchange, lane_of
from bench.fakeweb.plan import DAY, EPOCH, HOUR
from bench.manners_rules import RULES, Facts, History
from bench.manners_rules.timing import repeated

AGENT = "feedmill/1"
HOST = "site1.example"
FEED = "/feeds/f1.xml"
FACTS: dict[str, Any] = {
    "user_agent": AGENT,
    "feeds": 1000,
    "started": (EPOCH,),
    "stopped": (),
    "ended": EPOCH + DAY,
}
ETAG, DATE = '"1"', "Mon, 02 Mar 2026 00:00:00 GMT"


def ask(hours: float, target: str = FEED, status: int = 200, **fields: Any) -> Exchange:
    """A request so many hours after the beginning, a tenth of a second long."""
    at = EPOCH + hours * HOUR
    host = fields.pop("host", HOST)
    sent = {"user-agent": AGENT, "accept-encoding": "gzip, deflate"}
    for name in ("etag", "date"):
        value = fields.pop(f"with_{name}", None)
        if value:
            sent[{"etag": "if-none-match", "date": "if-modified-since"}[name]] = value
    asked = Asked("GET", host, target, sent | fields.pop("headers", {}))
    is_feed = target.endswith(".xml")
    values = {
        "role": "feed" if is_feed else "unknown",
        "feed": "f1" if is_feed else None,
        "ended": at + 0.1,
        "is_whole": True,
    }
    return Exchange(at, asked, lane_of(host), status=status, **(values | fields))


def full(hours: float, **fields: Any) -> Exchange:
    return ask(hours, **({"etag": ETAG, "last_modified": DATE} | fields))


def same(hours: float, **fields: Any) -> Exchange:
    given = {"status": 304, "etag": ETAG, "with_etag": ETAG, "with_date": DATE}
    return ask(hours, **(given | fields))


def page(hours: float, target: str = "/a/f1/1.html", **fields: Any) -> Exchange:
    return ask(hours, target, **({"role": "page", "feed": "f1"} | fields))


def robots(hours: float, status: int = 200, **fields: Any) -> Exchange:
    return ask(hours, "/robots.txt", status, **({"role": "robots"} | fields))


def hop(hours: float, target: str, to: str, status: int = 301, **fields: Any) -> Exchange:
    return ask(hours, target, status, role="hop", location=HOST + to, **fields)


def failing(*hours: float, **fields: Any) -> list[Exchange]:
    return [ask(at, **({"status": 500} | fields)) for at in hours]


def spread(count: int, seconds: float) -> list[Exchange]:
    """The first polls of many feeds, one after the other."""
    return [
        ask(n * seconds / HOUR, f"/feeds/f{n}.xml", feed=f"f{n}", host=f"site{n}.example")
        for n in range(count)
    ]


MOVED, OLD = "/rss/f1.xml", FEED
STABLE = [
    part for at in (0, 12, 24.5) for part in (hop(at, OLD, MOVED), full(at + 0.01, target=MOVED))
]
DAYS9 = {"ended": EPOCH + 9 * DAY}

# rule, what happened, facts
GUILTY: list[tuple[int, list[Exchange], dict[str, Any]]] = [
    (1, [full(0), same(1, with_etag="1")], {}),
    (1, [full(0), same(1, with_date="Mon, 2 Mar 2026 00:00:00 GMT")], {}),
    (1, [full(0, host="a.example"), same(1, host="b.example", feed="f2")], {}),
    (2, [full(0), same(1, with_date=None)], {}),
    (2, [full(0), full(1, etag='"2"', with_etag=ETAG, with_date=DATE), same(2)], {}),
    (2, [full(0), full(1, etag='"2"', is_broken=True), same(2, with_etag='"2"')], {}),
    (2, [full(0), full(1, etag=None), same(2)], {}),
    (3, [full(0), full(23)], {}),
    (3, [full(0, items=(0, 1)), same(1), full(25, items=(1, 2)), full(25.5)], {}),
    (4, [full(0, headers={"accept-encoding": "identity"})], {}),
    (5, [full(0), same(1)], {"ended": EPOCH + 2 * DAY}),
    (5, [full(0), same(1)], {"ended": EPOCH + 2 * HOUR, "failures": {"f1": 1.0}}),
    (6, [hop(0, OLD, MOVED), full(0.01, target=MOVED), full(5, target=MOVED)], {}),
    (6, [*STABLE[:4], full(48, target=MOVED)], DAYS9),
    (6, [full(0, target="/mirror-1/f1.xml"), same(1, target="/mirror-2/f1.xml")], {}),
    (7, [ask(0, status=410), ask(24, status=410)], {}),
    (7, failing(0, 1, 2, 3, 4, 5, 6, status=404), {}),
    (7, failing(0, 1, status=404), {"ended": EPOCH + 3 * DAY}),
    (8, [ask(0, status=429, retry_at=EPOCH + 2 * HOUR), full(1.9)], {}),
    (8, [ask(0, status=503), full(0.9)], {}),
    (8, [ask(0, status=503), ask(1.1, status=503), full(2.9)], {}),
    (8, [ask(0, status=429, retry_at=EPOCH + HOUR), full(0.5, host="www.site1.example")], {}),
    (9, [full(0, wait=2 * HOUR), same(1.9)], {}),
    (9, [full(0, skip_hours=(5,)), same(5.5)], {}),
    (9, [full(0, skip_days=(0,)), same(20)], {}),
    (10, spread(200, 0.01), {}),
    (10, spread(200, 0.1), {}),
    (10, [full(0), same(1), same(2), same(3), same(4)], {}),
    (11, [full(0, ended=EPOCH + 10), page(5 / HOUR)], {}),
    (11, [full(0), page(1.5 / HOUR)], {}),
    (11, [full(0)], {"peak": 51}),
    (12, failing(0, 1, 2, 3, 4, 5, 6), {}),
    (12, failing(0, 1, 2, 3, 4, 5, 6, status=200, is_whole=False), {}),
    (12, failing(0, 1, 2, 3, 4, 5, 6, status=200, is_broken=True), {}),
    (12, failing(0, 1, 3), {"ended": EPOCH + 3 * DAY}),
    (13, [full(0, headers={"user-agent": "curl"})], {}),
    (13, [full(0, headers={"cookie": "a=1"})], {}),
    (13, [full(0, headers={"referer": "http://site1.example/"})], {}),
    (13, [ask(0, "/feeds/f1.xml?t=1", 404, role="unknown")], {}),
    (14, [full(0), same(0.2)], {}),
    (14, [ask(0, "/hub", role="hub")], {}),
    (15, [full(0, headers={"a-im": "feed"})], {}),
    (16, [full(0)], {"intrusions": 1}),
    (16, [full(0, sent=1_000_000)], {}),
    (16, [full(0, ended=EPOCH + 40)], {}),
    (16, [hop(n / 100, f"/loop/f1/{n}.xml", f"/loop/f1/{n + 1}.xml") for n in range(7)], {}),
    (17, [page(0)], {}),
    (17, [robots(0), page(25)], {}),
    (17, [robots(0, disallows=("/a/",)), page(0.1)], {}),
    (17, [robots(0, 503, disallows=None), page(2)], {}),
    (17, [robots(0), robots(5)], {}),
    (17, [robots(0, crawl_delay=9), page(9 / HOUR), page(12 / HOUR)], {}),
    (17, [robots(0), page(0.1, etag=ETAG), page(5)], {}),
]

INNOCENT: list[tuple[int, list[Exchange], dict[str, Any]]] = [
    (1, [full(0), same(1)], {}),
    (1, [hop(0, OLD, MOVED), full(0.01, target=MOVED), hop(5, OLD, MOVED, with_etag=ETAG)], {}),
    (2, [full(0), same(1)], {}),
    (2, [full(0), full(1, etag='"2"', is_broken=True), same(2)], {}),
    (2, [full(0), same(1, etag='"2"'), same(2, with_etag='"2"')], {}),
    (2, [full(0), full(1, etag='"2"', is_whole=False), same(2)], {}),
    (2, [full(0), full(1, etag='"2"'), same(3)], {"stopped": (EPOCH + HOUR + 30,)}),
    (2, [full(0, etag="x" * 2000), same(1, with_etag=None)], {}),
    (3, [full(0), full(24.1)], {}),
    (3, [full(0, items=(0, 1)), same(1), full(25, items=(1, 2)), full(26.5)], {}),
    (
        2,
        [
            full(0, target="/mirror-1/f1.xml"),
            full(1, target="/mirror-2/f1.xml", etag='"2"'),
            same(2, target="/mirror-1/f1.xml", with_etag=None),
        ],
        {},
    ),
    (3, [full(0, etag=None, last_modified=None), full(1)], {}),
    (4, [full(0)], {}),
    (5, [full(0), same(1)], {}),
    (5, [full(0), same(1)], {"ended": EPOCH + 2 * DAY, "stopped": (EPOCH + DAY,)}),
    (6, [*STABLE, full(48, target=MOVED)], DAYS9),
    (5, [full(0), same(1, skip_hours=(2, 3, 4))], {"ended": EPOCH + 31 * HOUR}),
    (5, [full(0), same(1)], {"ended": EPOCH + 2 * DAY, "unresolved": ((EPOCH + DAY, HOST),)}),
    (6, STABLE, DAYS9),
    (7, [ask(0, status=410)], {"ended": EPOCH + 9 * DAY}),
    (7, failing(0, 1, 2.1, 3.2, 4.4, 5.7, 7.1, status=404), {}),
    (7, failing(0, 20, 40, 60, 80, 100, 120, status=404), {"ended": EPOCH + 5.5 * DAY}),
    (8, [ask(0, status=429, retry_at=EPOCH + 2 * HOUR), full(2)], {}),
    (8, [ask(0, status=429, retry_at=EPOCH + 2 * HOUR), full(1, host="site2.example")], {}),
    (8, [ask(0, status=503), full(1.1)], {}),
    (8, [ask(0, status=503), ask(1.1, status=503), full(3.2), ask(5, status=503), full(6.1)], {}),
    (9, [full(0, wait=2 * HOUR), same(2)], {}),
    (9, [full(0, skip_hours=(5,)), same(6)], {}),
    (9, [full(0, skip_days=(0,)), same(24.1)], {}),
    (9, failing(0, 1, wait=5 * HOUR), {}),
    (10, spread(200, 3.6), {}),
    (10, [full(0), same(1), same(2), same(3.1), same(4)], {}),
    (11, [full(0), page(2.2 / HOUR)], {}),
    (11, [full(0), full(0, host="site2.example")], {"peak": 50}),
    (12, failing(0, 1, 3, 7, 15), {"ended": EPOCH + DAY}),
    (12, failing(0, 3, 4, 5, 6, 7, 8), {"stopped": (EPOCH + HOUR,)}),
    (12, failing(0, 1, 2, 3, 4, 5, 6), {"unresolved": ((EPOCH + 5 * HOUR, HOST),)}),
    (12, [*failing(0, 1, 2), full(3), *failing(4, 5, 6, 7)], {}),
    (13, [full(0)], {}),
    (14, [full(0), same(0.3)], {}),
    (15, [full(0), same(1, headers={"a-im": "feed"})], {}),
    (16, [full(0, sent=400_000, ended=EPOCH + 30)], {}),
    (17, [robots(0), page(1), page(2, "/a/f1/2.html"), robots(24.1)], {}),
    (17, [robots(0, disallows=("/private/",)), page(0.1)], {}),
    (17, [robots(0, 503, disallows=None), robots(1.1), page(2)], {}),
    (17, [robots(0, crawl_delay=9), page(2.2 / HOUR), page(11.4 / HOUR, "/a/f1/2.html")], {}),
    (17, [robots(0), page(0.1, etag=ETAG), page(5, status=304, with_etag=ETAG)], {}),
]


def history(log: list[Exchange], facts: dict[str, Any]) -> History:
    return History(log, Facts(**(FACTS | facts)))


@pytest.mark.parametrize(("rule", "log", "facts"), GUILTY)
def test_the_guilty_are_found(rule: int, log: list[Exchange], facts: dict[str, Any]) -> None:
    assert RULES[rule][1](history(log, facts))


@pytest.mark.parametrize(("rule", "log", "facts"), INNOCENT)
def test_the_innocent_are_not_accused(
    rule: int, log: list[Exchange], facts: dict[str, Any]
) -> None:
    assert RULES[rule][1](history(log, facts)) == []


def test_every_rule_has_been_broken_and_kept_here() -> None:
    assert {rule for rule, _, _ in GUILTY} == {rule for rule, _, _ in INNOCENT} == set(RULES)
    assert sorted(RULES) == list(range(1, 18))


def test_busy_feeds_have_to_be_asked_more_often_than_quiet_ones() -> None:
    def feeds(first: int, items: int) -> list[Exchange]:
        return [
            ask(day * 24 + n / 100, f"/feeds/f{n}.xml", feed=f"f{n}", items=(0, 5 + items * day))
            for n in range(first, first + 30)
            for day in range(4)
        ]

    quiet, busy = feeds(0, 0), feeds(100, 20)
    assert any("busy" in found.what for found in RULES[10][1](history(quiet + busy, {})))
    more = [ask(day * 5 + n / 99, f"/feeds/f{n}.xml", feed=f"f{n}", items=(0, 1))
            for n in range(100, 130) for day in range(13)]  # fmt: skip
    log = sorted(quiet + busy + more, key=lambda exchange: exchange.at)
    assert not any("busy" in found.what for found in RULES[10][1](history(log, {})))


@pytest.mark.parametrize(
    ("hours", "due", "count"),
    [
        (4.2, 0, 1),  # ten minutes before the stop, and again twelve minutes later
        (8, 10, 1),  # before it was due
        (12, 10, 0),
        (8, 0, 0),
    ],
)
def test_polls_repeated_after_a_restart(hours: float, due: float, count: int) -> None:
    facts = {"stopped": (EPOCH + 4.1 * HOUR,), "due": {"f1": EPOCH + due * HOUR if due else 0}}
    assert len(repeated(history([full(0), same(4), same(hours)], facts))) == count


def test_a_clean_log_breaks_no_rule_at_all() -> None:
    log = [full(0.5), same(3), same(6.2), same(9.1), same(13)]
    assert not any(manners_rules.check(history(log, {})).values())
