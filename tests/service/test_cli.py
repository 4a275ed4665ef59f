"""The command `feedmill` as people use it: real processes, exit codes, and sentences."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from service.cli import main
from tests.program import Program, descendants, kill, lives, wait_until
from tests.site.process import ROOT

SEEDS = ROOT / "seeds"
COMMANDS = ("run", "check", "status", "tail", "export", "service", "worker", "healthcheck")
OF_ONE_PAGE = ("extract", "test", "dedup")  # they need no sources file
ON_ADDRESSES = ("fetch", "parse-feed", "add", "import", "show", "why")  # nor do they
ON_WHAT_IS_STORED = ("quarantine", "replay")  # they are told what of it
ALIVE = 'version: 1\nredis: "{redis}"\nsources: [{{path: a.txt, enabled: false}}]\n'


def is_clear(text: str) -> bool:
    """One sentence or a few, and no traceback."""
    return bool(text.strip()) and "Traceback" not in text and len(text.splitlines()) <= 6


@pytest.fixture
def seeded(program) -> Program:
    """A folder with the seeds and the sources file of the repository."""
    shutil.copytree(SEEDS, program.folder / "seeds")
    shutil.copy(ROOT / "sources.yaml", program.config)
    return program


@pytest.fixture
def here(program, monkeypatch) -> Program:
    """The tests' own process stands in the program's folder: to start one takes most of a second."""
    monkeypatch.chdir(program.folder)
    monkeypatch.delenv("REDIS_URL", raising=False)
    return program


def quick(*arguments: str) -> Result:
    """A command that starts nothing, in this process."""
    return CliRunner().invoke(main, arguments, prog_name="feedmill")


def is_up(program: Program, part: str = "service") -> bool:
    return program.call("healthcheck", part).returncode == 0


# --- help, mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*COMMANDS, *OF_ONE_PAGE, *ON_ADDRESSES, *ON_WHAT_IS_STORED])
def test_help_of_every_command(command):
    done = quick(command, "--help")
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"feedmill {command} [OPTIONS]" in done.stdout
    assert len(done.stdout.splitlines()) > 5


def test_help_lists_all_commands_and_nothing_unexplained(program):
    done = program.call("--help")
    listed = done.stdout.split("Commands:")[1].strip().splitlines()
    assert {line.split()[0] for line in listed} == {
        *COMMANDS,
        *OF_ONE_PAGE,
        *ON_ADDRESSES,
        *ON_WHAT_IS_STORED,
    }
    assert all(len(line.split()) > 3 for line in listed)
    assert program.call("--version").stdout.startswith("feedmill, version")


@pytest.mark.parametrize("command", OF_ONE_PAGE)
def test_help_shows_examples_that_fit_a_terminal(command):
    lines = quick(command, "--help").stdout.splitlines()
    examples = [line for line in lines if f"feedmill {command} " in line]
    assert len(examples) >= 4
    assert all(len(line) < 80 for line in lines)


@pytest.mark.parametrize("command", COMMANDS)
def test_without_a_sources_file_there_is_one_clear_sentence(here, command):
    done = quick(command)
    assert done.exit_code == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "sources.yaml" in done.stderr
    assert "No such file" in done.stderr
    assert done.stdout == ""
    assert list(here.folder.iterdir()) == []


def test_a_selector_that_cannot_be_used_is_a_mistake(here):
    here.configure(
        "version: 1\nsources: [{url: 'https://a.example/', id: a, select: 'div::before a'}]\n"
    )
    for option in ((), ("--json",)):
        done = quick("check", *option)
        assert done.exit_code == 2
        assert "select" in done.stdout + done.stderr


FIVE = """\
version: 1
redis: embedded
defautls: {every: 10m}
sources:
  - url: https://news.example/rss
    every: soon
  - ftp://news.example/rss
  - path: none.txt
  - url: https://other.example/rss
    extract: {drop: ["("]}
