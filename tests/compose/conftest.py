from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.compose import stack as stacks


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stacks.Stack]:
    """The running stack with one worker; both seeds are articles already."""
    if reason := stacks.why_not():
        pytest.skip(reason)
    stack = stacks.Stack(tmp_path_factory.mktemp("compose"))
    try:
        stack.say(f"{stack.name}: building")
        stack.compose("build", seconds=480)
        stack.say("starting")
        stack.up(workers=1)
        stack.say("all healthy; waiting for the seeds")
        assert stack.state(length=2)["length"] == 2
        yield stack
    finally:
        stack.say("taking it down")
        stack.down()
        stack.say("done\n")
