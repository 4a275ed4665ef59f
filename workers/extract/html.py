"""Pages: the main text by trafilatura, the rest by `metadata`."""

from __future__ import annotations

import re

from lxml.html import HtmlElement
from trafilatura import bare_extraction, load_html
from trafilatura.settings import Document

from feedmill.article import Removed
from feedmill.errors import ExtractionError
from workers.extract import metadata
from workers.extract.blocks import paragraphs
from workers.extract.result import Extraction

MAX_ELEMENTS = 50_000  # trafilatura's time grows faster than the number of elements
_WORDS = re.compile(r"\w+")
_MIN_WORDS = 5
_MIN_WORDS_SECOND = (
    25  # fewer are a menu or a consent wall, not what the first look was too strict for
)
_TITLE_WITHIN = 3  # lines from the top


def extract(text: str, *, url: str | None, precision: bool) -> Extraction:
    """Find the article in an HTML page.

    Args:
        text: The page, decoded.
        url: Its address.
        precision: Use trafilatura's precision setting first, and the plain one only where that
            finds nothing.

    Raises:
        ExtractionError: kind `no-text` or `too-big` (over 50,000 elements).
    """
    tree = load_html(text)
    if tree is None:
        raise ExtractionError("the page holds no HTML that can be read", kind="no-text")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise ExtractionError(f"the page has more than {MAX_ELEMENTS} elements", kind="too-big")
    meta = metadata.read(tree, url)
    enough = _MIN_WORDS
    lines = _main_text(tree, url, precision=precision)
    if not lines and precision:
        enough = _MIN_WORDS_SECOND
        lines = _main_text(tree, url, precision=False)
    title_lines, lines = _split_title(lines, meta.title)
    if sum(len(_words(line)) for line in lines) < enough:
        raise ExtractionError("there is no article text in the page", kind="no-text")
    return Extraction(
        text=paragraphs(lines),
        method="html/trafilatura",
        title=meta.title,
        title_from="page" if meta.title else None,
        canonical_url=meta.canonical_url,
        description=meta.description,
        authors=meta.authors,
        published=meta.published,
        modified_at=meta.modified_at,
        section=meta.section,
        tags=meta.tags,
        images=meta.images,
        access=meta.access,
        removed=(Removed(reason="title", lines=tuple(title_lines)),) if title_lines else (),
    )


def _main_text(tree: HtmlElement, url: str | None, *, precision: bool) -> list[str]:
    document = bare_extraction(
        tree, url=url, favor_precision=precision, include_comments=False, with_metadata=False
    )
    if not isinstance(document, Document) or not document.text:
        return []
    lines = (line.strip() for line in document.text.split("\n"))
    # A line without a word is the bullet of an empty list item: left-over structure, not text.
    return [line for line in lines if _WORDS.search(line)]


def _split_title(lines: list[str], title: str | None) -> tuple[list[str], list[str]]:
    """The title among the first lines, and the lines without it: it has a field of its own."""
    wanted = _words(title or "")
    top, rest = lines[:_TITLE_WITHIN], lines[_TITLE_WITHIN:]
    titles = [line for line in top if wanted and _words(line) == wanted]
    return titles, [*(line for line in top if line not in titles), *rest]


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.lower())
