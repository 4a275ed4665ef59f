"""A page that lists articles: its links are the items."""

from __future__ import annotations

from dataclasses import replace

from feedmill import urls
from feedmill.config import Source
from feedmill.page import EntryHints
from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.listing import ListedLink, listed
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.http.pacing import Pace
from service.sources import feed
from service.sources.feed import still
from service.sources.item import Item, Polled
from service.sources.means import Means

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


async def poll(
    source: Source, state: SourceState, *, fetcher: Fetcher, parsers: FeedParsers, pace: Pace
) -> Polled:
    """Look at a list page. Its links are known by their addresses: one that was seen stays known.

    Args:
        source: The source; `select` says which links are meant.
        state: The validators in it are sent along.
        fetcher: The HTTP client.
        parsers: Where the page is parsed.
        pace: How often its host may be asked.

    Raises:
        FetchError: The page could not be had.
        SourceError: kind `no-links`: no link of it is one to an article; `selector`, `not-a-page`, `too-big`.
    """
    means = Means(fetcher, parsers, pace)
    fetched = await means.fetch(schedule.address(state, source), _ACCEPT, state)
    answer = feed.answer_of(fetched)
    if answer.not_modified:
        return Polled(answer=still(answer, state))
    links = await parsers.run(
        listed, fetched.body, fetched.final_url, fetched.content_type, source.select
    )
    dates = (link.published_at for link in links)
    answer = replace(
        answer,
        format="page",
        published=tuple(date.timestamp() for date in dates if date),
        window=len(links),
    )
    return Polled(tuple(map(_item, links)), answer)


def _item(link: ListedLink) -> Item:
    return Item(
        key=urls.key(link.url),
        fingerprint="-",  # a list says nothing about changes of what it lists
        url=link.url,
        identity=link.url,
        hints=EntryHints(title=link.title, published_at=link.published_at),
    )
