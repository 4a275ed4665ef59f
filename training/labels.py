"""Which blocks of a page its true text is made of.

The truth is one text; the page's blocks are found in it by their shingles of four words. A block that stands on the
page more often than in the truth is labelled where its neighbours are too: in the article, not in a
teaser or a share link. A block of fewer than four words is labelled where it stands in the truth
between the places of the blocks around it.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence

_WORD = re.compile(r"\w+")
_SHINGLE = 4
_MOST = 0.5  # of a block's shingles must be in the truth
_NEAR_BLOCKS = 8
_NEAR_WORDS = 250
_MAX_SUPPORT = 40  # words that one neighbour counts for at most
_OUTSIDE = 4  # blocks before the first and after the last long one that short ones may be
_BEFORE, _AFTER = 10, 60  # words of the truth around the neighbours' places

Words = tuple[str, ...]


def label(blocks: Sequence[str], truth: str) -> list[bool]:
    """For each block, whether it belongs to the truth."""
    words = [tuple(_WORD.findall(block)) for block in blocks]
    true_words = tuple(_WORD.findall(truth))
    index: dict[Words, list[int]] = defaultdict(list)
    for start in range(len(true_words) - _SHINGLE + 1):
        index[true_words[start : start + _SHINGLE]].append(start)
    places = [_place(block, index) for block in words]
    _drop_copies(words, places, index)
    labels = [place is not None for place in places]
    for i in _short_ones(words, places, true_words):
        labels[i] = True
    return labels


def _place(block: Words, index: dict[Words, list[int]]) -> int | None:
    """Where in the truth most of the block is; None if less than half of it is there."""
    number = len(block) - _SHINGLE + 1
    if number < 1:
        return None
    hits = [index[key][0] for i in range(number) if (key := block[i : i + _SHINGLE]) in index]
    return sorted(hits)[len(hits) // 2] if len(hits) >= max(1, _MOST * number) else None


def _drop_copies(
    words: list[Words], places: list[int | None], index: dict[Words, list[int]]
) -> None:
    copies: dict[Words, list[int]] = defaultdict(list)
    for i, place in enumerate(places):
        if place is not None:
            copies[words[i]].append(i)
    for block, at in copies.items():
        allowed = max(1, len(index.get(block[:_SHINGLE], [])))
        if len(at) > allowed:
            at.sort(key=lambda i: -_support(i, words, places))
            for i in at[allowed:]:
                places[i] = None


def _support(i: int, words: list[Words], places: list[int | None]) -> float:
    """How many words near a block are near it in the truth as well."""
    here = places[i]
    total = 0.0
    for distance in range(1, _NEAR_BLOCKS + 1):
        for j in (i - distance, i + distance):
            if not 0 <= j < len(words) or words[j] == words[i]:
                continue
            there = places[j]
            if here is not None and there is not None and abs(there - here) < _NEAR_WORDS:
                total += min(len(words[j]), _MAX_SUPPORT) / distance
    return total


def _short_ones(words: list[Words], places: list[int | None], truth: Words) -> list[int]:
    anchors = [i for i, place in enumerate(places) if place is not None]
    found = []
    for i, block in enumerate(words):
        if not anchors or not 0 < len(block) < _SHINGLE:
            continue
        after = bisect(anchors, i)
        first, last = after == 0, after == len(anchors)
        if (first and anchors[0] - i > _OUTSIDE) or (last and i - anchors[-1] > _OUTSIDE):
            continue
        ends = (
            0 if first else places[anchors[after - 1]] or 0,
            len(truth) if last else places[anchors[after]] or 0,
        )
        window = range(max(0, min(ends) - _BEFORE), min(len(truth), max(ends) + _AFTER))
        if any(truth[start : start + len(block)] == block for start in window):
            found.append(i)
    return found
