"""Features of a block by itself: its shape, its signs and its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Set as AbstractSet
from typing import NamedTuple

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
# 12:30, 3.4.2024, 2024, 2 days ago, 3月. Begins with the digit, so that the search leaps from digit to digit.
_DATE = re.compile(
    r"\d(?:(?<!\w\d)(?:\d?[:.h]\d\d\b|\d?[./-]\d{1,2}[./-]\d{2,4}\b|(?:(?<=1)9|(?<=2)0)\d\d\b|\d* \w+ ago\b)|年|月)"
)
_LOOKED_AT = 400  # characters for what a line is about; prompts are short or say it early
_WORDS_LOOKED_AT = 60
_PROSE_CHARS = 80
_HALF, _SOME = 0.5, 0.3  # of the characters of prose may be in links
_LONG_PROSE_CHARS = 250
_HEADINGS = {f"h{level}": level for level in range(1, 7)}

_SHAPES = (
    *("chars", "words", "link", "bold", "marks", "commas", "caps", "digits", "quotes", "wide"),
    *("heading", "end", "prose"),
)
_SENSES = ("date", "prompt", "cut", "title_like", "told_like", "copies")
_MOSTLY = 0.9
_NONE: frozenset[str] = frozenset()
NAMES = (*_SHAPES, *_SENSES)
COLUMN = {name: i for i, name in enumerate(NAMES)}


def measure(outline: Outline, ballot: Ballot, title: str | None, told: str | None) -> Floats:
    """The columns `NAMES` for all blocks."""
    texts = [block.text for block in outline.blocks]
    signs = Signs(texts)
    rows = np.empty((len(NAMES), len(texts)), np.float32)
    for number, values in enumerate(_shapes(outline, signs)):
        rows[number] = values
    rows[len(_SHAPES) :] = _senses(outline, ballot, title, told)
    return rows.T


def _shapes(outline: Outline, signs: Signs) -> list[npt.ArrayLike]:
    texts, places, linked, bold, *_ = zip(*outline.blocks, strict=True)
    tags = [place.tag for place in outline.places]
    size, wide = signs.lengths, signs.count(Sign.WIDE)
    chars = size + _WIDE_WORTH * wide
    words = signs.count(Sign.SPACE)
    link = np.array(linked) / size
    end = np.array([_SENTENCE_END.search(text[-_ENDING:]) is not None for text in texts])
    return [
        np.log1p(chars),
        np.log1p(words),
        link,
        np.array(bold) / size,
        np.minimum(signs.sentence_marks(), 10),
        np.minimum(signs.count(Sign.COMMA) / (1 + words) * 10, 5),
        signs.capitals(),
        signs.count(Sign.DIGIT) / size,
        np.minimum(signs.count(Sign.QUOTE), 6),
        wide / size,
        [_HEADINGS.get(tags[place], 0) for place in places],
        end,
        _is_prose(chars, link, end),
    ]


def _is_prose(
    chars: npt.NDArray[np.float64], link: npt.NDArray[np.float64], end: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Clearly running text: a sentence of some length, or long, and not mostly links."""
    sentence = (chars > _PROSE_CHARS) & end & (link < _HALF)
    return np.asarray(sentence | ((chars > _LONG_PROSE_CHARS) & (link < _SOME)))


def _senses(outline: Outline, ballot: Ballot, title: str | None, told: str | None) -> Floats:
    """The columns `_SENSES` as rows. Of links in menus and lists, half of all blocks, all are -1."""
    about = _About(_words(title), _words(told), Counter([block.text for block in outline.blocks]))
    rows = np.full((len(outline.blocks), len(_SENSES)), -1, np.float32)
    looked_at = [
        i
        for i, block in enumerate(outline.blocks)
        if len(block.text) >= _PROSE_CHARS or block.link_chars <= _MOSTLY * len(block.text)
    ]
    if looked_at:
        rows[looked_at] = [about.sense(outline.blocks[i].text, ballot.blocks[i]) for i in looked_at]
    return rows.T


class _About(NamedTuple):
    """What a page is about: the words of its title and summary, and how often each text is in it."""

    title: frozenset[str]
    summary: frozenset[str]
    texts: Counter[str]

    def sense(self, text: str, words: tuple[str, ...]) -> tuple[float, ...]:
        """The columns `_SENSES` of a block."""
        # One call of `lower` for all words; the blanks keep them apart.
        said = set(" ".join(words[:_WORDS_LOOKED_AT]).lower().split(" ")) if words else _NONE
        is_short = len(text) < _LOOKED_AT
        head = text if is_short else text[:_LOOKED_AT]
        prompts = _common(said, lexicon.PROMPTS)
        if not head.isascii():
            prompts += len(lexicon.FRAGMENTS.findall(head))
        return (
            _DATE.search(head) is not None,
            min(prompts, 6),
            text.endswith(_CUT),
            _likeness(said, self.title) if is_short else 0,
            _likeness(said, self.summary) if is_short else 0,
            min(self.texts[text], 5),
        )


def _words(text: str | None) -> frozenset[str]:
    return frozenset(Ballot.of([(text or "").lower()]).blocks[0])


def _common(one: AbstractSet[str], other: frozenset[str]) -> int:
    """How many words stand in both: seldom any."""
    return 0 if other.isdisjoint(one) else len(one & other)


def _likeness(one: AbstractSet[str], other: frozenset[str]) -> float:
    """Share of the words of both that stand in both (Jaccard)."""
    both = _common(one, other)
    return both / (len(one) + len(other) - both) if both else 0.0
