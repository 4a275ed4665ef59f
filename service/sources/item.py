"""What a source yields: one version of one thing to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from feedmill.page import EntryHints
from service.feeds.model import FeedHints


@dataclass(frozen=True, slots=True)
class Item:
    """One version of one article, before its page is there.

    Attributes:
        key: Identifies the article within its source over all its versions: a feed's guid, a path.
        fingerprint: Differs when the source shows that the article has changed.
        url: Its address; a `file:` address for local files.
        identity: What the article's identity is made from; `url` except for local files, where it
            is the path as configured, so that moving the folder changes nothing.
        hints: What the source says about the article.
        feed_url: The feed that lists it, where that is another address than the source's own.
        content: The bytes, where the source has them already (local files).
        content_type: Their media type.
        fetched_at: When somebody else had them from the web (WARC files).
    """

    key: str
    fingerprint: str
    url: str
    identity: str
    hints: EntryHints = field(default_factory=EntryHints)
    feed_url: str | None = None
    content: bytes | None = field(default=None, repr=False)
    content_type: str | None = None
    fetched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the answers of a source say about asking again; see `service.schedule`.

    Attributes:
        not_modified: The server said that nothing has changed since the last look.
        etag: Validator to send next time, byte for byte.
        last_modified: Validator to send next time, byte for byte.
        final_url: The address that answered, which the validators belong to.
        moved_to: Where the permanent redirects at the front of the chain lead (301, 308), if there were any.
        max_age: Seconds for which the answer is fresh (`Cache-Control: max-age`, or `Expires`).
        feed: What the feed says about itself.
        format: Of the feed; None where none was parsed.
        title: Of the feed.
        published: When its entries were published, Unix seconds, those that say so.
        window: How many entries it holds; None where none were parsed.
        feed_url: The feed that was found at a site's address.
        hub: The WebSub hub of the feed (`Link` header before feed), if it names one.
        topic: What to subscribe to there.
    """

    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    final_url: str | None = None
    moved_to: str | None = None
    max_age: float | None = None
    feed: FeedHints = field(default_factory=FeedHints)
    format: str | None = None
    title: str | None = None
    published: tuple[float, ...] = ()
    window: int | None = None
    feed_url: str | None = None
    hub: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """The outcome of one look at a source.

    Attributes:
        items: Everything it holds now, in its order.
        answer: What the server and the feed said about asking again; None for local files.
        problems: What of the source could not be read, one sentence each; the rest was.
        known: Items that count as seen without being taken, such as a site's archive at the first look.
    """

    items: tuple[Item, ...] = ()
    answer: Answer | None = None
    problems: tuple[str, ...] = ()
    known: tuple[Item, ...] = ()
