"""A whole feedmill as it is run, on one machine: server, web, service, workers, consumer; every one a process."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, cast

from redis import Redis
from redis.exceptions import RedisError

from bench.plant import ledger
from bench.plant.consumer import Consumer
from bench.plant.ledger import Outcome
from bench.plant.namespace import Namespace
from bench.plant.plan import Plan
from bench.plant.processes import Program, children, command_line, stopped_at_the_end, tree
from bench.plant.valkey import Valkey, ValkeyOptions
from bench.plant.web import WebServer
from feedmill.store.keys import Keys

_ROOT = Path(__file__).parents[2]
_STEP = 0.1  # seconds
_CONFIG = """\
version: 1
redis: {redis}
fetch: {{allow_networks: [127.0.0.0/8], ports: [{port}], timeout: 30s, max_bytes: 20MB, user_agent: feedmill-bench}}
defaults: {{every: {every}, per_host: {{concurrency: {concurrency}, delay: 0s}}}}
{extra}sources:
{sources}"""


@dataclass(frozen=True, slots=True)
class PlantOptions:
    """What a plant is like.

    Attributes:
        pages: How many pages its web has.
        hosts: At how many hosts, each with a feed of its own.
        copies: Share of pages that are copies of others.
        edits: Share of pages that change when `plant.web.edit` is called.
        empty: Share of pages without an article.
        data: Where real pages are; None for generated ones.
        window: Newest items that a feed shows; 0 for all.
        seed: Another one, other pages.
        every: How often a feed is looked at.
        concurrency: Requests that a host gets at a time.
        valkey: How the server is run.
        extra: More of the sources file, whole lines.
    """

    pages: int = 400
    hosts: int = 8
    copies: float = 0.0
    edits: float = 0.0
    empty: float = 0.0
    data: Path | None = None
    window: int = 0
    seed: int = 0
    every: str = "1s"
    concurrency: int = 8
    valkey: ValkeyOptions = field(default_factory=ValkeyOptions)
    extra: str = ""

    @property
    def plan(self) -> Plan:
        """The pages of its web."""
        return Plan(
            self.pages, self.hosts, self.copies, self.edits, self.empty, self.data, self.seed
        )


class Plant:
    """Runs while its `with` block does: server, web and consumer at once, the programs of feedmill as they are asked for.

    Everything that was started is stopped at the end, and ends with this process. Use it from the main thread.

    Attributes:
        folder: Of everything it writes; gone at the end.
        valkey: Its server.
        web: Its web.
        consumer: Its consumer.
        config: The sources file.
        programs: All that were started.
    """

    def __init__(self, options: PlantOptions) -> None:
        self.options = options
        self.keys = Keys()
        self.programs: list[Program] = []
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with self._stack as stack:
            self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fm-")))
            self.config = self.folder / "sources.yaml"
            self.valkey = Valkey(self.folder / "valkey", self.options.valkey)
            stack.enter_context(self.valkey)
            self.web = WebServer(self.options.plan, self.options.window)
            stack.enter_context(self.web)
            self.write_config()
            self.consumer = Consumer(self._client, self.keys.articles)
            stack.enter_context(self.consumer)
            stack.enter_context(stopped_at_the_end(self.programs))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stack.close()

    def _client(self) -> Redis:
        """A client of the server that is in place now: a benchmark may put another one there."""
        return self.valkey.client()

    def write_config(self, *, redis: str | None = None) -> Path:
        """Write the sources file.

        Args:
            redis: Address of the server; that of the plant by default.
        """
        options = self.options
        feeds = "".join(
            f"  - {{id: host-{number}, url: '{url}', kind: feed}}\n"
            for number, url in enumerate(self.web.feeds())
        )
        self.config.write_text(
            _CONFIG.format(
                redis=redis or "embedded",
                port=self.web.port,
                every=options.every,
                concurrency=options.concurrency,
                extra=options.extra,
                sources=feeds,
            ),
            encoding="utf-8",
        )
        return self.config

    def start_service(self) -> Program:
        """Start the service; a second one if one runs."""
        return self.program("service", *self.feedmill("service", "-c", str(self.config)))

    def start_workers(
        self, count: int = 2, *, namespace: Namespace | None = None, url: str | None = None
    ) -> Program:
        """Start worker processes and what keeps them running.

        Args:
            count: How many.
            namespace: The host they run on; this one by default.
            url: Where they find the server; by default as it is from their host.
        """
        command = self.feedmill("worker", "-n", str(count), "-c", str(self.config))
        if namespace and not url:
            url = self.valkey.url_at(namespace.outside)
        return self.program("workers", *command, namespace=namespace, url=url)

    def program(
        self, name: str, *command: str, namespace: Namespace | None = None, url: str | None = None
    ) -> Program:
        """Start any program in the folder of the plant; it finds the server in its environment.

        Args:
            name: Of its log; a number is added.
            command: The absolute path of the executable, and its arguments.
            namespace: The host it runs on; this one by default.
            url: Where it finds the server.
        """
        prefix = namespace.prefix if namespace else ()
        environment = {
            **os.environ,
            "PYTHONPATH": str(_ROOT),
            "FEEDMILL_REDIS": url or self.valkey.url,
        }
        full = (*prefix, *command)
        program = Program(f"{name}-{len(self.programs)}", full, self.folder, environment)
        self.programs.append(program)
        return program

    @staticmethod
    def feedmill(*arguments: str) -> tuple[str, ...]:
        """The command line of a command of feedmill."""
        return (sys.executable, "-m", "service", *arguments)

    def worker_pids(self) -> list[int]:
        """Process ids of the workers, without what keeps them running and without what they have forked."""
        return [pid for program in self.programs for pid in _workers_of(program)]

    def horse_pids(self) -> list[int]:
        """Process ids of what the workers have forked by now."""
        return [pid for worker in self.worker_pids() for pid in tree(worker)[1:]]

    def registered_workers(self) -> int:
        """How many workers are ready to take pages."""
        with self.valkey.client() as redis:
            return cast("int", redis.scard("rq:workers"))

    def pending(self) -> int:
        """How many pages were accepted and are not finished."""
        with self.valkey.client() as redis:
            return cast("int", redis.zcard(self.keys.pending))

    def stats(self) -> dict[str, int]:
        """How many pages ended with each verdict."""
        with self.valkey.client() as redis:
            told = cast("dict[bytes, bytes]", redis.hgetall(self.keys.stats))
            return {name.decode(): int(count) for name, count in told.items()}

    def settled(self) -> float:
        """When the last entry was read, Unix seconds."""
        return self.consumer.last()

    def outcome(self) -> Outcome:
        """What became of everything that was released. The server has to answer."""
        released = self.web.plan.leaves[: self.web.released()]
        edited = [leaf for leaf in released if leaf.is_edited and leaf.number < self.web.edited()]
        with self.valkey.client() as redis:
            told = ledger.read(redis, self.keys)
        return ledger.reckon(
            told,
            [self.web.url(leaf) for leaf in released],
            [self.web.url(leaf) for leaf in edited],
            self.web.edited_at or 0.0,
        )

    def wait_until_done(self, seconds: float) -> bool:
        """Wait until all that was released has come out and nothing is pending. False if it takes longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with contextlib.suppress(RedisError, OSError):
                if not self.pending() and not self.outcome().lost:
                    return True
            time.sleep(_STEP)
        return False

    def wait_for(self, accepted: int, seconds: float) -> bool:
        """Wait until so many pages are pending. False if it takes longer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.pending() >= accepted:
                return True
            time.sleep(_STEP)
        return False


def _workers_of(program: Program) -> list[int]:
    """The workers among what a program has started: those whose parent is no worker."""
    if not program.alive:
        return []
    found, parents = [], [program.pid]
    while parents:
        below = children(parents.pop())
        workers = [pid for pid in below if " -m workers " in command_line(pid)]
        found += workers
        parents += [pid for pid in below if pid not in workers]
    return found
