"""From the text of an HTML page to the article in it: read first, judged and cut out then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.settings import Document

from feedmill.article import Language, Removed
from feedmill.errors import ExtractionError
from workers.extract import metadata, quality
from workers.extract.hints import Hints
from workers.extract.html import choice, endings, outline, page, reasons, render, repeats
from workers.extract.html.judge import Judgement, Opinion, judge
from workers.extract.html.outline import Outline
from workers.extract.metadata import access, articlebody
from workers.extract.options import Options
from workers.extract.result import Extraction

_WORD = re.compile(r"\w+")
_TAG = re.compile(r"<[^<>]{0,2000}>")
_MIN_WORDS = 5
_PROSE_WORDS = 12  # of a block with which the article certainly has begun
_NEAR = 12  # blocks before and after the article whose removal is told
_MAX_SLOW = 2_000_000  # characters; larger pages take the fast way
_MAX_TEXT = 6_000_000  # characters of article
_MIN_FEED_BODY = 500  # characters of feed content that may be the whole article
_MAX_REMOVED = 400  # lines that are told


@dataclass(frozen=True, slots=True)
class HtmlReading:
    """An HTML page: its tree, and the outline of what it shows."""

    tree: HtmlElement
    outline: Outline
    url: str | None
    options: Options
    is_large: bool

    @property
    def lines(self) -> Sequence[str]:
        """The text of each block, in order."""
        return [block.text for block in self.outline.blocks]

    def extract(self, hints: Hints) -> Extraction:
        """Find the article in it.

        Raises:
            ExtractionError: kind `no-text` if there is none, or the page is a wall before it.
        """
        if not self.outline.blocks:
            raise ExtractionError("there is no text in the page", kind="no-text")
        survey = metadata.survey(self.tree)
        said = _metadata(self.tree, self.url, hints, survey, self.options)
        judged = _judge(self, said, survey, hints)
        cut = _cut_out(self.outline, judged, said.title, hints, self.options)
        article = render.text(self.outline, cut.keep)
        seen = _access(self.tree, article, said, self.options)
        _check(article, cut, is_wall=seen.is_wall)
        return Extraction(
            text=article,
            html=render.html(self.outline, cut.keep) if self.options.html else None,
            method="html/voted" if judged.asked else "html/blocks",
            quality=quality.calibrated(cut.expected),
            title=said.title,
            title_from=_title_from(said),
            canonical_url=said.canonical_url,
            description=said.description,
            authors=said.authors,
            published=said.published,
            modified_at=said.modified_at,
            lang=_language(article, said.language or hints.lang, self.options),
            section=said.section,
            tags=said.tags,
            images=said.images,
            access=seen.value,
            removed=_removed(self.outline, cut),
            provenance=said.provenance,
        )


def read(text: str, *, url: str | None, options: Options) -> HtmlReading:
    """Read an HTML page.

    Raises:
        ExtractionError: kind `no-text` if it holds no HTML.
    """
    tree = page.parse(text)
    shown = outline.read(page.body(tree))
    return HtmlReading(tree, shown, url, options, is_large=len(text) > _MAX_SLOW)


def _judge(
    reading: HtmlReading, said: metadata.Metadata, survey: metadata.Page, hints: Hints
) -> Judgement:
    feed = _feed_body(hints)
    bodies = articlebody.bodies(reading.tree, survey, hydration=False)

    def opinion() -> Opinion:
        more = bodies or articlebody.bodies(reading.tree, survey)
        return Opinion(next(iter([*more, *feed]), None), _trafilatura(reading.tree))

    is_slow = reading.options.mode == "default" and not reading.is_large
    return judge(
        reading.outline,
        title=said.title,
        told=f"{said.description or ''} {_TAG.sub(' ', hints.summary or '')}".strip(),
        body=next(iter([*bodies, *feed]), None),
        second_opinion=opinion if is_slow else None,
    )


def _metadata(
    tree: HtmlElement, url: str | None, hints: Hints, survey: metadata.Page, options: Options
) -> metadata.Metadata:
    if options.metadata:
        return metadata.read(tree, url, hints, page=survey)
    return metadata.Metadata(
        title=survey.first("og:title", "twitter:title") or survey.title or None,
        description=survey.first("og:description", "description") or None,
    )


def _access(
    tree: HtmlElement, article: str, said: metadata.Metadata, options: Options
) -> access.Access:
    if options.metadata:
        return access.read(tree, article, said=said.access)
    return access.Access("unknown", access.is_wall(article))


def _language(article: str, said: str | None, options: Options) -> Language | None:
    return metadata.language.decide(article, said) if options.metadata else None


@dataclass(frozen=True, slots=True)
class _Cut:
    """Which blocks are the article, and the expected F1 of that choice."""

    keep: npt.NDArray[np.bool_]
    titles: frozenset[int]
    expected: float
    words: int


def _cut_out(
    found: Outline, judged: Judgement, title: str | None, hints: Hints, options: Options
) -> _Cut:
    likely = repeats.discount(judged.probabilities, found, hints.site)
    keep, expected = choice.choose(likely, judged.words, care=options.care)
    keep = endings.kept_on(found, keep)
    titles = _title_blocks(found, title, keep & (judged.words >= _PROSE_WORDS))
    keep[list(titles)] = False
    size = np.cumsum(np.array([len(block.text) for block in found.blocks]) * keep)
    keep &= size <= max(_MAX_TEXT, int(size[0]))
    return _Cut(keep, titles, expected, int(judged.words[keep].sum()))


def _title_blocks(
    found: Outline, title: str | None, prose: npt.NDArray[np.bool_]
) -> frozenset[int]:
    """The title above the article: it has a field of its own. Further down it is a refrain."""
    wanted = _WORD.findall((title or "").lower())
    begin = int(np.argmax(prose)) if prose.any() else len(found.blocks)
    above = range(max(0, begin - _NEAR), begin)
    same = (i for i in above if _WORD.findall(found.blocks[i].text.lower()) == wanted)
    return frozenset(same) if wanted else frozenset()


def _check(article: str, cut: _Cut, *, is_wall: bool) -> None:
    if is_wall:
        raise ExtractionError(
            "the page is a wall (consent, login or robot check) before the article", kind="no-text"
        )
    if not article or cut.words < _MIN_WORDS:
        raise ExtractionError("there is no article text in the page", kind="no-text")


def _title_from(said: metadata.Metadata) -> Literal["page", "feed"] | None:
    if said.title is None:
        return None
    return "feed" if said.provenance.get("title") == "feed" else "page"


def _feed_body(hints: Hints) -> list[str]:
    content = hints.content or ""
    return [articlebody.plain(content)] if len(content) >= _MIN_FEED_BODY else []


def _trafilatura(tree: HtmlElement) -> str | None:
    """What trafilatura takes for the article; its failures are its own."""
    try:
        document = bare_extraction(tree, include_comments=False, with_metadata=False)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    return document.text if isinstance(document, Document) else None


def _removed(found: Outline, cut: _Cut) -> tuple[Removed, ...]:
    """The lines that were left out of the article and right before and after it, by reason."""
    by_reason: dict[str, list[str]] = {}
    for i in _within(cut.keep)[:_MAX_REMOVED]:
        block = found.blocks[i]
        reason = "title" if i in cut.titles else reasons.reason(found, block)
        by_reason.setdefault(reason, []).append(block.text)
    return tuple(Removed(reason=name, lines=tuple(texts)) for name, texts in by_reason.items())


def _within(keep: npt.NDArray[np.bool_]) -> list[int]:
    """The blocks that were not kept, from a little before the first kept one to a little after the last."""
    kept = np.flatnonzero(keep)
    first, last = (int(kept[0]), int(kept[-1])) if len(kept) else (0, len(keep))
    near = range(max(0, first - _NEAR), min(len(keep), last + 1 + _NEAR))
    return [i for i in near if not keep[i]]
