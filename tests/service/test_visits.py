"""Visits to article pages: robots.txt is asked about every address on the way, before that is."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import web

from feedmill.errors import FetchError
from service.http import Fetched, Fetcher
from service.http.pacing import Pacer
from service.http.robots import Robots
from service.visits import Visits
from tests.service.http.names import Names
from tests.service.support import AT_ONCE, Server, policy, serving


@dataclass
class Web:
    """Hosts of made-up names on one server; a page that leads on names the address.

    Attributes:
        rules: The robots.txt of each host: a text, or a status.
        leads: Where pages lead, by host and path: an address, or a path on the same host.
    """

    rules: dict[str, str | int] = field(default_factory=dict)
    leads: dict[str, str] = field(default_factory=dict)
    server: Server = field(default_factory=lambda: Server(""))
    visits: Visits = field(init=False)

    def url(self, place: str) -> str:
        host, _, path = place.partition("/")
        return f"http://{host}:{self.server.base.rpartition(':')[2]}/{path}"

    async def answer(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        if request.path == "/robots.txt":
            said = self.rules.get(host, 404)
            is_status = isinstance(said, int)
            return web.Response(status=said) if is_status else web.Response(text=said)
        to = self.leads.get(host + request.path)
        if to is not None:
            raise web.HTTPFound(to if to.startswith("/") else self.url(to))
        return web.Response(text="<p>A page</p>", content_type="text/html")

    @property
    def asked(self) -> list[str]:
        return [request.host.partition(":")[0] + request.path for request in self.server.requests]

    async def visit(self, place: str) -> Fetched:
        return await self.visits.visit(self.url(place), AT_ONCE)

    async def refused(self, place: str) -> FetchError:
        with pytest.raises(FetchError) as caught:
            await self.visit(place)
        return caught.value


@pytest.fixture
async def made() -> AsyncIterator[Web]:
    world, pacer = Web(), Pacer()
    async with contextlib.AsyncExitStack() as stack:
        world.server = await stack.enter_async_context(serving(world.answer))
        client = Fetcher(policy(), Names("127.0.0.1"), pacer=pacer)
        fetcher = await stack.enter_async_context(client)
        world.visits = Visits(fetcher, Robots(fetcher, None, pacer=pacer))
        yield world


async def test_a_redirect_to_a_path_that_may_not_be_visited_is_not_followed(made: Web):
    made.rules["news.test"] = "User-agent: *\nDisallow: /private"
    made.leads["news.test/1"] = "/private/1"
    error = await made.refused("news.test/1")
    assert (error.kind, error.retryable) == ("robots-denied", False)
    assert [(hop.status, hop.location) for hop in error.hops] == [(302, "/private/1")]
    assert error.final_url == made.url("news.test/1")
    assert made.asked == ["news.test/robots.txt", "news.test/1"]


async def test_a_redirect_to_a_host_that_wants_no_programs_is_not_followed(made: Web):
    made.rules["other.test"] = "User-agent: *\nDisallow: /"
    made.leads |= {"news.test/1": "/2", "news.test/2": "other.test/page"}
    error = await made.refused("news.test/1")
    assert (error.kind, len(error.hops)) == ("robots-denied", 2)
    assert "other.test/page" not in made.asked
    assert (await made.refused("other.test/page")).kind == error.kind  # as if it were asked first


async def test_a_page_waits_while_the_rules_of_where_it_leads_cannot_be_had(made: Web):
    made.rules["other.test"] = 500
    made.leads["news.test/1"] = "other.test/page"
    error = await made.refused("news.test/1")
    assert (error.kind, error.retryable, len(error.hops)) == ("robots-waits", True, 1)
    assert error.retry_after is not None
    assert "other.test/page" not in made.asked


async def test_where_redirects_may_lead_they_are_followed(made: Web):
    made.rules["other.test"] = "User-agent: *\nDisallow: /private\nCrawl-delay: 0.01"
    made.leads["news.test/1"] = "other.test/page"
    answer = await made.visit("news.test/1")
    assert (answer.status, answer.final_url) == (200, made.url("other.test/page"))
    assert made.asked[2:] == ["other.test/robots.txt", "other.test/page"]


async def test_who_ignores_robots_follows_redirects_everywhere(made: Web):
    made.rules["other.test"] = "User-agent: *\nDisallow: /"
    made.leads["news.test/1"] = "other.test/page"
    made.visits.rules = None
    assert (await made.visit("news.test/1")).status == 200
    assert made.asked == ["news.test/1", "other.test/page"]
