"""Content codings: whole bodies, broken ones, and those that unpack to more than they should."""

from __future__ import annotations

import gzip
import random
import time
import tracemalloc
import zlib

import pytest

from feedmill.errors import FetchError
from service.http import FetchPolicy
from service.http.decode import BodyDecoder

NEWS = b"".join(b"%d news " % (n * n) for n in range(30_000))


def packed(data: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.compress(data)
    packer = zlib.compressobj(wbits={"zlib": 15, "raw": -15}[coding])
    return packer.compress(data) + packer.flush()


def decoded(coding: str, body: bytes, *, step: int = 65_536, **bounds) -> bytes:
    decoder = BodyDecoder(coding, FetchPolicy(**bounds))
    for start in range(0, len(body), step):
        for _ in decoder.feed(body[start : start + step]):
            pass
    return decoder.finish()


def failing(coding: str, body: bytes, **bounds) -> FetchError:
    with pytest.raises(FetchError) as caught:
        decoded(coding, body, **bounds)
    return caught.value


CODINGS = [("gzip", "gzip"), ("x-gzip", "gzip"), (" GZip ", "gzip"), ("deflate", "zlib")]
CODINGS += [("deflate", "raw")]


@pytest.mark.parametrize(("coding", "kind"), CODINGS)
@pytest.mark.parametrize("step", [1, 7, 65_536])
def test_what_was_packed_is_unpacked(coding, kind, step):
    data = NEWS[:20_000] if step == 1 else NEWS
    assert decoded(coding, packed(data, kind), step=step) == data


@pytest.mark.parametrize("coding", ["", "identity", "Identity", "none", "UTF-8"])
def test_what_is_not_packed_is_left_alone(coding):
    assert decoded(coding, NEWS) == NEWS


@pytest.mark.parametrize(
    "coding", ["br", "zstd", "x-evil", "gzip, gzip", "gzip, identity", "gzip;q=1"]
)
def test_other_codings_are_refused(coding):
    error = failing(coding, b"")
    assert (error.kind, error.retryable) == ("encoding", False)


@pytest.mark.parametrize(("coding", "kind"), CODINGS)
def test_what_breaks_off_is_not_taken_for_whole(coding, kind):
    whole = packed(NEWS, kind)
    for size in (1, len(whole) // 2, len(whole) - 1):
        error = failing(coding, whole[:size])
        assert (error.kind, error.retryable) == ("truncated", True)


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_nothing_at_all_is_nothing(coding):
    assert decoded(coding, b"") == b""


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"<rss/>"),
        ("deflate", b"<rss/>" * 100),
        ("gzip", gzip.compress(NEWS, mtime=0)[:-8] + b"\0" * 8),
        ("gzip", gzip.compress(b"one", mtime=0) + b"\x1f\x8bjunk"),
    ],
)
def test_what_cannot_be_unpacked(coding, body):
    assert failing(coding, body).kind == "encoding"


def test_gzip_in_gzip_is_unpacked_once():
    inner = gzip.compress(NEWS)
    assert decoded("gzip", gzip.compress(inner)) == inner


@pytest.mark.parametrize("step", [1, 5, 65_536])
def test_members_follow_one_another(step):
    """RFC 1952 lets packed files follow one another, and servers send them so."""
    body = gzip.compress(b"one ") + gzip.compress(b"two ") * 3 + gzip.compress(b"three")
    assert decoded("gzip", body, step=step) == b"one two two two three"


@pytest.mark.parametrize("tail", [b"\0", b"\0" * 512, b"junk" * 10, b"\x1f", b"\x1fjunk", b"\n"])
@pytest.mark.parametrize("step", [1, 65_536])
def test_what_follows_the_last_member_is_left_alone(tail, step):
    assert decoded("gzip", gzip.compress(b"news") + tail, step=step) == b"news"


def test_a_hundred_thousand_members_are_too_many():
    started = time.process_time()
    assert failing("gzip", gzip.compress(b"x") * 100_000).kind == "encoding"
    assert time.process_time() - started < 1


@pytest.mark.parametrize(("coding", "kind"), CODINGS)
def test_a_bomb_costs_little(coding, kind):
    """64 MiB of nothing: 64 kB on the way."""
    bomb = packed(bytes(64 << 20), kind)
    tracemalloc.start()
    started = time.process_time()
    error = failing(coding, bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert error.kind == "too-big"
    assert peak < 20_000_000
    assert time.process_time() - started < 2


@pytest.mark.parametrize(("size", "fits"), [(1000, True), (1001, False)])
@pytest.mark.parametrize("kind", ["plain", "gzip"])
def test_the_largest_body_is_exact(size, fits, kind):
    data = bytes(size)
    body, coding = (gzip.compress(data), "gzip") if kind == "gzip" else (data, "")
    if fits:
        assert decoded(coding, body, max_bytes=1000) == data
    else:
        assert failing(coding, body, max_bytes=1000).kind == "too-big"


def test_bounds_hold_for_what_is_sent_and_for_the_ratio():
    noise = random.Random(1).randbytes(5000)
    assert failing("gzip", gzip.compress(noise), max_wire_bytes=4000).kind == "too-big"
    assert failing("", noise, max_wire_bytes=4000).kind == "too-big"
    assert failing("gzip", gzip.compress(bytes(2 << 20)), max_ratio=200).kind == "too-big"
    assert len(decoded("gzip", gzip.compress(bytes(1 << 20)), max_ratio=200)) == 1 << 20


def test_others_have_their_turn_in_between():
    body = gzip.compress(bytes(1 << 20))
    decoder = BodyDecoder("gzip", FetchPolicy())
    assert sum(1 for _ in decoder.feed(body)) >= 16
    assert len(decoder.finish()) == 1 << 20


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 131_072, 200_000])
def test_the_end_is_seen_wherever_it_falls(size):
    data = random.Random(size).randbytes(size // 2) * 2
    data += bytes(size - len(data))
    for coding, kind in CODINGS:
        assert decoded(coding, packed(data, kind), step=1000) == data
