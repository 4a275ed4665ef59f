"""Local files: what is read, what is refused, and what becomes known of them."""

from __future__ import annotations

import contextlib
import gzip
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from feedmill import urls
from feedmill.errors import FileSourceError
from service.sources import files
from service.sources.item import Item, Polled

MAX = 1000


def poll(folder: Path, pattern: str, max_bytes: int = MAX) -> Polled:
    return files.poll(pattern, folder, max_bytes=max_bytes)


def keys(found: Polled) -> list[str]:
    return [item.key for item in found.items]


def only(found: Polled) -> Item:
    [item] = found.items
    assert found.problems == ()
    return item


def test_one_file(folder):
    (folder / "a.txt").write_text("Hello")
    item = only(poll(folder, "a.txt"))
    assert (item.content, item.content_type) == (b"Hello", "text/plain")
    assert item.key == item.identity == "file:a.txt"
    assert item.url == (folder / "a.txt").resolve().as_uri()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *(("a.txt", "text/plain"), ("a.md", "text/markdown"), ("a.html", "text/html")),
        *(("a.htm", "text/html"), ("A.TXT", "text/plain"), ("a.b.Html", "text/html")),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_kinds_of_files(folder, name, kind, packed):
    name += ".gz" if packed else ""
    (folder / name).write_bytes(gzip.compress(b"Hello") if packed else b"Hello")
    item = only(poll(folder, "*.*"))
    assert (item.content, item.content_type) == (b"Hello", kind)


def test_globs_take_files_of_known_kinds_in_order(folder):
    for name in ("b.txt", "a.html", "c.md.gz", "d.pdf", "e", "f.gz", ".hidden.txt", "g.txt.bak"):
        (folder / name).write_bytes(gzip.compress(b"x") if name.endswith(".gz") else b"x")
    (folder / "deep" / "er").mkdir(parents=True)
    (folder / "deep" / "er" / "h.txt").write_text("x")
    (folder / "dir.txt").mkdir()
    assert keys(poll(folder, "*")) == ["file:a.html", "file:b.txt", "file:c.md.gz"]
    assert keys(poll(folder, "**/*.txt")) == ["file:b.txt", "file:deep/er/h.txt"]
    assert keys(poll(folder, "[ab].*")) == ["file:a.html", "file:b.txt"]
    assert keys(poll(folder, "?.txt")) == ["file:b.txt"]
    assert poll(folder, "nothing/*.txt") == Polled()


def test_a_path_without_glob_must_be_there(folder):
    (folder / "dir.txt").mkdir()
    for name in ("none.txt", "dir.txt", "dir.txt/none.txt"):
        with pytest.raises(FileSourceError) as caught:
            poll(folder, name)
        assert (caught.value.kind, caught.value.retryable) == ("file-none", True)


def test_absolute_paths_and_parents(folder):
    (folder / "in").mkdir()
    (folder / "a.txt").write_text("x")
    absolute = only(poll(folder / "in", str(folder / "a.txt")))
    assert absolute.key == f"file:{folder / 'a.txt'}"
    assert only(poll(folder, str(folder / "*.txt"))).key == "file:a.txt"
    assert only(poll(folder / "in", "../a.txt")).content == b"x"


def test_moving_the_folder_changes_nothing(folder):
    (folder / "one" / "seeds").mkdir(parents=True)
    (folder / "one" / "seeds" / "a.txt").write_text("x")
    before = only(poll(folder / "one", "seeds/*.txt"))
    (folder / "one").rename(folder / "two")
    after = only(poll(folder / "two", "./seeds/*.txt"))
    assert (before.key, before.fingerprint) == (after.key, after.fingerprint)


def test_an_edited_file_has_another_fingerprint_and_the_same_key(folder):
    path = folder / "a.txt"
    path.write_text("one")
    first = only(poll(folder, "*.txt"))
    stat = path.stat()
    path.write_text("two")
    os.utime(path, (stat.st_atime, stat.st_mtime))
    second = only(poll(folder, "*.txt"))
    assert first.key == second.key
    assert first.fingerprint != second.fingerprint
    path.write_text("one")
    assert only(poll(folder, "*.txt")).fingerprint == first.fingerprint


@pytest.mark.parametrize(("size", "fits"), [(0, True), (MAX, True), (MAX + 1, False)])
@pytest.mark.parametrize("packed", [False, True])
def test_the_largest_file_is_exact(folder, size, fits, packed):
    name = "a.txt.gz" if packed else "a.txt"
    body = bytes(size)
    (folder / name).write_bytes(gzip.compress(body) if packed else body)
    found = poll(folder, "*")
    assert [item.content for item in found.items] == ([body] if fits else [])
    assert len(found.problems) == (0 if fits else 1)
    assert fits or f"{name}: has more than {MAX} bytes" in found.problems[0]


