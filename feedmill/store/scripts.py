"""The Lua scripts beside this module."""

from __future__ import annotations

from importlib import resources


def load(name: str) -> str:
    """The text of a script.

    Args:
        name: Of its file, such as `commit.lua`.
    """
    return resources.files("feedmill.store").joinpath(name).read_text(encoding="utf-8")
