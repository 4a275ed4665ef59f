"""Other clients on the same fake web, as models of their habits: what the rules count when they are broken.

They are modelled from what research/feeds.md (sections 3 and 4) found in their sources, run without sockets, and
keep their own clock: a request ends when the fake web's answer would, or after the client's time-out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bench.fakeweb.documents import page_path
from bench.fakeweb.exchange import Asked, Exchange
from bench.fakeweb.plan import EPOCH, HOUR, Feed, Plan
from bench.fakeweb.routes import INSIDE
from bench.fakeweb.web import FakeWeb
from bench.manners_rules import Facts, History
from bench.manners_rules.history import GOOD, NOT_MODIFIED

_PORT = 80
_TOO_MANY = 429
_REDIRECTS = 20
_AT_A_TIME = 16
_FLOOD = 10_000_000  # bytes taken of an endless answer until the time-out


@dataclass(frozen=True, slots=True)
class Habits:
    """How a client behaves.

    Attributes:
        name: Of the client.
        user_agent: As it sends it.
        timeout: Seconds after which it gives a request up.
        every: Seconds between two looks at a feed.
        is_conditional: It sends validators.
        obeys_retry_after: It leaves the feed alone for as long as a 429 asks.
        obeys_hints: It obeys `max-age` and `ttl`.
        gives_up_after: Errors in a row after which it asks no more.
        reads_pages: It fetches the pages of new items, at once.
        guards_inside: It does not follow redirects to private addresses.
    """

    name: str
    user_agent: str
    timeout: float
    every: float = HOUR
    is_conditional: bool = False
    obeys_retry_after: bool = False
    obeys_hints: bool = False
    gives_up_after: int | None = None
    reads_pages: bool = False
    guards_inside: bool = False


CRON = Habits(
    "a cron script with feedparser",
    "feedparser/6.0.14 +https://github.com/kurtmckee/feedparser/",
    timeout=60,
    reads_pages=True,
)
MINIFLUX = Habits(
    "miniflux, hourly, every feed in the batch",
    "Mozilla/5.0 (compatible; Miniflux/2; +https://miniflux.app)",
    timeout=20,
    is_conditional=True,
    obeys_retry_after=True,
    obeys_hints=True,
    gives_up_after=3,
    guards_inside=True,
)


@dataclass(slots=True)
class _Memory:
    """What a client remembers of a feed."""

    next_at: float = 0.0
    etag: str | None = None
    last_modified: str | None = None
    errors: int = 0
    read: set[int] = field(default_factory=set)


def visit(plan: Plan, habits: Habits) -> History:
    """Let a client with these habits loose on a web for its whole time."""
    web = FakeWeb(plan, _PORT)
    memories = {feed.id: _Memory() for feed in plan.feeds}
    end = EPOCH + plan.days * 24 * HOUR
    tick = EPOCH
    while tick < end:
        free_at = [
            tick
        ] * _AT_A_TIME  # each worker takes the next feed when it is done with the last
        for feed in plan.feeds:
            memory = memories[feed.id]
            if memory.next_at <= tick and not _has_given_up(memory, habits):
                worker = free_at.index(min(free_at))
                free_at[worker] = _poll(web, feed, memory, habits, free_at[worker])
        tick += habits.every
    log = sorted(web.log, key=lambda exchange: exchange.at)
    outside = [exchange for exchange in log if not _is_inside(exchange.asked.host)]
    inside = len(log) - len(outside)
    facts = Facts(habits.user_agent, len(plan.feeds), (EPOCH,), (), end, intrusions=inside)
    return History(outside, facts)


def _has_given_up(memory: _Memory, habits: Habits) -> bool:
    return habits.gives_up_after is not None and memory.errors >= habits.gives_up_after


def _poll(web: FakeWeb, feed: Feed, memory: _Memory, habits: Habits, now: float) -> float:
    """One look at a feed; when it is over."""
    host, target = feed.host.name, feed.path
    for _ in range(_REDIRECTS):
        if web.cannot_be_found(host, now):
            memory.errors += 1
            return now
        exchange = _get(web, (host, target), _headers(memory, habits), now, habits.timeout)
        now = exchange.ended
        if exchange.location is None or (habits.guards_inside and _is_inside(exchange.location)):
            break
        host, slash, rest = exchange.location.partition("/")
        target = slash + rest
    _learn(exchange, memory, habits)
    if habits.reads_pages and exchange.status in GOOD and feed.pages:
        now = _read(web, feed, exchange, memory, habits)
    return now


def _headers(memory: _Memory, habits: Habits) -> dict[str, str]:
    headers = {"user-agent": habits.user_agent, "accept-encoding": "gzip, deflate"}
    if habits.is_conditional and memory.etag:
        headers["if-none-match"] = memory.etag
    if habits.is_conditional and memory.last_modified:
        headers["if-modified-since"] = memory.last_modified
    return headers


def _get(
    web: FakeWeb, place: tuple[str, str], headers: dict[str, str], now: float, timeout: float
) -> Exchange:
    exchange, reply = web.answer(Asked("GET", *place, headers), now)
    exchange.ended = now + (reply.latency if reply.play in {"whole", "reset"} else timeout)
    exchange.is_whole = reply.play == "whole"
    exchange.sent = _FLOOD if reply.play in {"endless", "bomb"} else len(reply.body)
    return exchange


def _is_inside(location: str) -> bool:
    host = location.partition("/")[0]
    return host in {INSIDE, "127.0.0.1"} or not host.endswith(".example")


def _learn(exchange: Exchange, memory: _Memory, habits: Habits) -> None:
    is_good = exchange.status in {*GOOD, NOT_MODIFIED} and exchange.is_whole
    memory.errors = 0 if is_good and not exchange.is_broken else memory.errors + 1
    if is_good and exchange.status in GOOD and not exchange.is_broken:
        memory.etag, memory.last_modified = exchange.etag, exchange.last_modified
    if habits.obeys_hints and is_good:
        memory.next_at = exchange.at + exchange.wait
    if habits.obeys_retry_after and exchange.status == _TOO_MANY:
        memory.next_at = exchange.retry_at or exchange.at


def _read(web: FakeWeb, feed: Feed, exchange: Exchange, memory: _Memory, habits: Habits) -> float:
    """Fetch the pages of new items one after the other; when that is over."""
    now = exchange.ended
    for number in range(*exchange.items):
        if number not in memory.read:
            memory.read.add(number)
            headers = {"user-agent": habits.user_agent, "accept-encoding": "gzip, deflate"}
            place = (feed.host.name, page_path(feed, number))
            page = _get(web, place, headers, now, habits.timeout)
            now = page.ended
    return now
