"""`${...}` and secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedmill.config import load
from feedmill.config.environment import MAX_SECRET_BYTES, expand
from feedmill.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Folder

SECRET = "hunter2"


@pytest.mark.parametrize(
    ("written", "env", "expected"),
    [
        ("${P}", {"P": "a"}, "a"),
        ("x${P}y${Q}", {"P": "a", "Q": "b"}, "xayb"),
        ("${P:-d}", {}, "d"),
        ("${P:-d}", {"P": ""}, "d"),
        ("${P:-d}", {"P": "a"}, "a"),
        ("${P:-}", {}, ""),
        ("${P}", {"P": ""}, ""),
        ("a$$b", {}, "a$b"),
        ("$${P}", {"P": "a"}, "${P}"),
        ("$P", {"P": "a"}, "$P"),
        ("a$", {}, "a$"),
        ("${P}", {"P": "${Q}", "Q": "b"}, "${Q}"),
    ],
)
def test_expansion(tmp_path: Path, written: str, env: dict[str, str], expected: str) -> None:
    assert expand(written, env, tmp_path) == expected


def test_plain_scalar_gets_its_type_after_expansion(folder: Folder) -> None:
    text = "version: 1\ndefaults:\n  per_host:\n    concurrency: ${N:-3}\n    delay: ${D}"
    hosts = folder.load(text, {"D": "5"}).defaults.per_host
    assert (hosts.concurrency, hosts.delay.total_seconds()) == (3, 5)


def test_quoted_scalar_stays_text(folder: Folder) -> None:
    text = 'version: 1\nsources: [{url: "https://a.example/", tags: ["${N:-3}", "${B}"]}]'
    assert folder.load(text, {"B": "true"}).sources[0].tags == ["3", "true"]


def test_keys_are_not_expanded(problems: Callable[..., list[str]]) -> None:
    assert problems("version: 1\n${P}: a", {"P": "prefix"}) == [
        "sources.yaml:2:1: ${P}: unknown key"
    ]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("${NOPE}", "the variable NOPE is not set; set it, or write ${NOPE:-default}"),
        ("a${", "expected ${NAME}, ${NAME:-default} or ${file:/path} after $"),
        ("${1}", "expected ${NAME}, ${NAME:-default} or ${file:/path} after $"),
        ("${P-x}", "expected ${NAME}, ${NAME:-default} or ${file:/path} after $"),
        ("${file:}", "expected ${NAME}, ${NAME:-default} or ${file:/path} after $"),
        ("${EMPTY}", "has no value; give one, or leave the key out"),
        ("${file:none}", "there is no file 'none'"),
        ("${file:.}", "there is no file '.'"),
        ("${file:big}", "the file 'big' is larger than 64 kB"),
        ("${file:binary}", "the file 'binary' cannot be read as text"),
    ],
)
def test_mistakes(folder: Folder, written: str, expected: str) -> None:
    folder.write("big", "x" * 64_001)
    folder.write("binary", b"\xff")
    assert folder.problems(f"version: 1\nprefix: {written}", {"EMPTY": ""}) == [
        f"sources.yaml:2:9: prefix: {expected}"
    ]


def test_path_that_cannot_be_a_file(problems: Callable[..., list[str]]) -> None:
    assert problems('version: 1\nprefix: "${file:a\\0b}"') == [
        "sources.yaml:2:9: prefix: there is no file 'a\\x00b'"
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [("a", "a"), ("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), ("", ""), ("é", "é")],
)
def test_secret_file_loses_one_line_end(tmp_path: Path, content: str, expected: str) -> None:
    (tmp_path / "secret").write_bytes(content.encode())
    assert expand("x${file:secret}", {}, tmp_path) == f"x{expected}"


def test_secret_file_of_the_largest_size(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x" * MAX_SECRET_BYTES)
    assert len(expand(f"${{file:{tmp_path}/secret}}", {}, tmp_path)) == MAX_SECRET_BYTES


def test_secret_file_is_relative_to_its_own_file(folder: Folder) -> None:
    folder.write("d/name", "Feed of D")
    folder.write("d/a.yaml", "- url: https://a.example/\n  name: ${file:name}")
    assert folder.load("version: 1\ninclude: [d/a.yaml]").sources[0].name == "Feed of D"


WRONG = [
    "redis: '@@'",
    "redis: redis://:@@@h:port",
    "prefix: '/@@'",
    "version: '@@'",
    "data_dir: '~@@'",
    "include: ['@@']",
    "include: ['x@@.opml']",
    "include: ['x@@.yaml']",
    "include: ['@@*.yaml']",
    "defaults: {min: '@@'}",
    "defaults: {every: '@@'}",
    "defaults: {every: 'adaptive@@'}",
    "defaults: {per_host: {concurrency: '@@'}}",
    "defaults: '@@'",
    "fetch: {max_bytes: '@@'}",
    "fetch: {ports: ['@@']}",
    "fetch: {allow_networks: ['@@']}",
    "fetch: {user_agent: 'é@@'}",
    "sources: '@@'",
    "sources: ['@@']",
    "sources: ['x@@.txt']",
    "sources: ['x@@*.txt']",
    "sources: ['http://u:@@@a.example/']",
    "sources: ['http://a.example:@@/']",
    "sources: ['http://[@@/']",
    "sources: ['http://@@℀/']",
    "sources: ['ftp://a.example/@@']",
    "sources: ['http://a.example/ @@']",
    "sources: ['http://a.example/?@@']",
    "sources: ['http://a.example/@@', 'http://a.example/@@']",
    "sources: ['http://a.example/@@', 'https://a.example/@@']",
    "sources: [{url: 'http://b.example/', id: 'X@@'}]",
    "sources: [{url: 'http://b.example/', id: '@@'}, {url: 'http://c.example/', id: '@@'}]",
    "sources: [{url: 'https://a.example/', kind: '@@'}]",
    "sources: [{url: 'https://a.example/', enabled: '@@'}]",
    "sources: [{url: 'https://a.example/', lang: '@@'}]",
    'sources: [{url: "https://a.example/", name: "a\\n@@"}]',
    "sources: [{url: 'https://a.example/', extract: {drop: ['(?P<@@>', '(?P=@@)']}}]",
    "sources: [{url: 'https://a.example/', extract: {drop: '@@'}}]",
]


@pytest.mark.parametrize("template", WRONG)
@pytest.mark.parametrize("variable", ["${SECRET}", "${file:secret}"])
def test_a_secret_is_never_told(folder: Folder, template: str, variable: str) -> None:
    folder.write("secret", SECRET + "\n")
    text = template if template.startswith("version") else f"version: 1\n{template}"
    file = folder.write("sources.yaml", text.replace("@@", variable))
    try:
        settings = load(file, {"SECRET": SECRET})
    except ConfigError as error:
        told = [*error.problems, repr(error)]
        assert "YAML cannot be read" not in told[0]
    else:
        told = [*settings.warnings, *(source.id for source in settings.sources)]
        assert told
    assert SECRET not in "\n".join(told)


def test_plain_secret_of_another_type_is_not_told_either(
    problems: Callable[..., list[str]],
) -> None:
    text = "version: 1\nprefix: ${PIN}\ndefaults:\n  per_host:\n    concurrency: -${PIN}"
    assert problems(text, {"PIN": "4711"}) == [
        "sources.yaml:2:9: prefix: expected text, got the value of '${PIN}'",
        (
            "sources.yaml:5:18: defaults.per_host.concurrency: expected at least 1, "
            "got the value of '-${PIN}'"
        ),
    ]
