"""The fake web itself: who is answered what when, and the log of it."""

from __future__ import annotations

import math
from dataclasses import replace

from bench.fakeweb import documents, routes, validators
from bench.fakeweb.exchange import Asked, Exchange, Reply, lane_of
from bench.fakeweb.plan import DAY, Feed, Host, Plan

_OK, _DELTA, _NOT_MODIFIED, _NOT_FOUND = 200, 226, 304, 404
_PLAYED = {"silent": 0, "slow": _OK, "endless": _OK, "bomb": _OK, "reset": _OK}


class FakeWeb:
    """Answers requests after a plan.

    Args:
        plan: The hosts and feeds.
        port: Where they are served; part of their addresses.

    Attributes:
        log: Every exchange, in the order in which the requests came.
        unresolved: When DNS had no answer, and about which registrable domain.
    """

    def __init__(self, plan: Plan, port: int) -> None:
        self.plan = plan
        self.port = port
        self.log: list[Exchange] = []
        self.unresolved: list[tuple[float, str]] = []
        self._feeds = {feed.id: feed for feed in plan.feeds}
        self._hosts = {host.name: host for host in plan.hosts}
        self._by_lane = {host.lane: host for host in plan.hosts if host.name == host.lane}
        self._bodies: dict[str, tuple[tuple[int, int, int], bytes]] = {}

    def base(self, host: str) -> str:
        """The root address of a host."""
        return f"http://{host}:{self.port}"

    def url(self, feed: Feed) -> str:
        """The address at which a feed is configured."""
        return self.base(feed.host.name) + feed.path

    def cannot_be_found(self, host: str, now: float) -> bool:
        """Whether DNS has no answer about the host at this time; noted if so."""
        known = self._hosts.get(host)
        if known is None or known.refusal != "dns":
            return False
        is_lost = any(span.holds(now) for span in known.refusals)
        if is_lost:
            self.unresolved.append((now, known.lane))
        return is_lost

    def answer(self, asked: Asked, now: float) -> tuple[Exchange, Reply]:
        """Answer a request and note both."""
        exchange = Exchange(now, asked, lane_of(asked.host))
        self.log.append(exchange)
        host = self._hosts.get(asked.host)
        reply = _refusal(host, exchange, now) if host else None
        if reply is None:
            reply = self._by_role(exchange, host, now)
        elif place := self._place(asked):
            leads_on = routes.redirect(place, self.plan.days, now, self.port) is not None
            exchange.role = "hop" if leads_on else place.role
            exchange.feed = place.feed.id
        exchange.status = _PLAYED.get(reply.play, reply.status)
        return exchange, replace(reply, latency=host.latency if host else 0.1)

    def _place(self, asked: Asked) -> routes.Place | None:
        return routes.find(asked, self._feeds)

    def _by_role(self, exchange: Exchange, host: Host | None, now: float) -> Reply:
        asked = exchange.asked
        if asked.target == "/robots.txt":
            return _robots(exchange, host, now)
        if asked.target == "/hub":
            exchange.role = "hub"
            return Reply(202)
        place = self._place(asked)
        if place is None:
            return Reply(_NOT_FOUND)
        exchange.role, exchange.feed = place.role, place.feed.id
        if place.role == "page":
            return self._page(exchange, place, now)
        target = routes.redirect(place, self.plan.days, now, self.port)
        if target is not None:
            status, address = target
            exchange.role = "hop"
            exchange.location = address.split("://", 1)[1].replace(f":{self.port}", "", 1)
            return Reply(status, (("Location", address),))
        return self._feed(exchange, place, now)

    def _page(self, exchange: Exchange, place: routes.Place, now: float) -> Reply:
        number = int(place.rest)
        updated = place.feed.is_updated(number, now)
        exchange.etag = f'"page-{number}-{int(updated)}"'
        headers = (("ETag", exchange.etag), ("Content-Type", "text/html; charset=utf-8"))
        if exchange.if_none_match == exchange.etag:
            return Reply(_NOT_MODIFIED, headers)
        return Reply(_OK, headers, documents.page_body(place.feed, number))

    def _feed(self, exchange: Exchange, place: routes.Place, now: float) -> Reply:
        feed = place.feed
        trouble = feed.trouble if feed.trouble_in.holds(now) else None
        if trouble is not None and trouble.isdecimal():
            return Reply(int(trouble))
        if trouble == "silent":
            return Reply(_OK, play="silent")
        if place.rest == "for-sale":
            trouble = "broken"
        exchange.etag, exchange.last_modified = validators.issue(
            feed, place.variant, now, self.plan.days
        )
        headers = self._headers(exchange, feed, now)
        if trouble == "broken":
            exchange.is_broken = True
            return Reply(_OK, headers, documents.BROKEN)
        _ask_to_wait(exchange, feed)
        if trouble in {"slow", "endless", "bomb", "reset"}:
            return Reply(_OK, headers, self._body(feed, now, None), play=trouble)
        if validators.is_current(exchange.asked, exchange.etag, exchange.last_modified):
            return Reply(_NOT_MODIFIED, headers)
        return self._news(exchange, feed, headers, now)

    def _news(
        self, exchange: Exchange, feed: Feed, headers: tuple[tuple[str, str], ...], now: float
    ) -> Reply:
        last = feed.published(now)
        known = validators.known_version(exchange.asked)
        asks = "feed" in exchange.asked.headers.get("a-im", "")
        if feed.validators == "delta" and asks and known is not None and known <= last:
            exchange.items = (max(known, last - feed.window), last)
            body = self._body(feed, now, exchange.items[0])
            return Reply(_DELTA, (*headers, ("IM", "feed")), body)
        exchange.items = (last - feed.window, last)
        return Reply(_OK, headers, self._body(feed, now, None))

    def _body(self, feed: Feed, now: float, first: int | None) -> bytes:
        last = feed.published(now)
        first = last - feed.window if first is None else first
        key = (feed.version(now), first, last)
        kept = self._bodies.get(feed.id)
        if kept is None or kept[0] != key:
            base = self.base(feed.host.name)
            kept = (key, documents.feed_body(feed, first, last, now, base))
            self._bodies[feed.id] = kept
        return kept[1]

    def _headers(self, exchange: Exchange, feed: Feed, now: float) -> tuple[tuple[str, str], ...]:
        kind = "application/atom+xml" if documents.is_atom(feed) else "application/rss+xml"
        headers = [("Content-Type", kind)]
        if exchange.etag:
            headers.append(("ETag", exchange.etag))
        if exchange.last_modified:
            headers.append(("Last-Modified", exchange.last_modified))
        if feed.hints.max_age:
            headers.append(("Cache-Control", f"public, max-age={feed.hints.max_age}"))
        if feed.hints.expires:
            headers.append(("Date", documents.http_date(now)))
            headers.append(("Expires", documents.http_date(now + feed.hints.expires)))
        if feed.has_hub and feed.style % 2:
            headers.append(("Link", f'<{self.base(feed.host.name)}/hub>; rel="hub"'))
        if feed.sets_cookies:
            headers.append(("Set-Cookie", f"visitor={feed.id}; Path=/; Max-Age=31536000"))
        return tuple(headers)


