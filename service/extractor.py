"""The extractor as the commands use it: a limited process of the workers, named and not imported.

See `workers.pipe` for what is said over the pipe, and docs/adr/0009 for why it is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from typing import IO, Any, Self

from feedmill.errors import ExtractionError

_COMMAND = ("-P", "-m", "workers.pipe")  # -P: never a module of the folder one happens to stand in
_START_SECONDS = 60.0
_PAGE_SECONDS = 60.0  # by the clock; the process itself counts its CPU time
_CHUNK = 1 << 16


class NoArticleError(ExtractionError):
    """A page without an article. `lines` are those of the page, where they were asked for."""

    default_kind = "no-article"

    lines: tuple[tuple[str, str | None, str], ...] = ()


class Extractor:
    """Extracts pages in a process of its own, which is started anew when a page has ended it.

    A context manager.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed in __exit__
        self._left = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._end()
        self._errors.close()

    def extract(self, content: bytes, request: dict[str, Any]) -> dict[str, Any]:
        """Extract one page.

        Args:
            content: The bytes.
            request: `url`, `content_type`, `mode`, `precision`, `drop`, `html`, `hints`, `lines`, `before`; all
                may be left out.

        Returns:
            `page` with the fields of the extraction, `milliseconds`, `lines` where asked for, and, where `before`
            tells what is stored (`text`, `quality`, `version`), the `judgement` of a replay.

        Raises:
            NoArticleError: There is none.
            ExtractionError: The page cannot be worked on, or (kinds `out-of-time`, `out-of-memory`,
                `extract-crash`) the page took more than it may.
        """
        process = self._running()
        assert process.stdin is not None
        header = json.dumps({**request, "bytes": len(content)}).encode()
        try:
            process.stdin.write(header + b"\n" + content)
            process.stdin.flush()
        except BrokenPipeError:
            raise self._crash() from None
        reply = self._line(_PAGE_SECONDS)
        if "error" in reply:
            if reply["error"]["kind"] == "out-of-memory":
                self._end()  # it ends itself; do not send it another page meanwhile
            raise _error(reply)
        return reply

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._end()
            self._process = subprocess.Popen(
                [sys.executable, *_COMMAND],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
            )
            self._line(_START_SECONDS)
        return self._process

    def _line(self, seconds: float) -> dict[str, Any]:
        """The next line of the process, within some time."""
        assert self._process is not None
        assert self._process.stdout is not None
        parts, deadline = [self._left], time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in parts[-1]:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._end()
                    raise ExtractionError(
                        f"the extraction took more than {seconds:.0f} seconds", kind="out-of-time"
                    )
                chunk = os.read(self._process.stdout.fileno(), _CHUNK)
                if not chunk:
                    raise self._crash()
                parts.append(chunk)
        line, _, self._left = b"".join(parts).partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return reply

    def _crash(self) -> ExtractionError:
        """Why the process ended."""
        assert self._process is not None
        code = self._process.wait()
        self._end()
        if code == -signal.SIGXCPU:
            return ExtractionError(
                "the page takes more CPU time than a page may", kind="out-of-time"
            )
        self._errors.seek(0)
        said = self._errors.read()[-2000:].decode(errors="replace").strip().splitlines()
        if b"ModuleNotFoundError" in said[-1].encode() if said else False:
            return ExtractionError(
                f"the extractor is not installed: pip install 'feedmill[all]' ({said[-1]})",
                kind="not-installed",
            )
        return ExtractionError(
            f"the extractor ended with code {code}: {said[-1] if said else 'it said nothing'}"[
                :500
            ],
            kind="extract-crash",
        )

    def _end(self) -> None:
        process, self._process, self._left = self._process, None, b""
        if process is None:
            return
        process.kill()
        process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()


def _error(reply: dict[str, Any]) -> ExtractionError:
    """The error that a reply tells."""
    message, kind = reply["error"]["message"], reply["error"]["kind"]
    if kind != "no-text":
        return ExtractionError(message, kind=kind)
    error = NoArticleError(message, kind=kind)
    error.lines = tuple((fate, reason, line) for fate, reason, line in reply.get("lines", ()))
    return error
