"""How good an extraction is likely to be."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt


def calibrated(expected: float) -> float:
    """The quality of a text: the F1 over words that texts with such expectations turned out to have.

    Measured on pages that the models had not seen (`training/html.py`); 1 is a text that has all of the
    article and nothing else.

    Args:
        expected: Expected F1 by the block probabilities, 0 to 1.
    """
    x, y = _table()
    return round(float(np.interp(expected, x, y)), 3)


@cache
def _table() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    with files(__package__).joinpath("models", "quality.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        x, y = data["expected"], data["true"]
    return np.concatenate([[0.0], x, [1.0]]), np.concatenate([[0.0], y, [y[-1]]])
