"""Whatever the file holds: settings, or a ConfigError whose lines can be shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedmill.config import Settings, load
from feedmill.config.models import FetchOptions, SettingsFile, SourceEntry, Timing
from feedmill.errors import ConfigError

LINE = re.compile(r"sources\.yaml:[1-9]\d*:[1-9]\d*: .+")
KEYS = sorted(
    {*SettingsFile.model_fields, *SourceEntry.model_fields, *FetchOptions.model_fields}
    | {*Timing.model_fields, "drop", "precision", "delay", "concurrency", "evry", "<<"}
)
WORDS = ["https://a.example/", "ftp://x", "*.txt", "a.md", "15m", "10MB", "adaptive", "feed", "("]
WORDS += ["${A}", "${B:-1}", "${file:x}", "$$", "embedded", "redis://h", "10.0.0.0/8", "x.yaml"]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(WORDS)
    | st.text(max_size=20)
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=20,
)
pieces = st.lists(
    st.sampled_from([f"{key}: " for key in KEYS] + WORDS + list("\n -[]{},:&*!|>'\"#?%@`\t"))
    | st.text(max_size=3),
    max_size=40,
).map("".join)
anything = settings(
    max_examples=200,
    deadline=10_000,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(raw: bytes) -> None:
    file = Path("sources.yaml")
    file.write_bytes(raw)
    problems = []
    try:
        assert isinstance(load(file, {"A": "3"}), Settings)
    except ConfigError as error:
        problems = error.problems or ["an error without a problem"]
    assert [line for line in problems if not LINE.fullmatch(line)] == []


@anything
@given(text=st.text())
def test_any_text(here: Path, text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@anything
@given(raw=st.binary(max_size=200))
def test_any_bytes(here: Path, raw: bytes) -> None:
    check(raw)


@anything
@given(text=pieces)
def test_pieces_of_yaml(here: Path, text: str) -> None:
    check(b"version: 1\n" + text.encode("utf-8", "surrogatepass"))


@pytest.mark.slow
@anything
@given(data=st.dictionaries(st.sampled_from(KEYS), values, max_size=6))
def test_any_data(here: Path, data: dict[str, object]) -> None:
    check(yaml.safe_dump({"version": 1, **data}, allow_unicode=True).encode())


@pytest.mark.slow
@anything
@given(
    sources=st.lists(
        st.dictionaries(st.sampled_from([*SourceEntry.model_fields]), values, max_size=6)
        | st.sampled_from(WORDS)
    )
)
def test_any_sources(here: Path, sources: list[object]) -> None:
    check(yaml.safe_dump({"version": 1, "sources": sources}).encode())
