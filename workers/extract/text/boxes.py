"""Boxes that ask the reader for something: offers of mail, with slogan and the outlet's name around them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from workers.extract.text import reasons
from workers.extract.text.context import Floats
from workers.extract.text.features import Line
from workers.extract.text.lexicon import GROUPS

# Words that speak to the reader. German has them in capitals only ("Ihre", but not "ihre", is "your").
_TO_THE_READER = re.compile(
    r"\b(?:[Yy]ours?|[Yy]ou|Ihnen|Ihre[nmrs]?|Ihr|[Vv]otre|[Vv]ous|[Vv]os|[Dd]eine?[nmr]?|[Tt]us?|[Uu]sted|"
    r"[Tt]u[oa]|[Tt]uoi|[Tt]ue|[Vv]ocê|[Jj]e|[Jj]ouw|[Uu]w|[Tt]w[oó]j\w*|[Cc]iebie|[Вв]ы|[Вв]ас|[Вв]ам|[Вв]аш\w*)\b|"
    r"您|你|あなた|ください|ましょう|しませんか"
)
_QUOTED = re.compile(r"[\"“„«「『][^\"”“„«»」』]{20,}[\"”“»」』]")
_ASKING = ("newsletter", "account", "invite", "share")
_MAX_WORDS = 45
_MAX_CHARACTERS = 600
_MAX_OPEN_WORDS = 25  # of an offer that is no sentence
_MIN_TERMS = 2
_NEAR = 3  # lines
_MAX_NAME_WORDS = 5
_MAX_SLOGAN_WORDS = 25
_DOUBT = 0.5  # probability of a slogan; many sentences of articles speak to a reader, too


def quotes(line: Line) -> bool:
    """Whether a line quotes somebody at some length."""
    return bool(_QUOTED.search(line.text))


def is_offer(line: Line) -> bool:
    """Whether a line offers mail, by words that are seldom together in prose."""
    if line.count > _MAX_WORDS or len(line.text) > _MAX_CHARACTERS:
        return False
    if not line.hits.has("newsletter") or quotes(line):
        return False
    terms = sum(line.hits.counts[GROUPS.index(group)] for group in _ASKING)
    unfinished = not line.ends and line.count <= _MAX_OPEN_WORDS
    return terms >= _MIN_TERMS and (unfinished or bool(_TO_THE_READER.search(line.text)))


def complete(lines: Sequence[Line], why: Mapping[int, str], probabilities: Floats) -> set[int]:
    """What belongs to the offers that go: slogans, the outlet's name, and what is shut in between.

    Args:
        lines: All lines.
        why: The lines that go, with reasons.
        probabilities: How probably each line is the article's.
    """
    offers = [index for index, reason in why.items() if reason == reasons.NEWSLETTER]
    box: set[int] = set()
    for offer in offers:
        near = range(max(offer - _NEAR, 0), min(offer + _NEAR + 1, len(lines)))
        open_lines = [index for index in near if index not in why]
        named = {index for index in open_lines if _is_named(lines[index], lines[offer])}
        box |= named
        for index in open_lines:
            within = {index - 1, index + 1} <= named | {offer}
            if (within or probabilities[index] < _DOUBT) and _is_slogan(lines[index]):
                box.add(index)
    whole = box.union(offers)
    for index in sorted({edge + step for edge in whole for step in (-1, 1)} - whole):
        if 0 <= index < len(lines) and index not in why:
            shut_in = index - 1 in whole and index + 1 in whole and not lines[index].ends
            if shut_in or (index + 1 in whole and _is_a_name(lines[index])):
                box.add(index)
    return box


def _is_a_name(line: Line) -> bool:
    """Whether a line may be the name of a newsletter or its outlet, at the head of a box."""
    short = 1 < line.count <= _MAX_NAME_WORDS and not line.ends
    return short and line.capitals == 1.0 and not line.bullet


def _is_named(line: Line, offer: Line) -> bool:
    """Whether a line is a name (of the outlet) that stands in the offer, too."""
    short = bool(line.words) and line.count <= _MAX_NAME_WORDS and not line.ends
    return short and f" {line.normal} " in f" {offer.normal} "


def _is_slogan(line: Line) -> bool:
    """Whether a line near an offer goes with it: it speaks to the reader and quotes nobody."""
    return (
        line.count <= _MAX_SLOGAN_WORDS
        and len(line.text) <= _MAX_CHARACTERS
        and bool(_TO_THE_READER.search(line.text))
        and not quotes(line)
        and '"' not in line.text
        and "”" not in line.text
    )
