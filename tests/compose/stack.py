"""The stack of docker-compose.yml under a name of its own, with sources of its own.

Everything it starts and makes carries that name, and `down` removes exactly that.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_INSIDE = Path(__file__).with_name("inside.py")
_SOURCES = """\
version: 1
redis: ${REDIS_URL:-embedded}
sources:
  - path: ./seeds/*.txt
    every: 2s
"""


def why_not() -> str | None:
    """Why the stack cannot be started here, or None if it can."""
    try:
        _run(["docker", "info"], seconds=20)
    except (OSError, subprocess.SubprocessError):
        return "no Docker engine answers (`docker info` fails)"
    return None if _compose() else "neither `docker compose` nor docker-compose is installed"


@cache
def _compose() -> tuple[str, ...]:
    """Compose v2 if it is here, else 1.29; empty if there is neither."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False)
    if plugin.returncode == 0:
        return ("docker", "compose")
    return ("docker-compose",) if shutil.which("docker-compose") else ()


def _run(command: Sequence[str], *, seconds: float, **options: Any) -> str:
    """The output of a command.

    Raises:
        subprocess.SubprocessError: It fails, or takes longer.
    """
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=seconds, **options
        )
    except subprocess.CalledProcessError as error:
        error.add_note(f"{error.stdout[-2000:]}\n{error.stderr[-2000:]}")
        raise
    return str(done.stdout)


class Stack:
    """Redis, the service and workers in containers.

    Args:
        folder: An empty folder for the sources file and the seeds.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"feedmill-test-{secrets.token_hex(3)}"
        self.image = f"feedmill:{self.name}"
        self._started = time.monotonic()
        self._seeds = folder / "seeds"
        self._seeds.mkdir()
        for seed in (ROOT / "seeds").glob("*.txt"):
            self.drop(seed.name, seed.read_text())
        sources = folder / "sources.yaml"
        sources.write_text(_SOURCES)
        for path in (self._seeds, sources):  # the container's user is a stranger to them
            path.chmod(0o755)
        self._environment = os.environ | {
            "SOURCES_FILE": str(sources),
            "SEEDS_DIR": str(self._seeds),
            "FEEDMILL_IMAGE": self.image,
            "WORKER_PROCESSES": "1",
        }

    def say(self, text: str) -> None:
        """Tell how far the test is."""
        sys.stdout.write(f"\n[{time.monotonic() - self._started:5.1f} s] {text}")
        sys.stdout.flush()

    def compose(self, *arguments: str, seconds: float = 120) -> str:
        """Run a Compose command on this stack."""
        command = [*_compose(), "-p", self.name, "-f", str(ROOT / "docker-compose.yml")]
        return _run([*command, *arguments], seconds=seconds, cwd=ROOT, env=self._environment)

    def docker(self, *arguments: str, seconds: float = 60, **options: Any) -> str:
        """Run a Docker command."""
        return _run(["docker", *arguments], seconds=seconds, **options).strip()

    def up(self, *, workers: int) -> None:
        """Start what is not running, with this many workers, and wait until all are healthy."""
        self.compose("up", "-d", "--no-build", "--scale", f"worker={workers}")
        for service in ("redis", "service", "worker"):
            self.wait_healthy(service)

    def down(self) -> None:
        """Remove everything that this stack has made."""
        self.compose("down", "--volumes", "--timeout", "20")
        subprocess.run(["docker", "image", "rm", self.image], capture_output=True, check=False)

    def containers(self, service: str) -> list[str]:
        """Ids of the containers of a service, the running and the stopped."""
        return self.compose("ps", "--all", "--quiet", service).split()

    def inspect(self, name: str) -> dict[str, Any]:
        """All that Docker knows of a container or a network."""
        found: dict[str, Any] = json.loads(self.docker("inspect", name))[0]
        return found

    def wait_healthy(self, service: str, *, seconds: float = 90) -> None:
        """Wait until every container of the service says that it is well."""
        self.wait(
            lambda: all(
                self.inspect(container)["State"]["Health"]["Status"] == "healthy"
                for container in self.containers(service)
            ),
            f"{service} healthy",
            seconds=seconds,
        )

    def wait(self, condition: Callable[[], bool], what: str, *, seconds: float) -> None:
        """Wait for a condition.

        Raises:
            TimeoutError: It does not come true in time. The logs are in the note.
        """
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                error = TimeoutError(f"{what}: not within {seconds:.0f} seconds")
                error.add_note(self.compose("logs", "--no-color", "--tail", "60"))
                raise error
            time.sleep(0.5)

    def drop(self, name: str, text: str) -> None:
        """Put a file among the sources, all at once."""
        part = self._seeds / f"{name}.part"
        part.write_text(text)
        part.chmod(0o644)
        part.rename(self._seeds / name)

    def consume(self, group: str, count: int) -> list[dict[str, Any]]:
        """Let a consumer in another container read and acknowledge `count` new articles."""
        articles: list[dict[str, Any]] = self._inside("consume", group, str(count))["articles"]
        return articles

    def state(self, *, length: int = 0) -> dict[str, Any]:
        """What Redis holds, once the stream has this many entries (or never gets them)."""
        return self._inside("state", str(length))

    def _inside(self, *arguments: str) -> dict[str, Any]:
        output = self.docker(
            *("run", "--rm", "--interactive", "--read-only", "--cap-drop", "ALL"),
            *("--network", f"{self.name}_store", "--entrypoint", "python", self.image),
            *("-", *arguments),
            seconds=90,
            input=_INSIDE.read_text(),
        )
        result: dict[str, Any] = json.loads(output)
        return result
