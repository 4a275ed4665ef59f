"""The code blocks of docs/consuming.md, by the name that follows the language."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks() -> dict[str, str]:
    """All named code blocks."""
    text = (DOCS / "consuming.md").read_text(encoding="utf-8")
    return {name: code for _language, name, code in _BLOCK.findall(text)}


def fences() -> int:
    """How many code blocks there are, named or not."""
    lines = (DOCS / "consuming.md").read_text(encoding="utf-8").splitlines()
    return sum(line.startswith("```") for line in lines) // 2
