"""The rest of docs/consuming.md and docs/redis.md, docs/article.md: what they show and name is so."""

from __future__ import annotations

import inspect
import re
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
from redis import Redis

from feedmill.article import Article, schema
from feedmill.store.keys import Keys
from tests.consuming.articles import article, commit
from tests.consuming.consumer import RECIPES
from tests.consuming.document import DOCS, blocks, fences


def test_every_code_block_is_tried() -> None:
    commands = {"address", "look", "upsert", "python-install", "node-install", "lag"}
    files = {recipe.file for recipe in RECIPES.values()}
    assert set(blocks()) == commands | files
    assert fences() == len(blocks())


@pytest.mark.parametrize("name", ["look", "lag"])
def test_commands_answer(name: str, house: Path, redis: Redis) -> None:
    if shutil.which("redis-cli") is None:
        pytest.skip("redis-cli is not installed here")
    commit(redis, article(1))
    redis.xgroup_create("articles", "demo", "0")
    redis.xreadgroup("demo", "demo-1", {"articles": ">"})
    script = f"set -e\n{blocks()[name]}".replace("redis-cli", "redis-cli -e")
    done = subprocess.run(
        ["bash", "-c", script], cwd=house, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert ("Tide report 1" if name == "look" else "lag") in done.stdout


def test_the_upsert_keeps_the_newest_revision() -> None:
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE article (id TEXT PRIMARY KEY, rev INTEGER, body TEXT)")
    for rev in (1, 3, 2, 3):
        database.execute(blocks()["upsert"], {"id": "a", "rev": rev, "body": f"text {rev}"})
    rows = database.execute("SELECT * FROM article").fetchall()
    database.close()
    assert rows == [("a", 3, "text 3")]


def test_every_key_is_described() -> None:
    text = (DOCS / "redis.md").read_text(encoding="utf-8")
    names = {
        name: getattr(Keys(), name)
        for name, member in inspect.getmembers(Keys)
        if isinstance(member, property)
    } | {
        name: method(Keys(), "{ID}")
        for name, method in inspect.getmembers(Keys, inspect.isfunction)
        if not name.startswith("_")
    }
    assert {"articles", "article", "raw"} <= set(names)
    missing = {
        name
        for name, key in names.items()
        if not re.search(
            rf"^\| `{re.escape(key)}` \| .* \| `{name}` \|$", _shape(text), re.MULTILINE
        )
    }
    assert not missing


def test_every_field_of_the_article_is_described() -> None:
    text = (DOCS / "article.md").read_text(encoding="utf-8")
    definitions = schema()["$defs"]
    fields = set(schema()["properties"])
    for name, member in Article.model_fields.items():
        for part in definitions.values():
            if part["description"].startswith(inspect.getdoc(member.annotation) or "\0"):
                fields |= {f"{name}.{field}" for field in part["properties"]}
    assert {field for field in fields if f"`{field}`" not in text} == set()


def _shape(text: str) -> str:
    """All `{placeholders}` alike."""
    return re.sub(r"\{[a-z_]+\}", "{ID}", text)
