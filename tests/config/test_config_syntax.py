"""Files that are no YAML, and files made to hurt."""

from __future__ import annotations

import contextlib
import importlib.util
import time
from typing import TYPE_CHECKING

import pytest
import yaml

from feedmill.config import syntax
from feedmill.config.problems import UnreadableError
from feedmill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from conftest import Folder

MISTAKES = {
    "empty": (b"", "1:1: the file is empty"),
    "only comments": (b"# nothing\n", "1:1: the file is empty"),
    "null": (b"---\n", "1:1: the file is empty"),
    "a list": (b"- a", "1:1: expected keys and values, got a list"),
    "text": (b"# x\nsome text", "2:1: expected keys and values, got 'some text'"),
    "latin-1": (b"version: 1\n# f\xfcr", "2:4: this is not UTF-8 text"),
    "utf-16": ("version: 1".encode("utf-16"), "1:1: this is not UTF-8 text"),
    "control character": (b"version: 1\n# a\x01", "2:4: the character U+0001 is not allowed"),
    "NUL": (b"\0", "1:1: the character U+0000 is not allowed"),
    "tab": (
        b"version: 1\nfetch:\n\tports: [80]",
        (
            "3:1: YAML cannot be read: text cannot begin with this character; quote it, indent by "
            "spaces"
        ),
    ),
    "at sign": (
        b"prefix: @a",
        (
            "1:9: YAML cannot be read: text cannot begin with this character; quote it, indent by "
            "spaces"
        ),
    ),
    "unquoted star": (
        b"version: 1\nsources:\n- *.txt",
        "3:4: YAML cannot be read: text that begins with * needs quotes",
    ),
    "unknown anchor": (
        b"version: 1\nsources: *all",
        (
            "2:10: YAML cannot be read: there is no anchor of this name; text that begins with * "
            "needs quotes"
        ),
    ),
    "unquoted ampersand": (
        b"prefix: &",
        "1:10: YAML cannot be read: text that begins with & needs quotes",
    ),
    "colon": (
        b"version: 1\nprefix: a: b",
        "2:10: YAML cannot be read: ':' is not expected here; check the indentation, or quote",
    ),
    "indentation": (
        b"version: 1\n redis: embedded",
        "2:7: YAML cannot be read: ':' is not expected here; check the indentation, or quote",
    ),
    "no colon": (
        b"version: 1\nembedded\n",
        "3:1: YAML cannot be read: this line is no 'key: value'; check the indentation above it",
    ),
    "quote": (
        b"version: 1\nprefix: 'a\n",
        "3:1: YAML cannot be read: a quotation mark is opened and never closed",
    ),
    "list": (
        b"version: 1\ninclude: [a.yaml\nprefix: a",
        "3:7: YAML cannot be read: expected ',' or ']' in the list that begins with '['",
    ),
    "mapping": (
        b"version: 1\nfetch: {ports: [80]]\nprefix: a",
        "2:20: YAML cannot be read: expected ',' or '}' in the mapping that begins with '{'",
    ),
    "never closed": (
        b"version: 1\nfetch: {ports: [80",
        "3:1: YAML cannot be read: a list or mapping in brackets is never closed",
    ),
    "variable in a list": (
        b"version: 1\ninclude: [${X}]",
        "2:12: YAML cannot be read: inside [ ] and { } a ${...} needs quotes",
    ),
    "variable in a mapping": (
        b"version: 1\nfetch: {timeout: ${X}, ports: [1]}",
        "2:19: YAML cannot be read: inside [ ] and { } a ${...} needs quotes",
    ),
    "two documents": (
        b"version: 1\n---\nversion: 1",
        "2:1: YAML cannot be read: only one YAML document can stand in a file",
    ),
    "anchor twice": (
        b"a: &a 1\nb: &a 2",
        "2:4: YAML cannot be read: an anchor of this name was set before",
    ),
    "anything else": (
        b"%YAML 2.0\n---\na: 1",
        "1:1: YAML cannot be read: found incompatible YAML document",
    ),
}


