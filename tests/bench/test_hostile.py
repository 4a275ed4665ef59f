"""The benchmark of hostile cases: that it notices what goes wrong, and that nothing does."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from bench import hostile_http, hostile_urls
from bench.hostile_case import Case, manifest, play
from bench.hostile_fence import fence
from bench.hostile_memory import Memory
from feedmill.errors import FeedParseError
from service.http import FetchPolicy

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "hostile"
here = pytest.mark.skipif(
    not (FOLDER / "MANIFEST.jsonl").is_file(), reason=f"the hostile cases are not here ({FOLDER})"
)


def case(expect: str, seconds: float = 5.0) -> Case:
    return Case("http/x", "a test", expect, seconds)


@pytest.mark.parametrize(
    ("expect", "fits", "does_not"),
    [
        ("stored", "ok", "timeout"),
        ("abort at the decoded cap; <50 MB", "too-big", "ok"),
        ("abort by total time or least rate", "too-slow", "ok"),
        ("encoding refused", "encoding", "ok"),
        ("error; partial not stored", "truncated", "ok"),
        ("blocked", "address-refused", "ok"),
        ("blocked", "url-refused", "connect"),
        ("abort", "redirects", "ok"),
        ("error, no crash", "protocol", "empty"),
        ("stored or error", "ok", "broken"),
        ("error or joined", "ok", "broken"),
        ("followed with right quoting, or abort", "ok", "broken"),
        ("treated as unchanged/empty, not as error loop", "empty", "ok"),
        ("source disabled", "http-status", "ok"),
        ("something nobody has thought of", "ok", "broken"),
        ("something nobody has thought of", "any-kind", "broken"),
    ],
)
def test_expectations_in_words(expect, fits, does_not):
    assert case(expect).allows(fits)
    assert not case(expect).allows(does_not)


async def test_what_goes_wrong_is_noticed():
    async def broken() -> tuple[str, list[str]]:
        raise KeyError("x")

    async def refused() -> tuple[str, list[str]]:
        raise FeedParseError("no", kind="not-a-feed")

    async def wrong() -> tuple[str, list[str]]:
        return "ok", ["a secret"]

    async def large() -> tuple[str, list[str]]:
        taken = len(b"\1" * 150_000_000)
        return "ok", [] if taken else ["nothing"]

    assert not (await play(case("bounded"), broken)).expected
    assert (await play(case("bounded"), refused)).expected
    assert not (await play(case("stored"), refused)).expected
    assert (await play(case("bounded"), wrong)).why == ["a secret"]
    assert (await play(case("bounded"), large)).megabytes > 100
    late = await play(case("bounded", seconds=0.0), refused)
    assert (late.outcome, late.expected) == ("not-a-feed", False)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux")
def test_memory_is_measured_case_by_case():
    first = Memory()
    assert len(b"\1" * 80_000_000) == 80_000_000
    assert 60 < first.growth()[0] < 120
    assert Memory().growth()[0] < 20


def test_the_fence_lets_nothing_out_and_counts_it():
    with fence() as breaches:
        for address in ("1.1.1.1", "10.0.0.1", "169.254.169.254"):
            with socket.socket() as made, pytest.raises(OSError, match="fence"):
                made.connect((address, 80))
        with socket.socket(socket.AF_INET6) as made, pytest.raises(OSError, match="fence"):
            made.connect_ex(("2606:4700::1111", 80))
        with socket.socket() as made, pytest.raises(ConnectionRefusedError):
            made.connect(("127.0.0.1", 1))
    assert [host for host, _ in breaches] == [
        "1.1.1.1",
        "10.0.0.1",
        "169.254.169.254",
        "2606:4700::1111",
    ]


@here
async def test_hostile_addresses():
    with fence() as breaches:
        results = await hostile_urls.results(FOLDER, FetchPolicy(seconds=3))
    assert [(one.id, one.outcome, one.why) for one in results if not one.expected] == []
    assert len(results) > 50
    assert breaches == []


@here
@pytest.mark.slow
async def test_hostile_answers():
    """Those that take their time, together and at a server of their own: they hold the others up."""
    cases = manifest(FOLDER, "http")
    slow = [one for one in cases if "time" in one.expect or one.name == "chunk-ext"]
    quick = [one for one in cases if one not in slow]
    with (
        fence() as breaches,
        hostile_http.server(FOLDER, bomb_mb=32) as base,
        hostile_http.server(FOLDER, bomb_mb=1) as other,
    ):
        # The quick ones end by themselves; a busy machine must not end them earlier.
        bounds = hostile_http.policy(base, quick=False)
        others = hostile_http.policy(other, quick=True)
        played = await asyncio.gather(
            hostile_http.results(quick, base, bounds),
            *(hostile_http.results([one], other, others) for one in slow),
        )
    results = [one for some in played for one in some]
    assert [(one.id, one.outcome, one.why) for one in results if not one.expected] == []
    assert len(results) == len(cases)
    assert breaches == []
