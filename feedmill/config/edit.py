"""Adds sources to a configuration as text, so that its comments and layout stay as people wrote them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from feedmill.config import syntax
from feedmill.config.problems import UnreadableError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from yaml.nodes import Node

NEW_FILE: Final = """\
# The sources of feedmill. `feedmill check` tells every mistake; docs/sources.md tells every key.
version: 1
redis: ${REDIS_URL:-embedded}
sources: []
"""

_PLAIN = re.compile(r"[A-Za-z0-9./][A-Za-z0-9./_:%&=?~+;@!*'()-]*[A-Za-z0-9/_=-]|[A-Za-z0-9]")
_INDENT = "  "


def with_sources(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """Return the file with entries at the end of its list of sources.

    Args:
        text: The main file, or a list of sources.
        entries: As they stand under `sources`: a mapping with `url` first; lists only of text.

    Raises:
        UnreadableError: The file is no YAML, or has a form to which nothing can be added.
    """
    root = syntax.compose(text.encode())
    node = _sources(root)
    lines = text.splitlines(keepends=True)
    end = "\r\n" if "\r\n" in text else "\n"
    if node is None:
        return _with_key(root, lines, entries, end)
    if not isinstance(node, yaml.SequenceNode):
        raise _unreadable("`sources` is no list", node)
    if not node.flow_style:
        column, line = node.start_mark.column, _last_line(node, lines)
        return _inserted(lines, line + 1, written(entries, " " * column), end)
    if node.value:
        return _into_brackets(node, lines, entries, end)
    return _in_place_of_brackets(node, lines, entries, end)


def written(entries: Sequence[Mapping[str, Any]], indent: str = "") -> list[str]:
    """Return the lines of entries as items of a list."""
    lines = []
    for entry in entries:
        if list(entry) == ["url"]:
            lines.append(f"{indent}- {_scalar(entry['url'])}")
            continue
        fields = [f"{key}: {_value(value)}" for key, value in entry.items()]
        lines.append(f"{indent}- {fields[0]}")
        lines += [f"{indent}{_INDENT}{field}" for field in fields[1:]]
    return lines


def _sources(root: Node) -> Node | None:
    """The list of sources in a file; None if there is none yet."""
    if isinstance(root, yaml.SequenceNode):
        return root
    if not isinstance(root, yaml.MappingNode):
        raise _unreadable("expected keys and values", root)
    found = next((value for key, value in root.value if key.value == "sources"), None)
    if found is None and root.flow_style:
        raise _unreadable("the file is one { }; write it over several lines", root)
    return found


def _with_key(root: Node, lines: list[str], entries: Sequence[Mapping[str, Any]], end: str) -> str:
    added = ["sources:", *written(entries, _INDENT)]
    return _inserted(lines, _last_line(root, lines) + 1, added, end)


def _into_brackets(
    node: Node, lines: list[str], entries: Sequence[Mapping[str, Any]], end: str
) -> str:
    """Behind the last item of a list in brackets."""
    mark = node.value[-1].end_mark
    added = "".join(f", {_flow(entry)}" for entry in entries)
    line = lines[mark.line]
    lines[mark.line] = line[: mark.column] + added + line[mark.column :]
    return _joined(lines, end)


def _in_place_of_brackets(
    node: Node, lines: list[str], entries: Sequence[Mapping[str, Any]], end: str
) -> str:
    """In place of `[]`, which must stand on one line."""
    start, stop = node.start_mark, node.end_mark
    if start.line != stop.line:
        raise _unreadable("the empty list goes over several lines; write []", node)
    line = lines[start.line]
    rest = line[stop.column :].strip()
    lines[start.line] = line[: start.column].rstrip() + (f"  {rest}" if rest else "") + end
    indent = _INDENT if start.column else ""
    return _inserted(lines, start.line + 1, written(entries, indent), end)


def _inserted(lines: list[str], at: int, added: Sequence[str], end: str) -> str:
    new = [line + end for line in added]
    if 0 < at <= len(lines) and not lines[at - 1].endswith(("\n", "\r")):
        lines[at - 1] += end
    return _joined([*lines[:at], *new, *lines[at:]], end)


def _joined(lines: Sequence[str], end: str) -> str:
    text = "".join(lines)
    return text if text.endswith(("\n", "\r")) else text + end


def _last_line(node: Node, lines: Sequence[str]) -> int:
    """The number of the last line that belongs to a node, without what is only blank or a comment."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    mark = node.end_mark
    line: int = mark.line
    if mark.column or line == node.start_mark.line:
        return line
    line -= 1  # a block of text ends where the next thing begins
    while line > node.start_mark.line and _says_nothing(lines[line]):
        line -= 1
    return line


def _says_nothing(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _value(value: object) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_scalar, value)) + "]"
    return _scalar(value)


def _flow(entry: Mapping[str, Any]) -> str:
    fields = (
        f"{key}: {_quoted(value) if isinstance(value, str) else _value(value)}"
        for key, value in entry.items()
    )
    return _quoted(entry["url"]) if list(entry) == ["url"] else "{" + ", ".join(fields) + "}"


def _scalar(value: object) -> str:
    """Plain text where YAML reads it as the same text, otherwise in quotes."""
    text = str(value)
    is_plain = (
        _PLAIN.fullmatch(text) and ": " not in text and syntax.core_tag(text) == syntax.TAG + "str"
    )
    return text if is_plain else _quoted(text)


def _quoted(value: object) -> str:
    return json.dumps(str(value).replace("$", "$$"), ensure_ascii=False)


def _unreadable(text: str, node: Node) -> UnreadableError:
    mark = node.start_mark
    return UnreadableError(f"nothing can be added here: {text}", mark.line + 1, mark.column + 1)
