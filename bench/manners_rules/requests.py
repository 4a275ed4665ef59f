"""Rules 4, 13, 16 and 17: what single requests look like, how far they go, and pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bench.fakeweb.exchange import Exchange
from bench.fakeweb.plan import DAY
from bench.manners_rules.history import GOOD, NOT_MODIFIED, History, Violation

_UNWANTED = ("cookie", "referer", "origin", "authorization", "pragma", "cache-control")
_IN_FLIGHT = 200_000  # bytes that are sent before the client's word to stop arrives
_SLACK = 1.0  # seconds
_ROBOTS_FRESH = DAY
_ROBOTS_SPARED = 0.8 * DAY


def rule_4(history: History) -> list[Violation]:
    """Every request accepts gzip. What becomes of a bomb shows in rule 16: it is bytes without end."""
    return [
        Violation(exchange.at, exchange.place, "gzip not accepted")
        for exchange in history.log
        if "gzip" not in exchange.asked.headers.get("accept-encoding", "")
    ]


def rule_13(history: History) -> list[Violation]:
    """The client names itself, and sends nothing that tells feeds or readers apart.

    No cookies, Referer or cache-busting headers, and no address that was not configured or linked: no
    parameters added, no neighbours guessed.
    """
    found = []
    for exchange in history.log:
        headers = exchange.asked.headers
        if headers.get("user-agent") != history.facts.user_agent:
            found.append(Violation(exchange.at, exchange.place, "another User-Agent"))
        found.extend(
            Violation(exchange.at, exchange.place, f"sends {name}")
            for name in _UNWANTED
            if name in headers
        )
        if exchange.role == "unknown":
            found.append(Violation(exchange.at, exchange.place, "an address nobody has named"))
    return found


def rule_16(history: History) -> list[Violation]:
    """Nobody inside is reached; bytes, seconds and redirects are bounded.

    Counted are connections to addresses and ports that are not allowed, in the spellings of
    `fakeweb.routes.inside_addresses`. Answers that never end show whether bounds hold.
    """
    facts = history.facts
    found = [Violation(0, "inside", "connected to")] * facts.intrusions
    for exchange in history.log:
        ended = exchange.ended or facts.ended
        if exchange.sent > facts.max_bytes + _IN_FLIGHT:
            found.append(Violation(exchange.at, exchange.place, f"{exchange.sent} bytes read"))
        if ended - exchange.at > facts.seconds + _SLACK:
            found.append(
                Violation(exchange.at, exchange.place, f"{ended - exchange.at:.0f} s open")
            )
    for polls in history.polls.values():
        found.extend(
            Violation(poll.at, poll.last.place, f"{len(poll.hops) - 1} redirects followed")
            for poll in polls
            if len(poll.hops) - 1 > facts.redirects
        )
    return found


def rule_17(history: History) -> list[Violation]:
    """Pages are fetched as robots.txt allows, with its crawl-delay, and again only conditionally.

    robots.txt itself is asked for before the first page, kept for a day, and not asked for much earlier. The pause after
    it, in which the crawl-delay becomes known, may be the usual one.
    """
    found: list[Violation] = []
    for exchanges in _by_host(history).values():
        found.extend(_robots_of_host(history, exchanges))
    for lane in history.by_lane.values():
        found.extend(_crawl_delay(history, lane))
    for exchanges in history.by_place.values():
        found.extend(_unconditional_pages(history, exchanges))
    return found


def _by_host(history: History) -> dict[str, list[Exchange]]:
    parts: dict[str, list[Exchange]] = defaultdict(list)
    for exchange in history.log:
        if exchange.role in {"page", "robots"}:
            parts[exchange.asked.host].append(exchange)
    return parts


def _robots_of_host(history: History, exchanges: list[Exchange]) -> Iterator[Violation]:
    robots: Exchange | None = None
    for exchange in exchanges:
        if exchange.role == "robots":
            if robots is not None and _too_early(history, robots, exchange):
                yield Violation(exchange.at, exchange.place, "robots.txt asked for again too early")
            robots = exchange
        elif robots is None or exchange.at - robots.at > _ROBOTS_FRESH + _SLACK:
            yield Violation(exchange.at, exchange.place, "page without a fresh robots.txt")
        elif robots.disallows is None or robots.status >= 429:  # 429 and 5xx
            yield Violation(exchange.at, exchange.place, "page while robots.txt is not to be had")
        elif exchange.asked.target.startswith(robots.disallows or ("\n",)):
            yield Violation(exchange.at, exchange.place, "page that robots.txt forbids")


def _too_early(history: History, before: Exchange, again: Exchange) -> bool:
    """A robots.txt that could be had, or is known to be absent, is kept; others may be tried again."""
    had = before.status in {*GOOD, 404} and before.is_whole and not history.may_be_lost(before)
    return had and again.at - before.at < _ROBOTS_SPARED


def _crawl_delay(history: History, lane: list[Exchange]) -> Iterator[Violation]:
    delays: dict[str, tuple[float, float]] = {}  # host -> crawl-delay, when it was told
    before: Exchange | None = None
    for exchange in lane:
        delay, told = delays.get(exchange.asked.host, (0.0, 0.0))
        is_known = exchange.at - told < _ROBOTS_FRESH and not history.was_down(told, exchange.at)
        if exchange.role == "page" and before is not None and before.role != "robots" and is_known:
            gap = exchange.at - before.at
            if gap < delay - _SLACK:
                yield Violation(exchange.at, exchange.place, f"{gap:.1f} s of {delay:.0f} s")
        if exchange.role == "robots" and exchange.status in GOOD:
            delays[exchange.asked.host] = (exchange.crawl_delay, exchange.at)
        before = exchange


def _unconditional_pages(history: History, exchanges: list[Exchange]) -> Iterator[Violation]:
    etag: str | None = None
    for exchange in exchanges:
        if exchange.role != "page":
            return
        if etag is not None and exchange.if_none_match != etag:
            yield Violation(exchange.at, exchange.place, "page asked for again unconditionally")
        had = exchange.is_whole and exchange.status in {*GOOD, NOT_MODIFIED}
        if had and not history.may_be_lost(exchange):
            etag = exchange.etag
