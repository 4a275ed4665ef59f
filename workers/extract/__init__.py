"""From bytes to the article in them. Pure: no network, no Redis.

=============== ============================================================
`reading`       a page that has been read, and not yet been judged
`kind`          tells HTML from plain text
`decode`        bytes to text
`html`          pages: which blocks of them are the article
`text`          plain text and Markdown: which lines of it are
`fragment`      the HTML inside a feed entry
`metadata`      what a page says about its article
`site`          what the other pages of a site teach
`language`      which language a text is in
`trees`         the small trained models (`models`) that help to decide
=============== ============================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from feedmill.article import Removed
from feedmill.errors import ExtractionError
from workers.extract import html, language
from workers.extract.decode import decode
from workers.extract.hints import Hints, SiteLines
from workers.extract.kind import Kind, kind_of
from workers.extract.options import Options
from workers.extract.reading import FragmentReading, Reading, TextReading
from workers.extract.result import Extraction

__all__ = [
    "Extraction",
    "Hints",
    "Options",
    "Page",
    "SiteLines",
    "extract",
    "lines_of",
    "read",
    "warm_up",
]

MAX_BYTES = 32_000_000


def extract(
    content: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    hints: Hints | None = None,
    options: Options | None = None,
) -> Extraction:
    """Find the article in a page.

    Args:
        content: The bytes, decompressed.
        url: Where they came from; relative addresses in them are resolved against it.
        content_type: The media type they were served with.
        hints: What the feed says of the article, and what the site's other pages teach.
        options: How it is to be done.

    Raises:
        ExtractionError: kind `no-text` if there is no article in it, `too-big`, or `not-text` for
            what is neither HTML nor text.
    """
    return read(content, url=url, content_type=content_type, options=options).extract(hints)


@dataclass(frozen=True, slots=True)
class Page:
    """A page that has been read, and not yet been judged.

    Attributes:
        lines: All its lines of text, in order: what site memory is made of.
    """

    _reading: Reading
    _drop: tuple[str, ...]
    _with_language: bool = True

    @property
    def lines(self) -> Sequence[str]:  # noqa: D102 - see above
        return self._reading.lines

    def extract(self, hints: Hints | None = None) -> Extraction:
        """Find the article in it. See the function `extract`."""
        found = _without(self._reading.extract(hints or Hints()), self._drop)
        if not found.text:
            raise ExtractionError("there is no article text in the page", kind="no-text")
        if found.lang or not self._with_language:
            return found
        return replace(found, lang=language.detect(found.text))


def read(
    content: bytes,
    *,
    url: str | None = None,
    content_type: str | None = None,
    options: Options | None = None,
) -> Page:
    """Read a page, to look at its lines before its article is looked for.

    Raises:
        ExtractionError: As `extract`.
    """
    options = options or Options()
    if len(content) > MAX_BYTES:
        raise ExtractionError(
            f"the page has {len(content)} bytes; more than {MAX_BYTES} are not worked on",
            kind="too-big",
        )
    kind = kind_of(content, content_type)
    if kind is Kind.OTHER:
        raise ExtractionError("the page is neither HTML nor text", kind="not-text")
    decoded = decode(content, content_type)
    reading: Reading
    if options.is_fragment:
        reading = FragmentReading(decoded)
    elif kind is Kind.HTML:
        reading = html.read(decoded, url=url, options=options)
    else:
        reading = TextReading(decoded)
    return Page(reading, options.drop, options.metadata)


def lines_of(
    content: bytes, *, url: str | None = None, content_type: str | None = None
) -> Sequence[str]:
    """All lines of text in a page, in order.

    Raises:
        ExtractionError: As `extract`.
    """
    return read(content, url=url, content_type=content_type).lines


def warm_up() -> None:
    """Load all models and caches, so that processes forked later share them."""
    page = b"<html><body><article>" + b"<p>Nothing here is slow the second time.</p>" * 9
    for content in (page, b"Nothing here is slow the second time."):
        extract(content, url="https://www.example.co.uk/a")


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
