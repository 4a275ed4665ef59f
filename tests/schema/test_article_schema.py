"""The committed JSON Schema of the article is current and says what consumers rely on."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from redis import Redis

from feedmill.article import Article, schema
from tests.consuming.articles import article, commit, full_article

COMMITTED = Path(__file__).parents[2] / "docs/schema/article-1.schema.json"
REQUIRED = {
    *("schema", "id", "rev", "status", "url", "url_key", "source", "text", "fetched_at"),
    *("stored_at", "access", "word_count", "dedup", "extraction"),
}
FORMATS = jsonschema.FormatChecker(formats=())
RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


@FORMATS.checks("date-time", raises=ValueError)
def _is_time(value: object) -> bool:
    if not isinstance(value, str):
        return True
    datetime.fromisoformat(value)
    return RFC_3339.fullmatch(value) is not None


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    committed = json.loads(COMMITTED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(committed)
    return jsonschema.Draft202012Validator(committed, format_checker=FORMATS)


def document(one: Article | None = None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((one or full_article(1)).to_json())
    return found


def values(node: Any) -> Iterator[Any]:
    """Everything in a JSON document, at any depth."""
    yield node
    for child in (
        node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    ):
        yield from values(child)


def test_the_committed_schema_is_current() -> None:
    command = [sys.executable, "-W", "error", "-m", "feedmill.article"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert COMMITTED.read_bytes() == done.stdout, "run: make schema"
    assert json.loads(done.stdout) == schema()


def test_it_names_itself() -> None:
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema()["$id"] == "urn:feedmill:article/1"
    assert schema()["title"] == "feedmill article/1"


@pytest.mark.parametrize("one", [article(1), full_article(1)], ids=["least", "most"])
def test_articles_are_valid(one: Article, validator: jsonschema.Draft202012Validator) -> None:
    validator.validate(document(one))
    assert Article.from_json(one.to_json()) == one


def test_the_full_article_has_every_field() -> None:
    full = document()
    assert set(full) == set(schema()["properties"])
    for name, part in (("source", "SourceRef"), ("published", "Published"), ("http", "HttpInfo")):
        assert set(full[name]) == set(schema()["$defs"][part]["properties"])


def test_what_redis_holds_is_valid(
    valkey: Redis, validator: jsonschema.Draft202012Validator
) -> None:
    commit(valkey, article(1), full_article(2), article(1, version=2))
    stored = [json.loads(valkey.get(key) or "") for key in valkey.keys("art:*")]
    for one in stored:
        validator.validate(one)
    assert sorted((one["rev"], one["status"]) for one in stored) == [(1, "usable"), (2, "updated")]


def test_nothing_is_null_or_empty() -> None:
    for one in (article(1), full_article(1)):
        assert not [value for value in values(document(one)) if value is None or value in ([], {})]
    assert not [node for node in values(schema()) if node in ({"type": "null"}, "null")]


def test_null_is_refused(validator: jsonschema.Draft202012Validator) -> None:
    for name in schema()["properties"]:
        assert not validator.is_valid(document() | {name: None}), name


def test_additions_are_allowed_everywhere(validator: jsonschema.Draft202012Validator) -> None:
    extended = document()
    for node in list(values(extended)):
        if isinstance(node, dict):
            node["added_later"] = {"anything": [1]}
    validator.validate(extended)
    assert Article.from_json(json.dumps(extended)) == full_article(1)


def test_required_and_optional(validator: jsonschema.Draft202012Validator) -> None:
    assert set(schema()["required"]) == REQUIRED == set(document(article(1))) - {"title"}
    full = document()
    for name in full:
        rest = {key: value for key, value in full.items() if key != name}
        assert validator.is_valid(rest) == (name not in REQUIRED), name


@pytest.mark.parametrize("name", ["fetched_at", "stored_at", "modified_at"])
@pytest.mark.parametrize(
    "wrong",
    ["2026-03-14T07:30:00+00:00", "2026-03-14T07:30:00", "2026-03-14", "2026-13-14T07:30:00Z", 1],
)
def test_times_are_rfc_3339_with_z(
    name: str, wrong: object, validator: jsonschema.Draft202012Validator
) -> None:
    full = document()
    assert full[name].endswith("Z")
    assert RFC_3339.fullmatch(full[name])
    assert not validator.is_valid(full | {name: wrong})


def test_published_at_is_such_a_time(validator: jsonschema.Draft202012Validator) -> None:
    full = document()
    assert full["published"]["at"] == "2026-03-14T07:30:00.000250Z"
    full["published"]["at"] = "2026-03-14T07:30:00+01:00"
    assert not validator.is_valid(full)


@pytest.mark.parametrize(
    "wrong",
    [{"schema": "article/2"}, {"rev": 0}, {"status": "new"}, {"word_count": -1}, {"tags": "sea"}],
)
def test_wrong_values_are_refused(
    wrong: dict[str, Any], validator: jsonschema.Draft202012Validator
) -> None:
    assert not validator.is_valid(document() | wrong)
