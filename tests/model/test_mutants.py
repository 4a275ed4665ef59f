"""The model can fail: of scripts with one thing wrong in them, it finds what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from feedmill.page import Page
from feedmill.store import scripts
from feedmill.store.commit import Committed, Committer
from feedmill.store.intake import Intake, Mark
from tests.model import programs
from tests.model import test_every_call as single
from tests.model.programs import World
from tests.model.test_nothing_lost import FEW, MORE, machine
from workers.worker import PageWorker

_NO_MERCY = settings(FEW, max_examples=60, phases=[Phase.generate], report_multiple_bugs=False)

MUTANTS = {
    # name: (script, what stands there, what stands there instead)
    "accepted without its bytes": (
        "accept.lua",
        "redis.call('SET', raw, body, 'EX', ARGV[3])",
        "",
    ),
    "accepted and not pending": (
        "accept.lua",
        "redis.call('ZADD', pending, 'NX', ARGV[4], id)",
        "",
    ),
    "accepted and not marked": ("accept.lua", "redis.call('HSET', KEYS[6], ARGV[7], ARGV[8])", ""),
    "bytes counted again": ("accept.lua", "#body - counted", "#body"),
    "bounds do not hold": ("accept.lua", "pages >= most_pages", "pages > most_pages"),
    "finished pages are worked on": (
        "begin.lua",
        "if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return {} end",
        "",
    ),
    "attempts are not counted": (
        "begin.lua",
        "redis.call('HINCRBY', KEYS[2], ARGV[1], 1)",
        "(redis.call('HSETNX', KEYS[2], ARGV[1], 1) and 1)",
    ),
    "committed and still pending": (
        "commit.lua",
        "redis.call('ZREM', pending, call.page) == 1",
        "redis.call('ZSCORE', pending, call.page)",
    ),
    "counted although finished": (
        "commit.lua",
        "if redis.call('ZREM', pending, call.page) == 1 then",
        "redis.call('ZREM', pending, call.page)\nif true then",
    ),
    "bytes of committed pages stay": (
        "commit.lua",
        "redis.call('DECRBY', waiting_bytes, redis.call('STRLEN', raw))",
        "",
    ),
    "attempts of committed pages stay": (
        "commit.lua",
        "redis.call('HDEL', attempts, call.page)",
        "",
    ),
    "raw pages stay": ("commit.lua", "redis.call('UNLINK', raw)", ""),
    "compared with another revision": (
        "commit.lua",
        "tonumber(call.rev) ~= tonumber(rev)",
        "false",
    ),
    "not compared at all": ("commit.lua", "if call.known ~= id or", "if call.known == id and"),
    "an older version wins": ("commit.lua", "later < 0 or", "false or"),
    "a copy is announced again": (
        "commit.lua",
        "redis.call('HEXISTS', copies, call.url) == 1 or",
        "",
    ),
    "a copy's edit overwrites": ("commit.lua", "name_all('=' .. original)", "name_all(original)"),
    "a text of before has copies": (
        "commit.lua",
        "redis.call('HDEL', contents, stored)",
        "",
    ),
    "an earlier revision is not kept": ("commit.lua", "keep_earlier(id, rev)\n", "\n"),
    "articles are not found by name": ("commit.lua", "if id then return revise(id) end", ""),
    "set aside although finished": (
        "quarantine.lua",
        "if redis.call('ZREM', KEYS[1], ARGV[1]) == 0 then return '' end",
        "redis.call('ZREM', KEYS[1], ARGV[1])",
    ),
    "attempts of pages set aside stay": (
        "quarantine.lua",
        "redis.call('HDEL', KEYS[2], ARGV[1])",
        "",
    ),
    "bytes of pages set aside stay": (
        "quarantine.lua",
        "redis.call('DECRBY', KEYS[6], redis.call('STRLEN', KEYS[5]))",
        "",
    ),
    "tried again twice": (
        "quarantine_retry.lua",
        "if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return 'gone' end",
        "",
    ),
    "bytes are not counted again": (
        "quarantine_retry.lua",
        "redis.call('INCRBY', KEYS[5], redis.call('STRLEN', KEYS[4]))",
        "",
    ),
    "dropped twice": (
        "quarantine_drop.lua",
        "if redis.call('XDEL', KEYS[1], ARGV[1]) == 0 then return 0 end",
        "redis.call('XDEL', KEYS[1], ARGV[1])",
    ),
    "dropped while it is pending": (
        "quarantine_drop.lua",
        "and not redis.call('ZSCORE', KEYS[2], ARGV[2])",
        "",
    ),
}


@pytest.mark.skipif(not MORE, reason="takes minutes")
@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_the_model_finds(world: Callable[[], World], monkeypatch, name):
    _mutate(monkeypatch, *MUTANTS[name])
    with pytest.raises(Exception):  # noqa: B017 - whatever it is that shows it
        look_for_it(world)


def look_for_it(make: Callable[[], World]) -> None:
    """At some single calls first, which a few examples may miss."""
    lost = {"kind": "answer lost", "after": True}
    single.at_every_call(make, single.brought([single.EMPTY]), World.retry, **lost)
    single.at_every_call(make, single.brought([single.EMPTY]), World.drop, **lost)
    single.at_every_call(
        make, single.brought([single.CRANE], [single.COPY, single.EMPTY]), World.work, **lost
    )
    single.test_another_worker_is_faster(make, "work")
    single.test_another_worker_is_faster_with_a_new_article(make)
    run_state_machine_as_test(machine(make), settings=_NO_MERCY)


def accept_in_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Intake.accept

    async def accept(self: Intake, page: Page, mark: Mark, **options: Any) -> str | None:
        await self.mark_seen(page.source_id, mark)
        return await whole(self, page, mark, **options)

    monkeypatch.setattr(Intake, "accept", accept)


def commit_in_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Committer.commit

    def commit(self: Committer, *args: Any, **options: Any) -> Committed | None:
        committed = whole(self, *args, **options)
        self._script.registered_client.zrem("pages:pending", options["page_id"])
        return committed

    _mutate(monkeypatch, *MUTANTS["committed and still pending"])
    monkeypatch.setattr(Committer, "commit", commit)


def reconcile_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: object) -> int:
        return 0

    monkeypatch.setattr(programs, "reconcile", nothing)


def leave_orphans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PageWorker, "clean_registries", lambda _: None)


@pytest.mark.skipif(not MORE, reason="takes minutes")
@pytest.mark.slow
@pytest.mark.parametrize(
    "spoil", [accept_in_two_calls, commit_in_two_calls, reconcile_nothing, leave_orphans]
)
def test_the_model_finds_that_programs(world: Callable[[], World], monkeypatch, spoil):
    spoil(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017 - whatever it is that shows it
        run_state_machine_as_test(machine(world), settings=_NO_MERCY)


def _mutate(monkeypatch: pytest.MonkeyPatch, script: str, right: str, wrong: str) -> None:
    load = scripts.load
    assert right in load(script)
    monkeypatch.setattr(
        scripts,
        "load",
        lambda asked: load(asked).replace(right, wrong) if asked == script else load(asked),
    )
