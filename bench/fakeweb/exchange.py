"""What the fake web notes of every request: all that the rules are checked against."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Role = Literal["feed", "hop", "page", "robots", "hub", "unknown"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. `host` is without its port; header names are lower-case."""

    method: str
    host: str
    target: str
    headers: dict[str, str]


@dataclass(slots=True)
class Exchange:
    """A request and what was answered. Times are Unix seconds.

    Attributes:
        at: When the request was there.
        asked: The request.
        lane: The registrable domain of its host.
        role: What lies at the address: `hop` is a redirect, `feed` the last address of one.
        feed: Id of the feed it belongs to.
        status: Of the answer; 0 for none.
        location: Where it redirects to, without scheme and port.
        etag: As issued.
        last_modified: As issued.
        retry_at: Until when the answer asks to be left alone.
        wait: Seconds that the answer asks to leave until the next look, as rule 9 counts them.
        skip_hours: Hours in GMT in which the feed asks not to come.
        skip_days: Days of the week in which the feed asks not to come, Monday is 0.
        items: The first item delivered, and one more than the last.
        is_broken: The body is no feed.
        disallows: Paths that a robots.txt forbids; None if it is not to be had.
        crawl_delay: Seconds that a robots.txt asks to leave between requests.
        sent: Bytes of the answer that were sent.
        ended: When the last byte was sent or the connection lost; 0 while it is open.
        is_whole: The answer was sent to its end.
    """

    at: float
    asked: Asked
    lane: str
    role: Role = "unknown"
    feed: str | None = None
    status: int = 0
    location: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    retry_at: float | None = None
    wait: float = 0.0
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    items: tuple[int, int] = (0, 0)
    is_broken: bool = False
    disallows: tuple[str, ...] | None = ()
    crawl_delay: float = 0.0
    sent: int = 0
    ended: float = 0.0
    is_whole: bool = False

    @property
    def place(self) -> str:
        """The address without scheme and port."""
        return self.asked.host + self.asked.target

    @property
    def if_none_match(self) -> str | None:
        """The ETag that was sent along."""
        return self.asked.headers.get("if-none-match")

    @property
    def if_modified_since(self) -> str | None:
        """The date that was sent along."""
        return self.asked.headers.get("if-modified-since")

    @property
    def is_conditional(self) -> bool:
        """Whether any validator was sent along."""
        return self.if_none_match is not None or self.if_modified_since is not None


@dataclass(frozen=True, slots=True)
class Reply:
    """What a server sends.

    Attributes:
        status: HTTP status.
        headers: Names and values.
        body: The bytes; `Content-Length` is added.
        latency: Seconds until the first byte.
        play: `whole`, or how it goes wrong; see `plan.Trouble`.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)
    latency: float = 0.1
    play: Literal["whole", "silent", "slow", "endless", "bomb", "reset"] = "whole"


def lane_of(host: str) -> str:
    """The registrable domain of a name of the fake web, all of which end in `.example`."""
    return ".".join(host.split(".")[-2:])
