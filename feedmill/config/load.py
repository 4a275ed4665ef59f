"""Reads the main file and the files it includes into Settings."""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from feedmill.config import paths
from feedmill.config.checks import check_include
from feedmill.config.document import Document, read_bytes
from feedmill.config.messages import read, unexpected
from feedmill.config.models import Defaults, Settings, SettingsFile, SourcesFile
from feedmill.config.opml import OpmlDocument
from feedmill.config.problems import Place, Problem, UnexpectedError, UnreadableError
from feedmill.config.sources import SourceList, apply_timing
from feedmill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAX_INCLUDE_DEPTH: Final = 4
DATA_DIR_VARIABLE: Final = "FEEDMILL_DATA_DIR"  # where the file does not say; images set it


def load(
    path: Path, env: Mapping[str, str] = os.environ, *, content: bytes | None = None
) -> Settings:
    """Read a configuration file and everything it includes.

    Args:
        path: The main file, such as `sources.yaml`.
        env: Where `${VAR}` is looked up.
        content: What to take for the content of the main file, before it is written.

    Raises:
        ConfigError: Something is wrong; its `problems` are all mistakes in all files.
    """
    loader = _Loader(env, content)
    settings = loader.load(paths.absolute(path))
    if settings is None or loader.problems:
        raise ConfigError(_lines(loader.problems))
    return settings


@dataclass(frozen=True)
class _Scope:
    """The file that is being read: what holds in it, and the files that led to it, itself last."""

    document: Document
    defaults: Defaults
    trail: tuple[Path, ...]
    sources_at: tuple[str, ...] = ("sources",)


class _Loader:
    """One pass over all files: collects sources and problems, and never stops at a mistake."""

    def __init__(self, env: Mapping[str, str], content: bytes | None) -> None:
        self._env = env
        self._content = content
        self._sources = SourceList()
        self._unreadable: list[Problem] = []
        self._documents: dict[Path, Document] = {}
        self._included: dict[Path, Place] = {}
        self._lists: list[tuple[OpmlDocument, Defaults]] = []
        self._globs: list[str] = []

    @property
    def problems(self) -> list[Problem]:
        """Everything that is wrong in the files read so far."""
        found = [problem for document in self._documents.values() for problem in document.problems]
        return self._unreadable + found

    def load(self, path: Path) -> Settings | None:
        """Read the main file; None if there is nothing to make settings of."""
        document = self._open(path, self._content)
        if document is None:
            return None
        file = read(SettingsFile, document.data, document, ())
        if file is None:
            return None
        if "version" not in document.data:
            document.report(("version",), "is missing; write `version: 1`")
        if file.websub is not None and "callback" not in document.data["websub"]:
            document.report(("websub", "callback"), "is missing; where can hubs reach feedmill?")
        defaults = Defaults(**apply_timing(file.defaults, Defaults(), document, ("defaults",)))
        self._take(file, _Scope(document, defaults, (path,)))
        self._take_lists()
        values = dict(file)
        values["data_dir"] = path.parent / self._data_dir(file, document)
        values["include"] = [pattern for pattern in file.include if isinstance(pattern, str)]
        values["sources"] = self._sources.sources
        files = (*self._documents, *(document.file for document, _ in self._lists))
        return Settings(
            **values,
            path=path,
            warnings=self._sources.warnings,
            files=files,
            globs=tuple(self._globs),
        )

    def _data_dir(self, file: SettingsFile, document: Document) -> str | Path:
        stated = "data_dir" in document.data
        return file.data_dir if stated else self._env.get(DATA_DIR_VARIABLE) or file.data_dir

    def _open(self, path: Path, content: bytes | None = None) -> Document | None:
        try:
            raw = read_bytes(path) if content is None else content
            document = self._documents[path] = Document(path, raw, self._env)
        except UnreadableError as error:
            self._refuse(path, error)
            return None
        return document

    def _refuse(self, path: Path, error: UnreadableError) -> None:
        place = Place(paths.shown(path), error.line, error.column)
        self._unreadable.append(Problem(place, error.text))

    def _take(self, file: SourcesFile, scope: _Scope) -> None:
        """Take the sources of a file, then those of the files it includes."""
        for index, entry in enumerate(file.sources):
            self._sources.add(entry, scope.document, (*scope.sources_at, index), scope.defaults)
        for index, pattern in enumerate(file.include):
            self._include(pattern, ("include", index), scope)

    def _take_lists(self) -> None:
        """Take the feeds of OPML files, after all that people wrote themselves: that goes first."""
        for document, defaults in self._lists:
            for number in range(len(document.outlines)):
                self._sources.add_listed(document, number, defaults)
            self._sources.warnings += _lines(document.problems)

    def _include(self, pattern: Any, path: tuple[str | int, ...], scope: _Scope) -> None:
        """Read the files that one item of `include` names."""
        document = scope.document
        folder = document.file.parent
        if not _is_includable(pattern, document, path):
            return
        if len(scope.trail) > MAX_INCLUDE_DEPTH:
            document.report(path, f"files include each other more than {MAX_INCLUDE_DEPTH} deep")
        elif paths.has_glob(pattern):
            self._globs.append(os.path.join(glob.escape(str(folder)), pattern))  # noqa: PTH118
            files = paths.matches(pattern, folder, paths.INCLUDE_ENDINGS)
            if not files:
                self._sources.warnings.append(f"{document.place(path)}: {paths.NO_MATCH}")
            for file in files:
                self._read_included(file, path, scope)
        elif paths.is_file(folder / pattern):
            self._read_included(folder / pattern, path, scope)
        else:
            document.report(path, paths.no_such_file(folder))

    def _read_included(self, file: Path, path: tuple[str | int, ...], scope: _Scope) -> None:
        """Read one file that the item of `include` at the path names."""
        file = paths.absolute(file)
        place = scope.document.place(path)
        if file in scope.trail:
            names = " -> ".join(paths.shown(step) for step in (*scope.trail, file))
            scope.document.report(path, f"files include each other in a circle: {names}")
            return
        first = self._included.setdefault(file, place)
        if first is not place:
            text = f"{paths.shown(file)} is already included at {first.spot}"
            scope.document.report(path, text)
            return
        if file.name.lower().endswith(paths.OPML_ENDING):
            self._read_list(file, scope)
            return
        document = self._open(file)
        if document is None:
            return
        trail = (*scope.trail, file)
        if isinstance(document.data, list):
            plain_list = SourcesFile(sources=document.data)
            self._take(plain_list, _Scope(document, scope.defaults, trail, sources_at=()))
        elif contents := read(SourcesFile, document.data, document, ()):
            timing = apply_timing(contents.defaults, scope.defaults, document, ("defaults",))
            self._take(contents, _Scope(document, Defaults(**timing), trail))

    def _read_list(self, file: Path, scope: _Scope) -> None:
        try:
            self._lists.append((OpmlDocument(file, read_bytes(file)), scope.defaults))
        except UnreadableError as error:
            self._refuse(file, error)


def _is_includable(pattern: Any, document: Document, path: tuple[str | int, ...]) -> bool:
    """Check the text of one item of `include`."""
    try:
        check_include(pattern)
    except UnexpectedError as error:
        document.report(path, unexpected(error, pattern, document.written(path)))
    except ValueError as error:
        document.report(path, str(error))
    else:
        return True
    return False


def _lines(problems: list[Problem]) -> list[str]:
    """Sort by place; a mistake that several aliases lead to is told once."""
    unique: dict[tuple[str, str], Problem] = {}
    for problem in sorted(problems):
        unique.setdefault((problem.place.spot, problem.text), problem)
    return [str(problem) for problem in unique.values()]
