"""What a good file becomes."""

from __future__ import annotations

import gzip
import os
import re
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

import feedmill
from feedmill.config import PerHost, Source, load
from feedmill.config.ids import derive_id
from feedmill.errors import ConfigError

if TYPE_CHECKING:
    from conftest import Folder

DESIGN = """\
# yaml-language-server: $schema=docs/schema/sources.schema.json
version: 1
redis: ${REDIS_URL:-embedded}
defaults: {every: adaptive, min: 15m, max: 24h, per_host: {concurrency: 1, delay: 2s}}
sources:
  - https://feeds.example.org/news/rss.xml      # one line is enough
  - ./seeds/*.txt                               # local files
  - url: https://example.com/                   # a site: its feeds are discovered
    tags: [uk]
    every: 10m
    extract: {drop: ["^Sign up"]}
include: [sources.d/*.yaml]
"""
MINUTE = timedelta(minutes=1)


def test_the_sample_of_the_design(folder: Folder) -> None:
    folder.write("seeds/a.txt", "text")
    folder.write("sources.d/a.yaml", "[]")
    settings = folder.load(DESIGN)
    assert settings.redis == "embedded"
    assert settings.path == folder.path / "sources.yaml"
    assert settings.include == ["sources.d/*.yaml"]
    assert settings.warnings == []
    assert settings.sources == [
        Source(
            id="feeds-example-org-news-rss-xml",
            url="https://feeds.example.org/news/rss.xml",
            base=folder.path,
        ),
        Source(id="seeds-txt", path="./seeds/*.txt", base=folder.path),
        Source(
            id="example-com",
            url="https://example.com/",
            tags=["uk"],
            every=10 * MINUTE,
            extract={"drop": ["^Sign up"]},
            base=folder.path,
        ),
    ]


def test_defaults_of_everything(folder: Folder) -> None:
    settings = folder.load("version: 1")
    assert settings.redis == "embedded"
    assert settings.prefix == ""
    assert settings.data_dir == folder.path / ".feedmill"
    assert settings.sources == settings.include == settings.warnings == []
    assert settings.defaults.every == "adaptive"
    assert (settings.defaults.min, settings.defaults.max) == (15 * MINUTE, 24 * 60 * MINUTE)
    assert settings.defaults.per_host == PerHost(concurrency=1, delay=timedelta(seconds=2))
    assert settings.fetch.user_agent == f"feedmill/{feedmill.__version__}"
    assert settings.fetch.timeout == timedelta(seconds=30)
    assert settings.fetch.max_bytes == 10_000_000
    assert settings.fetch.allow_networks == []
    assert settings.fetch.ports == [80, 443, 8080, 8443]


def test_every_key(folder: Folder) -> None:
    folder.write("a.md", "text")
    settings = folder.load(
        """\
        version: 1
        redis: unix:///run/valkey.sock?db=2
        prefix: "{news}:v_1-"
        data_dir: /var/lib/feedmill
        defaults: {every: 1h, min: 90, max: 2d, per_host: {concurrency: 2, delay: 0}}
        fetch:
          user_agent: bot (+https://me.example/)
          timeout: 1m30s
          max_bytes: 2MiB
          allow_networks: [10.0.0.0/8, "fd00::/8", 192.0.2.7]
          ports: [81]
        sources:
          - path: a.md
            id: a
            name: Überschrift
            kind: files
            tags: [x, y]
            lang: pt-BR
            every: adaptive
            min: 1m
            max: 2m
            per_host: {concurrency: 3, delay: 0.5s}
            extract: {drop: [a, b$], precision: true}
            enabled: false
        """
    )
    assert settings.redis == "unix:///run/valkey.sock?db=2"
    assert settings.prefix == "{news}:v_1-"
    assert settings.data_dir == Path("/var/lib/feedmill")
    assert settings.fetch.timeout == timedelta(seconds=90)
    assert settings.fetch.max_bytes == 2 * 1024 * 1024
    assert settings.fetch.allow_networks == [
        ip_network("10.0.0.0/8"),
        ip_network("fd00::/8"),
        ip_network("192.0.2.7/32"),
    ]
    assert settings.fetch.ports == [81]
    source = settings.sources[0]
    assert (source.id, source.path, source.name, source.kind) == (
        "a",
        "a.md",
        "Überschrift",
        "files",
    )
    assert (source.tags, source.lang, source.enabled) == (["x", "y"], "pt-BR", False)
    assert (source.every, source.min, source.max) == ("adaptive", MINUTE, 2 * MINUTE)
    assert source.per_host == PerHost(concurrency=3, delay=timedelta(seconds=0.5))
    assert source.extract.drop == ["a", "b$"]
    assert source.extract.precision is True


