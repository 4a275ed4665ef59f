"""What a look at a source over HTTP is made with."""

from __future__ import annotations

from dataclasses import dataclass

from feedmill.store.sources import SourceState
from service.feeds.model import ParsedFeed
from service.feeds.pool import FeedParsers
from service.http import Fetched, Fetcher
from service.http.pacing import Pace


@dataclass(frozen=True, slots=True)
class Means:
    """What a look is made with.

    Attributes:
        fetcher: The HTTP client.
        parsers: Where what strangers wrote is parsed.
        pace: How often hosts may be asked.
    """

    fetcher: Fetcher
    parsers: FeedParsers
    pace: Pace

    async def fetch(
        self, url: str, accept: str, state: SourceState | None = None, *, delta: bool = False
    ) -> Fetched:
        """Fetch an address; with a state, only another version than the one that it remembers.

        With `delta` the server may send the new entries alone (RFC 3229).

        Raises:
            FetchError: It could not be had.
        """
        return await self.fetcher.fetch(
            url,
            pace=self.pace,
            accept=accept,
            etag=state.etag if state else None,
            last_modified=state.last_modified if state else None,
            validators_url=state.validators_url if state else None,
            delta=delta,
        )

    async def parse(self, fetched: Fetched) -> ParsedFeed:
        """Parse what was fetched as a feed or a sitemap.

        Raises:
            FeedParseError: It is none.
        """
        return await self.parsers.parse(fetched.body, fetched.final_url, fetched.content_type)
