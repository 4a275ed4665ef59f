"""A sitemap, a news sitemap, or an index of sitemaps: which of the pages it lists are new.

A sitemap lists a whole site, tens of thousands of pages, and nobody who adds one wants the archive fetched. So by
what it says about dates:

- Pages with a date are taken if they changed within a week before the last look: the newest 500 of them.
- A date that most pages of a sitemap share is the time when it was made. It says nothing, and is as none.
- Pages without a date are all known at the first look. What is there later and was not before is taken.

Of an index, at most ten sitemaps are read at a look: those of news first, then those that changed last. What has
not changed since the last look is left.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from feedmill import urls
from feedmill.errors import SourceError
from feedmill.page import EntryHints
from feedmill.store.sources import SourceState
from service.feeds.model import ParsedChild, ParsedEntry, ParsedFeed
from service.sources.item import Answer, Item, Polled
from service.sources.means import Means

RECENT = timedelta(days=7)
MAX_SITEMAPS = 10  # of an index, at a look
MAX_DATED = 500  # pages with a date that are taken at a look
MAX_UNDATED = 500  # pages without one in a sitemap of an index, of which it is not known whether it was read before
ACCEPT = "application/xml, text/xml;q=0.9, application/gzip;q=0.8, */*;q=0.1"

_FORMATS = frozenset({"sitemap", "news-sitemap", "sitemap-index"})
_LEAST_SHARED = 20  # pages with one date from which on it may be the time of making
_NEWS = re.compile(r"(?:^|[^a-z])(?:news|latest|recent|today)(?:[^a-z]|$)", re.IGNORECASE)
_DAY = timedelta(days=1)
_FUTURE = timedelta(days=2)


def is_sitemap(parsed: ParsedFeed) -> bool:
    """Whether what was parsed is a sitemap or an index and no feed."""
    return parsed.format in _FORMATS


async def polled_of(parsed: ParsedFeed, answer: Answer, state: SourceState, means: Means) -> Polled:
    """What is new in a sitemap; of an index, its sitemaps are fetched.

    Args:
        parsed: The sitemap.
        answer: What the answer said that it came with.
        state: Of the source; `asked_at` is now.
        means: With which the sitemaps of an index are fetched.

    Raises:
        SourceError: None of the sitemaps of an index could be read.
    """
    window = Window.of(state)
    answer = replace(answer, format=parsed.format)
    if parsed.format != "sitemap-index":
        return _polled(answer, [split(parsed.entries, window)], ())
    if any(child.modified_at is None for child in parsed.children):
        # "Not modified" of the index would say nothing about what it lists.
        answer = replace(answer, etag=None, last_modified=None)
    reading = _Reading(window, means)
    await reading.read(parsed.children)
    return _polled(answer, reading.found, reading.problems)


@dataclass(frozen=True, slots=True)
class Window:
    """Which pages are new.

    Attributes:
        since: Pages that changed later than this are.
        until: Dates beyond this are wrong.
        is_first: Whether this is the first look at a sitemap there; there may have been a feed before.
    """

    since: datetime
    until: datetime
    is_first: bool

    @classmethod
    def of(cls, state: SourceState) -> Window:
        """For a look that was begun at `state.asked_at`."""
        now = datetime.fromtimestamp(state.asked_at, UTC)
        last = datetime.fromtimestamp(state.succeeded_at or state.asked_at, UTC)
        was_read = bool(state.succeeded_at) and state.format in _FORMATS
        return cls(min(now, last) - RECENT, now + _FUTURE, is_first=not was_read)

    @property
    def last(self) -> datetime:
        """When the last look was."""
        return self.since + RECENT


@dataclass(frozen=True, slots=True)
class Split:
    """The pages of a sitemap.

    Attributes:
        dated: Those with a date that is new enough, newest first.
        undated: Those of which nothing is known.
        known: Those that count as known.
    """

    dated: tuple[tuple[datetime, Item], ...] = ()
    undated: tuple[Item, ...] = ()
    known: tuple[Item, ...] = ()


def split(entries: Sequence[ParsedEntry], window: Window) -> Split:
    """Tell the pages that are to be taken from those that are not."""
    dates = [entry.hints.updated_at or entry.hints.published_at for entry in entries]
    meaningless = _time_of_making(dates)
    dated: list[tuple[datetime, Item]] = []
    undated: list[Item] = []
    for entry, date in zip(entries, dates, strict=True):
        if entry.link is None:
            continue
        if date is None or date == meaningless or date > window.until:
            undated.append(_item(entry, entry.link, None))
        elif date >= window.since:
            dated.append((date, _item(entry, entry.link, date)))
    dated.sort(key=lambda pair: pair[0], reverse=True)
    if window.is_first:
        return Split(tuple(dated), (), tuple(undated))
    return Split(tuple(dated), tuple(undated))


def chosen(children: Iterable[ParsedChild], window: Window) -> list[ParsedChild]:
    """The sitemaps of an index that may hold something new, best first.

    A sitemap may have changed on the day of its date after that time: many dates are days.
    """
    last = window.since if window.is_first else window.last - _DAY
    worth = [one for one in children if one.modified_at is None or one.modified_at >= last]

    def order(child: ParsedChild) -> tuple[bool, float, list[str]]:
        moment = child.modified_at.timestamp() if child.modified_at else 0.0
        numbers = [part.zfill(12) for part in re.findall(r"\d{1,12}", child.url[:500])]
        return bool(_NEWS.search(urlsplit(child.url).path)), moment, numbers

    return sorted(worth, key=order, reverse=True)


@dataclass(slots=True)
class _Reading:
    """Reads the sitemaps of an index, which may be indexes themselves."""

    window: Window
    means: Means
    found: list[Split] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    async def read(self, children: Iterable[ParsedChild]) -> None:
        """Read as many as are read at a look.

        Raises:
            SourceError: None of them could be read.
        """
        waiting, asked = chosen(children, self.window), set[str]()
        failures: list[SourceError] = []
        while waiting and len(asked) < MAX_SITEMAPS:
            child = waiting.pop(0)
            if child.url in asked:
                continue
            asked.add(child.url)
            try:
                parsed = await self.means.parse(await self.means.fetch(child.url, ACCEPT))
            except SourceError as error:
                failures.append(error)
                self.problems.append(f"a sitemap of the index cannot be read: {error.message}")
                continue
            waiting = chosen(parsed.children, self.window) + waiting
            if parsed.format != "sitemap-index":
                self.found.append(self._bounded(split(parsed.entries, self.window)))
        if failures and len(failures) == len(asked):
            raise failures[0]

    def _bounded(self, one: Split) -> Split:
        if len(one.undated) <= MAX_UNDATED:
            return one
        self.problems.append(
            f"a sitemap of the index has {len(one.undated)} pages without a date, and which of them "
            "are new cannot be told; make that sitemap a source of its own"
        )
        return replace(one, undated=())


def _polled(answer: Answer, found: Sequence[Split], problems: Sequence[str]) -> Polled:
    dated = sorted(
        (pair for one in found for pair in one.dated), key=lambda pair: pair[0], reverse=True
    )[:MAX_DATED]
    items: dict[str, Item] = {}
    for item in (*(item for _, item in dated), *(item for one in found for item in one.undated)):
        items.setdefault(item.key, item)
    known = {item.key: item for one in found for item in one.known if item.key not in items}
    return Polled(
        items=tuple(items.values()),
        answer=replace(answer, published=tuple(date.timestamp() for date, _ in dated)),
        problems=tuple(problems),
        known=tuple(known.values()),
    )


def _time_of_making(dates: Sequence[datetime | None]) -> datetime | None:
    """The date that most pages share, if there are enough of them."""
    counts = Counter(date for date in dates if date is not None).most_common(1)
    if not counts or counts[0][1] < max(_LEAST_SHARED, len(dates) / 2):
        return None
    return counts[0][0]


def _item(entry: ParsedEntry, link: str, date: datetime | None) -> Item:
    """A page; its fingerprint is its date, so that one that changed is read again."""
    hints = entry.hints
    if not hints.title:  # no news: its date is that of the last change
        hints = EntryHints(updated_at=date)
    return Item(
        key=urls.key(link),
        fingerprint=date.isoformat() if date else "-",
        url=link,
        identity=link,
        hints=hints,
    )
