"""Local web archives, whole and broken."""

from __future__ import annotations

import gzip
import random
import zlib
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from feedmill.errors import FileSourceError
from service.sources import unpack, warc
from service.sources.item import Item

MAX = 100_000
NOW = 1_790_000_000.0  # in 2026
PAGE = b"<html><body><p>A page.</p></body></html>"


class _Writer(WARCWriter):
    """warcio's writer leaves temporary files open until they are collected."""

    def _create_temp_file(self) -> BytesIO:
        return BytesIO()


class Archive:
    """Writes records into memory as warcio does."""

    def __init__(self, *, packed: bool = True) -> None:
        self.file = BytesIO()
        self.writer = _Writer(self.file, gzip=packed)

    def add(
        self,
        url: str = "https://a.example/1",
        body: bytes = PAGE,
        *headers: tuple[str, str],
        status: str = "200 OK",
        kind: str = "text/html; charset=utf-8",
        type_: str = "response",
        **warc_headers: str,
    ) -> Archive:
        http = StatusAndHeaders(status, [("Content-Type", kind), *headers], protocol="HTTP/1.1")
        named = {name.replace("_", "-"): value for name, value in warc_headers.items()}
        record = self.writer.create_warc_record(
            url,
            type_,
            payload=BytesIO(body),
            http_headers=http if type_ == "response" else None,
            warc_content_type=kind if type_ == "resource" else "",
            warc_headers_dict={"WARC-Date": "2026-03-09T06:00:00Z", **named},
        )
        self.writer.write_record(record)
        return self

    @property
    def bytes(self) -> bytes:
        return self.file.getvalue()


def read(folder: Path, content: bytes, name: str = "a.warc.gz") -> tuple[list[Item], list[str]]:
    (folder / name).write_bytes(content)
    found = list(warc.read(name, folder, max_bytes=MAX, now=NOW))
    items = [item for polled in found for item in polled.items]
    return items, [problem for polled in found for problem in polled.problems]


@pytest.mark.parametrize("packed", [True, False])
def test_pages_with_their_addresses_and_times(tmp_path, packed):
    archive = Archive(packed=packed)
    archive.writer.write_record(archive.writer.create_warcinfo_record("a.warc", {"software": "x"}))
    archive.add().add("http://www.a.example/2?utm_source=x", b"two")
    items, problems = read(tmp_path, archive.bytes)
    assert problems == []
    one, two = items
    assert (one.url, one.identity, one.key) == (
        "https://a.example/1",
        "https://a.example/1",
        "a.example/1",
    )
    assert (one.content, one.content_type) == (PAGE, "text/html; charset=utf-8")
    assert one.fetched_at is not None
    assert one.fetched_at.isoformat() == "2026-03-09T06:00:00+00:00"
    assert (two.key, two.content) == ("a.example/2", b"two")


def test_a_second_reading_gives_the_same_and_a_changed_page_another_fingerprint(tmp_path):
    first, _ = read(tmp_path, Archive().add().bytes)
    again, _ = read(tmp_path, Archive().add().bytes)
    changed, _ = read(tmp_path, Archive().add(body=PAGE + b"!").bytes)
    assert first == again
    assert changed[0].key == first[0].key
    assert changed[0].fingerprint != first[0].fingerprint


@pytest.mark.parametrize(
    "unwanted",
    [
        {"status": "404 Not Found"},
        {"status": "301 Moved"},
        {"kind": "image/png"},
        {"kind": "application/pdf"},
        {"body": b""},
        {"url": "dns:a.example"},
        {"type_": "metadata"},
        {"type_": "request", "body": b"GET / HTTP/1.1\r\n\r\n"},
        {"type_": "resource", "kind": "image/png"},
    ],
)
def test_what_is_no_page(tmp_path, unwanted):
    items, problems = read(tmp_path, Archive().add(**unwanted).add("https://a.example/2").bytes)
    assert [item.url for item in items] == ["https://a.example/2"]
    assert problems == []


