"""A hub on loopback, and a subscriber that is told about it."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from feedmill.store.connection import connect_async
from feedmill.store.keys import Keys
from feedmill.store.subscriptions import Subscriptions
from service.http import Fetcher
from service.pushes import ask_hub
from service.websub import HubAnswer, WebSub, WebSubOptions
from tests.service.support import LOOPBACK, policy, rss, rss_item, serving

PUBLIC = "https://feedmill.example/hooks"
TOPIC = "http://news.example/feed.xml"
FEED = rss(rss_item(1, "http://news.example/1"))


@dataclass
class Clock:
    """The real time, moved on by hand."""

    offset: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset


@dataclass
class Hub:
    """A hub. It verifies at once unless told otherwise, and keeps the secrets by callback."""

    address: str = ""
    lease: str | None = "864000"
    status: int = 202
    leaving: int = 202
    reason: str = ""
    verifies: bool = True
    port: int = 0
    forms: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, str, Mapping[str, str]]] = field(default_factory=list)

    @property
    def modes(self) -> list[str]:
        return [form["hub.mode"] for form in self.forms]

    @property
    def statuses(self) -> list[int]:
        return [status for status, _, _ in self.answers]

    async def subscribed(self, request: web.Request) -> web.Response:
        fields = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(fields)
        status = self.leaving if fields["hub.mode"] == "unsubscribe" else self.status
        if self.verifies and status == 202:
            await self.verify(fields)
        return web.Response(status=status, text=self.reason)

    async def verify(self, fields: Mapping[str, str], **more: str) -> int:
        query = {name: fields[name] for name in ("hub.mode", "hub.topic")}
        query |= {"hub.challenge": "c" * 40} | (
            {"hub.lease_seconds": self.lease} if self.lease else {}
        )
        query |= {f"hub.{name}": value for name, value in more.items()}
        request = aiohttp.request("GET", self.reach(fields), params=query)
        async with request as answer:
            self.answers.append((answer.status, await answer.text(), answer.headers))
            return answer.status

    async def push(self, body: bytes = FEED, *, method: str = "sha256", **more: Any) -> int:
        """Push to the newest callback; `signature` and `form` replace what would be used."""
        fields = more.get("form") or self.forms[-1]
        signature = more.get("signature", sign(fields.get("hub.secret", ""), body, method))
        headers = {"Content-Type": "application/rss+xml"}
        headers |= {"X-Hub-Signature": signature} if signature is not None else {}
        request = aiohttp.request("POST", self.reach(fields), data=body, headers=headers)
        async with request as answer:
            return answer.status

    def reach(self, fields: Mapping[str, str]) -> str:
        """A callback as the reverse proxy passes it on."""
        return fields["hub.callback"].replace(
            "https://feedmill.example", f"http://127.0.0.1:{self.port}"
        )


def sign(secret: str, body: bytes, method: str = "sha256") -> str:
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


@contextlib.asynccontextmanager
async def hub() -> AsyncIterator[Hub]:
    fake = Hub()
    async with serving(fake.subscribed) as server:
        fake.address = f"{server.base}/hub"
        yield fake


async def post(url: str, fields: Mapping[str, str], *, networks=(LOOPBACK,)) -> HubAnswer:
    """As the service does it, with its guard."""
    async with Fetcher(policy(allow_networks=networks)) as fetcher:
        return await ask_hub(fetcher, url, fields)


@dataclass
class Service:
    """What a subscriber brings to the service."""

    websub: WebSub
    clock: Clock
    delivered: list[tuple[str, bytes, str | None]]
    looked: list[str]
    busy: asyncio.Event

    def pass_time(self, seconds: float) -> None:
        self.clock.offset += seconds
        self.websub._ledger.changed.set()


@contextlib.asynccontextmanager
async def service(
    url: str, fake: Hub, clock: Clock | None = None, **more: Any
) -> AsyncIterator[Service]:
    """A subscriber that chance has no part in; `error` is what taking pushes in raises."""
    redis = connect_async(url)
    clock, free = clock or Clock(), asyncio.Event()
    free.set()
    delivered, looked = [], []

    async def deliver(source_id: str, body: bytes, content_type: str | None) -> None:
        await free.wait()
        if "error" in more:
            raise more["error"]
        delivered.append((source_id, body, content_type))

    async def look(source_id: str) -> None:
        looked.append(source_id)

    options = WebSubOptions(PUBLIC, "127.0.0.1:0", max_bytes=100_000)
    subscriptions = Subscriptions(redis, Keys())
    websub = WebSub(
        options,
        subscriptions,
        more.get("post", post),
        deliver,
        look,
        clock=clock,
        random=lambda: 0.0,
    )
    try:
        async with websub:
            fake.port = websub.port
            yield Service(websub, clock, delivered, looked, free)
    finally:
        await redis.aclose()
