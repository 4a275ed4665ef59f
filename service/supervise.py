"""Keep programs running: start them, restart what dies, stop all in order.

Every program ends with this process, however that ends (`feedmill.launch`).
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from feedmill import log
from feedmill.launch import with_parent

_FIRST_PAUSE = 0.5  # seconds before a restart, doubled each time
_LONGEST_PAUSE = 30.0
_WATCH_EVERY = 0.5  # seconds
_HEALTHY_AFTER = 60.0  # seconds of running after which the pause starts small again


@dataclass(frozen=True, slots=True)
class Program:
    """A program to keep running.

    Attributes:
        name: For the log.
        command: Absolute path of the executable and its arguments.
        ends: Whether it may end by itself, which then ends the whole run with its exit code. If it is
            killed by a signal it is restarted all the same.
        stop_seconds: How long it may take to stop when asked.
        orphan_signal: What it gets if this process dies without stopping it.
    """

    name: str
    command: tuple[str, ...]
    ends: bool = False
    stop_seconds: float = 30.0
    orphan_signal: signal.Signals = signal.SIGTERM


async def supervise(
    programs: Iterable[Program],
    *,
    watch: Callable[[], None] | None = None,
    ended: Callable[[], None] | None = None,
) -> int:
    """Run programs until one that may end does, or SIGTERM or SIGINT comes.

    Programs are stopped in the order in which they are given, each with SIGTERM first.

    Args:
        programs: Those of the same name are stopped together.
        watch: Called twice a second in the main thread, to look after what is not a program here.
        ended: Called in the main thread when all have stopped, while signals are still caught.

    Returns:
        The exit code of the program that ended; 0 after a signal.
    """
    done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    with _signals(done):
        keepers = [_Keeper(program, done) for program in programs]
        for keeper in keepers:
            keeper.start()
        try:
            while not done.done():
                if watch:
                    watch()
                await asyncio.wait([done], timeout=_WATCH_EVERY)
            return done.result()
        finally:
            done.cancel()  # if it was not that: nothing is started again from here on
            for name in dict.fromkeys(keeper.program.name for keeper in keepers):
                await asyncio.gather(*(k.stop() for k in keepers if k.program.name == name))
            if ended:
                ended()


@contextlib.contextmanager
def _signals(done: asyncio.Future[int]) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if not done.done():
            done.set_result(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


class _Keeper:
    """Keeps one program running until it is retired."""

    def __init__(self, program: Program, done: asyncio.Future[int]) -> None:
        self.program = program
        self._done = done
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep())

    async def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._done.done():
            started = time.monotonic()
            code = await self._run_or_fail()
            if self._done.done():
                return
            if self.program.ends and code >= 0:
                self._done.set_result(code)
                return
            if time.monotonic() - started > _HEALTHY_AFTER:
                pause = _FIRST_PAUSE
            # A worker ends with 0 after its share of batches, to be replaced by a fresh one.
            tell = log.get("supervise").info if code == 0 else log.get("supervise").warning
            tell(
                "program ended; it is started again",
                program=self.program.name,
                code=code,
                seconds=pause,
            )
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def _run(self) -> int:
        self._process = await asyncio.create_subprocess_exec(
            *with_parent(list(self.program.command), number=self.program.orphan_signal),
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches this process alone, which stops the others in order
        )
        return await self._process.wait()

    async def _run_or_fail(self) -> int:
        try:
            return await self._run()
        except OSError as error:  # out of processes or memory, or the file is not there
            log.get("supervise").error(
                "program does not start", program=self.program.name, error=str(error)
            )
            return -1

    async def stop(self) -> None:
        assert self._task is not None
        process = self._process
        if process is not None and process.returncode is None:
            process.terminate()
            try:
                async with asyncio.timeout(self.program.stop_seconds):
                    await process.wait()
            except TimeoutError:
                log.get("supervise").warning(
                    "program did not stop in time", program=self.program.name
                )
                process.kill()
                await process.wait()
        self._task.cancel()
        await asyncio.wait([self._task])