def _ask_to_wait(exchange: Exchange, feed: Feed) -> None:
    """Note what the answer asks for, the cap of rule 9 applied."""
    hints = feed.hints
    exchange.wait = hints.seconds
    exchange.skip_hours, exchange.skip_days = hints.skip_hours, hints.skip_days


def _refusal(host: Host, exchange: Exchange, now: float) -> Reply | None:
    """What a host answers that wants to be left alone."""
    span = next((span for span in host.refusals if span.holds(now)), None)
    if span is None or host.refusal == "dns":
        return None
    status, _, form = host.refusal.partition("-")
    headers: tuple[tuple[str, str], ...] = ()
    if form:
        exchange.retry_at = float(math.ceil(span.end))
        seconds = math.ceil(span.end - now)
        if form == "seconds":
            exchange.retry_at = now + seconds
        told = str(seconds) if form == "seconds" else documents.http_date(exchange.retry_at)
        headers = (("Retry-After", told), ("Date", documents.http_date(now)))
    return Reply(int(status), headers)


def _robots(exchange: Exchange, host: Host | None, now: float) -> Reply:
    exchange.role = "robots"
    kind = host.robots if host else "none"
    if kind == "none":
        return Reply(_NOT_FOUND)
    if kind == "down" and now % (2 * DAY) < DAY:
        exchange.disallows = None
        return Reply(503)
    body, exchange.disallows, exchange.crawl_delay = documents.robots_body(kind)
    return Reply(_OK, (("Content-Type", "text/plain"),), body)
