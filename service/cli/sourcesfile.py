"""Changes to a sources file: checked before they are written, and written at once or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from feedmill.config import Settings, load
from feedmill.config.edit import NEW_FILE, with_sources
from feedmill.config.problems import UnreadableError
from feedmill.errors import ConfigError
from feedmill.urls import canonical

_BOM = b"\xef\xbb\xbf"
_PROBLEM = re.compile(r".*?:\d+:\d+: (?:[\w.]+: )?(.*)", re.DOTALL)

Entry = Mapping[str, Any]


class SourcesFile:
    """A sources file to which sources are added. One that is not there begins as a small one.

    Args:
        path: The file.

    Raises:
        ConfigError: What is there has mistakes.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_new = not path.exists()
        self._raw = NEW_FILE.encode() if self.is_new else path.read_bytes()
        self.settings = load(path, content=self._raw)

    def refuse_listed(self, url: str) -> None:
        """Refuse an address that is listed already.

        Raises:
            ConfigError: It is, and where; or it is no address.
        """
        try:
            wanted = canonical(url)
        except ValueError:
            raise ConfigError(["the address cannot be understood"]) from None
        if wanted in {canonical(source.url) for source in self.settings.sources if source.url}:
            self.with_entries([{"url": url}])

    def with_entries(self, entries: Sequence[Entry]) -> Settings:
        """Say what the file with more sources would say; nothing is written.

        Raises:
            ConfigError: It would have mistakes, such as an address that is listed already.
        """
        try:
            return load(self.path, content=self._changed(entries))
        except ConfigError as error:
            found = (_PROBLEM.fullmatch(problem) for problem in error.problems)
            told = [match[1] for match in found if match]
            raise ConfigError([f"nothing was added: {text}" for text in told[:3]]) from error

    def add(self, entries: Sequence[Entry]) -> list[str]:
        """Write sources to the end of the file's list.

        Returns:
            Their ids.

        Raises:
            ConfigError: They cannot be added, or somebody else has changed the file meanwhile.
        """
        before = {source.id for source in self.settings.sources}
        after = self.with_entries(entries)
        if not self.is_new and self.path.read_bytes() != self._raw:
            raise ConfigError([f"{self.path}: the file has changed meanwhile; nothing was added"])
        write(self.path, self._changed(entries))
        return [source.id for source in after.sources if source.id not in before]

    def _changed(self, entries: Sequence[Entry]) -> bytes:
        mark = _BOM if self._raw.startswith(_BOM) else b""
        try:
            return mark + with_sources(self._raw.decode("utf-8-sig"), entries).encode()
        except UnreadableError as error:
            place = f"{self.path}:{error.line}:{error.column}"
            raise ConfigError([f"{place}: {error.text}; add the source by hand"]) from error


def write(path: Path, content: bytes) -> None:
    """Write a file whole: whoever reads it meanwhile reads the old one. Links are followed.

    Raises:
        ConfigError: It cannot be written.
    """
    target = path.resolve()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            dir=target.parent, prefix=f".{target.name}.", delete=False
        ) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary = Path(file.name)
        try:
            temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else _new_mode())
            temporary.replace(target)
        except OSError:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from error


def _new_mode() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
