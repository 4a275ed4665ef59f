"""What a client's manners cost and bring: requests, bytes, delays, items missed. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean, quantiles

from bench.fakeweb.plan import DAY, EPOCH, HOUR, Feed, Plan
from bench.manners_rules.history import GOOD, History, Poll

_SELDOM = 12 * HOUR
_WARM_UP = DAY  # items published before this are not scored


@dataclass(frozen=True, slots=True)
class Score:
    """The figures of one client.

    Attributes:
        requests: All of them.
        polls: Looks at feeds.
        polls_per_feed_day: The same for each feed and day.
        needed: The fewest polls that could have brought the same items.
        polls_per_needed: How many times as many were made.
        useful: Share of the polls that brought a new item.
        megabytes: Sent by the servers.
        delay_mean: Minutes from publication to delivery, of feeds that serve well.
        delay_p50: The median of these.
        delay_p99: Their 99th percentile.
        missed: Items that scrolled out of such feeds unseen.
        missed_anyway: The same of feeds that publish more at once than they show, or want to be asked seldom.
        peak: Most requests in one second.
        peak_lane: Most requests to one registrable domain in one second.
        liars: Feeds whose ETag never changed and that had news.
        liars_caught: Those of them that were asked without it before the end.
        pages: Requests for article pages.
    """

    requests: int
    polls: int
    polls_per_feed_day: float
    needed: int
    polls_per_needed: float
    useful: float
    megabytes: float
    delay_mean: float
    delay_p50: float
    delay_p99: float
    missed: int
    missed_anyway: int
    peak: int
    peak_lane: int
    liars: int
    liars_caught: int
    pages: int


@dataclass(frozen=True, slots=True)
class _FeedScore:
    needed: int
    useful: int
    missed: int
    delays: tuple[float, ...]


def score(history: History, plan: Plan) -> Score:
    """The figures of the client that made this history in the web of this plan."""
    polls = {feed.id: history.polls.get(feed.id, []) for feed in plan.feeds}
    scores = {feed.id: _of_feed(feed, polls[feed.id]) for feed in plan.feeds}
    serves_well = [feed for feed in plan.feeds if _serves_well(feed)]
    delays = [delay for feed in serves_well for delay in scores[feed.id].delays]
    liars = [feed for feed in plan.feeds if feed.validators == "liar" and _has_news(feed, polls)]
    log, count = history.log, sum(map(len, polls.values()))
    needed = sum(one.needed for one in scores.values())
    percentiles = quantiles(delays, n=100) if len(delays) > 1 else [math.nan] * 99
    return Score(
        requests=len(log),
        polls=count,
        polls_per_feed_day=round(count / len(plan.feeds) / plan.days, 2),
        needed=needed,
        polls_per_needed=round(count / needed, 1),
        useful=round(sum(one.useful for one in scores.values()) / max(count, 1), 3),
        megabytes=round(sum(exchange.sent for exchange in log) / 1e6, 1),
        delay_mean=round(fmean(delays) / 60, 1) if delays else math.nan,
        delay_p50=round(percentiles[49] / 60, 1),
        delay_p99=round(percentiles[98] / 60, 1),
        missed=sum(scores[feed.id].missed for feed in serves_well if not _loses_items(feed)),
        missed_anyway=sum(scores[feed.id].missed for feed in serves_well if _loses_items(feed)),
        peak=_peak((exchange.at, "") for exchange in log),
        peak_lane=_peak((exchange.at, exchange.lane) for exchange in log),
        liars=len(liars),
        liars_caught=sum(_deliveries(polls[feed.id]) > 1 for feed in liars),
        pages=sum(exchange.role == "page" for exchange in log),
    )


def _of_feed(feed: Feed, polls: list[Poll]) -> _FeedScore:
    """Follow what was seen of a feed poll by poll."""
    seen = feed.backlog
    useful = missed = 0
    delays: list[float] = []
    for poll in polls:
        first, last = poll.last.items
        if not (poll.is_good and poll.last.status in GOOD) or last <= seen:
            continue
        useful += 1
        missed += max(0, first - seen)
        at = poll.last.ended
        new = feed.items[max(seen, first) : last]
        delays.extend(at - item for item in new if item > EPOCH + _WARM_UP)
        seen = last
    needed = max(1, math.ceil((seen - feed.backlog) / feed.window))
    return _FeedScore(needed, useful, missed, tuple(delays))


def _serves_well(feed: Feed) -> bool:
    """Whether delays and missed items are the client's doing alone."""
    is_reachable = feed.route in {"plain", "moved", "found"} and feed.trouble is None
    return is_reachable and feed.validators != "liar" and not feed.host.refusals


def _loses_items(feed: Feed) -> bool:
    """Whether nobody who keeps the rules can see all its items."""
    return feed.is_bursty or feed.hints.seconds >= _SELDOM


def _has_news(feed: Feed, polls: dict[str, list[Poll]]) -> bool:
    """Whether something was published after the feed was first read, a day before the end at least."""
    own = [poll for poll in polls[feed.id] if poll.is_good]
    first = own[0].last.items[1] if own else len(feed.items)
    return feed.trouble is None and any(item < own[-1].at - DAY for item in feed.items[first:])


def _deliveries(polls: list[Poll]) -> int:
    return sum(poll.is_good and poll.last.status in GOOD for poll in polls)


def _peak(requests: Iterable[tuple[float, str]]) -> int:
    counts: Counter[tuple[int, str]] = Counter()
    for at, name in requests:
        counts[int(at), name] += 1
    return max(counts.values(), default=0)
