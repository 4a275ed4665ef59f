"""Draws a web from a seed, in the shares that research/feeds.md (section 5.4) asks for."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, cast

from bench.fakeweb.plan import (
    DAY,
    EPOCH,
    HOUR,
    UPDATE_AFTER,
    UPDATED,
    Feed,
    Hints,
    Host,
    Plan,
    Span,
)

_PLATFORMS = 3
_ON_PLATFORMS = 0.2
_PAGES = 0.03
_REFUSING_HOSTS = 0.04

# (share, items a day from, to): most feeds say little; a few are news.
_RATES = ((0.75, 0.01, 0.2), (0.19, 0.2, 1.5), (0.05, 1.5, 10.0), (0.01, 10.0, 60.0))
# How many items they show: with these nobody who comes often enough misses one by chance.
_QUIET, _BUSY = 0.2, 1.5  # items a day
_WINDOWS = ((0.85, 4), (0.15, 6))
_WIDER, _WIDEST = 8, 20
_VALIDATORS = (
    *((0.25, "none"), (0.16, "etag"), (0.16, "date"), (0.27, "both"), (0.05, "same-date")),
    *((0.05, "liar"), (0.02, "stops"), (0.01, "huge"), (0.03, "delta")),
)
_ROUTES = (
    *((0.94, "plain"), (0.02, "moved"), (0.02, "found"), (0.006, "mirrors"), (0.006, "parked")),
    *((0.003, "loop"), (0.005, "inside")),
)
_TROUBLES = (
    *((0.9, None), (0.012, "404"), (0.012, "410"), (0.005, "403"), (0.012, "500")),
    *((0.006, "silent"), (0.005, "slow"), (0.003, "endless"), (0.003, "bomb"), (0.012, "broken")),
    (0.006, "reset"),
)
_HINTS = (
    *((0.75, "none"), (0.09, "ttl"), (0.09, "max_age"), (0.02, "expires"), (0.03, "period")),
    *((0.01, "skip_hours"), (0.01, "skip_days")),
)
_REFUSALS = (
    *((0.3, "429-seconds"), (0.2, "429-date"), (0.15, "503-seconds"), (0.1, "503-date")),
    *((0.1, "429"), (0.1, "503"), (0.05, "dns")),
)
_ROBOTS = (
    *((0.2, "none"), (0.2, "open"), (0.25, "private"), (0.2, "slow"), (0.05, "closed")),
    (0.1, "down"),
)
_PERIODS = (("hourly", 1), ("hourly", 2), ("daily", 4), ("daily", 1), ("weekly", 1))


@dataclass(frozen=True, slots=True)
class Size:
    """How large a web to draw."""

    feeds: int
    hosts: int
    days: float


def draw(size: Size, seed: int) -> Plan:
    """A web of this size; the same for the same seed."""
    rng = random.Random(seed)
    platforms = [_platform(number, size, rng) for number in range(_PLATFORMS)]
    hosts = [_host(number, size, rng) for number in range(size.hosts - _PLATFORMS)]
    feeds = []
    tenants: list[Host] = []
    for number in range(size.feeds):
        is_guest = rng.random() < _ON_PLATFORMS
        host = rng.choice(platforms) if is_guest else hosts[number % len(hosts)]
        if is_guest and rng.random() < 0.5:  # half have a name of their own there
            host = Host(f"u{number}.{host.lane}", host.lane, host.refusal, host.refusals)
            tenants.append(host)
        feeds.append(_feed(number, host, size, rng, pages=not is_guest and rng.random() < _PAGES))
    return Plan(tuple(feeds), (*platforms, *hosts, *tenants), size.days)


def _platform(number: int, size: Size, rng: random.Random) -> Host:
    """A platform refuses everybody once, as reddit does in research/feeds.md."""
    start = EPOCH + rng.uniform(0.3, 0.6) * size.days * DAY
    name = f"platform{number}.example"
    kinds = ("429-seconds", "503-date", "429")
    return Host(name, name, cast("Any", kinds[number]), (Span(start, start + 2 * HOUR),))


def _host(number: int, size: Size, rng: random.Random) -> Host:
    lane = f"site{number}.example"
    name = rng.choice((lane, f"www.{lane}", f"news.{lane}"))
    spans: tuple[Span, ...] = ()
    if rng.random() < _REFUSING_HOSTS:
        start = EPOCH + rng.uniform(0, size.days) * DAY
        spans = (Span(start, start + rng.choice((0.3, 1, 3, 12, 30)) * HOUR),)
    return Host(
        name=name,
        lane=lane,
        refusal=cast("Any", _pick(_REFUSALS, rng)),
        refusals=spans,
        robots=cast("Any", _pick(_ROBOTS, rng)),
        latency=rng.choice((0.03, 0.1, 0.1, 0.3, 0.8)),
    )


def _feed(number: int, host: Host, size: Size, rng: random.Random, *, pages: bool) -> Feed:
    rate = _rate(rng)
    window = _window(rate, rng)
    is_bursty = rng.random() < 0.02
    items = _items(rate, window, size, rng, is_bursty=is_bursty)
    trouble = _pick(_TROUBLES, rng)
    return Feed(
        id=f"f{number:05}",
        host=host,
        items=items,
        window=window,
        backlog=window,
        style=rng.randrange(1000),
        validators=cast("Any", _validators(rng, pages=pages)),
        route="plain" if trouble else cast("Any", _pick(_ROUTES, rng)),
        trouble=cast("Any", trouble),
        trouble_in=_trouble_in(trouble, size, rng),
        hints=Hints() if pages else _hints(rng),  # these are Atom, which has none
        pages=pages,
        has_hub=rng.random() < 0.1,
        sets_cookies=rng.random() < 0.05,
        is_bursty=is_bursty,
        updates=tuple(at + UPDATE_AFTER for at in items[::UPDATED]) if pages else (),
    )


def _window(rate: float, rng: random.Random) -> int:
    if rate > _QUIET:
        return _WIDEST if rate > _BUSY else _WIDER
    return int(_pick(_WINDOWS, rng))


def _rate(rng: random.Random) -> float:
    """Items a day, log-uniform in the drawn class."""
    low, high = cast("tuple[float, float]", _pick([(p, (a, b)) for p, a, b in _RATES], rng))
    return float(low * (high / low) ** rng.random())


def _items(
    rate: float, window: int, size: Size, rng: random.Random, *, is_bursty: bool
) -> tuple[float, ...]:
    """When items are published: a window full of them before the beginning, then as a Poisson process."""
    gap = DAY / rate
    before, at = [], EPOCH
    for _ in range(window):
        at -= rng.expovariate(1 / gap)
        before.append(at)
    after, at, end = [], EPOCH, EPOCH + size.days * DAY
    while (at := at + rng.expovariate(1 / gap)) < end:
        after.append(at)
    if is_bursty:
        start = EPOCH + rng.uniform(0.2, 0.9) * size.days * DAY
        after.extend(start + rng.uniform(0, 600) for _ in range(2 * window))
    return tuple(sorted(before + after))


def _trouble_in(trouble: object, size: Size, rng: random.Random) -> Span:
    """When a feed is in trouble: a 404 lasts a week, where the whole lasts longer; 410 lasts for ever."""
    end = EPOCH + size.days * DAY
    if trouble == "410":
        return Span(EPOCH + rng.uniform(0, 0.8) * size.days * DAY, end + DAY)
    if trouble == "404":
        start = EPOCH + rng.uniform(0.02, 0.08) * size.days * DAY
        return Span(start, start + min(7 * DAY, 0.6 * size.days * DAY))
    if trouble in {"slow", "endless", "bomb"}:
        return Span(EPOCH, end + DAY)
    start = EPOCH + rng.uniform(0, 0.6) * size.days * DAY
    return Span(start, start + rng.choice((0.05, 0.15, 0.3)) * size.days * DAY)


def _validators(rng: random.Random, *, pages: bool) -> object:
    kind = _pick(_VALIDATORS, rng)
    return "both" if pages and kind == "delta" else kind  # updates of items have no place in these


def _hints(rng: random.Random) -> Hints:
    match _pick(_HINTS, rng):
        case "ttl":
            return Hints(ttl=rng.choice((5, 15, 30, 60, 60, 90, 720, 100_000)))
        case "max_age":
            return Hints(max_age=rng.choice((300, 900, 1800, 3600, 43_200, 10_000_000)))
        case "expires":
            return Hints(expires=rng.choice((600, 3600, 7200)))
        case "period":
            return Hints(period=rng.choice(_PERIODS))
        case "skip_hours":
            return Hints(skip_hours=tuple(range(6)))
        case "skip_days":
            return Hints(skip_days=(5, 6))
    return Hints()


def _pick(shares: Any, rng: random.Random) -> Any:
    return rng.choices([value for _, value in shares], [share for share, _ in shares])[0]
