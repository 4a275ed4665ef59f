"""A changed sources file is taken while the service runs; a broken one changes nothing."""

from __future__ import annotations

import os
from pathlib import Path

from feedmill.config import Settings, load
from service.reload import Changes, Reloader, changes

MAIN = """
version: 1
sources:
  - {url: "https://one.example/rss", id: one}
  - {url: "https://two.example/rss", id: two}
include: [more/*.yaml]
"""


class Force:
    """What is in force, as the service would have it."""

    def __init__(self, folder: Path, text: str = MAIN) -> None:
        self.file = folder / "sources.yaml"
        self.file.write_text(text)
        (folder / "more").mkdir()
        self.settings = load(self.file)
        self.seen: list[Changes] = []
        self.problems: list[str] = []
        self.reloader = Reloader(self.settings, self.apply, self.refuse)

    async def apply(self, settings: Settings, found: Changes) -> None:
        self.settings = settings
        self.seen.append(found)

    async def refuse(self, problems: list[str]) -> None:
        self.problems = list(problems)

    def write(self, text: str, name: str = "sources.yaml") -> None:
        path = self.file.parent / name
        path.write_text(text)
        at = path.stat().st_mtime_ns + 1_000_000
        os.utime(path, ns=(at, at))  # two writes of one moment must differ

    async def looks(self, count: int = 2) -> list[bool]:
        return [await self.reloader.look() for _ in range(count)]


def ids(sources) -> list[str]:
    return [source.id for source in sources]


async def test_nothing_changed(tmp_path):
    force = Force(tmp_path)
    assert await force.looks() == [False, False]
    assert force.seen == []


async def test_sources_are_added_removed_and_changed(tmp_path):
    force = Force(tmp_path)
    force.write(MAIN.replace("one.example/rss", "one.example/atom").replace("two", "three"))
    assert await force.looks() == [False, True]  # once it has come to rest
    [found] = force.seen
    assert (ids(found.added), ids(found.removed), ids(found.changed)) == (
        ["three"],
        ["two"],
        ["one"],
    )
    assert await force.looks() == [False, False]


async def test_a_file_that_is_still_being_written_is_left_alone(tmp_path):
    force = Force(tmp_path)
    force.write("version: 1\nsources: []\n")
    assert not await force.reloader.look()
    force.write(MAIN + "# done\n")
    assert await force.looks() == [False, True]
    assert force.seen[0].is_empty


async def test_a_broken_file_keeps_the_old_configuration_and_is_told_once(tmp_path):
    force = Force(tmp_path)
    force.write(MAIN.replace("https://two", "gopher://two"))
    assert await force.looks(4) == [False] * 4
    assert ids(force.settings.sources) == ["one", "two"]
    [problem] = force.problems
    assert "sources.yaml:5" in problem
    force.write(MAIN + "# mended\n")
    assert await force.looks() == [False, True]


async def test_a_file_that_is_gone_for_a_moment(tmp_path):
    force = Force(tmp_path)
    force.file.rename(tmp_path / "aside")
    assert await force.looks() == [False, False]
    assert force.problems
    (tmp_path / "aside").rename(force.file)
    force.write(MAIN)
    assert await force.looks() == [False, True]


async def test_an_included_file_that_is_new_changed_and_gone(tmp_path):
    force = Force(tmp_path)
    force.write("- {url: 'https://four.example/', id: four}\n", "more/a.yaml")
    assert await force.looks() == [False, True]
    force.write("- {url: 'https://five.example/', id: five}\n", "more/a.yaml")
    assert await force.looks() == [False, True]
    (tmp_path / "more" / "a.yaml").unlink()
    assert await force.looks() == [False, True]
    assert [ids(found.added) for found in force.seen] == [["four"], ["five"], []]
    assert [ids(found.removed) for found in force.seen] == [[], ["four"], ["five"]]


def test_disabled_sources_are_none(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text(MAIN)
    old = load(file)
    file.write_text(MAIN.replace("id: two}", "id: two, enabled: false}"))
    found = changes(old, load(file))
    assert (ids(found.removed), found.added, found.changed) == (["two"], (), ())


def test_what_can_be_taken_at_the_next_start_only(tmp_path):
    file = tmp_path / "sources.yaml"
    file.write_text(MAIN)
    old = load(file)
    file.write_text(MAIN + "prefix: 'x:'\nredis: redis://127.0.0.1/\n")
    assert changes(old, load(file)).at_start_only == ("redis", "prefix")
