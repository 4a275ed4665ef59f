"""Fixtures of more than one test folder: a real Valkey, a news site, the command itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from redis import Redis

from feedmill.embedded import EmbeddedServer
from feedmill.store.connection import connect
from tests.program import Program
from tests.site.process import NewsSite


@pytest.fixture(autouse=True)
def _log_unconfigured() -> Iterator[None]:
    """What a test makes of the log, by a command that it calls, is not left to the next."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder with a path short enough for a Unix socket in it."""
    with tempfile.TemporaryDirectory(prefix="fm-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def valkey_url() -> Iterator[str]:
    """A running Valkey, shared by the tests of a module."""
    with tempfile.TemporaryDirectory(prefix="fm-") as name, EmbeddedServer(Path(name)) as server:
        yield server.url


@pytest.fixture
def valkey(valkey_url: str) -> Iterator[Redis]:
    """A client of an empty Valkey."""
    with connect(valkey_url) as client:
        client.execute_command("FLUSHALL", "SYNC")
        yield client


@pytest.fixture(scope="module")
def running_site() -> Iterator[NewsSite]:
    """The loopback news site, shared by the tests of a module."""
    with NewsSite() as site:
        yield site


@pytest.fixture
def site(running_site: NewsSite) -> NewsSite:
    """The loopback news site in its first edition, its request log empty."""
    running_site.reset()
    return running_site


@pytest.fixture
def program(folder: Path) -> Iterator[Program]:
    """The command `feedmill` in a folder of its own; what it left running is stopped."""
    with Program(folder) as command:
        yield command
