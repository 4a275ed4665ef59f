"""A plant made ready for a fault: what it stands on, who is on it, and how they are got at."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from redis import Redis
from rq.job import Job
from rq.queue import Queue
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer

from bench import faults_page, faults_poison
from bench.faults_clock import Clock
from bench.faults_disk import Disk, small_disk
from bench.faults_relay import Relay
from bench.plant import Namespace, Plant, PlantOptions, Program, Valkey, ValkeyOptions
from bench.plant.processes import children, command_line
from feedmill.embedded import socket_path
from feedmill.store.connection import connect

Part = Literal["runner", "horse", "worker"]
_EVERYWHERE = "0.0.0.0"
_WORKERS = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """What kind of plant a fault needs.

    Attributes:
        aof: How the server syncs its append-only file.
        embedded: `feedmill run` with the server of its own, in place of separate programs.
        disk: Megabytes of a disk of its own for the server; 0 for the machine's.
        second_host: Workers run on a second host, behind a cable.
        replica: A second server follows the first, and clients reach them through a relay.
        clock: Service and workers see a clock that can be set wrong.
        poison: Poisoned pages come, each named by what it does (`faults_poison.DEEDS`).
    """

    aof: Literal["everysec", "always"] = "everysec"
    embedded: bool = False
    disk: int = 0
    second_host: bool = False
    replica: bool = False
    clock: bool = False
    poison: tuple[str, ...] = ()

    @property
    def needs_root(self) -> bool:
        """Whether this can be had by root only."""
        return bool(self.disk) or self.second_host


class EmbeddedView:
    """The embedded server of a `feedmill run`, as the consumer and the ledger of a plant see a server.

    Attributes:
        url: Its address.
    """

    def __init__(self, folder: Path) -> None:
        self.url = f"unix://{socket_path(folder)}"

    def client(self) -> Redis:
        """A client that does not repeat calls."""
        return connect(self.url, retries=0)


@dataclass
class Stage:
    """A running plant and what is under it.

    Attributes:
        plant: The plant.
        setting: What kind.
        service: The service, or `feedmill run`.
        workers: The workers and what keeps them running.
        clock, disk, host, relay, replica: Those that the setting asks for.
    """

    plant: Plant
    setting: Setting
    service: Program | None = None
    workers: Program | None = None
    clock: Clock | None = None
    disk: Disk | None = None
    host: Namespace | None = None
    relay: Relay | None = None
    replica: Valkey | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def start(self) -> None:
        """Start the programs of feedmill."""
        if self.setting.embedded:
            self.start_all_in_one()
        else:
            self.start_service()
            self.start_workers()

    def start_service(self) -> None:
        """Start a service; the one that is killed and so on is the newest."""
        config = str(self.plant.config)
        self.service = self._program("service", "service", "-c", config)

    def start_workers(self) -> None:
        """Start workers on the host that they are to run on."""
        config = str(self.plant.config)
        self.workers = self._program("workers", "worker", "-n", str(_WORKERS), "-c", config)

    def start_all_in_one(self) -> None:
        """Start `feedmill run`."""
        self.service = self._program("run", "run", str(self.plant.config), "-n", str(_WORKERS))
        self.workers = self.service

    def redis(self) -> Redis:
        """A client of the server that holds the truth; it does not repeat calls."""
        return self.plant.valkey.client()

    def pids(self, part: Part) -> list[int]:
        """Process ids of all workers, work-horses or page runners."""
        found = self._workers_of(self.workers)
        for _ in range({"worker": 0, "horse": 1, "runner": 2}[part]):
            found = [child for pid in found for child in children(pid)]
        return found

    def embedded_server(self) -> int:
        """Process id of the embedded server."""
        assert self.service is not None
        return next(pid for pid in self.service.tree() if "valkey-server" in command_line(pid))

    def in_work(self) -> set[str]:
        """Pages that are in the batches that workers have in hand, and are not finished."""
        with self.redis() as redis:
            pages = _pages_in_jobs(redis, self.plant.keys.queue)
            return pages & self.pending(redis)

    def pending(self, redis: Redis) -> set[str]:
        """Pages that were accepted and are not finished."""
        ids = cast("list[bytes]", redis.zrange(self.plant.keys.pending, 0, -1))
        return {page_id.decode() for page_id in ids}

    def is_quiet(self) -> bool:
        """Whether nothing waits and nothing is in hand."""
        with self.redis() as redis:
            queue = Queue(self.plant.keys.queue, connection=redis, serializer=JSONSerializer)
            in_hand = StartedJobRegistry(queue=queue).get_job_count(cleanup=False)
            return not (queue.count or in_hand or redis.zcard(self.plant.keys.pending))

    def _program(self, name: str, *command: str) -> Program:
        feedmill = [sys.executable, "-m", "service", *command]
        if self.environment:
            added = [f"{key}={value}" for key, value in self.environment.items()]
            feedmill = ["/usr/bin/env", *added, *feedmill]
        host = self.host if name == "workers" else None
        return self.plant.program(name, *feedmill, namespace=host, url=self._url(host))

    def _url(self, host: Namespace | None) -> str | None:
        if host:
            return self.plant.valkey.url_at(host.outside)
        return f"redis://127.0.0.1:{self.relay.port}/0" if self.relay else None

    def _workers_of(self, program: Program | None) -> list[int]:
        tree = program.tree() if program else []
        workers = [pid for pid in tree if " -m workers " in command_line(pid)]
        forked = {child for pid in workers for child in children(pid)}
        return [pid for pid in workers if pid not in forked]


@contextlib.contextmanager
def staged(setting: Setting, options: PlantOptions) -> Iterator[Stage]:
    """A plant as a fault needs it, with nothing of feedmill running yet.

    Args:
        setting: What it needs.
        options: The plant otherwise; its server is set up here.
    """
    with contextlib.ExitStack() as stack:
        disk = host = None
        extra: tuple[tuple[str, str], ...] = ()
        if setting.disk:
            mounted = Path("/tmp") / f"fm-disk-{os.getpid()}"
            disk = stack.enter_context(small_disk(mounted, megabytes=setting.disk))
            extra = (("dir", str(mounted)),)
        if setting.second_host:
            host = stack.enter_context(Namespace("fm-fault"))
        valkey = ValkeyOptions(
            appendfsync=setting.aof,
            tcp=setting.replica or setting.second_host,
            password="of-the-bench" if setting.second_host else None,
            address=_EVERYWHERE if setting.second_host else "127.0.0.1",
            extra=extra,
        )
        options = replace(options, valkey=valkey)
        plant = stack.enter_context(Plant(options))
        stage = Stage(plant, setting, disk=disk, host=host)
        _prepare(stage, stack)
        yield stage


def _prepare(stage: Stage, stack: contextlib.ExitStack) -> None:
    """What stands on the plant's own folder and server."""
    plant, setting = stage.plant, stage.setting
    if setting.clock:
        stage.clock = Clock(plant.folder)
        stage.environment |= stage.clock.environment
    if setting.poison:
        hook = plant.folder / "hook"
        hook.mkdir()
        stage.environment |= faults_poison.environment(hook)
        faults_page.add_source(plant)
    if setting.replica:
        stage.relay = stack.enter_context(Relay(plant.valkey.port))
        stage.replica = plant.valkey.replica(plant.folder / "replica")
        stack.callback(stage.replica.kill)
    if setting.embedded:
        plant.valkey.stop()
        plant.valkey = cast("Valkey", EmbeddedView(plant.folder / ".feedmill"))


def _pages_in_jobs(redis: Redis, name: str) -> set[str]:
    queue = Queue(name, connection=redis, serializer=JSONSerializer)
    ids = StartedJobRegistry(queue=queue).get_job_ids(cleanup=False)
    jobs = Job.fetch_many(ids, connection=redis, serializer=JSONSerializer)
    return {page_id for job in jobs if job is not None for page_id in job.args[1]}


def kill(pid: int) -> None:
    """SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def lines_of(stage: Stage) -> list[Mapping[str, Any]]:
    """What the programs of feedmill have logged, those lines that are structured."""
    found: list[Mapping[str, Any]] = []
    for program in stage.plant.programs:
        for line in program.log.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                told = json.loads(line)
                if isinstance(told, dict):
                    found.append(told)
    return found
