"""A feed over HTTP: fetch it if it has changed, parse it, make items of its entries."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from feedmill import urls
from feedmill.store.sources import SourceState
from service.feeds.model import ParsedEntry
from service.feeds.pool import FeedParsers
from service.http import Fetcher
from service.http.pacing import Pace
from service.sources.item import Answer, Item, Polled

_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)


async def poll(
    url: str, state: SourceState, *, fetcher: Fetcher, parsers: FeedParsers, pace: Pace
) -> Polled:
    """Look at a feed.

    Args:
        url: Its address.
        state: The validators of the last look are sent along, as they were received.
        fetcher: The HTTP client.
        parsers: Where the feed is parsed.
        pace: How often its host may be asked.

    Raises:
        FetchError: The feed could not be had.
        FeedParseError: What was had is no feed.
    """
    answer = await fetcher.fetch(
        url, pace=pace, accept=_ACCEPT, etag=state.etag, last_modified=state.last_modified
    )
    told = Answer(
        not_modified=answer.not_modified,
        etag=answer.etag,
        last_modified=answer.last_modified,
        final_url=answer.final_url,
    )
    if answer.not_modified:
        etag, modified = answer.etag or state.etag, answer.last_modified or state.last_modified
        return Polled(answer=replace(told, etag=etag, last_modified=modified))
    feed = await parsers.parse(answer.body, answer.final_url, answer.content_type)
    items: dict[str, Item] = {}
    for entry in feed.entries:
        item = _item(entry, url)
        items.setdefault(item.key, item)  # of entries with the same guid the first is the newest
    told = replace(
        told, feed=feed.hints, format=feed.format, title=feed.title, window=len(feed.entries)
    )
    return Polled(tuple(items.values()), told)


def _item(entry: ParsedEntry, feed_url: str) -> Item:
    hints = entry.hints
    key = hints.guid or entry.link or f"{hints.title}\n{hints.published_raw}"
    # An entry without a link is known by its feed and key; there is no page to fetch.
    url = entry.link or feed_url
    return Item(
        key=key,
        fingerprint=_fingerprint(entry),
        url=url,
        identity=entry.link or f"{urls.key(feed_url)}#{urls.digest(key)}",
        hints=hints,
    )


def _fingerprint(entry: ParsedEntry) -> str:
    """Changes when the feed says that the article has changed.

    The address, the dates and the title tell; the summary only where there is no date, because some feeds put counters
    and advertisements there that differ at every look.
    """
    hints = entry.hints
    link = urls.key(entry.link) if entry.link else None
    dates = (hints.updated_at, hints.published_raw)
    told = (link, hints.title, *(dates if any(dates) else (hints.summary,)))
    return hashlib.blake2b("\n".join(map(str, told)).encode(), digest_size=8).hexdigest()
