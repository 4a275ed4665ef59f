"""What can be said in numbers of each block of an outline.

=========== ===================================================================
`blocks`    the block by itself: shape, signs, words
`signs`     kinds of characters, counted for all blocks at once
`words`     words that tell what a line is for, in ten languages
`tree`      where it stands in the page's tree, and what stands around it there
`order`     what stands before and after it
=========== ===================================================================
"""

from __future__ import annotations

import numpy as np

from workers.extract.html.features import blocks, order, tree
from workers.extract.html.outline import Outline
from workers.extract.html.votes import Ballot
from workers.extract.trees import Floats


def measure(
    outline: Outline, ballot: Ballot, *, title: str | None, told: str | None
) -> tuple[tuple[str, ...], Floats]:
    """The features of all blocks, at least one.

    Args:
        outline: The page.
        ballot: The words of its blocks.
        title: What it is called.
        told: What it is said to be about, by itself or its feed.

    Returns:
        The names of the columns, and an array of shape (blocks, columns).
    """
    own = blocks.measure(outline, ballot, title, told)
    where = tree.Tree.of(outline)
    columns = [*tree.measure(where, own), *order.measure(where, own)]
    names = [*blocks.NAMES]
    for group, _ in columns:
        names += (group,) if isinstance(group, str) else group
    # Column after column in memory: each is written, and later read, as a whole.
    rows = np.empty((len(names), len(own)), np.float32)
    rows[: len(blocks.NAMES)] = own.T
    at = len(blocks.NAMES)
    for group, values in columns:
        end = at + (1 if isinstance(group, str) else len(group))
        rows[at:end] = values
        at = end
    return tuple(names), rows.T
