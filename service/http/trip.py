"""One fetch under way: where it has been, where it goes next, and how much time is left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import replace
from typing import Any

from yarl import URL

from feedmill.errors import FetchError
from service.http import headers
from service.http.answer import Hop
from service.http.failures import failure
from service.http.messages import Reply
from service.http.policy import FetchPolicy
from service.http.statuses import is_permanent
from service.http.targets import check_url, redirected

_MAX_LOCATION = 2048  # characters that are told of one


class Trip:
    """The hops of one fetch.

    Args:
        url: Where it begins.
        policy: The bounds on it as a whole.

    Attributes:
        hops: Every request so far.
        moved_to: Where the permanent redirects at the front of the chain lead.
    """

    def __init__(self, url: str, policy: FetchPolicy) -> None:
        self.url = url
        self.hops: list[Hop] = []
        self.moved_to: str | None = None
        self._policy = policy
        self._left = policy.seconds
        self._asked: set[URL] = set()
        self._is_permanent = True

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Whatever error ends the fetch tells how far it came."""
        try:
            yield
        except FetchError as error:
            error.hops = tuple(self.hops)
            if self.hops:
                error.final_url = self.hops[-1].url
            raise

    def first(self) -> URL:
        """The first address to ask.

        Raises:
            FetchError: As `check_url`.
        """
        return self._checked(self.url)

    async def hop(self, target: URL, sending: Coroutine[Any, Any, Reply]) -> Reply:
        """Make one request, in the time that is left for all of them; waiting for turns does not count.

        Raises:
            FetchError: As `Client.send`.
        """
        self._asked.add(target)
        clock = asyncio.get_running_loop().time
        made, started = Hop(str(target)), clock()
        try:
            async with asyncio.timeout(max(self._left, 0.0)):
                reply = await sending
            made = replace(
                made, status=reply.status, location=_location(reply), address=reply.address
            )
        except TimeoutError as error:
            raise failure(error) from error
        except FetchError as error:
            made = replace(made, status=error.status)
            raise
        finally:
            seconds = clock() - started
            self._left -= seconds
            self.hops.append(replace(made, seconds=seconds))
        return reply

    def next(self, reply: Reply, target: URL) -> URL:
        """Where a redirect leads.

        Raises:
            FetchError: kind `redirects` for a loop, a chain that is too long, or one that leads nowhere;
                otherwise as `check_url`.
        """
        if len(self.hops) > self._policy.max_redirects:
            raise _astray(f"more than {self._policy.max_redirects} redirects", reply)
        locations = reply.headers.getall("Location", ())
        if len(locations) != 1:
            raise _astray("the server redirects to nowhere, or to two addresses at once", reply)
        following = self._checked(redirected(locations[0], target))
        if following in self._asked:
            raise _astray("the redirects go round in a circle", reply)
        self._is_permanent = self._is_permanent and is_permanent(reply.status)
        if self._is_permanent:
            self.moved_to = str(following)
        return following

    def _checked(self, url: str) -> URL:
        return check_url(url, self._policy.ports, self._policy.allow_networks)


def _location(reply: Reply) -> str | None:
    value = reply.headers.get("Location")
    return None if value is None else headers.text(value)[:_MAX_LOCATION]


def _astray(message: str, reply: Reply) -> FetchError:
    return FetchError(message, kind="redirects", status=reply.status)
