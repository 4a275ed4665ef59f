"""Which blocks make the best text, given how likely each belongs to the article."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workers.extract.trees import Floats

_MIN_WORTH = 0.5  # of a block without words


def choose(
    probabilities: Floats, words: npt.NDArray[np.int_], *, care: float = 1.0
) -> tuple[npt.NDArray[np.bool_], float]:
    """The blocks that give the highest expected F-measure over words.

    The best set holds the likeliest blocks down to some probability (Lewis 1995, "Evaluating and
    optimizing autonomous text classification systems"); all such sets are tried.

    Args:
        probabilities: Of each block.
        words: How many words each has.
        care: The beta of the F-measure: below 1, precision counts more than recall.

    Returns:
        Which blocks to keep, and the expected F1 of their words.
    """
    if not len(probabilities):
        return np.zeros(0, bool), 0.0
    worth = np.maximum(words, _MIN_WORTH)
    order = np.argsort(-probabilities, kind="stable")
    expected = probabilities * worth
    right = np.cumsum(expected[order])
    chosen, all_right = np.cumsum(worth[order]), max(float(expected.sum()), 1e-9)
    last = int(np.argmax(right / (chosen + care**2 * all_right)))
    keep = np.zeros(len(probabilities), bool)
    keep[order[: last + 1]] = True
    return keep, float(2 * right[last] / (chosen[last] + all_right))