"""


def test_check_tells_five_mistakes_in_one_pass(program):
    program.configure(FIVE)
    done = program.call("check")
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    places = [line.split(": ")[0] for line in lines]
    assert places == [
        *("sources.yaml:3:1", "sources.yaml:6:12", "sources.yaml:7:5", "sources.yaml:8:11"),
        "sources.yaml:10:22",
    ]
    assert "did you mean 'defaults'" in lines[0]
    assert "soon" in lines[1]


def test_check_as_json(here):
    here.configure(FIVE)
    done = quick("check", "--json")
    assert (done.exit_code, done.stderr) == (2, "")
    answer = json.loads(done.stdout)
    assert answer["ok"] is False
    assert len(answer["problems"]) == 5
    here.configure("version: 1\nsources: [https://news.example/rss]\n")
    answer = json.loads(quick("check", "--json").stdout)
    assert answer["ok"] is True
    assert answer["sources"][0]["url"] == "https://news.example/rss"


def test_check_of_a_good_file(here):
    here.configure("version: 1\nsources: [https://news.example/rss, ./none/*.txt]\n")
    done = quick("check")
    assert done.exit_code == 0
    assert "no mistakes, 2 sources" in done.stdout
    assert "no file matches" in done.stderr


def test_the_sources_file_may_have_another_name(here):
    other = here.folder / "conf" / "my.yaml"
    other.parent.mkdir()
    other.write_text("version: 1\nsources: []\n")
    assert quick("check", "conf/my.yaml").exit_code == 0


@pytest.mark.parametrize("command", ["service", "worker"])
def test_alone_and_with_embedded_redis_it_says_what_to_do(here, command):
    here.configure("version: 1\nsources: []\n")
    done = quick(command)
    assert done.exit_code == 1
    assert is_clear(done.stderr)
    for word in ("embedded", "feedmill run", "`redis:`", "--redis"):
        assert word in done.stderr


@pytest.mark.parametrize(("command", "option"), [("run", "--workers"), ("worker", "--processes")])
@pytest.mark.parametrize("value", ["0", "many"])
def test_a_wrong_number_of_workers_is_a_mistake_of_the_option_that_was_given(
    here, command, option, value
):
    here.configure("version: 1\nredis: redis://127.0.0.1:1\nsources: []\n")
    done = quick(command, "-n", value)
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr
    assert option in done.stderr


# --- health ---------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_healthcheck_where_no_redis_is(program):
    """A container's health check waits a few seconds at most."""
    program.configure(ALIVE.format(redis=f"unix://{program.folder}/none.sock"))
    for part in ("redis", "service"):
        started = time.monotonic()
        done = program.call("healthcheck", part)
        assert done.returncode == 1
        assert is_clear(done.stderr)
        assert f"{part}: Redis does not answer" in done.stderr
        assert time.monotonic() - started < 6


@pytest.mark.slow
def test_healthcheck_of_redis_and_of_parts_that_do_not_run(program, valkey, valkey_url):
    program.configure(ALIVE.format(redis=valkey_url))
    assert program.call("healthcheck", "redis").stdout == "redis: alive\n"
    for part, reason in (("service", "no service works"), ("worker", "sign of life")):
        done = program.call("healthcheck", part)
        assert (done.returncode, done.stdout) == (1, "")
        assert reason in done.stderr
    valkey.set("service", "{}")
    assert program.call("healthcheck").stdout == "service: alive\n"
    assert program.call("healthcheck", "moon").returncode == 2


@pytest.mark.slow
@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kolkata"])
def test_healthcheck_of_a_worker_in_any_time_zone(program, valkey, valkey_url, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    program.configure(ALIVE.format(redis=valkey_url))
    program.start("worker", "-n", "1")
    wait_until(lambda: valkey.scard("rq:workers"), what="a worker is there")
    done = program.call("healthcheck", "worker")
    assert (done.returncode, done.stdout) == (0, "worker: alive\n"), done.stderr


@pytest.mark.slow
def test_without_redis_commands_say_so_and_do_not_trace_back(program):
    program.configure(ALIVE.format(redis=f"unix://{program.folder}/none.sock"))
    for arguments in (("tail",), ("service", "--once")):
        done = program.call(*arguments)
        assert done.returncode == 1
        assert is_clear(done.stderr), done.stderr[-2000:]
        assert "Redis" in done.stderr


# --- run ------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_two_rounds_over_the_seeds(seeded):
    first = seeded.call("run", "--once")
    assert first.returncode == 0, first.stderr
    assert "2 new, 0 updated, 0 duplicates" in first.stdout
    assert "art:" in first.stdout
    assert "docs/consuming.md" in first.stdout
    assert "Traceback" not in first.stderr
    second = seeded.call("run", "--once")
    assert second.returncode == 0
    assert "0 new, 0 updated, 0 duplicates, 2 known from before" in second.stdout
    assert "known already" in second.stdout
    assert len(seeded.articles()) == 2
    outcome = seeded.once()
    assert outcome["articles"] == []
    assert outcome["polled"]["known"] == 2
    assert not any(outcome["verdicts"].values())


@pytest.mark.slow
def test_what_it_says_about_going_on_works_from_here(program):
    """The sources file lies in another folder: the commands that are shown must name it."""
    folder = program.folder / "conf"
    folder.mkdir()
    shutil.copytree(SEEDS, folder / "seeds")
    shutil.copy(ROOT / "sources.yaml", folder / "sources.yaml")
    done = program.call("run", "--once", "conf/sources.yaml")
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if "keep it running" in line]
    assert (program.folder / line.split("feedmill run")[1].strip()).is_file()


