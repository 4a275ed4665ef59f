"""docker-compose.yml, really run. `make test-compose`, or `pytest tests/compose -m compose -s`."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from tests.compose.stack import Stack

pytestmark = [
    pytest.mark.compose,
    pytest.mark.slow,
    pytest.mark.timeout(900),  # the first of them builds the image
    pytest.mark.xdist_group("compose"),
]

_SERVICES = ("redis", "service", "worker")
_numbers = itertools.count(1)
_TOWNS = ("Aldmouth", "Brackenford", "Carrow Heath", "Dunmere", "Eastwick Bay", "Fennholm")


def _new_files(stack: Stack, count: int) -> list[str]:
    """Drop files with news of their own; their titles."""
    titles = []
    for number in itertools.islice(_numbers, count):
        town = _TOWNS[number % len(_TOWNS)]
        title = f"Council of {town} votes on bridge number {number}"
        lines = (
            f"The council of {town} voted on Tuesday to repair bridge number {number} before the winter.",
            f"Engineers had found {number + 11} cracks in it, and {number + 3} of them run through a pillar.",
            f"The work will cost {number * 7 + 120} thousand crowns and take {number + 4} weeks, the mayor said.",
        )
        stack.drop(f"bridge-{number:03}.txt", "\n\n".join((title, *lines)) + "\n")
        titles.append(title)
    return titles


def test_another_container_consumes_both_seeds(stack: Stack) -> None:
    articles = {article["title"]: article["text"] for article in stack.consume("seeds", 2)}
    stack.say(f"consumed {list(articles)}")
    assert len(articles) == 2
    first = articles.pop("Blinken calls off meeting with Russian counterpart")
    assert first.startswith("U.S. Secretary of State Antony Blinken will no longer meet")
    assert "The United States announced sanctions against Russia on Tuesday" in first
    assert "Newsletter" not in first
    (second,) = articles.values()
    assert second.startswith("In the midst of the military conflict happening in Ukraine")
    assert "state of emergency for the next 30 days starting Thursday" in second
    assert "Bolivia" not in second
    assert stack.state()["groups"]["seeds"][1] == 0  # all of them acknowledged


@pytest.mark.parametrize("service", _SERVICES)
def test_a_container_can_do_little(stack: Stack, service: str) -> None:
    (container, *_) = stack.containers(service)
    known = stack.inspect(container)
    assert known["HostConfig"]["ReadonlyRootfs"]
    assert not any(known["NetworkSettings"]["Ports"].values())
    assert not known["HostConfig"]["PortBindings"]
    status = dict(
        line.split(":\t", 1)
        for line in stack.docker("exec", container, "cat", "/proc/1/status").splitlines()
    )
    assert "0" not in status["Uid"].split()  # real, effective, saved, file system
    assert int(status["CapBnd"], 16) == int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    for place in ("/", "/opt", "/etc", "/var/tmp"):
        with pytest.raises(subprocess.CalledProcessError):
            stack.docker("exec", container, "sh", "-c", f"echo > {place}/x")


def test_only_the_service_has_a_way_out(stack: Stack) -> None:
    def outside(service: str) -> list[str]:
        (container, *_) = stack.containers(service)
        networks = stack.inspect(container)["NetworkSettings"]["Networks"]
        return [name for name in networks if not stack.inspect(name)["Internal"]]

    found = {service: outside(service) for service in _SERVICES}
    assert found == {"redis": [], "service": [f"{stack.name}_egress"], "worker": []}


def test_raw_pages_are_kept_in_the_volume_of_the_service(stack: Stack) -> None:
    (service,) = stack.containers("service")
    assert "feedmill-" in stack.docker("exec", service, "ls", "/data/raw")
    mounts = stack.inspect(service)["Mounts"]
    assert [one["Name"] for one in mounts if one["Destination"] == "/data"] == [
        f"{stack.name}_data"
    ]


def test_files_that_come_later_are_stored_once_by_three_workers(stack: Stack) -> None:
    stack.up(workers=3)
    hosts = {container[:12] for container in stack.containers("worker")}
    assert len(hosts) == 3
    stack.say(f"workers {sorted(hosts)} are healthy")
    assert _registered_hosts(stack) == hosts
    before = stack.state()["length"]
    _new_files(stack, 12)
    state = stack.state(length=before + 12)
    stack.say(f"{state['length']} articles in the stream")
    assert state["length"] == len(state["articles"]) == before + 12
    assert len(set(state["urls"])) == len(state["urls"])


def _registered_hosts(stack: Stack) -> set[str]:
    """The hosts of all workers that RQ knows."""
    (redis,) = stack.containers("redis")

    def ask(*command: str) -> list[str]:
        return stack.docker("exec", redis, "redis-cli", *command).splitlines()

    return {ask("HGET", worker, "hostname")[0] for worker in ask("SMEMBERS", "rq:workers")}


def _restart(stack: Stack) -> None:
    stack.compose("restart", "redis")


def _kill_and_start(stack: Stack) -> None:
    (redis,) = stack.containers("redis")
    stack.docker("kill", "--signal", "KILL", redis)
    stack.docker("start", redis)


def _crash(stack: Stack) -> None:
    """Kill the server inside its container, which Docker then starts again by itself."""
    (redis,) = stack.containers("redis")
    before = stack.inspect(redis)["RestartCount"]
    kill = "for p in /proc/[0-9]*; do read name < $p/comm && [ $name = redis-server ] && kill -9 ${p#/proc/}; done"
    stack.docker("exec", redis, "sh", "-c", f"{kill}; true")
    stack.wait(lambda: stack.inspect(redis)["RestartCount"] > before, "restart", seconds=30)


@pytest.mark.parametrize("interrupt", [_restart, _kill_and_start, _crash])
def test_nothing_is_lost_with_redis(stack: Stack, interrupt: Callable[[Stack], None]) -> None:
    group = interrupt.__name__
    before = stack.state()
    assert len(stack.consume(group, before["length"])) == before["length"]
    before = stack.state()
    interrupt(stack)
    stack.wait_healthy("redis")
    after = stack.state()
    stack.say(f"{group}: {after['length']} articles before and after")
    assert after == before
    titles = _new_files(stack, 3)
    new = stack.consume(group, 3)
    stack.say(f"{group}: {len(new)} new ones afterwards")
    assert sorted(article["title"] for article in new) == sorted(titles)
    _assert_well(stack, length=before["length"] + 3)


def _assert_well(stack: Stack, *, length: int) -> None:
    """Every article stored once, nobody restarted, everybody healthy."""
    state: dict[str, Any] = stack.state(length=length)
    assert state["length"] == len(state["articles"]) == len(set(state["urls"])) == length
    for service in ("service", "worker"):
        stack.wait_healthy(service)
        for container in stack.containers(service):
            assert stack.inspect(container)["RestartCount"] == 0


def test_a_worker_stops_cleanly(stack: Stack) -> None:
    workers = stack.containers("worker")
    stack.compose("stop", "worker")
    assert {stack.inspect(worker)["State"]["ExitCode"] for worker in workers} == {0}
    stack.compose("start", "worker")
    stack.wait_healthy("worker")
