"""One YAML file: its plain data, and where in the file each part of the data stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from feedmill.config import paths, syntax
from feedmill.config.environment import ExpansionError, expand, has_variable
from feedmill.config.problems import Place, Problem, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from yaml.nodes import MappingNode, Node, ScalarNode

_LONGEST_KEY = 60


class Document:
    """A parsed file. `data` is what it says; `problems` collects what is wrong with it.

    A path is a tuple of keys and indices, such as `("sources", 3, "url")`. A path that leads
    further than the file does means the last part that is there.

    Args:
        file: The file, absolute.
        raw: Its bytes.
        env: Where `${VAR}` is looked up.

    Raises:
        UnreadableError: The file is no YAML, is empty, or goes over a limit.
    """

    def __init__(self, file: Path, raw: bytes, env: Mapping[str, str]) -> None:
        self.file = file
        self.name = paths.shown(file)
        self.problems: list[Problem] = []
        self._env = env
        self._root = syntax.compose(raw)
        self._entries: dict[int, dict[str, tuple[Node, Node]]] = {}
        self._written: dict[int, str] = {}
        self._broken: set[int] = set()
        self._built: dict[int, Any] = {}
        self.data = self._build(self._root, ())

    def place(self, path: Sequence[str | int], *, at_key: bool = False) -> Place:
        """Return where the value at the path begins, or its key."""
        key, node, depth = self._find(path)
        if isinstance(node, yaml.MappingNode):
            depth += 1  # the next part is a key that is missing: name it
        shown = ".".join(_plain(part) for part in path[:depth])
        mark = (key if at_key and key else node).start_mark
        return Place(self.name, mark.line + 1, mark.column + 1, shown)

    def report(self, path: Sequence[str | int], text: str, *, at_key: bool = False) -> None:
        """Note a mistake, unless the value there is already known to be broken."""
        _, node, _ = self._find(path)
        if at_key or id(node) not in self._broken:
            self.problems.append(Problem(self.place(path, at_key=at_key), text))

    def written(self, path: Sequence[str | int]) -> str | None:
        """Return the text at the path as it was before its `${...}` were replaced.

        None if it has none, or is no scalar.
        """
        return self._written.get(id(self._find(path)[1]))

    def _find(self, path: Sequence[str | int]) -> tuple[Node | None, Node, int]:
        """Follow the path as far as it goes: the key, the node, and how many parts were there."""
        key: Node | None = None
        node = self._root
        for depth, part in enumerate(path):
            if isinstance(node, yaml.MappingNode) and part in self._entries[id(node)]:
                key, node = self._entries[id(node)][str(part)]
            elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
                key, node = None, node.value[part]
            else:
                return key, node, depth
        return key, node, len(path)

    def _build(self, node: Node, path: tuple[str | int, ...]) -> Any:
        """Turn a node into plain data, once, however many aliases lead to it."""
        if id(node) not in self._built:
            self._built[id(node)] = self._data(node, path)
        return self._built[id(node)]

    def _data(self, node: Node, path: tuple[str | int, ...]) -> Any:
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        if isinstance(node, yaml.MappingNode) and node.tag == syntax.TAG + "map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == syntax.TAG + "seq":
            return [self._build(child, (*path, index)) for index, child in enumerate(node.value)]
        return self._refuse(node, path, _no_tags(node))

    def _mapping(self, node: MappingNode, path: tuple[str | int, ...]) -> dict[str, Any]:
        entries = self._entries[id(node)] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._refuse(key, path, "a key must be plain text")
            elif key.value in entries:
                first = entries[key.value][0].start_mark.line + 1
                self._refuse(key, (*path, key.value), f"this key was already set in line {first}")
            else:
                entries[key.value] = key, value
        return {name: self._build(value, (*path, name)) for name, (_, value) in entries.items()}

    def _scalar(self, node: ScalarNode, path: tuple[str | int, ...]) -> Any:
        tag, text = node.tag, node.value
        if "$" in text:
            try:
                text = expand(text, self._env, self.file.parent)
            except ExpansionError as error:
                return self._refuse(node, path, str(error))
            if has_variable(node.value):
                self._written[id(node)] = node.value
                tag = tag if node.style else syntax.core_tag(text)
        if tag == syntax.TAG + "str":
            return text
        if tag != syntax.core_tag(text):
            return self._refuse(node, path, _no_tags(node))
        return self._typed(node, path, tag.removeprefix(syntax.TAG), text)

    def _typed(self, node: Node, path: tuple[str | int, ...], kind: str, text: str) -> Any:
        if kind == "null":
            return self._refuse(node, path, "has no value; give one, or leave the key out")
        if kind == "bool":
            return text.lower() == "true"
        if kind == "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
        try:
            return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
        except ValueError:
            return self._refuse(node, path, "this number is too long")

    def _refuse(self, node: Node, path: tuple[str | int, ...], text: str) -> None:
        """Note a mistake of the node itself; nothing more will be said about it."""
        self._broken.add(id(node))
        mark = node.start_mark
        shown = ".".join(_plain(part) for part in path)
        place = Place(self.name, mark.line + 1, mark.column + 1, shown)
        self.problems.append(Problem(place, text))


def read_bytes(file: Path) -> bytes:
    """Read one file, no further than its largest size.

    Raises:
        UnreadableError: It cannot be opened.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(syntax.MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror}") from None


def _no_tags(node: Node) -> str:
    tag = node.tag.replace(syntax.TAG, "!!")
    return f"tags such as {_plain(tag)} are not allowed"


def _plain(part: str | int) -> str:
    """Show a key on one line, whatever is in it."""
    text = str(part)
    if len(text) > _LONGEST_KEY:
        text = text[:_LONGEST_KEY] + "..."
    return text if text.isprintable() and text.strip() == text != "" else repr(text)