def test_resources_are_pages_too(tmp_path):
    archive = Archive().add(type_="resource", kind="text/plain").add(kind="application/xhtml+xml")
    items, _ = read(tmp_path, archive.bytes)
    assert [item.content_type for item in items] == ["text/plain", "application/xhtml+xml"]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ([("Content-Encoding", "gzip")], gzip.compress(PAGE)),
        ([("Content-Encoding", "deflate")], zlib.compress(PAGE)),
        ([("Content-Encoding", "gzip")], PAGE),
        ([("Content-Encoding", "br")], PAGE),
        ([("Transfer-Encoding", "chunked")], b"5\r\n" + PAGE[:5] + b"\r\n23\r\n" + PAGE[5:] + b"\r\n0\r\n\r\n"),
        ([("Transfer-Encoding", "chunked")], PAGE),
    ],
    ids=["gzip", "deflate", "gzip undone", "br undone", "chunked", "chunked undone"],
)  # fmt: skip
def test_codings_are_undone_once(tmp_path, headers, body):
    items, problems = read(tmp_path, Archive().add("https://a.example/", body, *headers).bytes)
    assert problems == []
    assert items[0].content == PAGE


def test_chunked_and_packed(tmp_path):
    packed = gzip.compress(PAGE)
    body = f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    headers = [("Transfer-Encoding", "chunked"), ("Content-Encoding", "gzip")]
    items, _ = read(tmp_path, Archive().add("https://a.example/", body, *headers).bytes)
    assert items[0].content == PAGE


def test_a_file_that_is_gzipped_as_a_whole(tmp_path):
    plain = Archive(packed=False).add().add("https://a.example/2").bytes
    items, problems = read(tmp_path, gzip.compress(plain))
    assert (len(items), problems) == (2, [])


def test_addresses_in_angle_brackets_and_with_spaces(tmp_path):
    raw = Archive(packed=False).add("https://a.example/x").bytes
    raw = raw.replace(b"URI: https://a.example/x", b"URI: <https://a.example/a b>")
    items, _ = read(tmp_path, raw, "a.warc")
    assert items[0].url == "https://a.example/a%20b"


# --- broken and hostile --------------------------------------------------------------------------------


def three(*, packed: bool) -> list[bytes]:
    urls = (f"https://a.example/{n}" for n in range(3))
    return [Archive(packed=packed).add(url).bytes for url in urls]


@pytest.mark.parametrize("packed", [True, False])
def test_a_broken_record_costs_itself_only(tmp_path, packed):
    first, second, third = three(packed=packed)
    middle = len(second) // 2
    broken = second[:middle] + b"\xff\xff\xff\xff" + second[middle + 4 :]
    if not packed:
        broken = second.replace(b"Content-Length: ", b"Content-Length: x", 1)
    items, problems = read(tmp_path, first + broken + third)
    found = [item.url[-1] for item in items]
    assert found[0] == "0"
    assert found[-1] == "2"
    assert 1 <= len(problems) <= 2
    assert problems[0].startswith("a.warc.gz at byte ")


def test_a_wrong_length_is_told_and_the_next_record_found(tmp_path):
    first, second, third = three(packed=False)
    wrong = second.replace(b"Content-Length: ", b"Content-Length: 1\r\nX: ", 1)
    items, problems = read(tmp_path, first + wrong + third, "a.warc")
    assert [item.url[-1] for item in items] == ["0", "2"]
    assert "should begin" in problems[-1]


@pytest.mark.parametrize("packed", [True, False])
def test_a_file_that_breaks_off(tmp_path, packed):
    first, second, _ = three(packed=packed)
    items, problems = read(tmp_path, first + second[: len(second) // 2 + 20])
    assert [item.url[-1] for item in items] == ["0"]
    assert len(problems) == 1
    assert "breaks off" in problems[0]


def test_garbage_between_members_is_passed_over(tmp_path):
    first, second, _ = three(packed=True)
    items, _ = read(tmp_path, first + b"\x00" * 500 + b"garbage\x1f\x8b" + second)
    assert [item.url[-1] for item in items] == ["0", "1"]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 10, b"no archive\n" * 100_000, b"x" * 3_000_000, b"WARC/1.0", b"WARC/1.0\r\n\r\n", b"\x1f\x8b"],
    ids=["empty", "zeros", "lines", "one line", "begin", "no headers", "magic"],
)  # fmt: skip
def test_what_is_no_archive(tmp_path, content):
    items, problems = read(tmp_path, content)
    assert items == []
    assert len(problems) <= 1


def test_pages_that_are_too_big(tmp_path):
    archive = Archive()
    archive.add("https://a.example/big", b"<" + b"x" * MAX)
    archive.add("https://a.example/bigger", b"<" + b"x" * MAX * 3)
    archive.add("https://a.example/film", b"x" * MAX * 3, kind="video/mp4")
    bomb = gzip.compress(b"<" + b"x" * MAX * 30)
    archive.add("https://a.example/bomb", bomb, ("Content-Encoding", "gzip"))
    items, problems = read(tmp_path, archive.add().bytes)
    assert [item.url for item in items] == ["https://a.example/1"]
    assert len(problems) == 3
    assert all("more than 100000 bytes" in problem for problem in problems)


