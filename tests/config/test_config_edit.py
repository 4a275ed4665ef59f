"""Sources are added to a file without touching what people wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedmill.config import load
from feedmill.config.edit import NEW_FILE, with_sources, written
from feedmill.config.problems import UnreadableError

if TYPE_CHECKING:
    from conftest import Folder

URL = "https://new.example/feed"
LINE = f"- {URL}\n"

EDITS = {
    "block": (
        "version: 1\nsources:\n  - https://a.example/  # the first\n\n# the end\nprefix: x\n",
        f"version: 1\nsources:\n  - https://a.example/  # the first\n  {LINE}\n# the end\nprefix: x\n",
    ),
    "block without indentation": (
        "version: 1\nsources:\n- https://a.example/\nprefix: x\n",
        f"version: 1\nsources:\n- https://a.example/\n{LINE}prefix: x\n",
    ),
    "mapping at the end": (
        "version: 1\nsources:\n    - url: https://a.example/\n      tags:\n        - x  # y\n    # a comment\n",
        f"version: 1\nsources:\n    - url: https://a.example/\n      tags:\n        - x  # y\n    {LINE}    # a comment\n",
    ),
    "flow mapping at the end": (
        "version: 1\nsources:\n  - {url: https://a.example/,\n     tags: [x]}\n",
        f"version: 1\nsources:\n  - {{url: https://a.example/,\n     tags: [x]}}\n  {LINE}",
    ),
    "no line end": (
        "version: 1\nsources:\n  - https://a.example/",
        f"version: 1\nsources:\n  - https://a.example/\n  {LINE}",
    ),
    "empty list": (
        "version: 1\nsources: []  # none yet\nprefix: x\n",
        f"version: 1\nsources:  # none yet\n  {LINE}prefix: x\n",
    ),
    "brackets": (
        "version: 1\nsources: [https://a.example/]\n",
        f'version: 1\nsources: [https://a.example/, "{URL}"]\n',
    ),
    "brackets over lines": (
        "version: 1\nsources: [\n  https://a.example/,  # one\n  https://b.example/,\n]\n",
        f'version: 1\nsources: [\n  https://a.example/,  # one\n  https://b.example/, "{URL}",\n]\n',
    ),
    "no sources": (
        "# head\nversion: 1\n# tail\n",
        f"# head\nversion: 1\nsources:\n  {LINE}# tail\n",
    ),
    "sources of Windows": (
        "version: 1\r\nsources:\r\n  - https://a.example/\r\n",
        f"version: 1\r\nsources:\r\n  - https://a.example/\r\n  - {URL}\r\n",
    ),
    "block of text at the end": (
        "version: 1\nsources:\n  - url: https://a.example/\n    name: |-\n      A\n\n# x\nprefix: y\n",
        f"version: 1\nsources:\n  - url: https://a.example/\n    name: |-\n      A\n  {LINE}\n# x\nprefix: y\n",
    ),
    "a new file": (NEW_FILE, NEW_FILE.replace(" []\n", f"\n  {LINE}")),
}


@pytest.mark.parametrize(("text", "expected"), EDITS.values(), ids=EDITS)
def test_edits(folder: Folder, text: str, expected: str) -> None:
    changed = with_sources(text, [{"url": URL}])
    assert changed == expected
    path = folder.write("sources.yaml", text)
    before = load(path, {}).sources
    assert [source.url for source in load(path, {}, content=changed.encode()).sources] == [
        *(source.url for source in before),
        URL,
    ]


def test_lists_of_sources_alone() -> None:
    assert with_sources("- https://a.example/\n", [{"url": URL}]) == f"- https://a.example/\n{LINE}"
    assert with_sources("[]\n", [{"url": URL}]) == f"\n{LINE}"


def test_all_keys_in_the_form_that_people_write() -> None:
    entry = {"url": URL, "id": "new", "tags": ["uk", "a, b", "true"], "every": "10m"}
    assert written([entry, {"url": URL}], "  ") == [
        f"  - url: {URL}",
        "    id: new",
        '    tags: [uk, "a, b", "true"]',
        "    every: 10m",
        f"  - {URL}",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{version: 1}",
        "version: 1\nsources: {}",
        "just text",
        "version: 1\nsources: [\n]\n",
        "a: [",
        "",
    ],
)
def test_what_cannot_be_added_to(text: str) -> None:
    with pytest.raises(UnreadableError):
        with_sources(text, [{"url": URL}])


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")),
    min_size=1,
    max_size=30,
)


@given(
    name=TEXTS.filter(str.strip),
    tags=st.lists(TEXTS.filter(str.strip), max_size=3),
    flow=st.booleans(),
)
def test_any_text_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, name: str, tags: list[str], *, flow: bool
) -> None:
    text = "version: 1\nsources: [https://a.example/]\n" if flow else "version: 1\n"
    entry: dict[str, Any] = {"url": "https://b.example/?q=$x&y=${z}", "name": name, "tags": tags}
    changed = with_sources(text, [entry])
    path = tmp_path_factory.getbasetemp() / "sources.yaml"
    source = load(path, {}, content=changed.encode()).sources[-1]
    assert (source.url, source.name, source.tags) == (entry["url"], name, tags)
