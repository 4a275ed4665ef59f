"""The command `feedmill` as tests use it: real processes in a folder of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from redis import Redis

from feedmill.article import Article
from feedmill.embedded import attached_or_own
from feedmill.store.articles import ArticleLog
from feedmill.store.connection import connect
from feedmill.store.keys import Keys
from tests.site.process import NewsSite

_LOOPBACK = """\
version: 1
fetch: {{allow_networks: [127.0.0.0/8], ports: [{port}], timeout: 10s, user_agent: feedmill-tests}}
defaults: {{every: 1s, per_host: {{concurrency: 8, delay: 0s}}}}
sources:
"""


class Program:
    """Runs `feedmill` with a configuration; a context manager that stops what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "sources.yaml"
        self.outcome: dict[str, Any] = {}
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self._started:
            if process.poll() is None:
                process.terminate()
        for process in self._started:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(60)
            process.kill()
            process.wait()

    def configure(self, text: str) -> None:
        """Write the configuration."""
        self.config.write_text(text, encoding="utf-8")

    def configure_site(self, site: NewsSite, *sources: tuple[str, str], extra: str = "") -> None:
        """Make feeds of the news site, given as (host, path), and `extra` lines the sources."""
        lines = [f"  - {site.url(host, path)}\n" for host, path in sources]
        self.configure(_LOOPBACK.format(port=site.port) + "".join(lines) + extra)

    def call(self, *arguments: str, seconds: float = 90) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            [sys.executable, "-m", "service", *arguments],
            cwd=self.folder,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def once(self) -> dict[str, Any]:
        """One round over all sources: the JSON that it prints."""
        done = self.call("run", "--once", "--json")
        assert done.returncode == 0, done.stderr
        outcome: dict[str, Any] = json.loads(done.stdout)
        return outcome

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command that goes on."""
        with (self.folder / "stderr.log").open("a") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "service", *arguments],
                cwd=self.folder,
                env=_environment(),
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                text=True,
            )
        self._started.append(process)
        return process

    def log(self) -> str:
        """Standard error of everything that `start` started."""
        return (self.folder / "stderr.log").read_text(encoding="utf-8")

    @contextlib.contextmanager
    def redis(self) -> Iterator[Redis]:
        """A client of the embedded server, which is started if it does not run."""
        with attached_or_own(self.folder / ".feedmill") as url, connect(url) as client:
            yield client

    def articles(self) -> list[Article]:
        """All articles announced in the stream, in its order, each in its current revision."""
        with self.redis() as redis:
            log = ArticleLog(redis, Keys())
            ids = dict.fromkeys(entry.article_id for entry in log.since("0-0"))
            return [article for article in map(log.get, ids) if article is not None]


def wait_until(condition: Callable[[], object], *, seconds: float = 30, what: str = "") -> None:
    """Wait until a condition holds; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)


def descendants(pid: int) -> dict[int, str]:
    """Process ids and command lines of everything a process has started, directly or not."""
    found: dict[int, str] = {}
    for child in _children(pid):
        with contextlib.suppress(OSError):
            line = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found[child] = line
            found |= descendants(child)
    return found


def lives(pid: int) -> bool:
    """Whether a process runs (one that has ended and waits to be collected does not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


def kill(pid: int) -> None:
    """SIGKILL."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
        return [int(child) for child in text.split()]
    return []


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
