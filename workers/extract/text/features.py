"""What a single line shows: numbers about its form and its words."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from workers.extract.text import lexicon
from workers.extract.text.lexicon import GROUPS, Hits
from workers.extract.text.words import count_words, ends_sentence, head_of, is_prose, tokens

_BULLET = re.compile(r"^[-*•·–—▪►»>|●○◦‣+✓✔]+(?:\s|$)")
_NUMBERED = re.compile(r"^\(?\d{1,3}[.):]\s")
_DATE = re.compile(r"\b\d{1,2}[./:-]\d{1,2}(?:[./:-]\d{2,4})?\b|\b(?:19|20)\d\d\b|\d年|\d月")
_LINKS = re.compile(r"https?:|www\.|[@©|›»→#▶✕×]|\.com\b")
_QUOTE = re.compile(r"[\"“”„«»「」『』]")
_MARKS = re.compile(r"[.!?…。！？;；](?:\s|$|[\"”’»」])|[。！？]")
_COMMAS = re.compile(r"[,，、،]")
_NAME = re.compile(r"(?:[^\W\d_][\w.'’-]*\.?\s+){1,3}[^\W\d_][\w.'’-]*")
_ASIDE = re.compile(r"^[(\[（【].*[)\]）】]$")
_ELLIPSIS = ("…", "...", "[…]", "[...]")
_LONG = 4  # letters of a word whose first letter is looked at
_SHORT = 3
_SHOWN = 400  # characters whose kinds are counted
_MOST_HITS = 4
_LINE_NAMES = (
    *("log_words", "log_chars", "sentence_end", "bullet", "numbered", "lower_start"),
    *("capitals", "upper", "digits", "marks", "commas", "date_form", "links", "colon"),
    *("question", "ellipsis", "dash", "pipe", "quote", "aside", "short_words", "word_length"),
    *("good", "no_words", "name_like", "hit_groups", "hit_share", "non_ascii"),
)
NAMES = (
    *_LINE_NAMES,
    *(f"has_{group}" for group in GROUPS),
    *(f"begins_{group}" for group in GROUPS),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line with what the later steps want to know of it.

    Attributes:
        text: The line.
        words: Its words, folded to one case (`words.tokens`), of its first characters.
        count: How many words it has.
        good: It is clearly prose.
        ends: It ends as sentences do.
        bullet: It begins with a bullet.
        hits: The lexicon's terms in it.
        capitals: The share of its longer words that begin with a capital letter.
    """

    text: str
    words: Sequence[str]
    count: int
    good: bool
    ends: bool
    bullet: bool
    hits: Hits
    capitals: float

    @property
    def normal(self) -> str:
        """What it says, without case and punctuation."""
        return " ".join(self.words)


def look_at(text: str) -> Line:
    """Take a line apart."""
    shown = head_of(text)
    words = tokens(shown)
    return Line(
        text=text,
        words=words,
        count=count_words(shown),
        good=is_prose(text),
        ends=ends_sentence(text),
        bullet=bool(_BULLET.match(text)),
        hits=lexicon.load().look_up(shown, words),
        capitals=_capitals(shown),
    )


def of_line(line: Line) -> list[float]:
    """The features of a line, in the order of `NAMES`."""
    hits = line.hits
    counts = [float(min(count, _MOST_HITS)) for count in hits.counts]
    begins = [float(hits.first >> group & 1) for group in range(len(GROUPS))]
    return [*_form(line), *_vocabulary(line), *counts, *begins]


def _form(line: Line) -> list[float]:
    text = head_of(line.text)
    size = max(len(text), 1)
    words = max(line.count, 1)
    shown = text[:_SHOWN]
    letters = max(sum(map(str.isalpha, shown)), 1)
    return [
        math.log1p(line.count),
        math.log1p(size),
        float(line.ends),
        float(line.bullet),
        float(bool(_NUMBERED.match(text))),
        float(text[:1].islower()),
        line.capitals,
        sum(map(str.isupper, shown)) / letters,
        sum(map(str.isdigit, shown)) / len(shown or " "),
        min(len(_MARKS.findall(text)), 12.0),
        len(_COMMAS.findall(text)) / words,
        float(bool(_DATE.search(text))),
        min(len(_LINKS.findall(text)), 5.0),
        float(text.endswith((":", "："))),
        float(text.endswith(("?", "？", "!"))),
        float(text.endswith(_ELLIPSIS)),
        float(" – " in text or " — " in text or " - " in text),
        min(float(text.count("|") + text.count("•") + text.count("·")), 5.0),
        float(bool(_QUOTE.search(text))),
        float(bool(_ASIDE.match(text))),
    ]


def _vocabulary(line: Line) -> list[float]:
    plain = line.text[:_SHOWN].split()
    words = max(len(plain), 1)
    groups = sum(count > 0 for count in line.hits.counts)
    return [
        sum(len(word) <= _SHORT and word.islower() for word in plain) / words,
        min(sum(map(len, plain)) / words, 20.0),
        float(line.good),
        float(not line.words),
        float(bool(_NAME.fullmatch(line.text[:80])) and line.capitals == 1.0),
        float(groups),
        sum(line.hits.counts) / max(line.count, 1),
        sum(not word.isascii() for word in plain) / words,
    ]


def _capitals(text: str) -> float:
    long = [word for word in text.split() if len(word) >= _LONG]
    return sum(word[0].isupper() for word in long) / len(long) if long else 0.0