@pytest.mark.parametrize(("raw", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes(problems: Callable[..., list[str]], raw: bytes, expected: str) -> None:
    assert problems(raw) == [f"sources.yaml:{expected}"]


def test_byte_order_mark_is_no_mistake(folder: Folder) -> None:
    assert folder.load(b"\xef\xbb\xbfversion: 1").version == 1


def _bomb(levels: int, width: int = 9) -> str:
    lines = ["a0: &a0 x"]
    for level in range(1, levels):
        aliases = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return "\n".join(lines)


HOSTILE = {
    "bomb": (_bomb(40), "the file holds more than 200,000 values"),
    "bomb of keys": (
        "a: &a {x: 1, y: 2}\nb: &b {? *a : *a, y: *a}\n" + _bomb(40),
        "the file holds more than 200,000 values",
    ),
    "many values": ("[" + "1," * 200_000 + "]", "the file holds more than 200,000 values"),
    "deep": ("[" * 51 + "]" * 51, "values are nested more than 50 deep"),
    "deeper": ("[" * 1_000_000, "values are nested more than 50 deep"),
    "deep mappings": ("{a: " * 1_000_000, "values are nested more than 50 deep"),
    "deep by aliases": (_bomb(60, width=1), "values are nested more than 50 deep"),
    "circle": ("a: &a [*a]", "an anchor contains itself"),
    "wide circle": ("a: &a {b: [c, {d: *a}]}", "an anchor contains itself"),
    "large": ("# " + "x" * 5_000_000, "the file is larger than 5 MB"),
}


@pytest.mark.slow
@pytest.mark.parametrize(("text", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files_are_refused_fast(
    problems: Callable[..., list[str]], text: str, expected: str
) -> None:
    begin = time.perf_counter()
    told = problems(text.encode())
    assert time.perf_counter() - begin < 5
    assert len(told) == 1
    assert told[0].endswith(": " + expected)


def test_nesting_below_the_cap_is_read(problems: Callable[..., list[str]]) -> None:
    deep = "[" * 48 + "1" + "]" * 48
    assert problems(f"version: 1\nx: {deep}") == ["sources.yaml:2:1: x: unknown key"]


SLOW = {
    "unknown keys": "version: 1\n" + "".join(f"redi{n}: 1\n" for n in range(50_000)),
    "sources of no kind": "version: 1\nsources: [" + "1," * 100_000 + "]",
    "one long text": "version: 1\nprefix: '" + "$" * 4_000_000 + "'",
    "one long key": "version: 1\n? " + "x" * 4_000_000 + "\n: 1",
    "open variables": "version: 1\nprefix: '" + "${A:-" * 900_000 + "'",
    "long duration": "version: 1\ndefaults: {min: " + "1m" * 2_000_000 + "}",
    "long number": "version: 1\ndefaults: {min: " + "1" * 4_000_000 + "}",
    "long pattern": "version: 1\nsources: ['" + "*a" * 500 + ".txt']",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", SLOW.values(), ids=SLOW)
def test_large_nonsense_takes_bounded_time(folder: Folder, text: str) -> None:
    folder.write("a" * 200 + ".txt", "x")
    begin = time.perf_counter()
    with contextlib.suppress(ConfigError):
        folder.load(text.encode())
    assert time.perf_counter() - begin < 30


@pytest.fixture
def slow_syntax(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as it is where PyYAML has no libyaml."""
    monkeypatch.delattr(yaml, "CSafeLoader")
    spec = importlib.util.spec_from_file_location("slow_syntax", syntax.__file__)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module._YamlLoader is yaml.SafeLoader
    return module


def _dump(node: yaml.Node) -> tuple[object, ...]:
    value = node.value
    if isinstance(node, yaml.MappingNode):
        value = [(_dump(key), _dump(child)) for key, child in value]
    elif isinstance(node, yaml.SequenceNode):
        value = [_dump(child) for child in value]
    return node.tag, value, node.start_mark.line, node.start_mark.column


def test_both_loaders_read_the_same(slow_syntax: ModuleType) -> None:
    raw = b"a: [1, 0x1f, 1.5, .inf, no, true, ~, null, '1', 12:30]\nb: &b {c: !x y, d: ~}\ne: *b\n"
    assert _dump(slow_syntax.compose(raw)) == _dump(syntax.compose(raw))


@pytest.mark.parametrize("name", MISTAKES)
def test_both_loaders_refuse_the_same(slow_syntax: ModuleType, name: str) -> None:
    raw, _ = MISTAKES[name]
    try:
        syntax.compose(raw)
    except UnreadableError as error:
        expected = error.text.partition(" (")[0]
    else:
        return
    with pytest.raises(UnreadableError) as caught:
        slow_syntax.compose(raw)
    assert caught.value.text.partition(" (")[0] == expected


@pytest.mark.parametrize("name", ["bomb", "deeper", "circle", "deep by aliases"])
def test_both_loaders_have_the_limits(slow_syntax: ModuleType, name: str) -> None:
    text, expected = HOSTILE[name]
    with pytest.raises(UnreadableError, match=expected):
        slow_syntax.compose(text.encode())
