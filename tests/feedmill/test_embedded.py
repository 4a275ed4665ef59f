"""The embedded server: its data stay, its folder has one owner, and it never outlives that."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from feedmill.embedded import EmbeddedServer, answers, attached_or_own, socket_path
from feedmill.errors import EmbeddedError
from feedmill.store.connection import connect
from tests.program import kill, lives, wait_until

_OWNER = """
import sys, time
from pathlib import Path
from feedmill.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1])) as server:
    print(server.pid, flush=True)
    time.sleep(600)
"""

Own = Callable[[Path], tuple[subprocess.Popen[str], int]]


@pytest.fixture
def own() -> Iterator[Own]:
    """Starts another process that owns a folder's server: the process, and the server's id."""
    owners: list[subprocess.Popen[str]] = []

    def own(folder: Path) -> tuple[subprocess.Popen[str], int]:
        owner = subprocess.Popen(
            [sys.executable, "-c", _OWNER, str(folder)], stdout=subprocess.PIPE, text=True
        )
        owners.append(owner)
        assert owner.stdout is not None
        return owner, int(owner.stdout.readline())

    yield own
    for owner in owners:
        owner.terminate()
        owner.kill()
        owner.communicate()


def test_data_survive_a_second_start(folder):
    data = folder / "new" / "data"
    with EmbeddedServer(data) as server, connect(server.url) as redis:
        redis.set("name", "value")
    with EmbeddedServer(data) as server, connect(server.url) as redis:
        assert redis.get("name") == b"value"


def test_the_server_ends_with_the_context(folder):
    with EmbeddedServer(folder) as server:
        pid = server.pid
        assert lives(pid)
        assert answers(server.url)
    assert not lives(pid)
    assert not answers(server.url)
    assert server.pid is None


def test_it_keeps_what_it_is_told_and_never_throws_data_away(folder):
    with EmbeddedServer(folder) as server, connect(server.url) as redis:
        wanted = {"appendonly": "yes", "maxmemory-policy": "noeviction", "port": "0"}
        assert {name: redis.config_get(name)[name] for name in wanted} == wanted
        assert redis.config_get("appendfsync") == {"appendfsync": "everysec"}


def test_no_network_port_is_open(folder):
    with EmbeddedServer(folder) as server:
        sockets: set[str] = set()
        for descriptor in Path(f"/proc/{server.pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):  # closed in the meantime
                target = os.readlink(descriptor)  # noqa: PTH115 - it is no path
                sockets |= set(re.findall(r"^socket:\[(\d+)\]$", target))
        assert sockets
        for table in ("tcp", "tcp6", "udp", "udp6"):
            lines = Path(f"/proc/{server.pid}/net/{table}").read_text("utf-8").splitlines()[1:]
            assert not sockets & {line.split()[9] for line in lines}


def test_only_its_user_can_open_the_socket(folder):
    with EmbeddedServer(folder) as server:
        mode = server.socket.stat().st_mode
        assert stat.S_ISSOCK(mode)
        assert stat.S_IMODE(mode) == 0o700


def test_a_new_folder_is_closed_to_others(folder):
    with EmbeddedServer(folder / "data"):
        assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


@pytest.mark.slow
def test_an_owned_folder_names_its_owner(folder, own):
    owner, server = own(folder)
    with pytest.raises(EmbeddedError, match=rf"in use.*\b{owner.pid}\b.*data_dir") as caught:
        EmbeddedServer(folder).__enter__()
    assert caught.value.kind == "embedded-in-use"
    assert str(folder) in caught.value.message
    assert lives(server)
    assert answers(f"unix://{socket_path(folder)}")


@pytest.mark.slow
def test_a_process_does_not_own_a_folder_twice(folder):
    with (
        EmbeddedServer(folder) as server,
        pytest.raises(EmbeddedError, match=str(os.getpid())),
    ):
        EmbeddedServer(folder).__enter__()
    assert not answers(server.url)


def test_two_folders_are_two_servers(folder):
    with EmbeddedServer(folder / "a") as one, EmbeddedServer(folder / "b") as two:
        with connect(one.url) as redis:
            redis.set("name", "value")
        with connect(two.url) as redis:
            assert redis.get("name") is None


def kill_and_start_again(folder: Path, own: Own, *, rounds: int, collected: bool) -> None:
    for number in range(rounds):
        owner, server = own(folder)
        with connect(f"unix://{socket_path(folder)}") as redis:
            redis.rpush("rounds", number)
        owner.kill()
        if collected:
            owner.wait()
        with EmbeddedServer(folder) as mine, connect(mine.url) as redis:
            assert not lives(server)
            assert [int(entry) for entry in redis.lrange("rounds", 0, -1)] == [*range(number + 1)]
        owner.wait()


@pytest.mark.slow
def test_a_start_right_after_the_owner_was_killed(folder, own):
    kill_and_start_again(folder, own, rounds=2, collected=True)


@pytest.mark.slow
def test_a_start_while_the_killed_owner_is_not_collected_by_its_parent(folder, own):
    """As in a container whose first process collects nothing, or in the moment after the kill."""
    kill_and_start_again(folder, own, rounds=2, collected=False)


@pytest.mark.slow
def test_many_starts_right_after_the_owner_was_killed(folder, own):
    kill_and_start_again(folder, own, rounds=10, collected=True)


def test_the_server_of_a_killed_owner_ends_by_itself(folder, own):
    owner, server = own(folder)
    owner.kill()
    wait_until(lambda: not lives(server), seconds=10, what="the server ends")


@pytest.mark.slow
def test_a_long_path_puts_the_socket_elsewhere(folder):
    deep = folder / ("x" * 120)
    assert socket_path(folder) == folder.resolve() / "valkey.sock"
    assert socket_path(deep) != socket_path(folder / ("x" * 121))
    with EmbeddedServer(deep) as server, connect(server.url) as redis:
        assert deep not in server.socket.parents
        assert len(os.fsencode(server.socket)) <= 100
        assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
        assert redis.ping()
        assert (deep / "appendonlydir").is_dir()
        with pytest.raises(EmbeddedError, match="in use"):
            EmbeddedServer(deep).__enter__()


def test_paths_with_blanks_and_quotes(folder):
    with EmbeddedServer(folder / "a \"b' ü") as server, connect(server.url) as redis:
        assert redis.set("name", "value")


def test_a_socket_folder_that_others_can_write_to_is_not_trusted(folder):
    """In the common temporary folder anybody can make it first, and put a server of theirs there."""
    deep = folder / ("y" * 120)
    place = socket_path(deep).parent
    place.mkdir()
    place.chmod(0o777)
    try:
        try:
            with EmbeddedServer(deep):
                assert stat.S_IMODE(place.stat().st_mode) == 0o700
        except EmbeddedError:
            pass
    finally:
        for left in place.iterdir():
            left.unlink()
        place.rmdir()


def test_restarted_if_it_has_ended(folder):
    with EmbeddedServer(folder) as server:
        with connect(server.url) as redis:
            redis.set("name", "value")
        before = server.pid
        server.restart_if_ended()
        assert server.pid == before
        kill(before)

        def restarted() -> bool:
            server.restart_if_ended()
            return server.pid != before

        wait_until(restarted, what="another server")
        with connect(server.url) as redis:
            assert redis.get("name") == b"value"
        after = server.pid
    assert not lives(after)


def test_a_restarted_server_still_ends_with_a_killed_owner(folder):
    script = _OWNER.replace("print(", "import os; os.kill(server.pid, 9); ").replace(
        "server.pid, flush=True)",
        "server._process.wait(); server.restart_if_ended(); print(server.pid, flush=True)",
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    server = int(owner.stdout.readline())
    assert lives(server)
    owner.kill()
    owner.communicate()
    wait_until(lambda: not lives(server), seconds=10, what="the server ends")


def test_attaching_to_a_running_server_leaves_it_running(folder, own):
    _, server = own(folder)
    with attached_or_own(folder) as url:
        assert answers(url)
    assert lives(server)
    assert answers(url)


def test_a_server_of_its_own_is_stopped(folder):
    with attached_or_own(folder) as url:
        assert answers(url)
        pid = Redis.from_url(url).info("server")["process_id"]
    assert not answers(url)
    assert not lives(pid)


def test_what_does_not_start_says_where_to_look_and_leaves_nothing(folder):
    log = folder / "appendonlydir"
    log.write_text("not a folder", encoding="utf-8")
    with pytest.raises(EmbeddedError, match=re.escape(str(folder / "valkey.log"))) as caught:
        EmbeddedServer(folder).__enter__()
    assert caught.value.kind == "embedded-start"
    log.unlink()
    with EmbeddedServer(folder) as server:
        assert answers(server.url)


def test_a_folder_that_cannot_be_one_is_an_error_in_words(folder):
    (folder / "file").write_text("", encoding="utf-8")
    with pytest.raises(EmbeddedError):
        EmbeddedServer(folder / "file").__enter__()
