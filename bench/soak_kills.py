"""What happens during a soak: the faults that a running mill has to bear at any time, drawn at random."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from random import Random

from bench import faults_deeds as deeds
from bench.faults_stage import Stage

_SHORTEST, _LONGEST = 2.0, 8.0  # seconds that a process is stopped


def _of(deed: Callable[[Stage], None]) -> Callable[[Stage, Random], None]:
    """A deed that needs no chance."""

    def done(stage: Stage, _chance: Random) -> None:
        deed(stage)

    return done


def _pause_server(stage: Stage, chance: Random) -> None:
    deeds.pause_server(stage)
    try:
        time.sleep(chance.uniform(_SHORTEST, _LONGEST))
    finally:
        deeds.resume_server(stage)


def _pause_service(stage: Stage, chance: Random) -> None:
    assert stage.service is not None
    _pause(stage.service.pid, chance)


def _pause_worker(stage: Stage, chance: Random) -> None:
    _pause(chance.choice(stage.pids("worker")), chance)


def _pause(pid: int, chance: Random) -> None:
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(chance.uniform(_SHORTEST, _LONGEST))
    finally:
        os.kill(pid, signal.SIGCONT)


KILLS: Mapping[str, Callable[[Stage, Random], None]] = {
    "runner killed": _of(deeds.kill_one("runner")),
    "horse killed": _of(deeds.kill_one("horse")),
    "worker killed": _of(deeds.kill_one("worker")),
    "worker and horse killed": _of(deeds.kill_worker_and_all),
    "service killed": _of(deeds.kill_service),
    "server killed": _of(deeds.kill_server),
    "server stopped": _pause_server,
    "service stopped": _pause_service,
    "worker stopped": _pause_worker,
}
"""By name. What is killed is started again, as a supervisor would."""
