"""`${VAR}`, `${VAR:-default}`, `${file:/run/secrets/x}` and `$$` in the text of a value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_SECRET_BYTES: Final = 64_000

_DOLLAR = re.compile(
    r"""\$ (?: (?P<dollar> \$ )
    | \{ file: (?P<file> [^}]+ ) \}
    | \{ (?P<name> [A-Za-z_][A-Za-z0-9_]* ) (?: :- (?P<default> [^}]* ) )? \}
    | (?P<broken> \{ ) )""",
    re.VERBOSE,
)


class ExpansionError(Exception):
    """A `${...}` cannot be replaced. Its text never holds a value."""


def expand(text: str, env: Mapping[str, str], folder: Path) -> str:
    """Replace every `${...}` in the text; what comes in is not expanded again.

    Args:
        text: The text as it stands in the file.
        env: Where variables are looked up. An empty one counts as unset if it has a default.
        folder: Where a relative `${file:...}` begins.

    Raises:
        ExpansionError: A variable is not set, a secret file cannot be read, or `${` is malformed.
    """

    def replacement(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        if match["broken"]:
            raise ExpansionError("expected ${NAME}, ${NAME:-default} or ${file:/path} after $")
        if match["file"]:
            return _secret(match["file"], folder)
        return _variable(match["name"], match["default"], env)

    return _DOLLAR.sub(replacement, text)


def has_variable(text: str) -> bool:
    """Say whether the text takes anything from outside the file."""
    return any(not match["dollar"] for match in _DOLLAR.finditer(text))


def _variable(name: str, default: str | None, env: Mapping[str, str]) -> str:
    value = env.get(name)
    if default is not None:
        return value or default
    if value is None:
        raise ExpansionError(
            f"the variable {name} is not set; set it, or write ${{{name}:-default}}"
        )
    return value


def _secret(name: str, folder: Path) -> str:
    path = folder / name
    try:
        if not path.is_file():
            raise ExpansionError(f"there is no file {name!r}")
        with path.open("rb") as file:
            raw = file.read(MAX_SECRET_BYTES + 1)
        text = raw.decode()
    except (OSError, ValueError):  # ValueError: not UTF-8, or a path that cannot be one
        raise ExpansionError(f"the file {name!r} cannot be read as text") from None
    if len(raw) > MAX_SECRET_BYTES:
        raise ExpansionError(f"the file {name!r} is larger than {MAX_SECRET_BYTES // 1000} kB")
    return text.removesuffix("\n").removesuffix("\r")
