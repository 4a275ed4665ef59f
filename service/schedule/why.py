"""What can decide when a source is looked at next. Fixed strings, and what they mean for a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

FIRST: Final = "first"
SPREAD: Final = "spread"
FILES: Final = "files"
EVERY: Final = "every"
RHYTHM: Final = "rhythm"
MIN: Final = "min"
MAX: Final = "max"
WINDOW: Final = "window"
PUSH: Final = "push"
LIAR: Final = "liar"
TTL: Final = "ttl"
PERIOD: Final = "period"
CACHE: Final = "cache"
SKIP: Final = "skip"
RETRY_AFTER: Final = "retry-after"
HOST: Final = "host-waits"
ROBOTS: Final = "robots-waits"
FAILED: Final = "failed"
GONE: Final = "gone"
ASKED: Final = "asked"

IN_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        FIRST: "it has not been looked at yet",
        SPREAD: "it was overdue, and such sources are spread so that they do not start together",
        FILES: "local files are looked at every half minute",
        EVERY: "the configuration says `every`",
        RHYTHM: "so often it publishes at this time of the day and week",
        MIN: "the configuration's `min` allows no sooner",
        MAX: "the configuration's `max` allows no later",
        WINDOW: "later, entries could have left the feed unseen",
        PUSH: "its hub brings what is new; this look only checks the hub",
        LIAR: "it cannot say whether it has changed, so it is asked in whole, once an hour at most",
        TTL: "the feed asks for it with `ttl`",
        PERIOD: "the feed asks for it with `sy:updatePeriod`",
        CACHE: "the server says how long its answer is fresh (`Cache-Control`, `Expires`)",
        SKIP: "the feed asks not to be looked at before (`skipHours`, `skipDays`)",
        RETRY_AFTER: "the server asked for it with `Retry-After`",
        HOST: "its host asked to be left alone until then",
        ROBOTS: "the host's robots.txt could not be read",
        FAILED: "the last look failed; each further failure lengthens the wait",
        ASKED: "somebody asked for it",
        GONE: "the server says that it is gone for good (410); nothing asks again by itself",
    }
)
"""For people: the look is due then because ..."""
