"""Pages made to break extractors, and one page worked on within limits and behind a fence.

`python -m tests.workers.hostile NAME` extracts one and prints what came of it as JSON. It ends the process
by a signal after `CPU_SECONDS`, refuses memory beyond `ADDRESS_BYTES` and every connection.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tests.workers.samples import PROSE, SHARED

GENERATOR = SHARED / "hostile" / "gen.py"
CPU_SECONDS = 20
ADDRESS_BYTES = 1_500_000_000

MINISTER = "The minister said on Tuesday that the talks would not go ahead"
_THREE = "".join(f"<p>{line}</p>" for line in PROSE[:3]).encode()


@dataclass(frozen=True)
class Hostile:
    """A page and what has to come of it.

    Attributes:
        build: Makes the bytes.
        needles: What has to be in the text; nothing where any text will do, or none.
        least: Characters of text at least.
        refused: Kinds of refusal that are as good.
        text: Whether text may come of it at all.
        never: What must not be in the text.
    """

    build: Callable[[], bytes]
    needles: tuple[str, ...] = ()
    least: int = 0
    refused: tuple[str, ...] = ()
    text: bool = True
    never: tuple[str, ...] = ()


def sentence(number: int) -> str:
    """Some 110 characters that no other number has."""
    words = ("crane", "ferry", "harbour", "council", "bridge", "winter", "market", "island", "rail")
    some = [words[number // 9**place % 9] for place in range(5)]
    return (
        f"Report {number} says that the {some[0]} and the {some[1]} will be closed when the {some[2]} "
        f"of the {some[3]} meets the {some[4]}."
    )


def _html(body: bytes) -> bytes:
    return (
        b"<!doctype html><html><head><meta charset=utf-8><title>Of the harbour</title></head>"
        b"<body>" + body + b"</body></html>"
    )


def _paragraphs(count: int) -> bytes:
    body = "".join(f"<p>{sentence(number)}</p>\n" for number in range(count))
    return _html(b"<article>" + body.encode() + b"</article>")


def _table(rows: int) -> bytes:
    cells = "".join(f"<tr><td>{n}</td><td>{sentence(n)}</td></tr>" for n in range(rows))
    return _html(_THREE + b"<table>" + cells.encode() + b"</table>")


def _nested(depth: int) -> bytes:
    return _html(b"<div>" * depth + _THREE + b"</div>" * depth)


def _links(count: int) -> bytes:
    links = "".join(f'<a href="/{n}">link number {n}</a> ' for n in range(count))
    return _html(links.encode())


def _breaks(count: int) -> bytes:
    lines = "<br>".join(sentence(number) for number in range(count))
    return _html(b"<article><p>" + lines.encode() + b"</p></article>")


def _many(piece: str, count: int) -> bytes:
    return _html(
        "".join(piece.format(n=n, m=1 + n % 12, y=1990 + n % 40) for n in range(count)).encode()
    )


OWN = {
    "paragraphs-5.5-MB": Hostile(
        lambda: _paragraphs(50_000), (sentence(0), sentence(25_000), sentence(49_999)), 4_000_000
    ),
    "paragraphs-21-MB": Hostile(lambda: _paragraphs(190_000), (sentence(0),), refused=("too-big",)),
    "table-of-20000-rows": Hostile(lambda: _table(20_000), PROSE[:3]),
    "line-breaks-50000": Hostile(
        lambda: _breaks(50_000), (sentence(0), sentence(49_999)), 4_000_000
    ),
    "nested-300": Hostile(lambda: _nested(300), PROSE[:3]),
    "nested-3000": Hostile(lambda: _nested(3_000), PROSE[:3]),
    "links-20000": Hostile(lambda: _links(20_000), refused=("no-text",)),
    "paragraph-of-20-MB": Hostile(
        lambda: _html(b"<p>" + b"word " * 4_000_000 + b"</p>"), refused=("too-big",), least=1_000
    ),
    "text": Hostile(lambda: _html(b"<p>" + b"word " * 980_000), least=1_000),
    "word": Hostile(lambda: _html(b"<p>" + b"w" * 4_900_000), refused=("no-text",)),
    "class": Hostile(
        lambda: _html(b'<p class="' + b"a " * 2_400_000 + b'">x</p>' + _THREE), PROSE[:3]
    ),
    "nests": Hostile(
        lambda: _html((b"<div>" * 240 + b"some words here" + b"</div>" * 240) * 200),
        refused=("no-text",),
    ),
    "dates": Hostile(lambda: _many("<p>{y}-{m:02d}-01", 49_000), refused=("no-text",)),
    "cells": Hostile(lambda: _many("<table><tr><td>a<td>b", 16_000), refused=("no-text",)),
    "scripts": Hostile(
        lambda: _html(
            b'<script type=application/ld+json>{"@type":"Article"}</script>' * 40_000 + _THREE
        ),
        PROSE[:3],
    ),
    "plain-text-of-5-MB": Hostile(
        lambda: "\n\n".join(map(sentence, range(45_000))).encode(), (sentence(0),), 4_000_000
    ),
    "plain-text-in-one-line": Hostile(lambda: b"word " * 1_000_000, least=1_000),
}

_AS_THE_MINISTER = Hostile(bytes, (MINISTER,))
_ANY = Hostile(bytes, refused=("no-text",))
_GENERATED = {
    "p_deep_inline": _ANY,
    "p_deep_list": _ANY,
    "p_many_p": Hostile(bytes, ("Some short words here, and a few more of them.",)),
    "p_many_span": _ANY,
    "p_big_text": Hostile(bytes, refused=("too-big",), least=1_000),
    "p_big_word": Hostile(bytes, refused=("too-big", "no-text")),
    "p_dates": _ANY,
    "p_bl": Hostile(bytes, (MINISTER,), never=("lollol",)),
    "p_random": Hostile(bytes, refused=("not-text",), text=False),
    "p_utf16": Hostile(bytes, (MINISTER,), never=("\ufffd", "\x00")),
    "p_consent": Hostile(bytes, refused=("no-text", "consent"), text=False),
    "p_zwsp": Hostile(bytes, (MINISTER,), never=("\u200b" * 3,)),
    "p_foreign": _ANY,
}


def every() -> dict[str, Hostile]:
    """All pages by name: our own, and the generator's where it is there."""
    return {**OWN, **_generated()}