def test_a_source_takes_from_the_defaults_what_it_does_not_say(folder: Folder) -> None:
    settings = folder.load(
        """\
        version: 1
        defaults: {every: 1h, min: 20m, per_host: {concurrency: 5, delay: 7s}}
        sources:
          - https://a.example/
          - {url: https://b.example/, every: adaptive, max: 30m, per_host: {delay: 1s}}
        """
    )
    first, second = settings.sources
    assert (first.every, first.min, first.max) == (60 * MINUTE, 20 * MINUTE, 1440 * MINUTE)
    assert first.per_host == PerHost(concurrency=5, delay=timedelta(seconds=7))
    assert (second.every, second.min, second.max) == ("adaptive", 20 * MINUTE, 30 * MINUTE)
    assert second.per_host == PerHost(concurrency=5, delay=timedelta(seconds=1))


@pytest.mark.parametrize("ending", [".txt", ".html", ".htm", ".md", ".TXT"])
@pytest.mark.parametrize("packed", ["", ".gz"])
def test_files_of_every_supported_ending(folder: Folder, ending: str, packed: str) -> None:
    name = f"page{ending}{packed}"
    folder.write(name, gzip.compress(b"x") if packed else b"x")
    settings = folder.load(f"version: 1\nsources: [{name}, './*{ending.lower()}{packed}']")
    assert settings.sources[0].path == name
    assert settings.sources[0].base == folder.path


@pytest.mark.parametrize(
    "pattern", ["seeds/*", "seeds/**", "**/*.htm*", "seeds/page.[mt]*", "*/*md"]
)
def test_globs_that_may_match(folder: Folder, pattern: str) -> None:
    folder.write("seeds/page.md", "x")
    folder.write("seeds/page.htm", "x")
    assert folder.load(f"version: 1\nsources: ['{pattern}']").warnings == []


def test_glob_without_a_match_is_a_warning(folder: Folder) -> None:
    folder.write("seeds/paper.pdf", "x")
    settings = folder.load("version: 1\nsources:\n- seeds/*\ninclude: [none*.yml]")
    assert settings.warnings == [
        "sources.yaml:3:3: sources.0: no file matches this pattern",
        "sources.yaml:4:11: include.0: no file matches this pattern",
    ]
    assert [source.path for source in settings.sources] == ["seeds/*"]


def test_file_of_a_disabled_source_may_be_missing(folder: Folder) -> None:
    settings = folder.load("version: 1\nsources: [{path: gone.txt, enabled: false}]")
    assert settings.sources[0].enabled is False


def test_folder_is_no_file(folder: Folder) -> None:
    (folder.path / "page.txt").mkdir()
    assert folder.problems("version: 1\nsources: [page.txt]") == [
        "sources.yaml:2:11: sources.0: there is no such file in ."
    ]


def test_absolute_path(folder: Folder) -> None:
    file = folder.write("elsewhere/a.txt", "x")
    assert folder.load(f"version: 1\nsources: [{file}]").sources[0].path == str(file)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("https://feeds.example.org/news/rss.xml", "feeds-example-org-news-rss-xml"),
        ("http://Example.org:8080/?q=A", "example-org-8080-q-a"),
        ("./seeds/*.txt", "seeds-txt"),
        ("https://a.example/" + "x" * 54, "a-example-" + "x" * 54),
    ],
)
def test_derived_ids(location: str, expected: str) -> None:
    assert derive_id(location) == expected