@pytest.mark.slow
def test_once_fails_where_nothing_could_be_read(program):
    program.configure("version: 1\nsources: [http://127.0.0.1:80/rss]\n")
    done = program.call("run", "--once")
    assert done.returncode == 1
    assert "1 sources could not be read" in done.stdout
    assert "address-refused" in done.stderr


@pytest.mark.slow
def test_a_second_run_on_the_same_folder_says_who_owns_it(seeded):
    first = seeded.start("run")
    wait_until(lambda: is_up(seeded), seconds=40, what="the first runs")
    second = seeded.call("run", "--once")
    assert second.returncode == 1
    assert is_clear(second.stderr)
    assert str(first.pid) in second.stderr
    assert "data_dir" in second.stderr
    assert first.poll() is None
    assert is_up(seeded)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_and_leaves_nothing(seeded, number):
    run = seeded.start("run")
    wait_until(lambda: is_up(seeded) and is_up(seeded, "worker"), seconds=40, what="all run")
    everyone = descendants(run.pid)
    assert len(everyone) >= 4  # server, service, two workers
    run.send_signal(number)
    assert run.wait(40) == 0
    assert not [line for pid, line in everyone.items() if lives(pid)]
    assert "Traceback" not in seeded.log(), seeded.log()
    assert "never retrieved" not in seeded.log()


@pytest.mark.slow
def test_ctrl_c_in_a_terminal_reaches_all_and_is_as_clean(seeded):
    """A terminal sends SIGINT to the whole group of processes, and people press it twice."""
    with (seeded.folder / "stderr.log").open("a") as stderr:
        run = subprocess.Popen(
            [sys.executable, "-m", "service", "run"],
            cwd=seeded.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        wait_until(lambda: is_up(seeded) and is_up(seeded, "worker"), seconds=40, what="all run")
        everyone = descendants(run.pid)
        os.killpg(run.pid, signal.SIGINT)
        time.sleep(0.3)
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGINT)
        assert run.wait(40) == 0
        assert not [line for pid, line in everyone.items() if lives(pid)]
        assert "Traceback" not in seeded.log(), seeded.log()
    finally:
        run.kill()
        run.wait()


@pytest.mark.slow
def test_a_run_killed_with_9_leaves_nothing_and_can_be_started_again(seeded):
    run = seeded.start("run")
    wait_until(lambda: is_up(seeded) and is_up(seeded, "worker"), seconds=40, what="all run")
    everyone = descendants(run.pid)
    kill(run.pid)
    wait_until(lambda: not any(map(lives, everyone)), seconds=40, what="nothing is left")
    outcome = seeded.once()
    assert outcome["verdicts"].get("new", 0) + outcome["polled"]["known"] == 2
    assert len(seeded.articles()) == 2


@pytest.mark.slow
def test_a_configuration_without_sources_waits_instead_of_dying(program):
    """All sources switched off is no reason for the service to end and be started again for ever."""
    (program.folder / "a.txt").write_text("text")
    program.configure("version: 1\nsources: [{path: a.txt, enabled: false}]\n")
    run = program.start("run")
    wait_until(lambda: is_up(program), seconds=15, what="the service is up")
    services = {p for p, line in descendants(run.pid).items() if "service service" in line}
    time.sleep(4)
    assert "program ended" not in program.log()
    assert {p for p, line in descendants(run.pid).items() if "service service" in line} == services


@pytest.mark.slow
def test_the_service_alone_stops_cleanly(program, valkey, valkey_url):
    program.configure(ALIVE.format(redis=valkey_url).replace(", enabled: false", ""))
    Path(program.folder / "a.txt").write_text("text")
    process = program.start("service")
    wait_until(lambda: valkey.exists("service") and valkey.zcard("due"), what="it has polled")
    assert valkey.zcard("pages:pending") == 1
    process.terminate()
    assert process.wait(20) == 0
    assert "Traceback" not in program.log()


@pytest.mark.slow
def test_the_service_alone_waits_for_a_redis_that_comes_back(program, folder):
    """Redis gone for good while it runs: it says so and goes on; it does not die."""
    (folder / "a.txt").write_text("text")
    with EmbeddedServer(folder / "redis") as server:
        program.configure(
            f"version: 1\nredis: {server.url}\ndefaults: {{every: 1s}}\nsources: [a.txt]\n"
        )
        process = program.start("service")
        wait_until(lambda: is_up(program), seconds=30, what="the service is up")
        kill(server.pid)
        time.sleep(2)
        server.restart_if_ended()
        (folder / "a.txt").write_text("another text")
        wait_until(
            lambda: process.poll() is not None or is_up(program), seconds=40, what="up again"
        )
        assert process.poll() is None, program.log()
        with connect(server.url) as redis:
            wait_until(lambda: redis.zcard("pages:pending") == 2, seconds=40, what="both accepted")
