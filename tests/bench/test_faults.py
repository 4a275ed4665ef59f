"""The benchmark of faults: what it does is real, and it would see a loss and a double."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from bench import faults, faults_poison, plot
from bench.faults_clock import Clock, is_possible
from bench.faults_list import BY_NAME, FAULTS
from bench.faults_relay import Relay
from bench.faults_stage import Stage
from bench.faults_trial import Told, try_out
from feedmill.store.keys import Keys


def told(name: str = "horse killed", **more) -> Told:
    return Told(name, **{"resumes": 0.1, "orphans": 3.0, **more})


def missed(*results: Told) -> list[str]:
    goals = faults._goals([(BY_NAME[one.name], one) for one in results])
    return [goal.name for goal in goals if not goal.met]


def test_every_fault_has_a_name_of_its_own_and_some_are_quick():
    assert len(BY_NAME) == len(FAULTS)
    assert 3 <= sum(fault.is_quick for fault in FAULTS) <= 6


def test_all_goals_are_met_where_nothing_is_lost_and_work_goes_on():
    assert missed(told(), told("worker killed", orphans=19.9)) == []


@pytest.mark.parametrize(
    ("trouble", "goal"),
    [
        ({"lost": ["http://one"]}, "lost"),
        ({"doubled": ["http://one"]}, "doubled"),
        ({"aside": 1}, "not to blame"),
        ({"orphans": 20.1}, "slowest"),
        ({"resumes": None}, "slowest"),
    ],
)
def test_trouble_misses_its_goal(trouble, goal):
    [name] = missed(told(), told("service killed", **trouble))
    assert goal in name


def test_a_poisoned_page_has_to_be_set_aside_with_what_it_used():
    entry = {"reason": "r", "cpu_seconds": "20.1", "max_rss": "1"}
    name = "page that loops in C"
    assert missed(told(name, reasons=[entry], orphans=45.0)) == []
    assert missed(told(name, reasons=[{"reason": "r"}])) != []


def test_a_run_renews_its_rows_of_the_guide_and_the_plot(tmp_path, monkeypatch):
    guide = tmp_path / "faults.md"
    guide.write_text(f"before\n{faults._BEGIN}{faults._END}after\n", encoding="utf-8")
    monkeypatch.setattr(faults, "_GUIDE", guide)
    monkeypatch.setattr(plot, "PLOTS", tmp_path)
    first, second = told(seen={"program ended": 2}, states=["redis-gone"]), told("runner killed")
    for one in (first, second, replace(second, orphans=None)):
        lines = faults._write_guide([(BY_NAME[one.name], one)])
    text = guide.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "| horse killed | 0 | 0 | 0.1 s | 3.0 s | state `redis-gone`; “program ended” |" in text
    assert [line.split(" | ")[0] for line in lines] == ["| runner killed", "| horse killed"]
    assert text.count("runner killed") == 1
    faults._draw(lines)
    assert ">120.0<" in (tmp_path / "faults.svg").read_text(encoding="utf-8")


def test_bars_are_as_long_as_their_values(tmp_path):
    path = tmp_path / "bars.svg"
    rows = [plot.Bar("one", 10.0), plot.Bar("two <", 5.0, ours=False)]
    plot.bars(path, rows, title="T", note="n", unit="s", guide=20.0)
    text = path.read_text(encoding="utf-8")
    first, second = (
        float(part.split('width="')[1].split('"')[0]) for part in text.split("<rect ")[2:]
    )
    assert first == pytest.approx(2 * second, rel=0.01)
    assert "two &lt;" in text


def test_a_relay_leads_to_another_server_when_it_is_switched():
    with (
        socket.create_server(("127.0.0.1", 0)) as one,
        socket.create_server(("127.0.0.1", 0)) as two,
        Relay(one.getsockname()[1]) as relay,
    ):
        with socket.create_connection(("127.0.0.1", relay.port)) as client:
            there, _ = one.accept()
            with there:
                client.sendall(b"first")
                assert there.recv(9) == b"first"
                relay.switch(two.getsockname()[1])
                assert client.recv(9) == b""
        with socket.create_connection(("127.0.0.1", relay.port)) as client:
            there, _ = two.accept()
            with there:
                there.sendall(b"second")
                assert client.recv(9) == b"second"


@pytest.mark.slow
@pytest.mark.skipif(not is_possible(), reason="needs a C compiler")
def test_the_clock_of_a_program_is_set_and_the_machines_is_not(tmp_path):
    clock = Clock(tmp_path)
    clock.step(-3600)
    script = "import time, datetime; print(time.time(), datetime.datetime.now().timestamp())"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=clock.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    now = time.time()
    assert [float(one) - now for one in done.stdout.split()] == pytest.approx([-3600] * 2, abs=5)


@pytest.mark.slow
@pytest.mark.parametrize("deed", ["crash", "loop"])
def test_poison_ends_its_process_by_a_signal(deed):
    script = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1));"
        "resource.setrlimit(resource.RLIMIT_CORE, (0, 0));"
        f"from bench import faults_poison; faults_poison.DEEDS[{deed!r}]()"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    assert done.returncode < 0


def test_poison_works_in_workers_only(tmp_path):
    environment = faults_poison.environment(tmp_path)
    assert (tmp_path / "sitecustomize.py").is_file()
    assert environment["PYTHONPATH"].startswith(str(tmp_path))
    faults_poison.install()  # this is no worker
    assert "workers.extract" not in sys.modules or not hasattr(
        sys.modules["workers.extract"].read, "__wrapped__"
    )


def _spoil(stage: Stage) -> None:
    """Take one page away without a trace, and announce one article twice."""
    keys = Keys()
    with stage.redis() as redis:
        [(_, fields)] = redis.xrevrange(keys.articles, count=1)
        redis.xadd(keys.articles, {**fields, b"op": b"new"})
        [victim] = redis.zrange(keys.pending, -1, -1)  # the last: nobody is at it yet
        redis.zrem(keys.pending, victim)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_loss_and_a_double_are_seen(monkeypatch):
    monkeypatch.setattr("bench.faults_trial._DONE_SECONDS", 6.0)
    fault = replace(BY_NAME["horse killed"], hurt=_spoil)
    seen = try_out(fault, pages=240)
    assert len(seen.lost) == 1
    assert seen.doubled