@pytest.mark.parametrize(
    ("location", "readable"),
    [
        ("https://a.example/" + "x" * 60, "a-example-" + "x" * 45),
        ("https://a.example/ü", "a-example"),
        ("日本.txt", "txt"),
        ("日本", "source"),
    ],
)
def test_ids_that_lose_something_end_in_a_hash(location: str, readable: str) -> None:
    made = derive_id(location)
    assert re.fullmatch(readable + "-[a-z2-7]{8}", made)
    assert len(made) <= 64
    assert made == derive_id(location) != derive_id(location + "1")


def test_settings_are_frozen(folder: Folder) -> None:
    settings = folder.load("version: 1\nsources: [https://a.example/]")
    with pytest.raises(ValidationError, match="frozen"):
        settings.sources[0].id = "b"


def test_redis_is_not_in_the_repr(folder: Folder) -> None:
    settings = folder.load("version: 1\nredis: redis://:hunter2@h/0")
    assert "hunter2" not in repr(settings)


def test_yaml_1_2(folder: Folder) -> None:
    """No booleans but true and false, no sexagesimal numbers, no dates."""
    text = "version: 1\nsources: [{url: 'https://a.example', tags: [no, on, 12:30, 2024-01-01, y]}]"
    assert folder.load(text).sources[0].tags == ["no", "on", "12:30", "2024-01-01", "y"]


def test_numbers_of_yaml_1_2(folder: Folder) -> None:
    settings = folder.load("version: 0x1\nfetch: {ports: [0o120, 0443], timeout: 1e1}")
    assert settings.fetch.ports == [80, 443]
    assert settings.fetch.timeout == timedelta(seconds=10)


def test_env_defaults_to_the_environment(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEEDMILL_TEST_PREFIX", "p:")
    file = folder.write("sources.yaml", "version: 1\nprefix: ${FEEDMILL_TEST_PREFIX}")
    assert load(file).prefix == "p:"


def test_relative_path_of_the_file(folder: Folder) -> None:
    folder.write("sources.yaml", "version: 1")
    assert load(Path("sources.yaml"), {}).path == folder.path / "sources.yaml"


def test_missing_file(folder: Folder) -> None:
    with pytest.raises(ConfigError) as caught:
        load(Path("none.yaml"), {})
    assert caught.value.problems == [
        "none.yaml:1:1: the file cannot be read: No such file or directory"
    ]
    assert str(caught.value) == caught.value.problems[0]
    assert caught.value.__cause__ is caught.value.__context__ is None


def test_folder_instead_of_a_file(folder: Folder) -> None:
    with pytest.raises(ConfigError, match="Is a directory"):
        load(folder.path, {})


def test_unreadable_file(folder: Folder) -> None:
    file = folder.write("sources.yaml", "version: 1")
    file.chmod(0)
    if os.access(file, os.R_OK):
        pytest.skip("root may read everything")
    with pytest.raises(ConfigError, match="Permission denied"):
        load(file, {})


def test_where_raw_pages_are_kept(folder: Folder) -> None:
    settings = folder.load("version: 1")
    assert settings.raw.enabled
    assert settings.raw.keep == timedelta(days=7)
    assert settings.raw.max_bytes == 10**9
    assert settings.raw_dir == folder.path / ".feedmill" / "raw"
    settings = folder.load("version: 1\ndata_dir: /var/lib/x\nraw: {keep: 2d, max_bytes: 5MB}\n")
    assert settings.raw_dir == Path("/var/lib/x/raw")
    assert (settings.raw.keep, settings.raw.max_bytes) == (timedelta(days=2), 5_000_000)
    settings = folder.load("version: 1\nraw: {dir: pages, enabled: false}\n")
    assert settings.raw_dir == folder.path / "pages"


def test_the_folder_of_the_data_may_have_another_default(folder: Folder) -> None:
    """As in the image, where the folder of the sources file cannot be written."""
    env = {"FEEDMILL_DATA_DIR": "/data"}
    assert folder.load("version: 1", env).data_dir == Path("/data")
    assert folder.load("version: 1", env).raw_dir == Path("/data/raw")
    assert folder.load("version: 1\ndata_dir: mine", env).data_dir == folder.path / "mine"
    assert (
        folder.load("version: 1", {"FEEDMILL_DATA_DIR": ""}).data_dir == folder.path / ".feedmill"
    )
