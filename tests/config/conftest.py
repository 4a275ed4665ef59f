from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from feedmill.config import load
from feedmill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from feedmill.config import Settings


class Folder:
    """A folder with configuration files in it; `sources.yaml` is the main one."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, text: str | bytes) -> Path:
        file = self.path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return file

    def load(self, text: str | bytes, env: Mapping[str, str] | None = None) -> Settings:
        return load(self.write("sources.yaml", text), env or {})

    def problems(self, text: str | bytes, env: Mapping[str, str] | None = None) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            self.load(text, env)
        assert all("\n" not in problem for problem in caught.value.problems)
        return caught.value.problems


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)


@pytest.fixture
def problems(folder: Folder) -> Callable[..., list[str]]:
    return folder.problems
