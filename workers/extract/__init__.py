"""From bytes to the article in them. Pure: no network, no Redis.

=============== ============================================================
`kind`          tells HTML from plain text
`decode`        bytes to text
`html`          pages: main text by trafilatura
`metadata`      pages: title, authors, dates, section, access
`plaintext`     plain text and Markdown
`lines`         rules for lines that are not part of the article
`fragment`      the HTML inside a feed entry
`language`      which language a text is in
=============== ============================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from feedmill.article import Removed
from feedmill.errors import ExtractionError
from workers.extract import fragment, html, language, plaintext
from workers.extract.decode import decode
from workers.extract.kind import Kind, kind_of
from workers.extract.result import Extraction

__all__ = ["Extraction", "extract", "warm_up"]

MAX_BYTES = 5_000_000
_MAX_LINES = 20_000


def extract(
    content: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    is_fragment: bool = False,
    drop: Sequence[str] = (),
    precision: bool | None = None,
) -> Extraction:
    """Find the article in a page.

    Args:
        content: The bytes, decompressed.
        url: Where they came from; relative addresses in them are resolved against it.
        content_type: The media type they were served with.
        is_fragment: The bytes are the content of a feed entry: all of it is meant to be read.
        drop: Regular expressions; a line in which one is found is removed.
        precision: Prefer leaving out over taking in (the default), or the other way round.

    Raises:
        ExtractionError: kind `no-text` if there is no article in it, `too-big`, or `not-text` for
            what is neither HTML nor text.
    """
    if len(content) > MAX_BYTES:
        raise ExtractionError(
            f"the page has {len(content)} bytes; more than {MAX_BYTES} are not worked on",
            kind="too-big",
        )
    kind = kind_of(content, content_type)
    if kind is Kind.OTHER:
        raise ExtractionError("the page is neither HTML nor text", kind="not-text")
    text = decode(content, content_type)
    found: Extraction = _extract(
        text, kind, url, is_fragment=is_fragment, precision=precision is not False
    )
    found = _without(found, drop)
    if not found.text:
        raise ExtractionError("there is no article text in the page", kind="no-text")
    return found if found.lang else replace(found, lang=language.detect(found.text))


def warm_up() -> None:
    """Load all models and caches, so that processes forked later share them."""
    language.detect("Nothing here is slow the second time.")


def _extract(
    text: str, kind: Kind, url: str | None, *, is_fragment: bool, precision: bool
) -> Extraction:
    if is_fragment:
        return fragment.extract(text)
    if kind is Kind.HTML:
        return html.extract(text, url=url, precision=precision)
    if text.count("\n") > _MAX_LINES:
        raise ExtractionError(f"the text has more than {_MAX_LINES} lines", kind="too-big")
    return plaintext.extract(text)


def _without(found: Extraction, drop: Sequence[str]) -> Extraction:
    """The extraction without the lines in which one of the patterns is found."""
    unwanted = [re.compile(pattern) for pattern in drop]
    dropped: list[str] = []
    paragraphs = []
    for paragraph in found.text.split("\n\n") if unwanted else []:
        lines = paragraph.split("\n")
        bad = [line for line in lines if any(pattern.search(line) for pattern in unwanted)]
        dropped += bad
        paragraphs.append("\n".join(line for line in lines if line not in bad))
    if not dropped:
        return found
    return replace(
        found,
        text="\n\n".join(filter(None, paragraphs)),
        removed=(*found.removed, Removed(reason="dropped-by-config", lines=tuple(dropped))),
    )
