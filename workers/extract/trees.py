"""Small trained models: boosted oblivious decision trees, evaluated with numpy alone.

In an oblivious tree (Kohavi 1994; CatBoost, Prokhorenkova et al. 2018) all nodes of one level ask the same
question, so that a tree of depth d is d questions and a table of 2^d values: a few array
operations answer for all rows and all trees at once.

`training/` makes the files in `models/`; `models/README.md` says of what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
_ROWS_AT_ONCE = 128  # what is worked on stays in the cache of the processor


@dataclass(frozen=True, slots=True)
class Trees:
    """A model that gives each row of features a probability.

    Attributes:
        names: The features in the order of the columns.
        columns: Per tree and level, the column that is asked about; shape (trees, depth).
        borders: The question: is the value above it; same shape.
        values: Per tree, what each combination of answers adds to the log-odds; (trees, 2^depth).
        bias: The log-odds of no trees.
    """

    names: tuple[str, ...]
    columns: npt.NDArray[np.int16]
    borders: Floats
    values: Floats
    bias: float

    def probabilities(self, rows: Floats) -> Floats:
        """The probability for each row of `rows`, shape (rows, features)."""
        columns = rows.T  # contiguous if the rows were written column by column
        depth = self.columns.shape[1]
        first_leaf = (np.arange(len(self.columns)) << depth)[:, None]
        values = self.values.ravel()
        logits = np.empty(len(rows), np.float32)
        for start in range(0, len(rows), _ROWS_AT_ONCE):
            part = columns[:, start : start + _ROWS_AT_ONCE]
            leaves = np.zeros((len(self.columns), part.shape[1]), np.uint8)
            for level in reversed(range(depth)):
                answers = part.take(self.columns[:, level], axis=0) > self.borders[:, level, None]
                leaves += leaves
                leaves |= answers.view(np.uint8)
            added = values.take(leaves + first_leaf, mode="clip")  # without a check of each index
            logits[start : start + _ROWS_AT_ONCE] = added.sum(axis=0)
        return np.asarray(1 / (1 + np.exp(-(logits + self.bias))), np.float32)


@cache
def load(name: str, features: Sequence[str]) -> Trees:
    """Load `models/NAME.npz`.

    Args:
        name: Name of the model.
        features: The names of the columns that the caller makes, as a tuple.

    Raises:
        ValueError: The model was trained on other features; `make models` trains it anew.
    """
    with files(__package__).joinpath("models", f"{name}.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        trees = Trees(
            names=tuple(str(name) for name in data["names"]),
            columns=data["columns"],
            borders=data["borders"],
            values=data["values"],
            bias=float(data["bias"]),
        )
    if trees.names != tuple(features):
        raise ValueError(f"the model {name} was trained on other features; train it anew")
    return trees
