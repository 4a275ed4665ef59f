"""A site's address: the feed or sitemap that is there, or the feed that its page names.

The feed that was found is polled from then on, and the page is not asked for again until the feed fails for good
or 30 days have passed. Addresses that nobody names are never tried.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from feedmill.config import Source
from feedmill.errors import FeedParseError, SourceError
from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.discover import FoundFeed, discover
from service.feeds.pool import FeedParsers
from service.http import Fetched, Fetcher
from service.http.pacing import Pace
from service.sources import feed
from service.sources.feed import still
from service.sources.item import Polled
from service.sources.means import Means

REDISCOVER_AFTER = 30 * 86_400.0  # seconds
MAX_TRIES = 3  # feeds of one page that are asked for until one can be read

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, "
    "application/xhtml+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_PAGE = re.compile(
    rb"\A\s{0,1000}(?:<\?xml[^>]{0,200}>\s{0,100})?<(?:!doctype\s+html|html)\b", re.IGNORECASE
)
_BOM = b"\xef\xbb\xbf"
_NOT_THERE = frozenset((404, 410))
_GONE = 410


async def poll(
    source: Source, state: SourceState, *, fetcher: Fetcher, parsers: FeedParsers, pace: Pace
) -> Polled:
    """Look at a site. `Answer.feed_url` says which feed was found, in looks that searched for one.

    Args:
        source: The source; its address is that of a page, a feed or a sitemap.
        state: Its `feed_url` is the feed that was found before; `asked_at` is now.
        fetcher: The HTTP client.
        parsers: Where feeds and pages are parsed.
        pace: How often hosts may be asked.

    Raises:
        FetchError: The page or the feed could not be had.
        FeedParseError: What was had cannot be read.
        SourceError: kind `no-feed`: the page names none that can be read.
    """
    means = Means(fetcher, parsers, pace)
    if state.feed_url is None:
        return await _look(source, state, means)
    if state.asked_at - state.found_at >= REDISCOVER_AFTER:
        return await _look_again(source, state, state.feed_url, means)
    try:
        return await _poll_feed(_feed_address(state, source), state, means)
    except SourceError as error:
        if not is_hard(error):
            raise
        return await _replace_feed(source, state, error, means)


def is_hard(error: SourceError) -> bool:
    """Whether an error shows that there is no feed at an address (any more)."""
    return getattr(error, "status", None) in _NOT_THERE or error.kind == "not-a-feed"


def looks_like_page(body: bytes) -> bool:
    """Whether bytes begin like an HTML page."""
    return bool(_PAGE.match(body.removeprefix(_BOM)[:4096]))


async def _look(source: Source, state: SourceState, means: Means) -> Polled:
    """Take what is at the address itself, or else the feed that it names."""
    url = schedule.address(state, source)
    fetched = await means.fetch(url, _ACCEPT, state, delta=True)
    answer = feed.answer_of(fetched)
    if answer.not_modified:
        return Polled(answer=still(answer, state))
    if not looks_like_page(fetched.body):
        try:
            parsed = await means.parse(fetched)
        except FeedParseError as error:
            if error.kind != "not-a-feed":
                raise
        else:
            return await feed.taken(parsed, fetched, source.url or url, state, means)
    return await _first_that_works(await feeds_of(fetched, means), _anew(state), means)


async def _look_again(source: Source, state: SourceState, known: str, means: Means) -> Polled:
    """Search for a feed again after a long time; the one that is known stays as long as it is named or works."""
    try:
        found = await feeds_of(await _page(source, means), means)
    except SourceError:
        found = ()
    if not found or known in {one.url for one in found}:
        return _found(await _poll_feed(_feed_address(state, source), state, means), known)
    try:
        return await _first_that_works(found, _anew(state), means)
    except SourceError:
        return _found(await _poll_feed(_feed_address(state, source), state, means), known)


async def _replace_feed(
    source: Source, state: SourceState, error: SourceError, means: Means
) -> Polled:
    """Search for another feed in place of one that is no more."""
    found = await feeds_of(await _page(source, means), means)
    others = [one for one in found if one.url != state.feed_url]
    if not others and getattr(error, "status", None) != _GONE:
        raise error  # it may come back
    return await _first_that_works(others, _anew(state), means)


async def _page(source: Source, means: Means) -> Fetched:
    return await means.fetch(source.url or "", _ACCEPT)


async def feeds_of(page: Fetched, means: Means) -> tuple[FoundFeed, ...]:
    """The feeds of articles that a page names, best first.

    Raises:
        SourceError: It is no page, or too much of one.
    """
    named = [(link.url, link.type) for link in page.links if "alternate" in link.rels]
    found = await means.parsers.run(discover, page.body, page.final_url, page.content_type, named)
    return tuple(one for one in found if not one.is_comments)


async def _poll_feed(url: str, state: SourceState, means: Means) -> Polled:
    return await feed.poll_at(
        url, state, fetcher=means.fetcher, parsers=means.parsers, pace=means.pace
    )


async def _first_that_works(found: Iterable[FoundFeed], state: SourceState, means: Means) -> Polled:
    """Poll the first feed that is one. A failure that may pass is raised: it is no reason to take another feed."""
    for one in list(found)[:MAX_TRIES]:
        try:
            return _found(await _poll_feed(one.url, state, means), one.url)
        except SourceError as error:
            if not is_hard(error):
                raise
    raise SourceError(
        "the page names no feed that can be read; write the address of a feed, or try `kind: page` "
        "or `kind: sitemap`",
        kind="no-feed",
    )


def _found(polled: Polled, feed_url: str) -> Polled:
    if polled.answer is None:
        return polled
    return replace(polled, answer=replace(polled.answer, feed_url=feed_url))


def _feed_address(state: SourceState, source: Source) -> str:
    """Where the feed is asked for: where it was found, unless it has moved for good since."""
    address = schedule.address(state, source)
    return address if address != source.url else state.feed_url or address


def _anew(state: SourceState) -> SourceState:
    """Without the validators of another address."""
    return replace(state, etag=None, last_modified=None)
