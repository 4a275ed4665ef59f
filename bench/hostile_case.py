"""A hostile case, what may become of it, and what became of it."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.hostile_memory import Memory
from feedmill.errors import FeedmillError

OK, EMPTY = "ok", "empty"
MAX_GROWTH = 100.0  # MB that this process may grow by
# What an expectation in words allows: the first pattern that fits counts. `error` stands for any error of ours.
_ALLOWED: tuple[tuple[str, frozenset[str]], ...] = (
    (r"^stored$|not drained|extra bytes ignored|fetched", frozenset({OK})),
    (r"encoding refused|error class: encoding", frozenset({"encoding"})),
    (r"(byte|decoded) cap|at the cap$|as gzip|on the header", frozenset({"too-big"})),
    (r"by total time|by read timeout|least rate", frozenset({"timeout", "too-slow"})),
    (r"max_headers|max_line_size", frozenset({"protocol"})),
    (r"max redirects", frozenset({"redirects"})),
    (r"too long", frozenset({"url-refused", "redirects"})),
    (r"^blocked", frozenset({"url-refused", "address-refused", "dns"})),
    (r"partial not stored", frozenset({"truncated"})),
    # Of a body that must not be there, the client library lets only some come without an error.
    (r"^empty$", frozenset({EMPTY, "protocol"})),
    (r"unchanged/empty", frozenset({EMPTY})),
    (
        r"error status|source disabled|back-off (clamped|floor)",
        frozenset({"http-status", "redirects"}),
    ),
    (r"not-a-feed", frozenset({OK, "error"})),
    (r"^(error|abort)(?!.* or (stored|joined))", frozenset({"error"})),
    (r"complete items kept|^entries$", frozenset({OK})),
    (r"no article", frozenset({"error"})),
)
_ANYTHING = frozenset({OK, EMPTY, "error"})


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile input.

    Attributes:
        id: As in the manifest, such as `http/gzip`.
        what: It is, in words.
        expect: What is expected of a sound service, in words.
        seconds: It may take so long.
    """

    id: str
    what: str
    expect: str
    seconds: float = 40.0

    @property
    def name(self) -> str:
        """The identifier without the kind."""
        return self.id.partition("/")[2]

    def allows(self, outcome: str) -> bool:
        """Whether an outcome is among those expected. Of unknown expectations any orderly end is."""
        allowed = next(
            (kinds for pattern, kinds in _ALLOWED if re.search(pattern, self.expect)), _ANYTHING
        )
        is_error = outcome not in {OK, EMPTY, BROKEN}
        return outcome in allowed or (is_error and "error" in allowed)


BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a case.

    Attributes:
        id: Of the case.
        outcome: `ok`, `empty`, the kind of an error of ours, or `broken`.
        seconds: It took.
        megabytes: This process grew at its peak.
        child_megabytes: The processes grew that parse and extract.
        expected: Whether all of it is as it should be.
        why: It is not, if it is not.
    """

    id: str
    outcome: str
    seconds: float
    megabytes: float
    child_megabytes: float
    expected: bool
    why: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For the report."""
        return asdict(self)


def manifest(folder: Path, kind: str) -> list[Case]:
    """The cases of one kind (`feed`, `page`, `http`) in the manifest of a folder."""
    lines = (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines()
    told = [json.loads(line) for line in lines if line.strip()]
    return [Case(one["id"], one["what"], one["expect"]) for one in told if one["kind"] == kind]


async def play(case: Case, attempt: Callable[[], Awaitable[tuple[str, list[str]]]]) -> Result:
    """Let a case happen and judge what became of it.

    Args:
        case: The case.
        attempt: Returns the outcome and what is wrong with it, or raises.
    """
    memory, started = Memory(), time.monotonic()
    wrong: list[str] = []
    try:
        async with asyncio.timeout(case.seconds * 2 + 10):
            outcome, wrong = await attempt()
    except FeedmillError as error:
        outcome = error.kind
    except Exception as error:  # noqa: BLE001 - any other error is what is looked for
        outcome, wrong = BROKEN, [f"{type(error).__name__}: {error}"[:200]]
    seconds = time.monotonic() - started
    own, children = memory.growth()
    if not case.allows(outcome):
        wrong = [*wrong, f"{outcome} is not what is expected: {case.expect}"]
    if seconds > case.seconds:
        wrong = [*wrong, f"took more than {case.seconds:.0f} s"]
    if own > MAX_GROWTH:
        wrong = [*wrong, f"grew by more than {MAX_GROWTH:.0f} MB"]
    return Result(
        case.id, outcome, round(seconds, 2), round(own, 1), round(children, 1), not wrong, wrong
    )