def test_bombs_of_the_file_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(unpack, "_NO_RATIO", 1 << 20)
    first, second, _ = three(packed=True)
    head = b"WARC/1.0\r\nWARC-Type: metadata\r\nContent-Length: 999999999999\r\n\r\n"
    bomb = gzip.compress(head + b"\0" * 20_000_000)
    items, problems = read(tmp_path, first + bomb + second)
    assert [item.url[-1] for item in items] == ["0", "1"]
    assert "bomb" in problems[0]


def test_long_headers(tmp_path):
    first, second, _ = three(packed=False)
    long = b"WARC/1.0\r\n" + b"X: " + b"y" * 1_000_000 + b"\r\n"
    many = b"WARC/1.0\r\n" + b"X: y\r\n" * 100_000
    items, problems = read(tmp_path, first + long + many + second, "a.warc")
    assert [item.url[-1] for item in items] == ["0", "1"]
    assert problems


def test_many_problems_are_counted(tmp_path):
    content = b"WARC/1.0\r\nContent-Length: x\r\n\r\n" * 1000
    _, problems = read(tmp_path, content, "a.warc")
    assert len(problems) == warc.MAX_PROBLEMS + 1
    assert problems[-1] == f"a.warc: {1000 - warc.MAX_PROBLEMS} more records cannot be read"


def test_mutations_never_raise(tmp_path):
    chance = random.Random(7)
    for packed in (True, False):
        whole = b"".join(three(packed=packed))
        for _ in range(150):
            mutated = bytearray(whole)
            for _ in range(chance.randint(1, 6)):
                mutated[chance.randrange(len(mutated))] = chance.randrange(256)
            items, _ = read(tmp_path, bytes(mutated[: chance.randint(1, len(mutated))]))
            assert len(items) <= 3


# --- files ---------------------------------------------------------------------------------------------


def test_batches_and_globs(tmp_path):
    (tmp_path / "sub").mkdir()
    for name in ("sub/b.warc.gz", "sub/a.warc", "sub/c.txt"):
        archive = Archive(packed=name.endswith("gz"))
        for n in range(warc.BATCH_ITEMS + 1):
            archive.add(f"https://a.example/{name}/{n}")
        (tmp_path / name).write_bytes(archive.bytes)
    batches = list(warc.read("**/*", tmp_path, max_bytes=MAX, now=NOW))
    assert [len(batch.items) for batch in batches] == [100, 1, 100, 1]
    assert batches[0].items[0].url.startswith("https://a.example/sub/a.warc/")


def test_no_page_was_fetched_after_now(tmp_path):
    """The clock of whoever fetched it was wrong."""
    items, _ = read(tmp_path, Archive().add(WARC_Date="2031-01-01T00:00:00Z").bytes)
    assert [item.fetched_at for item in items] == [datetime.fromtimestamp(NOW, UTC)]


def test_a_missing_file(tmp_path):
    with pytest.raises(FileSourceError) as caught:
        list(warc.read("no.warc", tmp_path, max_bytes=MAX, now=NOW))
    assert caught.value.kind == "file-none"
    assert list(warc.read("*.warc", tmp_path, max_bytes=MAX, now=NOW)) == []


async def test_polling_gives_the_same_batches(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(Archive().add().bytes)
    found = [polled async for polled in warc.poll("a.warc.gz", tmp_path, max_bytes=MAX, now=NOW)]
    assert found == list(warc.read("a.warc.gz", tmp_path, max_bytes=MAX, now=NOW))


def test_the_signature_tells_whether_anything_has_changed(tmp_path):
    (tmp_path / "a.warc.gz").write_bytes(Archive().add().bytes)
    first = warc.signature("*.warc.gz", tmp_path)
    assert warc.signature("*.warc.gz", tmp_path) == first
    (tmp_path / "a.warc.gz").write_bytes(Archive().add().add().bytes)
    grown = warc.signature("*.warc.gz", tmp_path)
    assert grown != first
    (tmp_path / "b.warc.gz").write_bytes(b"")
    assert warc.signature("*.warc.gz", tmp_path) != grown
