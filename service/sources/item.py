"""What a source yields: one version of one thing to read."""

from __future__ import annotations

from dataclasses import dataclass, field

from feedmill.page import EntryHints


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
        content: The bytes, where the source has them already (local files).
        content_type: Their media type.
    """

    key: str
    fingerprint: str
    url: str
    identity: str
    hints: EntryHints = field(default_factory=EntryHints)
    content: bytes | None = field(default=None, repr=False)
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    """The outcome of one look at a source.

    Attributes:
        items: Everything it holds now, in its order.
        not_modified: The source said that nothing has changed since the last look.
        etag: Validator to send next time.
        last_modified: Validator to send next time.
        problems: What of the source could not be read, one sentence each; the rest was.
    """

    items: tuple[Item, ...] = ()
    not_modified: bool = False
    etag: str | None = None
    last_modified: str | None = None
    problems: tuple[str, ...] = ()
