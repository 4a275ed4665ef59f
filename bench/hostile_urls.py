"""Hostile addresses: names that lead inside, numbers in disguise, redirects, answers that change.

A secret server listens on 127.0.0.1 and ::1, the attacker's on 127.0.0.2, the only address that is allowed. Names
resolve from the table that comes with the cases.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from bench.hostile_case import OK, Case, Result, play
from service.http import Fetcher, FetchPolicy

_SECRET, _PUBLIC = "21401", "21402"  # the ports in the cases; here they are others
_ATTACKER = "127.0.0.2"


class TableResolver(AbstractResolver):
    """Resolves names from a table, and no other name. Names that begin with `rebind` change their minds."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        self._table = table
        self._asked = dict.fromkeys(table, 0)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """The answers of the table."""
        del family
        name = host.lower().rstrip(".")
        with contextlib.suppress(OSError):  # as the system's would: a number in an old spelling
            return [_answer(host, socket.inet_ntoa(socket.inet_aton(name)), port)]
        if name not in self._table:
            raise socket.gaierror(socket.EAI_NONAME, "not in the table")
        addresses = self._table[name]
        if name.startswith("rebind"):
            addresses = [addresses[min(self._asked[name], len(addresses) - 1)]]
            self._asked[name] += 1
        return [_answer(host, address, port) for address in addresses]

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Servers:
    """The two servers: where they are, and how often the secret one was reached."""

    secret_port: int = 0
    public_port: int = 0
    visits: int = 0
    locations: dict[str, list[str]] = field(default_factory=dict)

    def here(self, url: str) -> str:
        """An address of a case with the ports of this run."""
        return url.replace(_SECRET, str(self.secret_port)).replace(_PUBLIC, str(self.public_port))

    async def visit(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take note of who comes to the secret server."""
        self.visits += 1
        writer.close()

    async def attack(self, request: web.Request) -> web.StreamResponse:
        """Redirect as the case says, or be a good page."""
        if request.path not in self.locations:
            return web.Response(text="fine")
        response = web.Response(status=302)
        for location in self.locations[request.path]:
            response.headers.add("Location", self.here(location))
        return response


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """Both servers, listening."""
    both = Servers()
    async with contextlib.AsyncExitStack() as stack:
        inside = await asyncio.start_server(both.visit, "127.0.0.1", 0)
        await stack.enter_async_context(inside)
        both.secret_port = inside.sockets[0].getsockname()[1]
        with contextlib.suppress(OSError):  # not every machine has IPv6
            inside6 = await asyncio.start_server(both.visit, "::1", both.secret_port)
            await stack.enter_async_context(inside6)
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", both.attack)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, _ATTACKER, 0).start()
        both.public_port = runner.addresses[0][1]
        yield both


async def results(folder: Path, policy: FetchPolicy) -> list[Result]:
    """Try every address of `urls.json` in a folder."""
    told = json.loads((folder / "urls.json").read_text(encoding="utf-8"))
    async with servers() as both:
        both.locations = {
            "/" + one["url"].split("/", 3)[3]: one["location"] for one in told["redirects"]
        }
        async with Fetcher(policy_for(both, policy), TableResolver(told["dns"])) as fetcher:
            attacks = [
                await _attempt(one, "leads to nobody but the attacker", both, fetcher)
                for one in [*told["attacks"], *told["redirects"]]
            ]
            controls = [await _attempt(one, "fetched", both, fetcher) for one in told["controls"]]
    return attacks + controls


def policy_for(both: Servers, policy: FetchPolicy) -> FetchPolicy:
    """A policy that lets the attacker's server be asked, and no other address."""
    return FetchPolicy(
        seconds=policy.seconds,
        allow_networks=(f"{_ATTACKER}/32",),  # type: ignore[arg-type] # it may be text
        ports=frozenset({both.public_port, both.secret_port}),
    )


async def _attempt(told: dict[str, Any], expect: str, both: Servers, fetcher: Fetcher) -> Result:
    async def fetch() -> tuple[str, list[str]]:
        before = both.visits
        try:
            answer = await fetcher.fetch(both.here(told["url"]))
        finally:
            await asyncio.sleep(0)
            if both.visits > before:
                raise RuntimeError("the secret server was reached")
        return OK, [] if answer.body == b"fine" else ["another body"]

    return await play(Case(told["id"], told["what"], expect, 10.0), fetch)


def _answer(host: str, address: str, port: int) -> ResolveResult:
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    return ResolveResult(
        hostname=host,
        host=address,
        port=port,
        family=family,
        proto=0,
        flags=socket.AI_NUMERICHOST,
    )
