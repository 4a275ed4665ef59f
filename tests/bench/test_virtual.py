"""The loop in virtual time: days pass at once, and nothing real is overtaken."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest
from redis import Redis

from bench.virtual import StuckError, VirtualLoop, redis_outside
from feedmill.store.connection import connect_async

EPOCH = 1_772_409_600.0


def run(main: Callable[[VirtualLoop], Awaitable[None]]) -> VirtualLoop:
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(EPOCH)) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        runner.run(main(loop))
        return loop


def test_a_week_of_waiting_passes_at_once() -> None:
    async def main(loop: VirtualLoop) -> None:
        await asyncio.sleep(7 * 86400)
        assert loop.unix() == pytest.approx(EPOCH + 7 * 86400)

    started = time.monotonic()
    run(main)
    assert time.monotonic() - started < 1


def test_timers_fire_in_order_and_at_their_times() -> None:
    fired: list[tuple[str, float]] = []

    async def wait(loop: VirtualLoop, name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        fired.append((name, loop.time()))

    async def main(loop: VirtualLoop) -> None:
        await asyncio.gather(wait(loop, "c", 30.5), wait(loop, "a", 1), wait(loop, "b", 30.25))

    run(main)
    assert [name for name, _ in fired] == ["a", "b", "c"]
    assert [at for _, at in fired] == pytest.approx([1, 30.25, 30.5])


def test_what_is_on_its_way_over_loopback_is_not_overtaken() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.readline():
            await asyncio.sleep(0.5)
            writer.write(b"x" * 100_000 + b"\n")
        writer.close()

    async def main(loop: VirtualLoop) -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(50):
            asked = loop.time()
            writer.write(b"?\n")
            assert len(await reader.readexactly(100_001)) == 100_001
            assert loop.time() - asked == pytest.approx(0.5)
        writer.close()
        await writer.wait_closed()
        await asyncio.sleep(1)  # until the other end has noticed
        server.close()

    run(main)


def test_time_outs_are_virtual_too() -> None:
    async def main(loop: VirtualLoop) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(3600):
                await asyncio.Event().wait()
        assert loop.time() == pytest.approx(3600)

    run(main)


def test_the_clock_stands_still_for_threads() -> None:
    async def main(loop: VirtualLoop) -> None:
        timer = asyncio.create_task(asyncio.sleep(10))
        await asyncio.to_thread(time.sleep, 0.05)
        assert loop.time() < 1
        await timer

    run(main)


def test_the_clock_stands_still_for_redis(valkey: Redis, valkey_url: str) -> None:
    async def main(loop: VirtualLoop) -> None:
        timer = asyncio.create_task(asyncio.sleep(3600))
        redis = connect_async(valkey_url)
        with redis_outside(loop):
            for number in range(100):
                await redis.set("key", number)
            assert await redis.eval("for i = 1, 1e6 do end return 5", 0) == 5  # type: ignore[misc]
            assert loop.time() == 0
            await redis.aclose()
        await timer
        assert loop.time() == pytest.approx(3600)

    run(main)
    assert valkey.get("key") == b"99"


def test_something_outside_that_never_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.virtual._STUCK_AFTER", 0.1)
    monkeypatch.setattr("bench.virtual._REAL_WAIT", 0.05)

    async def main(loop: VirtualLoop) -> None:
        with loop.outside():
            await asyncio.sleep(1)

    with pytest.raises(StuckError, match="1 things"):
        run(main)
