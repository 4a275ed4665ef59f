"""`NewsSite`: the site as a process of its own, for tests. Standard library only."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Self

from tests.site.hosts import base_url

if TYPE_CHECKING:
    from types import TracebackType

ROOT: Final = Path(__file__).resolve().parents[2]
START_SECONDS: Final = 20
STOP_SECONDS: Final = 5
CALL_SECONDS: Final = 10


class NewsSite:
    """The loopback news site, running while the `with` block does.

    Example:
        with NewsSite() as site:
            feed_url = site.url("harbour", "/rss.xml")
    """

    def __init__(self) -> None:
        """Prepare; nothing is started before `with`."""
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] | None = None
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def __enter__(self) -> Self:
        """Start the process and wait until it tells its port."""
        self._errors = tempfile.TemporaryFile()
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.site", "--port", "0"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )
        try:
            self.port = self._wait_for_port(self._process)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the process."""
        self.close()

    def url(self, host: str, path: str) -> str:
        """Return the address of a path on `control`, `harbour`, `valley` or `wire`."""
        return f"{base_url(host, self.port)}/{path.removeprefix('/')}"

    def requests(self) -> list[dict[str, Any]]:
        """Return all requests seen so far, oldest first; those to the control paths left out."""
        listed: list[dict[str, Any]] = self._call("GET", "/requests")
        return listed

    def edit(self, host: str, slug: str) -> dict[str, str]:
        """Correct an article; return its slug and new time."""
        return self._change("/edit", host=host, slug=slug)

    def publish(self, host: str) -> dict[str, str]:
        """Publish one further article; return its slug and time."""
        return self._change("/publish", host=host)

    def reset(self) -> None:
        """Return to the first editions and an empty request log."""
        self._change("/reset")

    def log(self) -> str:
        """Return what the process has written to standard error; normally nothing."""
        if self._errors is None:
            return ""
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), size, 0).decode(errors="replace")

    def close(self) -> None:
        """End the process by closing its standard input, or kill it if it does not listen."""
        process, self._process = self._process, None
        if process is not None and process.stdin and process.stdout:
            process.stdin.close()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        if self._errors is not None:
            self._errors.close()
            self._errors = None

    def _wait_for_port(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdout
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            line = process.stdout.readline() if selector.select(START_SECONDS) else b""
        if not line:
            raise RuntimeError(f"the news site did not start: {self.log()}")
        return int(json.loads(line)["port"])

    def _change(self, path: str, **query: str) -> dict[str, str]:
        answer: dict[str, str] = self._call("POST", f"{path}?{urllib.parse.urlencode(query)}")
        return answer

    def _call(self, method: str, path: str) -> Any:
        request = urllib.request.Request(self.url("control", path), method=method)
        try:
            with self._opener.open(request, timeout=CALL_SECONDS) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                reason = error.read().decode(errors="replace")
            raise ValueError(f"{method} {path}: {error.code} {reason}") from None
