"""Features of a block by itself: its shape, its signs and its words."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

from workers.extract.html.features import words as lexicon
from workers.extract.html.features.signs import Sign, Signs
from workers.extract.html.outline import Outline
from workers.extract.html.votes import Ballot
from workers.extract.trees import Floats

_WIDE_WORTH = 2.5  # letters of an alphabet that one character of a script without blanks is worth
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”’»」』)\]]*$")
_ENDING = 8  # characters
_CUT = ("...", "…", "[…]", "[...]", "»", "→", ">")
_DATE = re.compile(
    r"\b\d{1,2}[:.h]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b|\b(?:19|20)\d\d\b|\b\d+ \w+ ago\b|\d年|\d月"
)
_DIGIT = re.compile(r"\d")
_LOOKED_AT = 400  # characters for what a line is about; prompts are short or say it early
_WORDS_LOOKED_AT = 60
_PROSE_CHARS = 80
_HALF, _SOME = 0.5, 0.3  # of the characters of prose may be in links
_LONG_PROSE_CHARS = 250
_HEADINGS = {f"h{level}": level for level in range(1, 7)}

_SHAPES = (
    *("chars", "words", "link", "bold", "links", "marks", "commas", "lower", "caps", "upper"),
    *("digits", "symbols", "quotes", "wide", "after_break", "heading", "end", "prose"),
)
_SENSES = (
    *("date", "prompt", "sources", "by", "colon", "question", "cut", "we", "other_pages"),
    *("title_like", "title_same", "told_like", "copies"),
)
_MOSTLY = 0.9
_LINK_SENSE = [-1.0] * len(_SENSES)  # of links in menus and lists, which are half of all blocks
NAMES = (*_SHAPES, *_SENSES)
COLUMN = {name: i for i, name in enumerate(NAMES)}


def measure(outline: Outline, ballot: Ballot, title: str | None, told: str | None) -> Floats:
    """The columns `NAMES` for all blocks."""
    signs = Signs([block.text for block in outline.blocks])
    shapes = _shapes(outline, signs)
    senses = _senses(outline, ballot, title, told)
    return np.concatenate([shapes, senses], axis=1)


def _shapes(outline: Outline, signs: Signs) -> Floats:
    blocks, size = outline.blocks, signs.lengths
    wide = signs.count(Sign.WIDE)
    chars = size + _WIDE_WORTH * wide
    words = signs.count(Sign.SPACE)
    link = np.array([block.link_chars for block in blocks]) / size
    end = np.array([bool(_SENTENCE_END.search(block.text[-_ENDING:])) for block in blocks])
    upper = signs.count(Sign.UPPER)
    columns = [
        np.log1p(chars),
        np.log1p(words),
        link,
        np.array([block.bold_chars for block in blocks]) / size,
        np.minimum([block.links for block in blocks], 10),
        np.minimum(signs.sentence_marks(), 10),
        np.minimum(signs.count(Sign.COMMA) / (1 + words) * 10, 5),
        signs.first_is(Sign.LOWER),
        signs.capitals(),
        (upper > 0) & (signs.count(Sign.LOWER) == 0),
        signs.count(Sign.DIGIT) / size,
        np.minimum(signs.count(Sign.SYMBOL), 5),
        np.minimum(signs.count(Sign.QUOTE), 6),
        wide / size,
        [block.after_break for block in blocks],
        [_HEADINGS.get(outline.places[block.place].tag, 0) for block in blocks],
        end,
        _is_prose(chars, link, end),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


def _is_prose(
    chars: npt.NDArray[np.float64], link: npt.NDArray[np.float64], end: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Clearly running text: a sentence of some length, or long, and not mostly links."""
    sentence = (chars > _PROSE_CHARS) & end & (link < _HALF)
    return np.asarray(sentence | ((chars > _LONG_PROSE_CHARS) & (link < _SOME)))


def _senses(outline: Outline, ballot: Ballot, title: str | None, told: str | None) -> Floats:
    heads, summary = _words(title), _words(told)
    copies = Counter(block.text for block in outline.blocks)
    rows = [
        _LINK_SENSE
        if block.link_chars > _MOSTLY * len(block.text) and len(block.text) < _PROSE_CHARS
        else _sense(block.text, words, heads, summary, copies[block.text])
        for block, words in zip(outline.blocks, ballot.blocks, strict=True)
    ]
    return np.array(rows, np.float32)


def _sense(
    text: str, words: tuple[str, ...], heads: frozenset[str], summary: frozenset[str], copies: int
) -> list[float]:
    said = {word.lower() for word in words[:_WORDS_LOOKED_AT]}
    is_short = len(text) < _LOOKED_AT
    head = text if is_short else text[:_LOOKED_AT]
    prompts = len(said & lexicon.PROMPTS)
    if not head.isascii():
        prompts += len(lexicon.FRAGMENTS.findall(head))
    begins = text[:2].lower()
    return [
        bool(_DATE.search(head)) if _DIGIT.search(head) else False,
        min(prompts, 6),
        min(len(said & lexicon.SOURCES), 3),
        begins in lexicon.BY_BEGINS and bool(lexicon.BY.match(text)),
        text[-1] in ":：",
        text[-1] in "?？",
        text.endswith(_CUT),
        len(said & lexicon.WE_AND_YOU) / (5 + len(said)) * 5,
        len(text) < _PROSE_CHARS
        and begins in lexicon.OTHER_PAGES_BEGIN
        and bool(lexicon.OTHER_PAGES.match(text)),
        _likeness(said, heads) if is_short else 0,
        bool(heads) and said == heads,
        _likeness(said, summary) if is_short else 0,
        min(copies, 5),
    ]


def _words(text: str | None) -> frozenset[str]:
    return frozenset(Ballot.of([(text or "").lower()]).blocks[0])


def _likeness(one: set[str], other: frozenset[str]) -> float:
    """Share of the words of both that stand in both (Jaccard)."""
    both = len(one & other)
    return both / (len(one) + len(other) - both) if both else 0.0
