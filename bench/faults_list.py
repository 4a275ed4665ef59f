"""The faults, as data: what is done to a plant under load, for how long, and in what kind of plant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bench import faults_deeds as deeds
from bench.faults_stage import Setting, Stage

Deed = Callable[[Stage], None]
Kind = Literal["kill", "server", "page", "machine"]

_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        name: For tables and for `--only`.
        kind: What is hit.
        about: What an operator would call it.
        hurt: Does it.
        mend: Ends it, where it does not end by itself.
        lasts: Seconds between the two.
        setting: The plant.
        is_quick: Whether it is among the few of `--quick`.
    """

    name: str
    kind: Kind
    about: str
    hurt: Deed
    mend: Deed | None = None
    lasts: float = 0.0
    setting: Setting = field(default_factory=Setting)
    is_quick: bool = False


_ALWAYS = Setting(aof="always")

FAULTS: tuple[Fault, ...] = (
    Fault(
        "runner killed",
        "kill",
        "kill -9 of the process that works on the pages of a batch",
        deeds.kill_one("runner"),
    ),
    Fault(
        "horse killed",
        "kill",
        "kill -9 of a work-horse, as the kernel does when memory runs out",
        deeds.kill_one("horse"),
        is_quick=True,
    ),
    Fault("worker killed", "kill", "kill -9 of a worker", deeds.kill_one("worker")),
    Fault(
        "worker and horse killed",
        "kill",
        "kill -9 of a worker and all that it has started",
        deeds.kill_worker_and_all,
        is_quick=True,
    ),
    Fault(
        "all workers killed",
        "kill",
        "kill -9 of every worker process of the host",
        deeds.kill_workers,
    ),
    Fault("service killed", "kill", "kill -9 of the service", deeds.kill_service, is_quick=True),
    Fault(
        "server killed, AOF everysec",
        "kill",
        "kill -9 of the server, started again at once",
        deeds.kill_server,
        is_quick=True,
    ),
    Fault(
        "server killed, AOF always",
        "kill",
        "the same, where every write is synced",
        deeds.kill_server,
        setting=_ALWAYS,
    ),
    Fault(
        "feedmill run killed",
        "kill",
        "kill -9 of `feedmill run`, parent of the embedded server and of everything; started again",
        deeds.kill_parent,
        setting=Setting(embedded=True),
    ),
    Fault(
        "embedded server killed",
        "kill",
        "kill -9 of the embedded server",
        deeds.kill_embedded_server,
        setting=Setting(embedded=True),
    ),
    Fault(
        "server stopped 20 s",
        "server",
        "SIGSTOP of the server: it accepts connections and says nothing",
        deeds.pause_server,
        deeds.resume_server,
        lasts=20.0,
    ),
    Fault(
        "server gone 90 s",
        "server",
        "the server is down for a minute and a half",
        deeds.down_server,
        deeds.up_server,
        lasts=90.0,
    ),
    Fault(
        "server restarted",
        "server",
        "an orderly restart in the middle of batches",
        deeds.restart_server,
    ),
    Fault(
        "server full 20 s",
        "server",
        "maxmemory is reached with noeviction: every write is refused",
        deeds.fill_server,
        deeds.make_room,
        lasts=20.0,
    ),
    Fault(
        "primary killed, replica promoted",
        "server",
        "the primary dies, its replica takes its place at the same address 5 s later",
        deeds.lose_primary,
        deeds.promote_replica,
        lasts=5.0,
        setting=Setting(replica=True),
    ),
    Fault(
        "primary demoted",
        "server",
        "FAILOVER: for 5 s the address leads to a server that is read-only",
        deeds.hand_over,
        deeds.follow_primary,
        lasts=5.0,
        setting=Setting(replica=True),
    ),
    Fault(
        "disk full 20 s",
        "server",
        "no room for the append-only file: the server refuses writes (MISCONF)",
        deeds.fill_disk,
        deeds.free_disk,
        lasts=20.0,
        setting=Setting(disk=64),
    ),
    Fault(
        "disk full 20 s, AOF always",
        "server",
        "the same where every write is synced: the server ends itself",
        deeds.fill_disk,
        deeds.free_disk,
        lasts=20.0,
        setting=Setting(disk=64, aof="always"),
    ),
    Fault(
        "page that crashes",
        "page",
        "a page that ends its process by a segmentation fault",
        deeds.poison,
        setting=Setting(poison=("crash",)),
    ),
    Fault(
        "page that loops in C",
        "page",
        "a page on which C code never ends",
        deeds.poison,
        setting=Setting(poison=("loop",)),
    ),
    Fault(
        "page that swallows its end",
        "page",
        "a page on which Python code never ends and catches every exception",
        deeds.poison,
        setting=Setting(poison=("swallow",)),
    ),
    Fault(
        "page that eats 4 GB",
        "page",
        "a page whose extraction takes 4 GB",
        deeds.poison,
        setting=Setting(poison=("memory",)),
    ),
    Fault(
        "clock an hour forwards",
        "machine",
        "the clock of service and workers steps",
        deeds.step_clock(_HOUR),
        setting=Setting(clock=True),
    ),
    Fault(
        "clock an hour backwards",
        "machine",
        "the clock of service and workers steps back",
        deeds.step_clock(-_HOUR),
        setting=Setting(clock=True),
    ),
    Fault(
        "clock backwards, worker killed",
        "machine",
        "the clock steps back an hour, then a worker and all that it has started is killed",
        deeds.step_clock_and_kill(-_HOUR),
        setting=Setting(clock=True),
    ),
    Fault(
        "two services",
        "machine",
        "a second service with the same configuration, started by mistake",
        deeds.start_second_service,
    ),
    Fault(
        "network cut 30 s",
        "machine",
        "the cable between workers and server",
        deeds.cut_network,
        deeds.mend_network,
        lasts=30.0,
        setting=Setting(second_host=True),
    ),
)

BY_NAME: Mapping[str, Fault] = {fault.name: fault for fault in FAULTS}
