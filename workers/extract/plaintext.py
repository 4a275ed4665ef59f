"""Plain text and Markdown: a title, then lines of which some are not part of the article."""

from __future__ import annotations

from feedmill.article import Author, Removed
from workers.extract import lines
from workers.extract.blocks import paragraphs
from workers.extract.result import Extraction

_TITLE_WORDS = range(2, 26)
_DERIVED_WORDS = 12


def extract(text: str) -> Extraction:
    """Find title and article in a plain text. See `lines` for what is left out."""
    title, body = _split_title(text.split("\n"))
    verdict = lines.sort_out([line.strip() for line in body])
    kept = list(verdict.kept)
    return Extraction(
        text=paragraphs(kept),
        method="text/lines",
        title=title or _derive_title(kept),
        title_from="page" if title else "text" if kept else None,
        authors=tuple(Author(name=name) for name in verdict.authors),
        removed=tuple(
            Removed(reason=reason, lines=dropped) for reason, dropped in verdict.removed.items()
        ),
    )


def _split_title(body: list[str]) -> tuple[str | None, list[str]]:
    """The first line, if it stands apart like a headline, and the lines after it."""
    first = next((index for index, line in enumerate(body) if line.strip()), None)
    if first is None:
        return None, []
    line = body[first].strip()
    rest = body[first + 1 :]
    if line.startswith("# "):
        return line.strip("# \t") or None, rest
    stands_apart = bool(rest) and not rest[0].strip()
    return (line, rest) if stands_apart and _is_headline(line) else (None, body)


def _is_headline(line: str) -> bool:
    asks_or_shouts = line.endswith(("?", "!"))
    words = len(line.split())
    return words in _TITLE_WORDS and (asks_or_shouts or not lines.ends_sentence(line))


def _derive_title(kept: list[str]) -> str | None:
    """The first words of the text, for an article that has no title of its own."""
    if not kept:
        return None
    words = kept[0].split()
    return " ".join(words[:_DERIVED_WORDS]) + (" …" if len(words) > _DERIVED_WORDS else "")
