"""How probably each line is part of the article, by two small trained models in a row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from workers.extract import trees
from workers.extract.text import context, judgement
from workers.extract.text.context import Floats
from workers.extract.text.features import Line

FIRST, SECOND = "lines-first", "lines"


def probabilities(lines: Sequence[Line]) -> Floats:
    """The probability for each line of a text."""
    if not lines:
        return np.zeros(0, np.float32)
    seen = context.rows(lines)
    first = trees.load(FIRST, context.NAMES).probabilities(seen)
    judged = judgement.rows(lines, seen, first)
    return trees.load(SECOND, judgement.NAMES).probabilities(judged)
