"""robots.txt for whoever fetches pages (RFC 9309): what may be fetched, and how fast.

The file is fetched by the guarded client in its host's lane like anything else, and remembered for a day.
Where there is none (4xx), or a page of HTML in its place, all is allowed. Where the server fails, its pages wait.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from yarl import URL

from feedmill.errors import FetchError
from feedmill.store.hosts import RobotsCopy
from service.http.fetcher import Fetcher
from service.http.flights import Flights
from service.http.pacing import Pace, Pacer
from service.http.robots_rules import Rules, group_of, product_token

_DAY = 86_400.0  # seconds; section 2.4: not to be used for longer
_FIRST_RETRY = 600.0  # seconds after which a server that failed is asked again
_GIVEN_UP = 30 * _DAY  # after so long a failure all is allowed (section 2.3.1.4)
_ACCEPT = "text/plain, */*;q=0.1"
_MAX_SITES = 2_000
_MAX_SIZE = 2_000_000  # characters of rules in memory in all; one takes up to some 30 bytes
_LARGE = 32_768  # bytes, or characters of rules: the loop has no time for more (some 3 ms)
# Answers that say that there is none; `http-status` is looked at more closely.
_NONE = frozenset({"redirects", "too-big", "url-refused", "address-refused"})
_TOO_MANY = 429
_SERVER_ERROR = 500


class RobotsCache(Protocol):
    """Where copies are kept over a restart; see `feedmill.store.hosts.Hosts`."""

    async def robots(self, origin: str) -> RobotsCopy | None:
        """The copy of an origin, if there is one."""

    async def keep_robots(self, origin: str, copy: RobotsCopy, *, seconds: float) -> None:
        """Keep a copy for some time."""


@dataclass(frozen=True, slots=True)
class _Site:
    copy: RobotsCopy
    rules: Rules


class Robots:
    """Answers whether pages may be fetched.

    Args:
        fetcher: The HTTP client; its user agent is the one whose rules count.
        cache: Where copies are kept; None to keep them in memory only.
        pacer: What keeps crawl delays: that of the fetcher.
        clock: Unix seconds.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        cache: RobotsCache | None,
        *,
        pacer: Pacer,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._fetcher = fetcher
        self._cache = cache
        self._pacer = pacer
        self._clock = clock
        self._sites = _Sites()
        self._flights: Flights[_Site] = Flights()

    async def check(self, url: str, pace: Pace) -> None:
        """Return if an address may be fetched. The site's crawl delay holds from then on.

        Args:
            url: The address.
            pace: How often its host may be asked for the robots.txt.

        Raises:
            FetchError: kind `robots-denied`; `robots-waits` while the rules cannot be had; `host-waits`
                while the host wants to be left alone; `url-refused`.
            redis.RedisError: The cache refuses or is gone.
        """
        page = _parsed(url)
        site = await self._site(page, pace)
        host = page.raw_host or ""
        if site.copy.rules is None:
            again_at = max(site.copy.until, self._pacer.held_until(host))
            raise FetchError(
                "the site's robots.txt cannot be had for now, so its pages wait "
                "(`fetch: robots: false` in the sources file ignores it)",
                kind="robots-waits",
                retryable=True,
                retry_after=max(again_at - self._clock(), 1.0),
                final_url=url,
            )
        self._pacer.slow(host, site.rules.gap)
        if not await _allows(site.rules, page):
            raise FetchError(
                f"the site's robots.txt does not let {site.copy.agent} fetch this page "
                "(`fetch: robots: false` in the sources file ignores it)",
                kind="robots-denied",
                retryable=False,
                final_url=url,
            )

    async def sitemaps(self, url: str, pace: Pace) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names, as it writes them.

        Raises:
            FetchError: kind `host-waits` or `url-refused`.
            redis.RedisError: The cache refuses or is gone.
        """
        return (await self._site(_parsed(url), pace)).copy.sitemaps

    async def _site(self, page: URL, pace: Pace) -> _Site:
        origin = str(page.origin())
        agent = product_token(self._fetcher.policy.user_agent)
        site = self._sites.get(origin)
        if site and self._is_fresh(site.copy, agent):
            return site
        return await self._flights.join(
            f"{agent} {origin}", lambda: self._load(origin, agent, pace)
        )

    async def _load(self, origin: str, agent: str, pace: Pace) -> _Site:
        copy = await self._cache.robots(origin) if self._cache else None
        if copy is None or not self._is_fresh(copy, agent):
            copy = await self._ask(origin, agent, pace, copy)
            if self._cache:
                # A failure is remembered for as long as it may matter how long it has lasted.
                seconds = _GIVEN_UP + _DAY if copy.down_since else copy.until - self._clock()
                await self._cache.keep_robots(origin, copy, seconds=seconds)
        rules = copy.rules or ""
        is_large = len(rules) > _LARGE
        site = _Site(copy, await asyncio.to_thread(Rules, rules) if is_large else Rules(rules))
        self._sites.put(origin, site)
        return site

    async def _ask(
        self, origin: str, agent: str, pace: Pace, before: RobotsCopy | None
    ) -> RobotsCopy:
        try:
            answer = await self._fetcher.fetch(f"{origin}/robots.txt", pace=pace, accept=_ACCEPT)
        except FetchError as error:
            if error.kind == "host-waits":
                raise
            return _without(error, agent, before, now=self._clock())
        body = answer.body
        is_large = len(body) > _LARGE
        group = (
            await asyncio.to_thread(group_of, body, agent) if is_large else group_of(body, agent)
        )
        return RobotsCopy(agent, group.rules, group.sitemaps, self._clock() + _DAY)

    def _is_fresh(self, copy: RobotsCopy, agent: str) -> bool:
        # A time further ahead than any we set is from a clock that was wrong.
        return copy.agent == agent and self._clock() < copy.until <= self._clock() + _DAY


class _Sites:
    """The sites asked for last, bounded by their number and by the size of all their rules together."""

    def __init__(self) -> None:
        self._sites: OrderedDict[str, _Site] = OrderedDict()
        self._size = 0

    def get(self, origin: str) -> _Site | None:
        site = self._sites.get(origin)
        if site:
            self._sites.move_to_end(origin)
        return site

    def put(self, origin: str, site: _Site) -> None:
        self._drop(self._sites.pop(origin, None))
        self._sites[origin] = site
        self._size += site.rules.size
        while len(self._sites) > _MAX_SITES or self._size > _MAX_SIZE:
            self._drop(self._sites.popitem(last=False)[1])

    def _drop(self, site: _Site | None) -> None:
        self._size -= site.rules.size if site else 0


async def _allows(rules: Rules, page: URL) -> bool:
    if rules.size > _LARGE:
        return await asyncio.to_thread(rules.allow, page)
    return rules.allow(page)


def _without(error: FetchError, agent: str, before: RobotsCopy | None, *, now: float) -> RobotsCopy:
    """What holds where the file cannot be had: all is allowed, or nothing for now."""
    if _is_none(error):
        return RobotsCopy(agent, "", (), now + _DAY)
    since = before.down_since if before and before.down_since else now
    if now - since >= _GIVEN_UP:
        return RobotsCopy(agent, "", (), now + _DAY, since)
    # As long again as it has been failing: the waits double.
    wait = max(now - since, _FIRST_RETRY, error.retry_after or 0.0)
    return RobotsCopy(agent, None, (), now + min(wait, _DAY), since)


def _is_none(error: FetchError) -> bool:
    if error.kind == "http-status":
        status = error.status or _SERVER_ERROR
        return status < _SERVER_ERROR and status != _TOO_MANY and error.retry_after is None
    return error.kind in _NONE


def _parsed(url: str) -> URL:
    try:
        page = URL(url.strip())
        page.origin()
    except ValueError as error:
        raise FetchError("the address cannot be read", kind="url-refused") from error
    return page
