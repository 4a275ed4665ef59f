"""YAML text -> node tree, with limits, so that a hostile file is refused fast."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import yaml

from feedmill.config.problems import UnreadableError

if TYPE_CHECKING:
    from yaml.nodes import Node

try:
    from yaml import CSafeLoader as _YamlLoader
except ImportError:  # PyYAML without libyaml: slower, same results
    from yaml import SafeLoader as _YamlLoader  # type: ignore[assignment]

MAX_BYTES: Final = 5_000_000
MAX_NODES: Final = 200_000  # with every alias counted as often as it is used
MAX_DEPTH: Final = 50

TAG: Final = "tag:yaml.org,2002:"
_CORE_SCHEMA = re.compile(
    r"""(?P<null> ~ | null | Null | NULL | )
    | (?P<bool> true | True | TRUE | false | False | FALSE )
    | (?P<int> [-+]? [0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+ )
    | (?P<float> [-+]? ( \.[0-9]+ | [0-9]+(\.[0-9]*)? ) ([eE][-+]?[0-9]+)?
               | [-+]? ( \.inf | \.Inf | \.INF ) | \.nan | \.NaN | \.NAN )""",
    re.VERBOSE,
)
_NOT_YAML = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PLAIN_WORDS = (
    ("undefined alias", "there is no anchor of this name; text that begins with * needs quotes"),
    ("scanning an alias", "text that begins with * needs quotes"),
    ("scanning an anchor", "text that begins with & needs quotes"),
    ("cannot start any token", "text cannot begin with this character; quote it, indent by spaces"),
    ("mapping values are not allowed", "':' is not expected here; check the indentation, or quote"),
    ("expected ':'", "this line is no 'key: value'; check the indentation above it"),
    ("unexpected end of stream", "a quotation mark is opened and never closed"),
    ("',' or ']'", "expected ',' or ']' in the list that begins with '['"),
    ("',' or '}'", "expected ',' or '}' in the mapping that begins with '{'"),
    ("single document", "only one YAML document can stand in a file"),
    ("expected '-' indicator", "expected '- ' before the next item; check the indentation"),
    ("<block end>", "this does not line up with the lines above; check the indentation"),
    ("expected key", "expected a key here; check the indentation and the quotes above"),
    ("duplicate anchor", "an anchor of this name was set before"),
)


def core_tag(text: str) -> str:
    """Return the tag of an unquoted scalar in the core schema of YAML 1.2."""
    match = _CORE_SCHEMA.fullmatch(text)
    return TAG + (match.lastgroup or "str" if match else "str")


class _Loader(_YamlLoader):
    """PyYAML's loader with the YAML 1.2 core schema, which stops at our limits while it reads."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = self._nodes = 0

    def descend_resolver(self, current_node: Node | None, current_index: Any) -> None:  # noqa: ARG002
        self._depth += 1
        self._nodes += 1
        if current_node is not None:
            _check_limits(self._nodes, self._depth, current_node)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: type[Node], value: Any, implicit: Any) -> str:
        if kind is yaml.ScalarNode:
            return core_tag(value) if implicit[0] else TAG + "str"
        return TAG + ("map" if kind is yaml.MappingNode else "seq")


def compose(raw: bytes) -> Node:
    """Read one YAML document into its node tree.

    Raises:
        UnreadableError: It is no YAML, is empty, or goes over one of the limits.
    """
    text = _decode(raw)
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise _in_plain_words(error, text) from None
    except yaml.YAMLError:
        raise UnreadableError("the file is no YAML") from None
    if root is None or root.tag == TAG + "null":
        raise UnreadableError("the file is empty")
    _measure(root, {})
    return root


def _decode(raw: bytes) -> str:
    if len(raw) > MAX_BYTES:
        raise UnreadableError(f"the file is larger than {MAX_BYTES // 1_000_000} MB")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        good = raw[: error.start].decode("utf-8-sig", "replace")
        raise UnreadableError("this is not UTF-8 text", *_position(good)) from None
    if bad := _NOT_YAML.search(text):
        spot = _position(text[: bad.start()])
        raise UnreadableError(f"the character U+{ord(bad[0]):04X} is not allowed", *spot)
    return text


def _position(before: str) -> tuple[int, int]:
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _in_plain_words(error: yaml.MarkedYAMLError, text: str) -> UnreadableError:
    mark = error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    said = f"{error.context} {error.problem}"
    plain = next((words for part, words in _PLAIN_WORDS if part in said), str(error.problem))
    rest = "\n".join(text.split("\n")[line - 1 :])
    if "flow" in said and not rest[column - 1 :].strip():
        plain = "a list or mapping in brackets is never closed"
    elif "flow" in said and rest[: column - 1].endswith("$"):
        plain = "inside [ ] and { } a ${...} needs quotes"
    return UnreadableError(f"YAML cannot be read: {plain}", line, column)


def _measure(node: Node, sizes: dict[int, tuple[int, int] | None]) -> tuple[int, int]:
    """Count nodes and depth below a node with its aliases expanded, without expanding them.

    A node that was measured is not entered again; one that is still being measured contains
    itself. An alias only points backwards, so this never goes deeper than the text is nested.
    """
    if isinstance(node, yaml.ScalarNode):
        return 1, 1
    if id(node) in sizes:
        if (known := sizes[id(node)]) is None:
            raise _unreadable("an anchor contains itself", node)
        return known
    sizes[id(node)] = None
    count, depth = 1, 0
    for child in _children(node):
        below, height = _measure(child, sizes)
        count, depth = count + below, max(depth, height)
        _check_limits(count, depth + 1, node)
    sizes[id(node)] = count, depth + 1
    return count, depth + 1


def _children(node: Node) -> list[Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value)


def _check_limits(nodes: int, depth: int, node: Node) -> None:
    if nodes > MAX_NODES:
        raise _unreadable(f"the file holds more than {MAX_NODES:,} values", node)
    if depth > MAX_DEPTH:
        raise _unreadable(f"values are nested more than {MAX_DEPTH} deep", node)


def _unreadable(text: str, node: Node) -> UnreadableError:
    return UnreadableError(text, node.start_mark.line + 1, node.start_mark.column + 1)
