"""feedmill's own scheduler as a policy: the functions of `service.schedule` on real states and answers."""

from __future__ import annotations

import random
from dataclasses import replace

from bench.polling_run import Look
from bench.polling_world import DAY, START, Feed
from feedmill.config import Source
from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.model import FeedHints
from service.schedule.rhythm import HOURS
from service.sources.item import Answer, Polled

_SOURCE = Source(id="feed", url="https://feeds.example/rss")


class Feedmill:
    """One feed, polled as the service would.

    Args:
        feed: The feed.
        chance: Random numbers.
        crowd: How many feeds start together.
        hours: The knob of the adaptive rule.
        pushes: Whether a hub brings the entries of the feeds that have one.
    """

    def __init__(
        self,
        feed: Feed,
        chance: random.Random,
        crowd: int,
        *,
        hours: float = HOURS,
        pushes: bool = False,
    ) -> None:
        self._feed = feed
        self._random = chance.random
        self._crowd = crowd
        self._hours = hours
        self._is_pushed = pushes and feed.has_hub
        self._hints = FeedHints(ttl=feed.ttl)
        self._state = SourceState(url=_SOURCE.url)

    def first(self) -> float:
        """A random place among those that start together."""
        state = schedule.first(self._state, crowd=self._crowd, now=START, random=self._random)
        return state.next_at - START

    def next(self, look: Look) -> float:
        """When the state says."""
        state = schedule.begun(self._state, _SOURCE, now=look.now)
        question = schedule.question(state, now=look.now)
        self._state = schedule.after_success(
            state,
            Polled(answer=self._answer(look, is_conditional=question.etag is not None)),
            _SOURCE,
            new=look.new,
            now=look.now,
            random=self._random,
            hours=self._hours,
        )
        if self._is_pushed:
            self._state = _pushed(self._state, look.now)
        return self._state.next_at

    def _answer(self, look: Look, *, is_conditional: bool) -> Answer:
        version = f'"{look.count}"' if self._feed.has_validators else None
        age = self._feed.max_age
        if is_conditional and version == self._state.etag:
            return Answer(not_modified=True, etag=version, max_age=age)
        dates = tuple(reversed(look.window))
        return Answer(
            etag=version, max_age=age, feed=self._hints, published=dates, window=len(dates)
        )


def _pushed(state: SourceState, now: float) -> SourceState:
    """As the service's subscription to the hub leaves it: relied on, and the next look a day off."""
    return replace(state, push_until=now + 30 * DAY, next_at=max(state.next_at, now + DAY))
