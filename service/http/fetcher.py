"""The HTTP client: one call, one value object or one `FetchError` of a fixed kind."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Self

from aiohttp.abc import AbstractResolver
from yarl import URL

from feedmill.errors import FetchError
from service.http import headers
from service.http.answer import Fetched
from service.http.client import Client
from service.http.linkheader import links
from service.http.messages import Reply, Request
from service.http.pacing import Pace, Pacer
from service.http.policy import FetchPolicy
from service.http.statuses import check_status, is_redirect
from service.http.trip import Trip

Allow = Callable[[str], Awaitable[None]]
"""Is asked before an address is; raises `FetchError` if it may not be (now)."""


class Fetcher:
    """An asynchronous context manager around one connection pool.

    No cookies are kept; proxies, credentials and `.netrc` of the environment are not used. Requests carry
    nothing secret, so that a redirect from https to http is followed like any other.

    Args:
        policy: Bounds on every request.
        resolver: What names are looked up with; that of the system by default. What it answers is checked.
        pacer: Whose turn it is at a host; one of its own by default.
        clock: Unix seconds, for dates in answers that do not say when they were sent.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        resolver: AbstractResolver | None = None,
        *,
        pacer: Pacer | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._client = Client(policy, resolver)
        self._pacer = pacer or Pacer(clock=clock)
        self._clock = clock

    @property
    def policy(self) -> FetchPolicy:
        """The bounds in force. They may be replaced at any time; `connections` stays as it is."""
        return self._client.policy

    @policy.setter
    def policy(self, policy: FetchPolicy) -> None:
        self._client.policy = policy

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.__aexit__(*error)

    async def fetch(
        self,
        url: str,
        *,
        pace: Pace | None = None,
        accept: str = "*/*",
        etag: str | None = None,
        last_modified: str | None = None,
        validators_url: str | None = None,
        delta: bool = False,
        allow: Allow | None = None,
    ) -> Fetched:
        """Fetch an address, following redirects.

        Args:
            url: The address.
            pace: How often its host, and those it leads to, may be asked; None to wait for no turn.
            accept: The `Accept` header.
            etag: Ask only for a version other than this one.
            last_modified: As `etag`, by date; both are sent as they were received.
            validators_url: The address that sent them, which alone gets them back; every hop if it is not known.
            delta: Whether only the entries that are new may be sent (RFC 3229), where validators are.
            allow: Is asked about every address that a redirect leads to; the first is the caller's own choice.

        Raises:
            FetchError: The kinds are listed there; or what `allow` raises. `hops` tells how far it came.
        """
        conditions = _conditions(etag, last_modified, delta=delta)
        plain = Request({"Accept": accept})
        conditional = Request({"Accept": accept, **conditions})
        trip = Trip(url, self.policy)
        with trip.told():
            target = trip.first()
            while True:
                is_theirs = validators_url is None or validators_url == str(target)
                request = conditional if is_theirs else plain
                reply = await self._hop(trip, request, target, pace)
                if not is_redirect(reply.status):
                    break
                target = trip.next(reply, target)
                if allow is not None:
                    await allow(str(target))
            check_status(reply, wait=self._wait(reply))
            return self._fetched(trip, request, reply)

    async def post(self, url: str, form: Mapping[str, str], *, pace: Pace | None = None) -> Fetched:
        """Send a form. Redirects are not followed, and any answer is an answer, whatever its status.

        Raises:
            FetchError: There was no answer.
        """
        request = Request(form=form)
        trip = Trip(url, self.policy)
        with trip.told():
            reply = await self._hop(trip, request, trip.first(), pace)
            return self._fetched(trip, request, reply)

    async def _hop(self, trip: Trip, request: Request, target: URL, pace: Pace | None) -> Reply:
        host = target.raw_host or ""
        async with self._pacer.turn(host, pace) if pace else contextlib.nullcontext():
            try:
                reply = await trip.hop(target, self._client.send(request, target))
            except FetchError as error:
                if error.status is not None:
                    self._pacer.answered(host, error.status, None)
                raise
            self._pacer.answered(host, reply.status, self._wait(reply))
            return reply

    def _wait(self, reply: Reply) -> float | None:
        """Seconds that an answer asks to wait, within what the policy grants."""
        asked = headers.retry_after(reply.headers, now=self._clock())
        return None if asked is None else min(asked, self.policy.most_retry_after)

    def _fetched(self, trip: Trip, request: Request, reply: Reply) -> Fetched:
        said, final_url = reply.headers, trip.hops[-1].url
        controls, linked = said.getall("Cache-Control", ()), said.getall("Link", ())
        return Fetched(
            url=trip.url,
            final_url=final_url,
            status=reply.status,
            body=reply.body.content,
            content_type=headers.content_type(said),
            etag=headers.validator(said.get("ETag")),
            last_modified=headers.validator(said.get("Last-Modified")),
            headers={name.lower(): headers.text(said[name]) for name in said},
            hops=tuple(trip.hops),
            moved_to=trip.moved_to,
            max_age=headers.max_age(said, controls, now=self._clock()),
            retry_after=self._wait(reply),
            links=links(linked, URL(final_url)),
            wire_bytes=reply.body.wire_bytes,
            seconds=sum(hop.seconds for hop in trip.hops),
            is_conditional=request.is_conditional,
        )


def _conditions(etag: str | None, last_modified: str | None, *, delta: bool) -> dict[str, str]:
    """The headers of a conditional request; a validator that could not be sent is left out."""
    named = {
        "If-None-Match": headers.validator(etag),
        "If-Modified-Since": headers.validator(last_modified),
    }
    conditions = {name: value for name, value in named.items() if value}
    if delta and conditions:
        conditions["A-IM"] = "feed"
    return conditions