def test_a_gzip_bomb_is_not_unpacked(folder):
    (folder / "bomb.txt.gz").write_bytes(gzip.compress(bytes(300_000_000), compresslevel=1))
    (folder / "fine.txt").write_text("fine")
    started = time.monotonic()
    found = poll(folder, "*")
    assert time.monotonic() - started < 1
    assert keys(found) == ["file:fine.txt"]
    assert "bomb.txt.gz: has more than" in found.problems[0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:-4],
        lambda whole: whole[:-8] + bytes(8),
        lambda whole: whole[:12] + b"\xff\xff\xff" + whole[15:],
        lambda whole: b"plain text",
        lambda whole: whole + b"rest",
        lambda whole: whole[:3],
    ],
)
def test_a_damaged_gzip_costs_itself(folder, damage):
    whole = gzip.compress(b"".join(b"%d " % (n * n) for n in range(100)))
    (folder / "bad.txt.gz").write_bytes(damage(whole))
    (folder / "good.txt").write_text("good")
    found = poll(folder, "*")
    assert keys(found) == ["file:good.txt"]
    assert len(found.problems) == 1
    assert "bad.txt.gz: cannot be read" in found.problems[0]


def test_an_empty_file_named_gz_is_no_crash(folder):
    (folder / "empty.txt.gz").touch()
    assert len(poll(folder, "*").items) + len(poll(folder, "*").problems) == 1


def test_links_are_followed_and_known_by_their_own_name(folder):
    (folder / "real.txt").write_text("x")
    (folder / "link.txt").symlink_to("real.txt")
    (folder / "broken.txt").symlink_to("nowhere.txt")
    (folder / "self.txt").symlink_to("self.txt")
    found = poll(folder, "*.txt")
    assert keys(found) == ["file:link.txt", "file:real.txt"]
    assert found.problems == ()
    for name in ("broken.txt", "self.txt"):
        with pytest.raises(FileSourceError):
            poll(folder, name)


def test_a_folder_linked_into_itself_holds_each_file_once(folder):
    (folder / "a.txt").write_text("x")
    (folder / "loop").symlink_to(".")
    assert keys(poll(folder, "**/*.txt")) == ["file:a.txt"]


def test_what_is_no_regular_file_is_not_opened(folder):
    os.mkfifo(folder / "pipe.txt")  # to open it would wait for ever
    (folder / "device.txt").symlink_to("/dev/zero")
    (folder / "a.txt").write_text("x")
    assert keys(poll(folder, "*.txt")) == ["file:a.txt"]
    with pytest.raises(FileSourceError):
        poll(folder, "pipe.txt")


@pytest.mark.parametrize(
    "name", ["Crème brûlée.txt", "北京.txt", "a b#c?d%20.txt", "🙂.md", "-n.txt"]
)
def test_names_in_any_script(folder, name):
    (folder / name).write_text("x")
    item = only(poll(folder, "*.*"))
    assert item.key == f"file:{name}"
    assert item.url.isascii()
    assert urls.digest(item.key)


def test_a_name_that_is_no_text_does_not_stop_the_others(folder):
    """Folders from old systems hold names in Latin-1; such a name cannot be encoded in UTF-8."""
    (folder / "a.txt").write_text("a")
    (folder / os.fsdecode(b"caf\xe9.txt")).write_text("b")
    found = poll(folder, "*.txt")
    assert "file:a.txt" in keys(found)
    for item in found.items:
        assert urls.digest(item.key)
        assert urls.digest(urls.key(item.identity))
        assert item.identity.encode()


@pytest.fixture
def nobody(folder) -> Iterator[None]:
    """The test runs as a user who may not read everything."""
    if os.geteuid() == 0:
        folder.chmod(0o755)
        os.seteuid(65534)
        yield
        os.seteuid(0)
    else:
        yield


@pytest.fixture
def locked(folder) -> Iterator[Path]:
    """A folder that may be listed and not entered."""
    path = folder / "locked"
    path.mkdir()
    (path / "x.txt").write_text("x")
    path.chmod(0o444)
    yield path
    path.chmod(0o755)


def test_an_unreadable_file_costs_itself(folder, request):
    (folder / "secret.txt").write_text("x")
    (folder / "secret.txt").chmod(0)
    (folder / "a.txt").write_text("a")
    request.getfixturevalue("nobody")
    found = poll(folder, "*.txt")
    assert keys(found) == ["file:a.txt"]
    assert "secret.txt: cannot be read" in found.problems[0]


@pytest.mark.parametrize("pattern", ["locked/*.txt", "locked/x.txt"])
def test_an_unreadable_folder_is_an_error_of_the_source(folder, locked, pattern, request):
    """Anything but a `FileSourceError` would end the service and with it all other sources."""
    request.getfixturevalue("nobody")
    with contextlib.suppress(FileSourceError):
        assert poll(folder, pattern).items == ()


def test_a_name_too_long_is_an_error_of_the_source(folder):
    with pytest.raises(FileSourceError):
        poll(folder, "x" * 300 + ".txt")


def test_no_more_files_than_the_bound(folder, monkeypatch):
    monkeypatch.setattr(files, "MAX_FILES", 3)
    for number in range(5):
        (folder / f"{number}.txt").write_text("x")
    found = poll(folder, "*.txt")
    assert len(found.items) == 3
    assert "5 files; the first 3 were read" in found.problems[0]
