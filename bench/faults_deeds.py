"""What is done to a plant. Each takes the stage; what has to be undone is undone by another."""

from __future__ import annotations

import time
from collections.abc import Callable

from bench import faults_page
from bench.faults_stage import Part, Stage, kill

_ROOM = 256 * 1024  # bytes that a full server has left
_BACK = 1.0  # seconds until something that was killed is started again, as a supervisor would
_BUSY_SECONDS = 20.0


def kill_one(part: Part) -> Callable[[Stage], None]:
    """Kill one process of a kind that is at work."""

    def deed(stage: Stage) -> None:
        kill(_wait_for(stage, part))

    return deed


def kill_worker_and_all(stage: Stage) -> None:
    """Kill a worker with its work-horse and page runner, all at once."""
    runner = _wait_for(stage, "runner")
    horse = _parent(runner)
    for pid in (_parent(horse), horse, runner):
        kill(pid)


def kill_workers(stage: Stage) -> None:
    """Kill all of a host's workers and what keeps them running, and start them again."""
    assert stage.workers is not None
    stage.workers.kill_tree()
    time.sleep(_BACK)
    stage.start_workers()


def kill_service(stage: Stage) -> None:
    """Kill the service and start it again."""
    assert stage.service is not None
    stage.service.kill()
    time.sleep(_BACK)
    stage.start_service()


def kill_server(stage: Stage) -> None:
    """Kill the server and start it again."""
    stage.plant.valkey.kill()
    stage.plant.valkey.start()


def kill_embedded_server(stage: Stage) -> None:
    """Kill the embedded server; its parent starts it again."""
    kill(stage.embedded_server())


def kill_parent(stage: Stage) -> None:
    """Kill `feedmill run` alone, and start it again."""
    assert stage.service is not None
    stage.service.kill()
    time.sleep(_BACK)
    stage.start_all_in_one()


def pause_server(stage: Stage) -> None:
    """Stop the server where it is."""
    stage.plant.valkey.pause()


def resume_server(stage: Stage) -> None:
    """Let it go on."""
    stage.plant.valkey.resume()


def down_server(stage: Stage) -> None:
    """Stop the server in order."""
    stage.plant.valkey.stop()


def up_server(stage: Stage) -> None:
    """Start it."""
    stage.plant.valkey.start()


def restart_server(stage: Stage) -> None:
    """Stop it in order and start it."""
    stage.plant.valkey.restart()


def fill_server(stage: Stage) -> None:
    """Leave hardly any memory to the server."""
    with stage.redis() as redis:
        used = int(redis.info("memory")["used_memory"])
        redis.config_set("maxmemory", used + _ROOM)


def make_room(stage: Stage) -> None:
    """Give the memory back."""
    stage.plant.valkey.config("maxmemory", "0")


def lose_primary(stage: Stage) -> None:
    """Kill the primary."""
    stage.plant.valkey.kill()


def promote_replica(stage: Stage) -> None:
    """Put the replica in the place of the primary."""
    assert stage.replica is not None
    assert stage.relay is not None
    stage.replica.promote()
    stage.plant.valkey = stage.replica
    stage.relay.switch(stage.replica.port)


def hand_over(stage: Stage) -> None:
    """Have the primary hand over to its replica; whoever is connected to it may only read from then on."""
    assert stage.replica is not None
    with stage.redis() as redis:
        redis.execute_command("FAILOVER", "TO", "127.0.0.1", stage.replica.port)
    _wait(lambda: _role(stage) == "slave")


def follow_primary(stage: Stage) -> None:
    """Lead the address to the server that is the primary now."""
    assert stage.replica is not None
    assert stage.relay is not None
    stage.plant.valkey = stage.replica
    stage.relay.switch(stage.replica.port)


def fill_disk(stage: Stage) -> None:
    """Leave no byte on the server's disk."""
    assert stage.disk is not None
    stage.disk.fill()


def free_disk(stage: Stage) -> None:
    """Make room on the disk; where the server has ended itself, start it."""
    assert stage.disk is not None
    stage.disk.free()
    if not stage.plant.valkey.alive:
        stage.plant.valkey.start()


def poison(stage: Stage) -> None:
    """Bring the poisoned page, and good ones with it."""
    faults_page.publish(stage.plant, stage.setting.poison)


def step_clock(seconds: int) -> Callable[[Stage], None]:
    """Set the clock of service and workers wrong, for good."""

    def deed(stage: Stage) -> None:
        assert stage.clock is not None
        stage.clock.step(seconds)

    return deed


def step_clock_and_kill(seconds: int) -> Callable[[Stage], None]:
    """Set the clock wrong, then kill a worker with all it has started."""

    def deed(stage: Stage) -> None:
        step_clock(seconds)(stage)
        kill_worker_and_all(stage)

    return deed


def start_second_service(stage: Stage) -> None:
    """Start another service with the same configuration."""
    stage.start_service()


def cut_network(stage: Stage) -> None:
    """Pull the cable between workers and server."""
    assert stage.host is not None
    stage.host.cut()


def mend_network(stage: Stage) -> None:
    """Put it back."""
    assert stage.host is not None
    stage.host.mend()


def _wait_for(stage: Stage, part: Part) -> int:
    """A process of that kind in the middle of its work. Workers and horses are if a runner is below them."""
    found: list[int] = []

    def look() -> bool:
        found[:] = stage.pids("runner")
        return bool(found)

    _wait(look)
    pid = found[0]
    for _ in range({"runner": 0, "horse": 1, "worker": 2}[part]):
        pid = _parent(pid)
    return pid


def _parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:  # noqa: PTH123 - a file of the kernel
        return int(file.read().rpartition(")")[2].split()[1])


def _role(stage: Stage) -> str:
    with stage.redis() as redis:
        return str(redis.info("replication")["role"])


def _wait(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _BUSY_SECONDS
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("the plant is not where the fault wants it")
        time.sleep(0.01)
