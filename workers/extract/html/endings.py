"""Short last paragraphs: a sentence right after the article, set like its paragraphs, is its end.

The models judge the last block of an article by what follows it, which is boilerplate; a short sentence there
looks like some of it. What tells is that it is set in every way like the paragraph before.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from workers.extract.html.features.words import FRAGMENTS, PROMPTS
from workers.extract.html.outline import Outline

_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»」』)]*$")
_WORD = re.compile(r"\w+")
_MIN_WORDS = 4
_MAX_GAP = 2  # paragraphs that may be lost between two kept ones


def kept_on(outline: Outline, keep: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """The choice, with sentences that follow a kept paragraph as its siblings of the same kind."""
    kept = keep.copy()
    run = 0
    for i in range(1, len(kept)):
        run = 0 if keep[i] else run + 1
        if not kept[i] and kept[i - 1] and run <= _MAX_GAP and _continues(outline, i):
            kept[i] = True
    return kept


def _continues(outline: Outline, i: int) -> bool:
    block, before = outline.blocks[i], outline.blocks[i - 1]
    place, around = outline.places[block.place], outline.places[before.place]
    if place.tag != "p" or (place.parent, place.kind) != (around.parent, around.kind):
        return False
    if block.links or before.links or not _SENTENCE_END.search(block.text):
        return False
    words = {word.lower() for word in _WORD.findall(block.text)}
    is_prompt = not PROMPTS.isdisjoint(words) or FRAGMENTS.search(block.text)
    return len(words) >= _MIN_WORDS and not is_prompt
