"""Raw pages in WARC files: what goes in comes out, for us and for other programs, whatever happens to the writer."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator
from warcio.cli import main as warcio

from feedmill.errors import RawPageError
from feedmill.page import EntryHints, Page
from feedmill.raw import folder, records
from feedmill.raw.reading import RawReader
from feedmill.raw.reference import RawRef, file_name
from feedmill.raw.writing import RawWriter
from tests.articles import make_page
from tests.feedmill.test_page import PAGES

NOW = 1_773_473_400.0
NAME = "feedmill-20260314073000-0123abcd.warc.gz"


def writer(path: Path, **options) -> RawWriter:
    values = {"max_bytes": 10_000_000, "max_seconds": 3600.0, "clock": lambda: NOW}
    return RawWriter(path, **{**values, **options})


def fetched(number: int = 0, content: bytes = b"<p>Crane\r\n\r\nfalls</p>", **fields) -> Page:
    values = {
        "content_type": "text/html; charset=utf-8",
        "status": 200,
        "final_url": f"https://news.example/{number}?a=1",
        "hints": EntryHints(title="Crane", published_at=datetime(2026, 3, 1, tzinfo=UTC)),
        "drop": ("^Sign up",),
    }
    return make_page(f"page-{number}", content, **{**values, **fields})


def written(path: Path, pages: list[Page]) -> list[str]:
    with_writer = writer(path)
    refs = [str(with_writer.write(page)) for page in pages]
    with_writer.close()
    return refs


def warc_records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]


def warcio_check(*paths: Path) -> int:
    """The exit code of `warcio check`."""
    with pytest.raises(SystemExit) as ended:
        warcio(["check", *map(str, paths)])
    return int(ended.value.code or 0)


def only_file(path: Path) -> Path:
    [file] = path.iterdir()
    return file


# ---- what is written


KINDS = [
    fetched(),
    fetched(1, b"", status=404),
    fetched(2, b"\0" * 100_000, status=299, content_type=None),
    fetched(3, "Žluťoučký kůň".encode(), kind="entry", status=503, error="http-status"),
    fetched(4, b"text", kind="file", url="file:///a/b%20c.txt", final_url=None, status=None),
    fetched(5, b"from an archive", status=None),
]


def test_pages_come_back_as_they_were(tmp_path):
    refs = written(tmp_path, KINDS)
    reader = RawReader(tmp_path)
    for page, ref in zip(KINDS, refs, strict=True):
        assert reader.read(ref) == replace(page, raw_ref=ref)


def test_every_page_comes_back(tmp_path):
    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
    @given(PAGES)
    def check(page):
        assert records.to_page(b"".join(records.of_page(page))) == page

    check()


def test_other_programs_can_read_it(tmp_path):
    written(tmp_path, KINDS)
    found = warc_records(only_file(tmp_path))
    types = [kind for kind, _, _ in found]
    assert types == ["warcinfo", *["response", "metadata"] * 3, *["resource", "metadata"] * 3]
    _, headers, body = found[1]
    assert headers["WARC-Target-URI"] == "https://news.example/0?a=1"
    assert headers["WARC-Date"] == "2026-03-01T12:00:00.000000Z"
    assert body == KINDS[0].content
    for (_, content, _), (_, about, _) in zip(found[1::2], found[2::2], strict=True):
        assert about["WARC-Concurrent-To"] == content["WARC-Record-ID"]
        assert about["WARC-Target-URI"] == content["WARC-Target-URI"]


def test_the_status_line_and_what_is_known_of_the_headers(tmp_path):
    written(tmp_path, KINDS)
    with only_file(tmp_path).open("rb") as file:
        heads = [r.http_headers for r in ArchiveIterator(file) if r.rec_type == "response"]
    assert [head.get_statuscode() for head in heads] == ["200", "404", "299"]
    assert heads[0].get_header("Content-Type") == "text/html; charset=utf-8"
    assert heads[2].get_header("Content-Length") == "100000"


def test_warcio_finds_no_mistake_and_would_find_one(tmp_path):
    written(tmp_path, KINDS)
    path = only_file(tmp_path)
    assert warcio_check(path) == 0
    plain = gzip.decompress(path.read_bytes()).replace(b"Crane\r\n\r\nfalls", b"Crane\r\n\r\nfells")
    other = tmp_path / "other.warc"
    other.write_bytes(plain)
    assert warcio_check(other) == 1


def test_a_record_can_be_read_by_its_place_with_nothing_but_gzip(tmp_path):
    *_, ref = [RawRef.parse(ref) for ref in written(tmp_path, KINDS[:2] + KINDS[3:4])]
    data = (tmp_path / ref.file).read_bytes()[ref.offset : ref.offset + ref.length]
    plain = gzip.decompress(data)
    assert plain.startswith(b"WARC/1.1\r\nWARC-Type: resource\r\n")
    assert "Žluťoučký kůň".encode() in plain
    [first, second] = ArchiveIterator(BytesIO(data))
    assert (first.rec_type, second.rec_type) == ("resource", "metadata")


def test_headers_of_strangers_stay_in_their_line(tmp_path):
    hostile = fetched(
        0,
        content_type="text/html\r\nSet-Cookie: a\r\n\r\n<b>",
        final_url="https://news.example/a b\r\nWARC-Type: warcinfo\n<x>",
    )
    [ref] = written(tmp_path, [hostile])
    assert RawReader(tmp_path).read(ref) == replace(hostile, raw_ref=ref)
    (_, headers, body), _ = warc_records(only_file(tmp_path))[1:]
    assert headers["WARC-Target-URI"] == (
        "https://news.example/a%20b%0D%0AWARC-Type:%20warcinfo%0A%3Cx%3E"
    )
    assert body == hostile.content


# ---- places


def test_places_are_written_and_read():
    ref = RawRef(NAME, 12, 345)
    assert str(ref) == f"{NAME}#offset=12&length=345"
    assert RawRef.parse(str(ref)) == ref
    assert file_name(datetime.fromtimestamp(NOW, UTC), "0123abcd") == NAME


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(NAME, id="no place"),
        pytest.param(f"../{NAME}#offset=1&length=2", id="out of the folder"),
        pytest.param(f"/etc/{NAME}#offset=1&length=2", id="elsewhere"),
        pytest.param("passwd#offset=1&length=2", id="another file"),
        pytest.param(f"{NAME}#offset=-1&length=2", id="before the beginning"),
        pytest.param(f"{NAME}#offset=1&length=99999999999", id="a long length"),
        pytest.param(f"{NAME}#offset=1&length=2\n", id="a line end"),
    ],
)
def test_what_is_no_place_is_refused(text, tmp_path):
    with pytest.raises(RawPageError) as caught:
        RawReader(tmp_path).read(text)
    assert caught.value.kind == "raw-ref"
    assert not RawReader(tmp_path).has(text)


def test_a_file_that_is_gone_says_so(tmp_path):
    [ref] = written(tmp_path, [fetched()])
    assert RawReader(tmp_path).has(ref)
    only_file(tmp_path).unlink()
    assert not RawReader(tmp_path).has(ref)
    with pytest.raises(RawPageError) as caught:
        RawReader(tmp_path).read(ref)
    assert caught.value.kind == "raw-gone"


@given(st.binary(max_size=300))
def test_garbage_is_no_page(data):
    with pytest.raises(RawPageError) as caught:
        records.to_page(data)
    assert caught.value.kind == "raw-format"


@pytest.mark.parametrize("change", [(1, 0), (0, -1), (0, 5), (-1, 0)])
def test_a_wrong_place_gives_no_page_and_never_another(tmp_path, change):
    _, middle, _ = written(tmp_path, [fetched(0), fetched(1), fetched(2)])
    ref = RawRef.parse(middle)
    wrong = RawRef(ref.file, ref.offset + change[0], ref.length + change[1])
    with pytest.raises(RawPageError) as caught:
        RawReader(tmp_path).read(str(wrong))
    assert caught.value.kind == "raw-format"


@pytest.mark.slow
def test_a_bomb_is_not_unpacked(tmp_path):
    bomb = gzip.compress(b"\0" * 200_000_000, 1)
    (tmp_path / NAME).write_bytes(bomb)
    with pytest.raises(RawPageError) as caught:
        RawReader(tmp_path).read(f"{NAME}#offset=0&length={len(bomb)}")
    assert caught.value.kind == "raw-format"


# ---- files


def test_a_file_is_begun_with_the_first_page_and_named_when_it_is_done(tmp_path):
    one = writer(tmp_path / "raw")
    assert not (tmp_path / "raw").exists()
    ref = str(one.write(fetched()))
    assert only_file(tmp_path / "raw").name.endswith(".warc.gz.open")
    assert (tmp_path / "raw").stat().st_mode & 0o77 == 0
    assert RawReader(tmp_path / "raw").read(ref).content == fetched().content
    one.close()
    one.close()
    assert only_file(tmp_path / "raw").name == RawRef.parse(ref).file
    assert RawReader(tmp_path / "raw").read(ref).content == fetched().content


def test_files_are_as_large_as_they_may_be_and_each_is_whole(tmp_path):
    noise = [fetched(n, os.urandom(1000)) for n in range(20)]
    one = writer(tmp_path, max_bytes=5000)
    refs = [str(one.write(page)) for page in noise]
    one.close()
    sizes = [file.bytes for file in folder.files(tmp_path)]
    assert len(sizes) == 7
    assert max(sizes) < 5000 + 2000
    for page, ref in zip(noise, refs, strict=True):
        assert RawReader(tmp_path).read(ref).content == page.content
    assert warcio_check(*tmp_path.iterdir()) == 0


def test_a_file_that_is_old_is_finished(tmp_path):
    now = NOW
    one = writer(tmp_path, clock=lambda: now)
    one.write(fetched())
    now += 3599
    one.close_if_old()
    assert only_file(tmp_path).name.endswith(".open")
    now += 1
    one.close_if_old()
    assert only_file(tmp_path).name.endswith(".gz")


def test_the_next_file_is_another_one(tmp_path):
    one = writer(tmp_path)
    first = one.write(fetched())
    one.close()
    second = one.write(fetched())
    one.close()
    assert first.file != second.file
    assert len(list(tmp_path.iterdir())) == 2


def test_a_file_that_somebody_removed_is_written_to_no_more(tmp_path):
    one = writer(tmp_path)
    one.write(fetched())
    only_file(tmp_path).unlink()
    ref = str(one.write(fetched(1)))
    assert RawReader(tmp_path).read(ref).id == "page-1"
    one.close()


@pytest.mark.slow
def test_a_full_disk_leaves_no_half_record(tmp_path):
    """A file system has no more room, as a limit on the size of files shows it."""
    script = (
        "import resource, signal, sys, errno, os\n"
        "from pathlib import Path\n"
        "from tests.feedmill.test_raw import fetched, writer\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "one = writer(Path(sys.argv[1]))\n"
        "first = one.write(fetched(0))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (first.offset + first.length + 500,) * 2)\n"
        "try:\n"
        "    one.write(fetched(1, os.urandom(5000)))\n"
        "except OSError as error:\n"
        "    assert error.errno == errno.EFBIG\n"
        "else:\n"
        "    sys.exit('it was written')\n"
        "one.close()\n"
    )
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=60)
    assert [kind for kind, _, _ in warc_records(only_file(tmp_path))] == [
        "warcinfo",
        "response",
        "metadata",
    ]


def test_old_files_go_and_then_the_oldest_while_there_are_too_many_bytes(tmp_path):
    names = [f"feedmill-2026031407300{n}-0123abcd.warc.gz" for n in range(5)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (NOW + number, NOW + number))
    (tmp_path / "mine.warc.gz").write_bytes(b"x" * 1000)
    assert folder.prune(tmp_path, before=NOW + 1, max_bytes=1000) == 1
    assert folder.prune(tmp_path, before=0, max_bytes=250) == 2
    assert {path.name for path in tmp_path.iterdir()} == {*names[3:], "mine.warc.gz"}
    assert folder.prune(tmp_path, before=0, max_bytes=250) == 0
    assert folder.prune(tmp_path / "none", before=0, max_bytes=1) == 0


def test_the_file_that_is_being_written_is_never_removed(tmp_path):
    one = writer(tmp_path)
    ref = str(one.write(fetched()))
    assert folder.prune(tmp_path, before=time.time() + 9, max_bytes=1) == 0
    assert folder.finish_left(tmp_path) == 0
    assert RawReader(tmp_path).read(ref)
    one.close()


# ---- crashes


@pytest.mark.parametrize(
    "torn",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\x1f\x8b\x08", id="the beginning of a member"),
        pytest.param(b"garbage" * 9, id="garbage"),
        pytest.param(gzip.compress(b"y" * 999, mtime=0)[:-1], id="nearly a member"),
    ],
)
def test_what_is_torn_at_the_end_is_cut_off(tmp_path, torn):
    one = writer(tmp_path)
    refs = [str(one.write(fetched(n))) for n in range(3)]
    one._abandon()
    with only_file(tmp_path).open("ab") as file:
        file.write(torn)
    assert RawReader(tmp_path).read(refs[2]).id == "page-2"
    assert folder.finish_left(tmp_path) == 1
    assert folder.finish_left(tmp_path) == 0
    assert warcio_check(only_file(tmp_path)) == 0
    assert [RawReader(tmp_path).read(ref).id for ref in refs] == ["page-0", "page-1", "page-2"]


def test_a_file_without_a_whole_record_goes(tmp_path):
    (tmp_path / (NAME + ".open")).write_bytes(b"\x1f\x8b")
    assert folder.finish_left(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_kill_9_in_the_middle_of_writing_loses_nothing_that_was_told(tmp_path):
    script = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from tests.feedmill.test_raw import fetched, writer\n"
        "one = writer(Path(sys.argv[1]), max_bytes=3_000_000)\n"
        "noise = os.urandom(200_000)\n"
        "for n in range(100_000):\n"
        "    print(one.write(fetched(n, noise)), flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(60)]
        process.send_signal(signal.SIGKILL)
        told += [line.strip() for line in process.stdout if line.endswith("\n")]
    folder.finish_left(tmp_path)
    reader = RawReader(tmp_path)
    assert [reader.read(ref).id for ref in told] == [f"page-{n}" for n in range(len(told))]
    assert warcio_check(*tmp_path.iterdir()) == 0
    assert not list(tmp_path.glob("*.open"))
