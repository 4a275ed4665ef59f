"""Programs that end with their parent."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from feedmill.launch import with_parent
from tests.program import lives, wait_until

_PARENT = """
import subprocess, sys, time
from feedmill.launch import with_parent
child = subprocess.Popen(with_parent([sys.executable, "-c", "import time; print('up', flush=True); time.sleep(600)"]),
                         stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(600)
"""


def test_the_command_runs_with_its_arguments_and_exit_code():
    script = "import sys; print(sys.argv[1:]); sys.exit(7)"
    command = with_parent([sys.executable, "-c", script, "a b", "--x", "", "ü"])
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout.strip(), done.returncode) == ("['a b', '--x', '', 'ü']", 7)


def test_the_command_takes_the_place_of_the_launcher():
    with subprocess.Popen(
        with_parent([sys.executable, "-c", "import os; print(os.getpid())"]),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert int(process.stdout.read()) == process.pid


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_it_ends_when_the_parent_is_killed():
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    assert lives(child)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not lives(child), seconds=10, what="the child ends")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a process to its parent")
def test_nothing_starts_if_the_parent_has_died_already(folder):
    mark = folder / "mark"
    command = with_parent([sys.executable, "-c", f"open({str(mark)!r}, 'w')"])
    command[command.index(str(os.getpid()))] = "1"
    assert os.getpid() != 1
    done = subprocess.run(command, check=False)
    assert done.returncode == 1
    assert not mark.exists()
