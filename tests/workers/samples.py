"""Texts and pages of our own writing for the tests of the workers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"

PROSE = (
    "The port authority said on Monday that the old crane will be taken down before winter.",
    "Engineers had asked for this step for years, and the council agreed to it in the end.",
    "Work will begin in March and is to last for about ten weeks, the authority said.",
    "A second crane stays where it is, because the ferries of the islands need it all year.",
    "The council will meet again in April to talk about the price of the whole undertaking.",
)
GERMAN = (
    "Die Hafenbehörde hat am Montag angekündigt, dass der alte Kran vor dem Winter abgebaut wird.",
    "Fachleute hatten das seit Jahren gefordert, und der Rat der Stadt hat nun zugestimmt.",
    "Die Arbeiten beginnen im März und sollen nach Angaben der Behörde zehn Wochen dauern.",
    "Ein zweiter Kran bleibt stehen, weil die Fähren zu den Inseln ihn das ganze Jahr brauchen.",
)


def html_page(body: str | None = None, *, head: str = "", title: str = "Old crane goes") -> bytes:
    """A page with an article in it."""
    inner = body if body is not None else "".join(f"<p>{line}</p>" for line in PROSE)
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body><nav><a href='/'>Home</a></nav><article>{inner}</article></body></html>"
    ).encode()


def json_ld(value: Any) -> str:
    """A script of linked data; a string is written as it is."""
    text = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{text}</script>'


def lines_of(*lines: str) -> bytes:
    """A plain text."""
    return "\n".join(lines).encode()
