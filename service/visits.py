"""Visits to article pages: allowed by robots.txt, paced, and only for what can be read."""

from __future__ import annotations

from typing import Protocol

from feedmill.errors import FetchError
from feedmill.store.intake import Validators
from service.http import Fetched, Fetcher
from service.http.pacing import Pace

_ACCEPT = "text/html, application/xhtml+xml;q=0.9, text/plain;q=0.5, */*;q=0.1"
_READABLE = ("text/", "application/xhtml", "application/xml")
_NOT_MODIFIED = 304
_NEVER_ASKED = Validators(None, None)


class Rules(Protocol):
    """What a site lets programs visit; see `service.http.robots`."""

    async def check(self, url: str, pace: Pace) -> None:
        """Raise FetchError if the address may not be visited (now)."""


class Visits:
    """Fetches pages of articles.

    Args:
        fetcher: The HTTP client.
        rules: The robots.txt of all sites; None to look at none.
    """

    def __init__(self, fetcher: Fetcher, rules: Rules | None) -> None:
        self._fetcher = fetcher
        self.rules = rules

    async def visit(self, url: str, pace: Pace, validators: Validators = _NEVER_ASKED) -> Fetched:
        """The page at an address, or "not modified" where validators are given.

        Every address that redirects lead to has to be allowed as the first has.

        Raises:
            FetchError: As `Fetcher.fetch`; `robots-denied`, `robots-waits`; or `not-a-page` for an answer that is
                no text.
        """

        async def allow(address: str) -> None:
            if self.rules is not None:
                await self.rules.check(address, pace)

        await allow(url)
        answer = await self._fetcher.fetch(
            url,
            pace=pace,
            accept=_ACCEPT,
            etag=validators.etag,
            last_modified=validators.last_modified,
            allow=allow,
        )
        if answer.status == _NOT_MODIFIED and not answer.not_modified:
            raise FetchError(
                "the server says that the page has not changed, which was not asked",
                kind="http-status",
                status=answer.status,
            )
        kind = (answer.content_type or "text/").strip().lower()
        if not (answer.not_modified or kind.startswith(_READABLE)):
            raise FetchError(
                "the link leads to no page to read", kind="not-a-page", status=answer.status
            )
        return answer
