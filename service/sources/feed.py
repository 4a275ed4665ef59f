"""A feed over HTTP: fetch it if it has changed, parse it, make items of its entries.

Where a sitemap is found in its place, it is taken as one: nobody wants the archive of a site as news.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from feedmill import urls
from feedmill.config import Source
from feedmill.store.sources import SourceState
from service import schedule
from service.feeds.model import ParsedEntry, ParsedFeed
from service.feeds.pool import FeedParsers
from service.http import Fetched, Fetcher
from service.http.pacing import Pace
from service.sources import sitemap
from service.sources.item import Answer, Item, Polled
from service.sources.means import Means

_NOT_MODIFIED = 304
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)


async def poll(
    source: Source, state: SourceState, *, fetcher: Fetcher, parsers: FeedParsers, pace: Pace
) -> Polled:
    """Look at a feed or a sitemap, whichever is there.

    Args:
        source: The source; its address is that of the feed, unless the feed has moved for good. Its kind says
            which of the two is preferred.
        state: The validators in it are sent along, as they were received; `asked_at` is now.
        fetcher: The HTTP client.
        parsers: Where the feed is parsed.
        pace: How often its host may be asked.

    Raises:
        FetchError: It could not be had, or none of the sitemaps of an index could.
        FeedParseError: What was had is neither.
    """
    return await poll_at(
        schedule.address(state, source),
        state,
        fetcher=fetcher,
        parsers=parsers,
        pace=pace,
        known_as=source.url,
        accept=sitemap.ACCEPT if source.kind == "sitemap" else _ACCEPT,
    )


async def poll_at(
    url: str,
    state: SourceState,
    *,
    fetcher: Fetcher,
    parsers: FeedParsers,
    pace: Pace,
    known_as: str | None = None,
    accept: str = _ACCEPT,
) -> Polled:
    """Look at a feed or a sitemap at an address. Otherwise as `poll`.

    Entries without a link are named after `known_as`, so that they stay the same when the feed moves.
    """
    means = Means(fetcher, parsers, pace)
    fetched = await means.fetch(url, accept, state, delta=True)
    answer = answer_of(fetched)
    if answer.not_modified:
        return Polled(answer=still(answer, state))
    return await taken(await means.parse(fetched), fetched, known_as or url, state, means)


async def taken(
    parsed: ParsedFeed, fetched: Fetched, known_as: str, state: SourceState, means: Means
) -> Polled:
    """What is new in a feed or a sitemap that was fetched and parsed.

    Args:
        parsed: The feed or sitemap.
        fetched: The answer that it came with.
        known_as: As `poll_at`.
        state: Of the source.
        means: With which the sitemaps of an index are fetched.

    Raises:
        SourceError: None of the sitemaps of an index could be read.
    """
    answer = answer_of(fetched)
    if sitemap.is_sitemap(parsed):
        return await sitemap.polled_of(parsed, answer, state, means)
    return polled_of(parsed, known_as, answer, is_whole=not fetched.is_delta)


def answer_of(fetched: Fetched) -> Answer:
    """What an answer says about asking again."""
    links = {rel: link.url for link in reversed(fetched.links) for rel in link.rels}
    return Answer(
        not_modified=fetched.status == _NOT_MODIFIED,  # unasked too: there is no body
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        final_url=fetched.final_url,
        moved_to=fetched.moved_to,
        max_age=fetched.max_age,
        hub=links.get("hub"),
        topic=links.get("self"),
    )


def polled_of(feed: ParsedFeed, feed_url: str, answer: Answer, *, is_whole: bool = True) -> Polled:
    """The items of a parsed feed.

    Args:
        feed: The feed.
        feed_url: The address it is known by; entries without a link are named after it.
        answer: What its answer said.
        is_whole: False where the server sent only the entries that are new to us (RFC 3229).
    """
    items: dict[str, Item] = {}
    shared = _shared_guids(feed.entries)
    for entry in feed.entries:
        item = _item(entry, feed_url, shared)
        items.setdefault(item.key, item)  # of entries with the same guid the first is the newest
    dates = (entry.hints.published_at for entry in feed.entries)
    answer = replace(
        answer,
        feed=feed.hints,
        format=feed.format,
        title=feed.title,
        published=tuple(date.timestamp() for date in dates if date) if is_whole else (),
        window=len(feed.entries) if is_whole else None,
        hub=answer.hub or feed.hints.hub,
        topic=answer.topic or feed.hints.self_url,
    )
    return Polled(tuple(items.values()), answer)


def still(answer: Answer, state: SourceState) -> Answer:
    """What holds after "not modified": what the answer does not say is as it was."""
    return replace(
        answer,
        etag=answer.etag or state.etag,
        last_modified=answer.last_modified or state.last_modified,
        hub=answer.hub or state.hub,
        topic=answer.topic or state.topic,
    )


def _shared_guids(entries: Iterable[ParsedEntry]) -> frozenset[str]:
    """The guids that entries of different addresses have in common, and which therefore identify none of them."""
    links: dict[str, set[str | None]] = defaultdict(set)
    for entry in entries:
        if entry.hints.guid:
            links[entry.hints.guid].add(urls.key(entry.link) if entry.link else None)
    return frozenset(guid for guid, found in links.items() if len(found) > 1)


def _item(entry: ParsedEntry, feed_url: str, shared: frozenset[str]) -> Item:
    hints = entry.hints
    key = hints.guid or entry.link or f"{hints.title}\n{hints.published_raw}"
    if hints.guid in shared:
        key = f"{hints.guid}\n{urls.key(entry.link) if entry.link else hints.title}"
    # A redirector that says where it leads is not asked: it would count us, and may show a notice instead.
    link = urls.unwrap(entry.link) if entry.link else None
    # An entry without a link is known by its feed and key; there is no page to fetch.
    url = link or feed_url
    return Item(
        key=key,
        fingerprint=_fingerprint(entry),
        url=url,
        identity=link or f"{urls.key(feed_url)}#{urls.digest(key)}",
        hints=hints,
        feed_url=feed_url,
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
