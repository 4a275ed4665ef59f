"""Programs are kept running, stopped in order, and never outlive the one that started them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from service import supervise as module
from service.supervise import Program, supervise
from tests.program import descendants, kill, lives, wait_until
from tests.service.support import eventually
from tests.site.process import ROOT

# Notes its beginning and its end, with times, in the file that it is given.
_NOTES = """
import os, signal, sys, time
def note(word):
    with open(sys.argv[1], "a") as file:
        file.write(f"{word} {sys.argv[2]} {os.getpid()} {time.time()}\\n")
def stop(*_):
    time.sleep(float(sys.argv[3]))
    note("ends")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
note("begins")
time.sleep(60)
"""


class Notes:
    """What the programs of a test wrote down."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "notes"
        (folder / "notes.py").write_text(_NOTES)
        self.script = str(folder / "notes.py")

    def program(self, name: str, *, lasts: float = 0.0, **fields) -> Program:
        command = (sys.executable, self.script, str(self.file), name, str(lasts))
        return Program(name, command, **fields)

    def lines(self, word: str = "", name: str = "") -> list[list[str]]:
        with contextlib.suppress(FileNotFoundError):
            found = [line.split() for line in self.file.read_text().splitlines()]
            return [line for line in found if word in {"", line[0]} and name in {"", line[1]}]
        return []

    async def begun(self, count: int, name: str = "", *, seconds: float = 15) -> list[list[str]]:
        await eventually(lambda: len(self.lines("begins", name)) >= count, seconds=seconds)
        return self.lines("begins", name)


@pytest.fixture
def notes(folder) -> Notes:
    return Notes(folder)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


@contextlib.asynccontextmanager
async def supervising(*programs: Program, **options):
    """`supervise` at work; it is stopped by a real signal at the end."""
    task = asyncio.create_task(supervise(programs, **options))
    await asyncio.sleep(0)
    try:
        yield task
    finally:
        if not task.done():
            os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(30):
            await asyncio.wait([task])


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_stops_all_and_is_no_failure(notes, number):
    async with supervising(notes.program("a"), notes.program("b")) as task:
        begun = await notes.begun(2)
        os.kill(os.getpid(), number)
        async with asyncio.timeout(10):
            assert await task == 0
    assert len(notes.lines("ends")) == 2
    assert not any(lives(int(pid)) for _, _, pid, _ in begun)


@pytest.mark.slow
async def test_what_is_killed_is_started_again_later_each_time(notes, monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.3)
    async with supervising(notes.program("a"), notes.program("b")):
        deaths = []
        for count in range(1, 4):
            begun = await notes.begun(count, "a")
            kill(int(begun[-1][2]))
            deaths.append(time.time())
        begun = await notes.begun(4, "a")
        waits = [float(line[3]) - death for line, death in zip(begun[1:], deaths, strict=True)]
        assert len(notes.lines("begins", "b")) == 1
    for wait, pause in zip(waits, (0.3, 0.6, 1.2), strict=True):
        assert pause - 0.05 <= wait < pause + 1.5, waits


@pytest.mark.slow
async def test_the_pause_is_bounded_and_small_again_after_health(notes, monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.05)
    monkeypatch.setattr(module, "_LONGEST_PAUSE", 0.1)
    dies = Program(
        "dies", (sys.executable, "-S", "-c", f"open({str(notes.file)!r}, 'a').write('x')")
    )
    async with supervising(dies):
        await eventually(
            lambda: notes.file.exists() and len(notes.file.read_text()) >= 8, seconds=20
        )


async def test_a_program_that_may_end_ends_the_run_with_its_code(notes):
    ends = Program("ends", python("import sys, time; time.sleep(0.3); sys.exit(7)"), ends=True)
    async with supervising(ends, notes.program("a")) as task:
        async with asyncio.timeout(20):
            assert await task == 7
    # It was stopped too, or had not even begun to write.
    assert len(notes.lines("begins")) == len(notes.lines("ends")) or not notes.lines("begins")


async def test_a_program_that_may_end_and_is_killed_is_started_again(notes, monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.1)
    async with supervising(notes.program("a", ends=True)) as task:
        [first] = await notes.begun(1)
        kill(int(first[2]))
        assert len(await notes.begun(2)) == 2
        assert not task.done()


