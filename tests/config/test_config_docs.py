"""docs/sources.md is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from feedmill.config import (
    Defaults,
    ExtractOptions,
    FetchOptions,
    PerHost,
    QueueOptions,
    RawOptions,
    RetentionOptions,
    schema,
)
from feedmill.config.models import SettingsFile, SourceEntry

if TYPE_CHECKING:
    from conftest import Folder

PAGE = (Path(__file__).parents[2] / "docs/sources.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_load(folder: Folder, example: str) -> None:
    folder.write("seeds/a.txt", "text")
    folder.write("sources.d/more.yaml", "- https://more.example/")
    settings = folder.load(example)
    assert settings.sources
    assert settings.warnings == []
    jsonschema.validate(yaml.safe_load(example), schema())


@pytest.mark.parametrize(
    "model",
    [
        SettingsFile,
        Defaults,
        PerHost,
        FetchOptions,
        QueueOptions,
        RawOptions,
        RetentionOptions,
        SourceEntry,
        ExtractOptions,
    ],
)
def test_every_key_is_in_a_table(model: type) -> None:
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("|")]
    named = set(re.findall(r"[a-z_]+", " ".join(rows)))
    assert set(model.model_fields) <= named


@pytest.mark.parametrize(
    ("model", "key", "default"),
    [
        (SettingsFile, "redis", "embedded"),
        (SettingsFile, "data_dir", ".feedmill"),
        (Defaults, "every", "adaptive"),
        (Defaults, "min", "15m"),
        (Defaults, "max", "24h"),
        (PerHost, "concurrency", "1"),
        (PerHost, "delay", "2s"),
        (FetchOptions, "timeout", "30s"),
        (FetchOptions, "max_bytes", "10MB"),
        (FetchOptions, "ports", "[80, 443, 8080, 8443]"),
        (QueueOptions, "max_pages", "10000"),
        (QueueOptions, "max_bytes", "256MB"),
        (QueueOptions, "max_age", "1h"),
        (QueueOptions, "memory", "0.8"),
        (RawOptions, "enabled", "true"),
        (RawOptions, "keep", "7d"),
        (RawOptions, "max_bytes", "1GB"),
        (RetentionOptions, "announcements", "90d"),
        (RetentionOptions, "entries", "1000000"),
        (RetentionOptions, "seen", "90d"),
        (RetentionOptions, "near", "28d"),
        (SourceEntry, "kind", "auto"),
        (SourceEntry, "enabled", "true"),
    ],
)
def test_defaults_in_the_tables(model: type, key: str, default: str) -> None:
    assert re.search(rf"^\| `(\w+\.)?{key}` \| `{re.escape(default)}` \|", PAGE, flags=re.MULTILINE)
    version = {"version": 1} if model is SettingsFile else {}
    written = model.model_validate({**version, key: yaml.safe_load(default)})
    assert getattr(written, key) == getattr(model(), key)


def test_messages_in_the_page_are_real(folder: Folder) -> None:
    text = (
        "version: 1\nsources:\n  - https://a.example/\n\n"
        "  - url: https://b.example/\n    evry: 1h\n    min: soon\n"
    )
    told = folder.problems(text)
    assert "\n".join(told) in PAGE
