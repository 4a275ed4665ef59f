from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from tests.consuming.consumer import RECIPES, Consumer, Recipe
from tests.consuming.document import blocks

Start = Callable[..., Consumer]


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the document's `npm install` installs."""
    if shutil.which("npm") is None:
        pytest.skip("the recipe for Node needs npm, which is not installed here")
    folder = tmp_path_factory.mktemp("node")
    options = {"npm_config_prefer_offline": "true", "npm_config_fund": "false"}
    try:
        done = subprocess.run(
            ["bash", "-c", blocks()["node-install"]],
            cwd=folder,
            env=os.environ | options | {"npm_config_audit": "false"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer within a minute")
    if done.returncode:
        pytest.skip(f"npm cannot install the package redis here: {done.stderr.strip()[-300:]}")
    return folder / "node_modules"


@pytest.fixture
def house() -> Iterator[Path]:
    """A folder with a running embedded server in .feedmill, its path short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="fm-") as name:
        folder = Path(name)
        (folder / "sources.yaml").write_text("version: 1\n", encoding="utf-8")
        with EmbeddedServer(folder / ".feedmill"):
            yield folder


@pytest.fixture
def redis(house: Path) -> Iterator[Redis]:
    with connect(_address(house)) as client:
        yield client


@pytest.fixture(params=RECIPES)
def recipe(request: pytest.FixtureRequest, house: Path) -> Recipe:
    """Each recipe in turn, as a program in the folder."""
    recipe = RECIPES[request.param]
    recipe.write(house)
    if request.param == "node":
        modules: Path = request.getfixturevalue("node_modules")
        (house / "node_modules").symlink_to(modules)
    return recipe


@pytest.fixture
def start(recipe: Recipe, house: Path) -> Start:
    """Starts the recipe; keyword arguments become its environment."""

    def start(*, stalls: bool = False, **environment: str) -> Consumer:
        return Consumer(recipe, house, {"REDIS_URL": _address(house), **environment}, stalls=stalls)

    return start


def _address(house: Path) -> str:
    """What the document's block says, in that folder."""
    return subprocess.run(
        ["bash", "-c", f"{blocks()['address']}\necho $REDIS_URL"],
        cwd=house,
        env={"PATH": os.environ["PATH"], "PWD": str(house)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