@pytest.mark.slow
async def test_programs_stop_in_the_order_given_those_of_one_name_together(notes):
    programs = [
        notes.program("service", lasts=0.4),
        notes.program("worker", lasts=0.3),
        notes.program("worker", lasts=0.3),
        notes.program("last"),
    ]
    async with supervising(*programs) as task:
        await notes.begun(4)
        os.kill(os.getpid(), signal.SIGTERM)
        started = time.time()
        await task
        assert time.time() - started < 3
    ended = notes.lines("ends")
    assert [name for _, name, _, _ in ended] == ["service", "worker", "worker", "last"]
    times = [float(at) for *_, at in ended]
    assert times[1] - times[0] >= 0.29
    assert times[2] - times[1] < 0.25


async def test_what_does_not_stop_is_killed_when_its_time_is_over(notes):
    async with supervising(notes.program("deaf", lasts=60, stop_seconds=0.5)) as task:
        [line] = await notes.begun(1)
        os.kill(os.getpid(), signal.SIGTERM)
        started = time.monotonic()
        assert await task == 0
        assert 0.4 < time.monotonic() - started < 5
    assert not lives(int(line[2]))


async def test_stopping_while_a_program_waits_to_be_started_again(notes, monkeypatch):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 30.0)
    async with supervising(notes.program("a")) as task:
        [line] = await notes.begun(1)
        kill(int(line[2]))
        await asyncio.sleep(0.3)
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(3):
            assert await task == 0
    assert len(notes.lines("begins")) == 1


async def test_a_signal_at_the_very_beginning(notes):
    before = set(descendants(os.getpid()))
    async with supervising(notes.program("a"), notes.program("b")) as task:
        os.kill(os.getpid(), signal.SIGTERM)
        async with asyncio.timeout(10):
            assert await task == 0
    await asyncio.sleep(0.2)
    assert not [pid for pid in set(descendants(os.getpid())) - before if lives(pid)]


@pytest.mark.slow
async def test_a_command_that_is_not_there_is_tried_again(monkeypatch, folder):
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.05)
    late = folder / "late"
    async with supervising(Program("late", (str(late), str(folder / "ran")))) as task:
        await asyncio.sleep(0.5)
        late.write_text('#!/bin/sh\ntouch "$1"\nsleep 60\n')
        late.chmod(0o755)
        await eventually((folder / "ran").exists, seconds=15)
        assert not task.done()


async def test_a_start_that_fails_is_tried_again(notes, monkeypatch):
    """Out of processes or memory for a moment: the program must not stay away for good."""
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.05)
    real = sys.executable
    program = notes.program("a")
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    async with supervising(program):
        await asyncio.sleep(0.3)
        monkeypatch.setattr(sys, "executable", real)
        assert await notes.begun(1, seconds=5)


@pytest.mark.slow
async def test_the_watch_is_called_and_its_failure_stops_all(notes):
    calls = 0

    def watch() -> None:
        nonlocal calls
        calls += 1
        if calls == 4:
            raise OSError("the server is gone")

    async with supervising(notes.program("a"), watch=watch) as task:
        [line] = await notes.begun(1)
        with pytest.raises(OSError, match="the server is gone"):
            await task
    assert calls == 4
    assert not lives(int(line[2]))


_PARENT = """
import asyncio, sys
from service.supervise import Program, supervise
asyncio.run(supervise([Program("a", (sys.executable, *sys.argv[1:]))]))
"""


def test_programs_end_with_a_killed_parent(notes):
    command = notes.program("a").command
    with subprocess.Popen([sys.executable, "-c", _PARENT, *command[1:]], cwd=ROOT) as parent:
        wait_until(lambda: notes.lines("begins"), what="the program begins")
        pid = int(notes.lines("begins")[0][2])
        assert lives(pid)
        parent.kill()
        parent.wait()
        wait_until(lambda: not lives(pid), seconds=5, what="the program ends with its parent")
    assert len(notes.lines("ends")) == 1  # with SIGTERM, so it could put things in order
