"""Policies of others, as models written from research/feeds.md, section 5.3, and its square-root rule.

They are models: each follows the description of what that program's source code decides, without its queues.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from bench.polling_run import Look
from bench.polling_world import DAY, WINDOW, Feed

_MINUTE, _HOUR, _WEEK, _MONTH = 60.0, 3600.0, 7 * DAY, 30 * DAY
_FEW_KNOWN, _MOST_KNOWN = 0.33, 0.67  # shares of the window, for Media Cloud


@dataclass(slots=True)
class Peer:
    """What the models have in common: all begin at once, and know their feed."""

    feed: Feed
    chance: random.Random
    crowd: int = 1

    def first(self) -> float:
        """At once."""
        return 0.0


class Lockstep(Peer):
    """Every feed at every full hour: a cron job, yarr, reader without jitter."""

    def next(self, look: Look) -> float:
        """An hour later."""
        return look.now + _HOUR


class Fixed(Lockstep):
    """Every hour, each feed at a minute of its own."""

    def first(self) -> float:
        """At a random time of the first hour."""
        return self.chance.random() * _HOUR


class MinifluxRoundRobin(Peer):
    """miniflux as it comes: hourly, no earlier than the feed asks for."""

    def next(self, look: Look) -> float:
        """An hour later or more."""
        return look.now + max(_HOUR, self.feed.hint)


class MinifluxEntryFrequency(Peer):
    """miniflux with `POLLING_SCHEDULER=entry_frequency`: a week by the entries of the last one."""

    def next(self, look: Look) -> float:
        """Between five minutes and a day later."""
        count = look.since(_WEEK)
        wait = _WEEK / count if count else DAY
        return look.now + min(max(wait, 5 * _MINUTE, self.feed.hint), DAY)


class CommaFeed(Peer):
    """Half the mean time between the entries of the window; less often the older the newest is."""

    def next(self, look: Look) -> float:
        """Between five minutes and four hours later."""
        return look.now + max(self._wait(look), self.feed.hint)

    def _wait(self, look: Look) -> float:
        dates = look.window
        age = look.now - dates[-1] if dates else math.inf
        for days, hours in ((30, 4), (14, 2), (7, 1)):
            if age > days * DAY:
                return hours * _HOUR
        mean = (dates[-1] - dates[0]) / max(len(dates) - 1, 1)
        return min(max(mean / 2, 5 * _MINUTE), _HOUR)


class NewsBlur(Fixed):
    """By stories a day over a month, with up to a quarter on top."""

    def next(self, look: Look) -> float:
        """From a quarter of an hour to some hours later."""
        daily = look.since(_MONTH) / 30
        wait = max(_HOUR - _HOUR * daily, 15 * _MINUTE) if daily else 6 * _HOUR
        return look.now + wait * (1 + 0.25 * self.chance.random())


@dataclass(slots=True)
class StormCrawler(Peer):
    """news-crawl's adaptive scheduler: half as long again when nothing has changed, else shorter."""

    wait: float = 720 * _MINUTE

    def next(self, look: Look) -> float:
        """Between one and a half hours and 90 days later."""
        calm, busy = min(self.wait * 1.5, 90 * DAY), 0.8 * self.wait + 0.2 * 90 * _MINUTE
        self.wait = busy if look.new else calm
        return look.now + self.wait


@dataclass(slots=True)
class MediaCloud(Peer):
    """rss-fetcher's automatic adjustment, by the share of the window that is known already."""

    wait: float = 360 * _MINUTE
    found_at: float = 0.0

    def next(self, look: Look) -> float:
        """Between ten minutes and a day later."""
        known = 1 - look.new / WINDOW
        self.found_at = look.now if look.new or not self.found_at else self.found_at
        if known < _FEW_KNOWN:
            self.wait = min(self.wait - 60 * _MINUTE, 360 * _MINUTE)
        elif known >= _MOST_KNOWN:
            is_quiet = look.now - self.found_at > 31 * DAY
            self.wait += (60 if is_quiet else 10) * _MINUTE
        self.wait = min(max(self.wait, 10 * _MINUTE), DAY)
        return look.now + self.wait


@dataclass(slots=True)
class SquareRoot(Fixed):
    """The plain square-root rule of research/feeds.md, section 5.1."""

    factor: float = 1.0
    least: float = 15 * _MINUTE
    items: float = 0.5
    seconds: float = DAY
    last: float = 0.0

    def next(self, look: Look) -> float:
        """Between `least` and a day later, with up to a tenth on top."""
        passed = look.now - self.last if self.last else _HOUR
        kept = 0.5 ** (passed / (5 * DAY))
        self.items = self.items * kept + look.new
        self.seconds = self.seconds * kept + passed
        self.last = look.now
        rate = (self.items + 0.02) / (self.seconds + 0.2 * DAY)
        wait = min(self.factor * math.sqrt(1 / rate) * _MINUTE, WINDOW / 2 / rate)
        wait = min(max(wait, self.least, self.feed.hint), DAY)
        return look.now + wait * (1 + 0.1 * self.chance.random())
