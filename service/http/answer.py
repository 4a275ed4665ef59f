"""What a request yields: an answer with the way to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

_NOT_MODIFIED = 304
_DELTA = 226


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a `Link` header (RFC 8288) whose context is the answer itself.

    Attributes:
        url: Absolute; http or https, otherwise unchecked.
        rels: Its relation types in lower case.
        type: The media type it says it has.
    """

    url: str
    rels: tuple[str, ...]
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Hop:
    """One request of a fetch.

    Attributes:
        url: What was asked.
        status: What was answered; None where there was no answer.
        location: Where a redirect leads, as the server wrote it.
        seconds: How long it took.
        address: The IP address that answered (the proxy's, where there is one).
    """

    url: str
    status: int | None = None
    location: str | None = None
    seconds: float = 0.0
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer. `body` is empty where the server said that nothing has changed.

    Attributes:
        url: The address as it was given.
        final_url: The address that answered.
        status: Of the last answer.
        body: Decoded.
        content_type: As sent, without what cannot be printed.
        etag: Validator byte for byte, None where there is none that could be sent back.
        last_modified: As `etag`.
        headers: Names in lower case with their first values.
        hops: Every request, the last one included.
        moved_to: Where the permanent redirects (301, 308) at the front of the chain lead.
        max_age: Seconds for which the answer is fresh, if it says so.
        retry_after: Seconds it asks to wait, if it does.
        links: Of its `Link` headers.
        wire_bytes: Of the body as it was sent.
        seconds: For all requests, without waiting for the hosts' turns.
        is_conditional: Whether validators were sent along.
    """

    url: str
    final_url: str
    status: int
    body: bytes = field(repr=False)
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hops: tuple[Hop, ...] = ()
    moved_to: str | None = None
    max_age: float | None = None
    retry_after: float | None = None
    links: tuple[Link, ...] = ()
    wire_bytes: int = 0
    seconds: float = 0.0
    is_conditional: bool = False

    @property
    def not_modified(self) -> bool:
        """Whether the server said, asked for it, that what we have is current (304).

        Unasked it says nothing: there is no body, and nothing that could stand for it.
        """
        return self.status == _NOT_MODIFIED and self.is_conditional

    @property
    def is_delta(self) -> bool:
        """Whether the body holds only the entries that are new to us (226, RFC 3229)."""
        return self.status == _DELTA