def _generated() -> dict[str, Hostile]:
    if not GENERATOR.exists():
        return {}
    pages: dict[str, Any] = _load(GENERATOR).PAGES
    made = {}
    for name, (build, _, _) in pages.items():
        made[name] = replace(_GENERATED.get(name, _AS_THE_MINISTER), build=build)
    return made


def _load(path: Path) -> Any:
    spec = importlib.util.spec_from_file_location("hostile_gen", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fence(connects: list[str]) -> None:
    """Refuse and record every connection and look-up of this process, for the rest of its life."""

    def guard(event: str, arguments: tuple[Any, ...]) -> None:
        if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
            connects.append(f"{event} {arguments[1]}")
        elif event in {"socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}:
            connects.append(f"{event} {arguments[0]}")
        else:
            return
        raise PermissionError("no connections from here")

    sys.addaudithook(guard)


def _resident(kind: str) -> int:
    """Bytes of memory in use: `VmRSS` now, `VmHWM` at most since the last `_forget_peak`."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith(kind)]
    return int(line.split()[1]) * 1024


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")


def _limit() -> None:
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    address = used * resource.getpagesize() + ADDRESS_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (address, address))
    seconds = int(time.process_time()) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(name: str) -> None:
    """Work on one page and print what came of it."""
    from feedmill.errors import ExtractionError  # noqa: PLC0415 - the fence stands before anything is loaded
    from workers.extract import extract, warm_up  # noqa: PLC0415

    connects: list[str] = []
    fence(connects)
    hostile = every()[name]
    content = hostile.build()
    warm_up()
    extract(_html(_THREE), url="https://harbour.example/0", content_type="text/html")
    _limit()
    _forget_peak()
    before, started = _resident("VmRSS"), time.process_time()
    text, refused = "", None
    try:
        media_type = "text/plain" if name.startswith("plain") else "text/html"
        text = extract(content, url="https://harbour.example/1", content_type=media_type).text
    except ExtractionError as error:
        refused = error.kind
    seconds = time.process_time() - started
    growth = _resident("VmHWM") - before
    text.encode()
    report = {
        "refused": refused,
        "characters": len(text),
        "seconds": round(seconds, 2),
        "growth_mb": round(growth / 1e6),
        "connects": connects,
        "missing": [needle for needle in hostile.needles if needle not in text],
        "unwanted": [needle for needle in hostile.never if needle in text],
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
