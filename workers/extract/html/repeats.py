"""What the site's other pages say of a block: what stands on them too is seldom the article's."""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

from workers.extract.hints import SiteLines
from workers.extract.html.outline import Outline
from workers.extract.site import shares
from workers.extract.trees import Floats

_LONG = 80  # characters; menus and buttons are shorter
_SENTENCE = re.compile(r"(?:\S+ +){3}.*[.!?…。！？][\"'”’»」』)]*$")
_MOST = 0.5  # of the other pages
_FEW, _SOME = 2, 3  # other pages


def discount(probabilities: Floats, outline: Outline, site: SiteLines) -> Floats:
    """The probabilities, lower for blocks that recur on other pages of the site.

    A sentence that recurs may be a teaser of this article, a wire story's, a correction or a quotation. It
    is doubted only if at least half of the other pages have it, three at least, or if two have
    it and its neighbours recur as well.
    """
    if site.pages <= 0:
        return probabilities
    shared = shares([block.text for block in outline.blocks], site).astype(np.float32)
    number = shared * site.pages
    speaks = np.array([_speaks(block.text) for block in outline.blocks])
    everywhere = (shared >= _MOST) & (number >= _SOME)
    together = _among(shared > 0) & (number >= _FEW)
    doubted = (shared > 0) & (~speaks | everywhere | together)
    lower = probabilities * (1 - shared) ** 2 * (1 - shared / 2)
    return np.where(doubted, lower, probabilities).astype(np.float32)


def _speaks(text: str) -> bool:
    """Whether a text may be a sentence of an article."""
    return len(text) >= _LONG or _SENTENCE.match(text) is not None


def _among(repeated: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Whether a neighbour on either side is repeated as well."""
    before = np.concatenate([[False], repeated[:-1]])
    after = np.concatenate([repeated[1:], [False]])
    return np.asarray(before | after)
