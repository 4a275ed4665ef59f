"""What the site's other pages say of a block: what stands on them too is seldom the article's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from workers.extract.hints import SiteLines
from workers.extract.html.outline import Outline
from workers.extract.site import share
from workers.extract.trees import Floats

_LONG = 80  # characters: a sentence; menus and buttons are shorter
_CERTAIN = 0.5  # share of the other pages


def discount(probabilities: Floats, outline: Outline, site: SiteLines) -> Floats:
    """The probabilities, lower for blocks that recur on other pages of the site.

    A sentence in the middle of the article that recurs on a few pages may be a wire story's, a correction or
    a quotation: it goes only if its neighbours recur as well, or if most other pages have it.
    """
    if site.pages <= 0:
        return probabilities
    shares = np.array([share(block.text, site) for block in outline.blocks], np.float32)
    long = np.array([len(block.text) >= _LONG for block in outline.blocks])
    doubted = (shares > 0) & (~long | (shares >= _CERTAIN) | _among(shares > 0))
    lower = probabilities * (1 - shares) ** 2 * (1 - shares / 2)
    return np.where(doubted, lower, probabilities).astype(np.float32)


def _among(repeated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether a neighbour on either side is repeated as well."""
    before = np.concatenate([[False], repeated[:-1]])
    after = np.concatenate([repeated[1:], [False]])
    return np.asarray(before | after)
