"""Files that are included."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Folder

    from feedmill.config import Settings

MAIN = "version: 1\ninclude: [{}]\n"


def ids(settings: Settings) -> list[str]:
    return [source.id for source in settings.sources]


def test_plain_list_and_mapping(folder: Folder) -> None:
    folder.write("a.yaml", "- https://a.example/\n- url: https://b.example/\n  id: b\n")
    folder.write("sub/c.yml", "sources: [https://c.example/]\n")
    settings = folder.load(MAIN.format("a.yaml, sub/*.yml"))
    assert ids(settings) == ["a-example", "b", "c-example"]


def test_empty_list(folder: Folder) -> None:
    folder.write("a.yaml", "[]")
    assert folder.load(MAIN.format("a.yaml")).sources == []


def test_glob_is_sorted(folder: Folder) -> None:
    for name in "cab":
        folder.write(f"d/{name}.yaml", f"[https://{name}.example/]")
    assert ids(folder.load(MAIN.format('"d/*.yaml"'))) == ["a-example", "b-example", "c-example"]


def test_paths_start_from_the_including_file(folder: Folder) -> None:
    folder.write("d/a.yaml", "sources: [page.txt]\ninclude: [e/b.yaml]")
    folder.write("d/e/b.yaml", "[other.txt]")
    folder.write("d/page.txt", "x")
    folder.write("d/e/other.txt", "x")
    page, other = folder.load(MAIN.format("d/a.yaml")).sources
    assert (page.path, page.base) == ("page.txt", folder.path / "d")
    assert (other.path, other.base) == ("other.txt", folder.path / "d/e")


def test_own_defaults_lie_over_those_of_the_including_file(folder: Folder) -> None:
    folder.write("a.yaml", "defaults: {min: 1h}\nsources: [https://a.example/]\ninclude: [b.yaml]")
    folder.write("b.yaml", "[https://b.example/]")
    settings = folder.load(
        "version: 1\ndefaults: {min: 2h, max: 3h, per_host: {delay: 9s}}\n"
        "sources: [https://m.example/]\ninclude: [a.yaml]"
    )
    hours = [(source.min, source.max) for source in settings.sources]
    hour = timedelta(hours=1)
    assert hours == [(2 * hour, 3 * hour), (hour, 3 * hour), (hour, 3 * hour)]
    assert {source.per_host.delay for source in settings.sources} == {timedelta(seconds=9)}


def test_mistakes_carry_their_own_file(folder: Folder) -> None:
    folder.write(
        "d/a.yaml", "# first\nsources:\n  - {url: 'https://a.example', evry: 1h}\nredis: x\n"
    )
    folder.write("d/b.yaml", "- https://b.example\n- no.txt\n- {url: 'https://c.example', min: x}")
    folder.write("d/c.yaml", "a: [")
    folder.write("d/d.yaml", "just text")
    folder.write("d/e.yaml", "")
    assert folder.problems("version: 2\ninclude: ['d/*.yaml']") == [
        "d/a.yaml:3:32: sources.0.evry: unknown key (did you mean 'every'?)",
        "d/a.yaml:4:1: redis: unknown key",
        "d/b.yaml:2:3: 1: there is no such file in d",
        "d/b.yaml:3:35: 2.min: expected a duration such as 30s, 15m or 2h, got 'x'",
        "d/c.yaml:2:1: YAML cannot be read: a list or mapping in brackets is never closed",
        "d/d.yaml:1:1: expected keys and values, got 'just text'",
        "d/e.yaml:1:1: the file is empty",
        "sources.yaml:1:10: version: expected 1, the only version there is, got 2",
    ]


def test_duplicates_are_found_over_files(folder: Folder) -> None:
    folder.write("a.yaml", "- https://a.example/")
    text = "version: 1\nsources: [https://a.example/]\ninclude: [a.yaml]"
    assert folder.problems(text) == [
        "a.yaml:1:3: 0: this address is already listed at sources.yaml:2:11"
    ]


def test_wrong_items(folder: Folder) -> None:
    folder.write("a.txt", "x")
    assert folder.problems(
        "version: 1\ninclude:\n- https://a.example/feeds.opml\n- no.yaml\n- 3\n- a.txt\n- ''\n- {}"
    ) == [
        (
            "sources.yaml:3:3: include.0: only files can be included; `feedmill import URL` makes "
            "one of an address"
        ),
        "sources.yaml:4:3: include.1: there is no such file in .",
        (
            "sources.yaml:5:3: include.2: expected a file or pattern that ends in .yaml, .yml or "
            ".opml, got 3"
        ),
        (
            "sources.yaml:6:3: include.3: expected a file or pattern that ends in .yaml, .yml or "
            ".opml, got 'a.txt'"
        ),
        "sources.yaml:7:3: include.4: a path has 1 to 1024 characters, no control characters",
        (
            "sources.yaml:8:3: include.5: expected a file or pattern that ends in .yaml, .yml or "
            ".opml, got keys and values"
        ),
    ]


def test_many_double_stars(problems: Callable[..., list[str]]) -> None:
    assert problems("version: 1\ninclude: ['**/**/*.yaml']") == [
        "sources.yaml:2:11: include.0: `**` can stand only once in a pattern"
    ]


def test_circle(folder: Folder) -> None:
    folder.write("a.yaml", "include: [b.yaml]")
    folder.write("b.yaml", "include: [a.yaml]")
    assert folder.problems(MAIN.format("a.yaml")) == [
        (
            "b.yaml:1:11: include.0: files include each other in a circle: "
            "sources.yaml -> a.yaml -> b.yaml -> a.yaml"
        )
    ]


def test_file_that_includes_itself(folder: Folder) -> None:
    assert folder.problems(MAIN.format('"*.yaml"')) == [
        (
            "sources.yaml:2:11: include.0: files include each other in a circle: "
            "sources.yaml -> sources.yaml"
        )
    ]


def test_file_included_twice(folder: Folder) -> None:
    folder.write("a.yaml", "[https://a.example/]")
    assert folder.problems(MAIN.format('a.yaml, "./a.yaml"')) == [
        "sources.yaml:2:19: include.1: a.yaml is already included at sources.yaml:2:11"
    ]


def test_depth(folder: Folder) -> None:
    for level in range(1, 6):
        folder.write(
            f"{level}.yaml", f"sources: [https://{level}.example/]\ninclude: [{level + 1}.yaml]"
        )
    folder.write("4.yaml", "sources: [https://4.example/]")
    assert len(folder.load(MAIN.format("1.yaml")).sources) == 4
    folder.write("4.yaml", "sources: [https://4.example/]\ninclude: [5.yaml]")
    assert folder.problems(MAIN.format("1.yaml")) == [
        "4.yaml:2:11: include.0: files include each other more than 4 deep"
    ]


def test_files_that_were_read_and_would_be(folder: Folder) -> None:
    folder.write(
        "a.yaml", "sources: [https://a.example/]\ninclude: ['d/*.yaml', b.yaml, '*/*.opml']"
    )
    folder.write("b.yaml", "[https://b.example/]")
    folder.write("d/c.yaml", "[https://c.example/]")
    folder.write("d/e.opml", "<opml><body/></opml>")
    folder.write("d/notes.txt", "x")
    settings = folder.load(MAIN.format("a.yaml"))
    names = [path.relative_to(folder.path).as_posix() for path in settings.files]
    assert sorted(names) == ["a.yaml", "b.yaml", "d/c.yaml", "d/e.opml", "sources.yaml"]
    assert settings.would_read() == (folder.path / "d/c.yaml", folder.path / "d/e.opml")
    folder.write("d/new.yaml", "[]")
    assert folder.path / "d/new.yaml" in settings.would_read()


def test_a_folder_with_signs_of_patterns_in_its_name(folder: Folder) -> None:
    folder.write("[x]/a.yaml", "include: ['*.yml']")
    folder.write("[x]/b.yml", "[https://b.example/]")
    settings = folder.load(MAIN.format('"[[]x]/*.yaml"'))
    assert ids(settings) == ["b-example"]
    assert settings.would_read() == (folder.path / "[x]/a.yaml", folder.path / "[x]/b.yml")
