"""The JSON Schema says the same as the loader."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import jsonschema
import pytest
import yaml

from feedmill.config import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Folder

COMMITTED = Path(__file__).parents[2] / "docs/schema/sources.schema.json"

GOOD = {
    "design": """\
        version: 1
        redis: ${REDIS_URL:-embedded}
        defaults: {every: adaptive, min: 15m, max: 24h, per_host: {concurrency: 1, delay: 2s}}
        sources:
          - https://feeds.example.org/news/rss.xml
          - ./seeds/*.txt
          - url: https://example.com/
            tags: [uk]
            every: 10m
            extract: {drop: ["^Sign up"]}
        include: [sources.d/*.yaml]
        websub: {callback: "https://public.example.org/hooks", listen: "127.0.0.1:8088"}
        """,
    "numbers": "version: 1\nfetch: {timeout: 30, max_bytes: 5000, ports: [80]}",
    "texts": "version: 1\nfetch: {timeout: 1h30m, max_bytes: 2MiB, allow_networks: ['10.0.0.0/8']}",
    "kinds": """\
        version: 1
        fetch: {proxy: "http://me:secret@proxy.example:3128", robots: false, retry_after_max: 2d}
        sources:
          - {url: "https://a.example/", kind: site}
          - {url: "https://a.example/news", kind: page, select: "main h2 > a[href]"}
          - {url: "https://a.example/map.xml", kind: sitemap}
          - {path: "*.warc.gz", kind: warc}
        """,
    "flags": "version: 1\nsources: [{path: '*.md', enabled: false, extract: {precision: true}}]",
}
VARIABLES = """\
    version: ${V:-1}
    prefix: ${V:-}
    data_dir: ${V:-d}
    defaults: {every: "${V}", min: "${V}", per_host: {concurrency: "${V}", delay: "${V}"}}
    fetch: {timeout: "${V}", max_bytes: "${V}", ports: ["${V}"], allow_networks: ["${V}"]}
    sources:
      - {url: "${V}", id: "${V}", kind: "${V}", lang: "${V}", enabled: "${V}", tags: ["${V}"]}
      - ${V}
    include: ["${V}"]
    """
BAD = {
    "no version": "redis: embedded",
    "version": "version: 2",
    "unknown key": "version: 1\nsorces: []",
    "unknown key of a source": "version: 1\nsources: [{url: 'https://a.example', evry: 1h}]",
    "unknown key below": "version: 1\ndefaults: {per_host: {dealy: 1s}}",
    "neither url nor path": "version: 1\nsources: [{id: a}]",
    "url and path": "version: 1\nsources: [{url: 'https://a.example', path: '*.md'}]",
    "scheme": "version: 1\nsources: [{url: 'ftp://a.example'}]",
    "kind": "version: 1\nsources: [{url: 'https://a.example', kind: pages}]",
    "websub without callback": "version: 1\nwebsub: {}",
    "callback with a query": "version: 1\nwebsub: {callback: 'https://a.example/?x'}",
    "listen": "version: 1\nwebsub: {callback: 'https://a.example/', listen: 80}",
    "proxy": "version: 1\nfetch: {proxy: 'socks5://a'}",
    "robots": "version: 1\nfetch: {robots: never}",
    "id": "version: 1\nsources: [{url: 'https://a.example', id: A}]",
    "duration": "version: 1\ndefaults: {min: soon}",
    "negative": "version: 1\ndefaults: {min: -1}",
    "every": "version: 1\ndefaults: {every: often}",
    "size": "version: 1\nfetch: {max_bytes: big}",
    "port": "version: 1\nfetch: {ports: [0]}",
    "ports": "version: 1\nfetch: {ports: []}",
    "redis": "version: 1\nredis: localhost",
    "null": "version: 1\nsources: [{url: 'https://a.example', name: null}]",
    "null choice": "version: 1\nsources: [{url: null}]",
    "flag": "version: 1\nsources: [{url: 'https://a.example', enabled: 'no'}]",
    "a number as a source": "version: 1\nsources: [3]",
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema())
    return jsonschema.Draft202012Validator(schema())


def test_committed_schema_is_current() -> None:
    made = subprocess.run(
        [sys.executable, "-m", "feedmill.config"],
        capture_output=True,
        check=True,
        encoding="utf-8",
        cwd=COMMITTED.parents[2],
    )
    assert json.loads(made.stdout) == schema()
    message = "run: python -m feedmill.config > docs/schema/sources.schema.json"
    assert COMMITTED.read_text(encoding="utf-8") == made.stdout, message


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_accepts_what_the_loader_accepts(
    validator: jsonschema.Draft202012Validator, folder: Folder, text: str
) -> None:
    validator.validate(yaml.safe_load(folder.write("x.yaml", text).read_text()))
    folder.load(text)


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_refuses_what_the_loader_refuses(
    validator: jsonschema.Draft202012Validator, problems: Callable[..., list[str]], text: str
) -> None:
    assert not validator.is_valid(yaml.safe_load(text))
    assert problems(text)


def test_accepts_variables_wherever_a_value_stands(
    validator: jsonschema.Draft202012Validator, folder: Folder
) -> None:
    validator.validate(yaml.safe_load(folder.write("x.yaml", VARIABLES).read_text()))


def test_every_key_is_described() -> None:
    definitions = [schema(), *schema()["$defs"].values()]
    for definition in definitions:
        for name, rules in definition.get("properties", {}).items():
            assert "description" in rules or "$ref" in rules, name
