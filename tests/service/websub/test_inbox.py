"""The inbox: bounded in number and bytes, each source in order, no two pushes of one at a time."""

from __future__ import annotations

import asyncio
import contextlib

from service.websub.inbox import Inbox, Push


def push(source_id: str, body: bytes | None = b"x") -> Push:
    return Push(source_id, "token", 0.0, body)


async def idle(_push: Push) -> None:
    pass


def test_is_bounded_in_number_and_bytes():
    inbox = Inbox(idle)
    assert inbox.has_room("a", 32_000_000)
    assert not inbox.has_room("a", 32_000_001)
    for number in range(4):
        inbox.put(push(f"large-{number}", b"x" * 7_000_000))
    assert not inbox.has_room("a", 5_000_000)
    assert inbox.has_room("a", 1_000_000)
    for number in range(196):
        inbox.put(push(f"small-{number}"))
    assert not inbox.has_room("a", 0)


def test_two_looks_that_wait_are_one():
    inbox = Inbox(idle)
    for body in (None, None, None, b"x", None, None):
        inbox.put(push("a", body))
    assert len(inbox) == 4


async def test_room_comes_back_and_sources_take_turns():
    running: set[str] = set()
    order: list[str] = []

    async def handle(one: Push) -> None:
        assert one.source_id not in running
        running.add(one.source_id)
        await asyncio.sleep(0)
        running.remove(one.source_id)
        order.append(one.source_id)

    inbox = Inbox(handle)
    for source_id in "aaaab":
        inbox.put(push(source_id, b"x" * 6_000_000))
    assert not inbox.has_room("c", 6_000_000)
    hands = [asyncio.create_task(inbox.work()) for _ in range(3)]
    async with asyncio.timeout(2):
        await inbox.emptied()
    assert inbox.has_room("c", 32_000_000)
    assert len(inbox) == 0
    assert order.index("b") < 2
    for hand in hands:
        hand.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await hand
