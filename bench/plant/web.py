"""The web of a plant as its owner sees it: a process that serves the pages of a plan, and what is told to it."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any, Self

from bench.plant.plan import Leaf, Plan
from bench.plant.processes import cpu_seconds
from feedmill.launch import with_parent

_ROOT = Path(__file__).parents[2]
_START_SECONDS = 60.0  # to take the real pages apart


class WebServer:
    """Serves the pages of a plan while its `with` block runs. Nothing is released at first.

    Args:
        plan: What there is.
        window: Newest items that a feed shows; 0 for all.
    """

    def __init__(self, plan: Plan, window: int = 0) -> None:
        self.plan = plan
        self.port = 0
        self.edited_at: float | None = None
        self._window = window
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        plan = self.plan
        told = {
            **{name: getattr(plan, name) for name in ("pages", "hosts", "copies", "edits")},
            "empty": plan.empty,
            "seed": plan.seed,
            "window": self._window,
            "port": 0,
            "data": str(plan.data.resolve()) if plan.data else None,
        }
        command = [sys.executable, "-m", "bench.plant.webserver", json.dumps(told)]
        self._process = subprocess.Popen(
            with_parent(command, number=signal.SIGKILL),
            cwd=_ROOT,
            env={**os.environ, "PYTHONPATH": str(_ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self.port = int(self._first_line()["port"])
        return self

    def __exit__(self, *_error: object) -> None:
        process = self._process
        assert process is not None
        assert process.stdin and process.stdout  # noqa: PT018 - one thought
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()

    @property
    def pid(self) -> int:
        """Of the server."""
        assert self._process is not None
        return self._process.pid

    def cpu_seconds(self) -> float:
        """CPU time of the server so far."""
        return cpu_seconds(self.pid)

    def url(self, leaf: Leaf) -> str:
        """The address of a page."""
        return f"http://{leaf.host}:{self.port}{leaf.path}"

    def feeds(self) -> list[str]:
        """The addresses of all feeds."""
        return [f"http://{host}:{self.port}/feed.xml" for host in self.plan.host_names]

    def release(self, count: int | None = None) -> None:
        """Have so many pages, or all, in the feeds from now on."""
        self._tell({"count": self.plan.pages if count is None else count})

    def release_at(self, per_second: float) -> None:
        """Release more pages as time goes, from those on that are released."""
        self._tell({"rate": per_second})

    def edit(self) -> None:
        """Have the second edition of all released pages that have one."""
        self.edited_at = time.time()
        self._tell({"edit": True})

    def released(self) -> int:
        """How many pages are in the feeds."""
        return int(self._tell({})["released"])

    def edited(self) -> int:
        """How many pages were released when they were edited."""
        return int(self._tell({})["edited"])

    def asked(self) -> int:
        """How often a page was asked for."""
        return int(self._tell({})["asked"])

    def looked(self) -> int:
        """How many feeds were asked for at least once."""
        return int(self._tell({})["looked"])

    def _tell(self, what: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://{self.plan.host_names[0]}:{self.port}/control",
            data=json.dumps(what).encode(),
            headers={"Content-Type": "application/json"},
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=30) as answer:
            told: dict[str, Any] = json.load(answer)
            return told

    def _first_line(self) -> dict[str, Any]:
        assert self._process is not None
        assert self._process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            ready = selector.select(_START_SECONDS)
            line = self._process.stdout.readline() if ready else b""
        if not line:
            self._process.kill()
            raise RuntimeError("the web of the plant did not start")
        told: dict[str, Any] = json.loads(line)
        return told
